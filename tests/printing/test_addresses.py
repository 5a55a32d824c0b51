"""One line in the settings reaches a printer, or says what is wrong with it."""

from __future__ import annotations

import pytest

from kiosk.printing.addresses import (
    AddressError,
    FileAddress,
    SerialAddress,
    TcpAddress,
    UsbAddress,
    VirtualAddress,
    parse_address,
)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("tcp://192.168.8.20:9100", TcpAddress("192.168.8.20", 9100)),
        ("tcp://printer.local", TcpAddress("printer.local", 9100)),
        ("usb://04b8:0e15", UsbAddress(0x04B8, 0x0E15)),
        ("usb://04B8:0E15/X7Y", UsbAddress(0x04B8, 0x0E15, "X7Y")),
        ("serial:///dev/ttyUSB0?baud=19200", SerialAddress("/dev/ttyUSB0", 19200)),
        ("serial:///dev/ttyS1?baud=115200&flow=rtscts", SerialAddress("/dev/ttyS1", 115200, "rtscts")),
        ("file:///dev/usb/lp0", FileAddress("/dev/usb/lp0")),
        ("virtual:", VirtualAddress()),
    ],
)
def test_good_addresses(text: str, address: object) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("192.168.8.20", "tcp://192.168.8.20:9100"),
        ("04b8:0e15", "usb://04b8:0e15"),
        ("/dev/usb/lp0", "file:///dev/usb/lp0"),
        ("/dev/ttyUSB0", "serial:///dev/ttyUSB0?baud=19200"),
        ("tpc://192.168.8.20", "tcp://"),
        ("tcp:192.168.8.20", "lacks //"),
        ("tcp://:9100", "names no host"),
        ("tcp://host:99999", "port"),
        ("usb://4b8:e15", "hexadecimal"),
        ("serial://dev/ttyUSB0", "three slashes"),
        ("serial:///dev/ttyUSB0?baud=1", "baud rate other than"),
        ("serial:///dev/ttyUSB0?speed=9600", '"speed"'),
        ("file://dev/usb/lp0", "three slashes"),
        ("virtual:paper", "after virtual:"),
    ],
)
def test_a_wrong_address_says_what_and_shows_the_right_form(text: str, says: str) -> None:
    with pytest.raises(AddressError) as caught:
        parse_address(text)
    assert says in str(caught.value)
    assert text in str(caught.value)
