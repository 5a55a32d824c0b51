"""The real links, each against its protocol: TCP, a pseudo-terminal, files, a USB device as libusb describes it."""

from __future__ import annotations

import errno
import os
import socket
from array import array
from pathlib import Path
from types import SimpleNamespace

import pytest
import usb.backend
import usb.core

from kiosk.printing.addresses import UsbAddress
from kiosk.printing.links import LinkClosed, LinkError, open_link
from kiosk.printing.usblink import UsbLink


def test_tcp_carries_both_ways() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        link = open_link(f"tcp://127.0.0.1:{server.getsockname()[1]}")
        client, _ = server.accept()
        with client:
            link.write(b"hello" * 3000, 5)
            assert client.recv(5) == b"hello"
            client.sendall(b"\x12")
            assert link.read(5) == b"\x12"
            assert link.read(0.01) == b""
        with pytest.raises(LinkClosed):
            while True:
                link.read(1)
        link.close()
        link.close()


def test_tcp_without_a_listener_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(LinkError) as caught:
        open_link(f"tcp://127.0.0.1:{port}")
    assert caught.value.reason == "refused"


def test_tcp_that_takes_nothing_more_times_out_and_says_how_much_went() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        link = open_link(f"tcp://127.0.0.1:{server.getsockname()[1]}")
        client, _ = server.accept()
        with client, pytest.raises(LinkError) as caught:
            link.write(bytes(80_000_000), 0.3)
        assert caught.value.reason == "timeout"
        assert caught.value.sent > 0
        link.close()


def test_serial_over_a_pseudo_terminal() -> None:
    ours, theirs = os.openpty()
    try:
        link = open_link(f"serial://{os.ttyname(theirs)}?baud=19200&flow=none")
        link.write(b"\x1b@", 1)
        assert os.read(ours, 10) == b"\x1b@"
        os.write(ours, b"\x12")
        assert link.read(1) == b"\x12"
        assert link.read(0.01) == b""
        link.close()
    finally:
        os.close(ours)
        os.close(theirs)


def test_a_serial_port_that_does_not_exist_is_absent(tmp_path: Path) -> None:
    with pytest.raises(LinkError) as caught:
        open_link(f"serial://{tmp_path}/ttyUSB9")
    assert caught.value.reason == "absent"


def test_a_kernel_device_carries_both_ways() -> None:
    ours, theirs = os.openpty()
    try:
        link = open_link(f"file://{os.ttyname(theirs)}")
        assert link.can_read
        link.write(b"\x1b@x", 1)
        assert os.read(ours, 10) == b"\x1b@x"
        link.close()
    finally:
        os.close(ours)
        os.close(theirs)


def test_a_plain_file_grows_and_never_answers(tmp_path: Path) -> None:
    for part in (b"one", b"two"):
        link = open_link(f"file://{tmp_path}/slips.bin")
        assert not link.can_read
        link.write(part, 1)
        assert link.read(0.01) == b""
        link.close()
    assert (tmp_path / "slips.bin").read_bytes() == b"onetwo"


def test_a_device_that_is_unplugged_leaves_no_plain_file_behind() -> None:
    with pytest.raises(LinkError) as caught:
        open_link("file:///dev/usb-lp-that-is-not-there")
    assert caught.value.reason in ("absent", "permission")
    assert not Path("/dev/usb-lp-that-is-not-there").exists()


class Wire(usb.backend.IBackend):  # type: ignore[misc]
    """A USB printer as libusb would present it: one interface of the printer class, bulk out and bulk in."""

    def __init__(self, answers: bytes = b"", fault: Exception | None = None) -> None:
        self.out, self.answers, self.fault = b"", answers, fault
        self.claimed: list[int] = []
        self.released: list[int] = []
        self.detached: list[int] = []

    def enumerate_devices(self):  # type: ignore[no-untyped-def]
        return iter(["printer"])

    def get_device_descriptor(self, device):  # type: ignore[no-untyped-def]
        return SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x200, bDeviceClass=0, bDeviceSubClass=0, bDeviceProtocol=0,
            bMaxPacketSize0=64, idVendor=0x04B8, idProduct=0x0E15, bcdDevice=0x100, iManufacturer=0, iProduct=0,
            iSerialNumber=0, bNumConfigurations=1, address=1, bus=1, port_number=1, port_numbers=(1,), speed=3,
        )  # fmt: skip

    def get_configuration_descriptor(self, device, config):  # type: ignore[no-untyped-def]
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=32, bNumInterfaces=1, bConfigurationValue=1,
            iConfiguration=0, bmAttributes=0xC0, bMaxPower=1, extra_descriptors=[],
        )  # fmt: skip

    def get_interface_descriptor(self, device, interface, alternate, config):  # type: ignore[no-untyped-def]
        if alternate or interface:
            raise IndexError
        return SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=0, bAlternateSetting=0, bNumEndpoints=2,
            bInterfaceClass=7, bInterfaceSubClass=1, bInterfaceProtocol=2, iInterface=0, extra_descriptors=[],
        )  # fmt: skip

    def get_endpoint_descriptor(self, device, endpoint, interface, alternate, config):  # type: ignore[no-untyped-def]
        if endpoint > 1:
            raise IndexError
        return SimpleNamespace(
            bLength=7, bDescriptorType=5, bEndpointAddress=(0x01, 0x82)[endpoint], bmAttributes=2,
            wMaxPacketSize=64, bInterval=0, bRefresh=0, bSynchAddress=0, extra_descriptors=[],
        )  # fmt: skip

    def open_device(self, device):  # type: ignore[no-untyped-def]
        return device

    def close_device(self, handle):  # type: ignore[no-untyped-def]
        pass

    def get_configuration(self, handle):  # type: ignore[no-untyped-def]
        return 1

    def claim_interface(self, handle, interface):  # type: ignore[no-untyped-def]
        self.claimed.append(interface)

    def release_interface(self, handle, interface):  # type: ignore[no-untyped-def]
        self.released.append(interface)

    def is_kernel_driver_active(self, handle, interface):  # type: ignore[no-untyped-def]
        return True

    def detach_kernel_driver(self, handle, interface):  # type: ignore[no-untyped-def]
        self.detached.append(interface)

    def bulk_write(self, handle, endpoint, interface, data, timeout):  # type: ignore[no-untyped-def]
        assert endpoint == 0x01
        assert timeout > 0  # 0 would wait for ever
        if self.fault:
            raise self.fault
        self.out += bytes(data)
        return len(data)

    def bulk_read(self, handle, endpoint, interface, buffer, timeout):  # type: ignore[no-untyped-def]
        assert endpoint == 0x82
        assert timeout > 0
        if not self.answers:
            raise usb.core.USBTimeoutError("timed out", errno=errno.ETIMEDOUT)
        taken, self.answers = self.answers, b""
        buffer[: len(taken)] = array("B", taken)
        return len(taken)


ADDRESS = UsbAddress(0x04B8, 0x0E15)


def test_usb_takes_the_printer_from_the_kernel_and_gives_it_back() -> None:
    wire = Wire(answers=b"\x12")
    link = UsbLink(ADDRESS, wire)
    assert (wire.detached, wire.claimed) == ([0], [0])
    link.write(b"x" * 10_000, 5)
    assert wire.out == b"x" * 10_000
    assert link.can_read
    assert link.read(0.1) == b"\x12"
    assert link.read(0.01) == b""
    link.close()
    assert wire.released == [0]


def test_usb_with_other_ids_is_absent() -> None:
    with pytest.raises(LinkError) as caught:
        UsbLink(UsbAddress(0x1111, 0x2222), Wire())
    assert caught.value.reason == "absent"


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (usb.core.USBTimeoutError("timed out", errno=errno.ETIMEDOUT), "timeout"),
        (usb.core.USBError("no device", errno=errno.ENODEV), "closed"),
        (usb.core.USBError("not allowed", errno=errno.EACCES), "permission"),
    ],
)
def test_usb_faults_have_a_reason_and_count_the_doubtful_bytes(fault: Exception, reason: str) -> None:
    link = UsbLink(ADDRESS, Wire(fault=fault))
    with pytest.raises(LinkError) as caught:
        link.write(b"x", 1)
    assert caught.value.reason == reason
    assert caught.value.sent == 1
    link.close()


def test_usb_on_this_machine_tells_of_an_absent_printer() -> None:
    with pytest.raises(LinkError) as caught:
        open_link("usb://dead:beef")
    assert caught.value.reason == "absent"
