"""A USB printer through pyusb: endpoints from its descriptor, finite timeouts, no reset on opening."""

from __future__ import annotations

import errno
import time
from contextlib import suppress
from typing import Any

import usb.core
import usb.util

from kiosk.printing.addresses import UsbAddress
from kiosk.printing.links import LinkClosed, LinkError, link_error

_PRINTER_CLASS = 7
_CHUNK = 4096
_READ_SIZE = 512


class UsbLink:
    """One claimed printer interface."""

    rate = 50_000.0

    def __init__(self, address: UsbAddress, backend: Any = None) -> None:
        """`backend`: a pyusb backend, else the libusb of this machine. Raises LinkError."""
        try:
            self._device = _find(address, backend)
            self._interface, self._out, self._in = _endpoints(self._device)
            self._claim()
        except usb.core.NoBackendError as error:
            raise LinkError("absent", "libusb is not installed (apt-get install libusb-1.0-0)") from error
        except usb.core.USBError as error:
            raise _link_error(error) from error
        self.can_read = self._in is not None

    def _claim(self) -> None:
        number = self._interface.bInterfaceNumber
        try:
            if self._device.is_kernel_driver_active(number):
                self._device.detach_kernel_driver(number)
        except NotImplementedError:
            pass  # a system without kernel drivers to detach
        usb.util.claim_interface(self._device, number)

    def write(self, data: bytes, timeout: float) -> None:
        end, sent = time.monotonic() + timeout, 0
        try:
            while sent < len(data):
                sent += self._out.write(data[sent : sent + _CHUNK], _milliseconds(end - time.monotonic()))
        except usb.core.USBError as error:
            # what a failed transfer delivered is not known: count it as sent
            raise _link_error(error, sent + 1) from error

    def read(self, timeout: float) -> bytes:
        if self._in is None:
            return b""
        end = time.monotonic() + timeout
        try:
            data = bytes(self._in.read(max(_READ_SIZE, self._in.wMaxPacketSize), _milliseconds(timeout)))
        except usb.core.USBTimeoutError:
            return b""
        except usb.core.USBError as error:
            raise LinkClosed(str(error)) from error
        if not data and end > time.monotonic():
            time.sleep(min(end - time.monotonic(), 0.05))  # empty packets come at once: no busy loop
        return data

    def close(self) -> None:
        with suppress(usb.core.USBError):  # unplugged
            usb.util.dispose_resources(self._device)  # releases the interface


def _find(address: UsbAddress, backend: Any) -> Any:
    found = usb.core.find(find_all=True, idVendor=address.vendor, idProduct=address.product, backend=backend)
    for device in found:
        if not address.serial or device.serial_number == address.serial:
            return device
    wanted = f"{address.vendor:04x}:{address.product:04x} {address.serial}".rstrip()
    raise LinkError("absent", f"no USB device {wanted}")


def _endpoints(device: Any) -> tuple[Any, Any, Any]:
    """The printer interface, its bulk OUT endpoint, and its bulk IN endpoint (None where there is none)."""
    try:
        configuration = device.get_active_configuration()
    except usb.core.USBError:
        device.set_configuration()
        configuration = device.get_active_configuration()
    interfaces = sorted(configuration, key=lambda interface: interface.bInterfaceClass != _PRINTER_CLASS)
    for interface in interfaces:
        out = _bulk(interface, usb.util.ENDPOINT_OUT)
        back = _bulk(interface, usb.util.ENDPOINT_IN)
        if out is not None:
            return interface, out, back
    raise LinkError("absent", "this USB device has no endpoint to print to")


def _bulk(interface: Any, direction: int) -> Any:
    for point in interface:
        bulk = usb.util.endpoint_type(point.bmAttributes) == usb.util.ENDPOINT_TYPE_BULK
        if bulk and usb.util.endpoint_direction(point.bEndpointAddress) == direction:
            return point
    return None


def _link_error(error: Any, sent: int = 0) -> LinkError:
    if isinstance(error, usb.core.USBTimeoutError):
        return LinkError("timeout", str(error), sent)
    if error.errno == errno.ENODEV and sent:
        return LinkClosed(str(error), sent)
    return link_error(OSError(error.errno, str(error)), sent)


def _milliseconds(seconds: float) -> int:
    return max(int(seconds * 1000), 1)  # 0 would mean "for ever"
