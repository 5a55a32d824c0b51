"""The wire to a printer: bytes out, bytes in, within a time. A Link is one connection; it never reopens."""

from __future__ import annotations

import errno
import os
import select
import socket
import stat
import time
from contextlib import suppress
from pathlib import Path
from typing import Literal, Protocol

from kiosk.printing.addresses import (
    Address,
    FileAddress,
    SerialAddress,
    TcpAddress,
    UsbAddress,
    VirtualAddress,
    parse_address,
)

Reason = Literal["absent", "refused", "timeout", "closed", "permission"]

CONNECT_SECONDS = 3.0
_CHUNK = 4096


class LinkError(Exception):
    """The wire failed. `reason`: a short code. `sent`: bytes of the failed write that may be printed."""

    def __init__(self, reason: Reason, detail: str = "", sent: int = 0) -> None:
        self.reason: Reason = reason
        self.sent = sent
        super().__init__(f"{reason}: {detail}" if detail else reason)


class LinkClosed(LinkError):  # an end, not always an error
    """The other end is gone."""

    def __init__(self, detail: str = "", sent: int = 0) -> None:
        super().__init__("closed", detail, sent)


class Link(Protocol):
    """One open connection."""

    can_read: bool
    """False: nothing ever comes back here, by the nature of the device."""
    rate: float
    """Bytes a second that it carries at least: how long a job may take."""

    def write(self, data: bytes, timeout: float) -> None:
        """Hand over all of `data` within `timeout` seconds, else LinkError with what was `sent`."""
        ...

    def read(self, timeout: float) -> bytes:
        """What came within `timeout` seconds, b"" for nothing. LinkClosed when the other end is gone."""
        ...

    def close(self) -> None:
        """Let go of the device. May be called twice; never raises."""
        ...


def open_link(address: str, slips: Path | None = None) -> Link:
    """Open the printer at `address`. `slips`: the folder where "virtual:" puts its pictures.

    Raises AddressError for an address not understood, LinkError when the printer cannot be reached.
    """
    parsed: Address = parse_address(address)
    match parsed:
        case TcpAddress():
            return TcpLink(parsed)
        case SerialAddress():
            return SerialLink(parsed)
        case FileAddress():
            return FileLink(parsed)
        case UsbAddress():
            from kiosk.printing.usblink import UsbLink  # late: pyusb looks for libusb

            return UsbLink(parsed)
        case VirtualAddress():
            from kiosk.printing.virtual import VirtualLink

            if slips is None:
                raise LinkError("absent", "the virtual printer was given no folder")
            return VirtualLink(slips)


def link_error(error: OSError, sent: int = 0) -> LinkError:
    """An operating system's error as ours."""
    detail = error.strerror or str(error)
    if isinstance(error, TimeoutError) or error.errno in (errno.ETIMEDOUT, errno.EAGAIN):
        return LinkError("timeout", detail, sent)
    if error.errno in (errno.EACCES, errno.EPERM):
        return LinkError("permission", detail, sent)
    if error.errno in (errno.ECONNREFUSED, errno.EBUSY):
        return LinkError("refused", detail, sent)
    if error.errno in (errno.EPIPE, errno.ECONNRESET, errno.EIO, errno.ENOTCONN, errno.ESHUTDOWN):
        return LinkClosed(detail, sent)
    return LinkError("absent", detail, sent)


class TcpLink:
    """A network printer, port 9100. It often takes one client only, so it is opened for each job anew."""

    can_read = True
    rate = 50_000.0

    def __init__(self, address: TcpAddress) -> None:
        try:
            self._socket = socket.create_connection((address.host, address.port), timeout=CONNECT_SECONDS)
        except OSError as error:
            raise link_error(error) from error

    def write(self, data: bytes, timeout: float) -> None:
        end, sent = time.monotonic() + timeout, 0
        try:
            while sent < len(data):
                self._socket.settimeout(max(end - time.monotonic(), 0.001))
                sent += self._socket.send(data[sent : sent + _CHUNK])
        except OSError as error:
            raise link_error(error, sent) from error

    def read(self, timeout: float) -> bytes:
        self._socket.settimeout(max(timeout, 0.001))
        try:
            data = self._socket.recv(_CHUNK)
        except TimeoutError:
            return b""
        except OSError as error:
            raise LinkClosed(str(error)) from error
        if not data:
            raise LinkClosed
        return data

    def close(self) -> None:
        with suppress(OSError):  # gone already
            self._socket.shutdown(socket.SHUT_WR)  # what was sent still arrives; a bare close may drop it
        self._socket.close()


class SerialLink:
    """A serial printer; software flow control unless the address says otherwise (dsrdtr does nothing)."""

    can_read = True

    def __init__(self, address: SerialAddress) -> None:
        import serial

        self.rate = address.baud / 10
        self._errors: type[Exception] = serial.SerialException
        try:
            self._port = serial.Serial(
                address.path,
                address.baud,
                timeout=0,
                write_timeout=1,
                xonxoff=address.flow == "xonxoff",
                rtscts=address.flow == "rtscts",
                exclusive=True,
            )
        except serial.SerialException as error:
            raise link_error(OSError(error.errno, str(error))) from error

    def write(self, data: bytes, timeout: float) -> None:
        end, sent = time.monotonic() + timeout, 0
        try:
            while sent < len(data):
                self._port.write_timeout = max(end - time.monotonic(), 0.001)
                sent += self._port.write(data[sent : sent + 256])
        except self._errors as error:
            timed_out = time.monotonic() >= end
            sent += 1  # some of the chunk may be on the wire already
            failure = LinkError("timeout", str(error), sent) if timed_out else LinkClosed(str(error), sent)
            raise failure from error

    def read(self, timeout: float) -> bytes:
        try:
            self._port.timeout = timeout
            first: bytes = self._port.read(1)
            return first + self._port.read(self._port.in_waiting) if first else b""
        except (*_CLOSED, self._errors) as error:
            raise LinkClosed(str(error)) from error

    def close(self) -> None:
        with suppress(*_CLOSED, self._errors):  # gone already
            self._port.close()


_CLOSED = (OSError, TypeError)
"""What pyserial may raise besides its own error when a port vanishes under it."""


class FileLink:
    """A device file of the kernel (/dev/usb/lp0), or a plain file that grows. Only devices are read."""

    rate = 50_000.0

    def __init__(self, address: FileAddress) -> None:
        path = address.path
        device = path.startswith("/dev/")
        flags = os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
        try:
            # A device that is absent must stay absent: no plain file may take its name.
            self.can_read = device or (Path(path).exists() and not stat.S_ISREG(Path(path).stat().st_mode))
            if self.can_read:
                self._file = self._open_device(path, flags)
            else:
                self._file = os.open(path, flags | os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        except OSError as error:
            raise link_error(error) from error

    def _open_device(self, path: str, flags: int) -> int:
        try:
            return os.open(path, flags | os.O_RDWR)
        except PermissionError:
            self.can_read = False
            return os.open(path, flags | os.O_WRONLY)

    def write(self, data: bytes, timeout: float) -> None:
        end, sent = time.monotonic() + timeout, 0
        while sent < len(data):
            _, ready, _ = select.select([], [self._file], [], max(end - time.monotonic(), 0))
            if not ready:
                raise LinkError("timeout", "the device takes no more", sent)
            try:
                sent += os.write(self._file, data[sent : sent + _CHUNK])
            except BlockingIOError:
                continue
            except OSError as error:
                raise link_error(error, sent) from error

    def read(self, timeout: float) -> bytes:
        if not self.can_read:
            return b""
        ready, _, _ = select.select([self._file], [], [], timeout)
        if not ready:
            return b""
        try:
            data = os.read(self._file, _CHUNK)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise LinkClosed(str(error)) from error
        if not data:
            time.sleep(min(timeout, 0.05))  # usblp: an empty packet is "ready" and nothing. No busy loop
        return data

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
