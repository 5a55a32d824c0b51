"""How a printer is reached, as one line in office.toml: tcp:// usb:// serial:// file:// virtual:"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

FORMS = {
    "tcp": "tcp://192.168.8.20:9100",
    "usb": "usb://04b8:0e15",
    "serial": "serial:///dev/ttyUSB0?baud=19200",
    "file": "file:///dev/usb/lp0",
    "virtual": "virtual:",
}
"""The right form of each kind of address, by example."""

BAUDS = (9600, 19200, 38400, 57600, 115200)
_FLOWS = ("xonxoff", "rtscts", "none")


class AddressError(ValueError):
    """A printer address that cannot be understood; the text says what is wrong and shows the right form."""

    def __init__(self, address: str, problem: str, form: str) -> None:
        super().__init__(f'the printer address "{address}" {problem}. Write it like "{form}".')


@dataclass(frozen=True)
class TcpAddress:
    host: str
    port: int


@dataclass(frozen=True)
class UsbAddress:
    vendor: int
    product: int
    serial: str = ""
    """Empty = the first printer with these ids."""


@dataclass(frozen=True)
class SerialAddress:
    path: str
    baud: int = 19200
    flow: Literal["xonxoff", "rtscts", "none"] = "xonxoff"


@dataclass(frozen=True)
class FileAddress:
    path: str


@dataclass(frozen=True)
class VirtualAddress:
    """Slips as pictures, no paper."""


Address = TcpAddress | UsbAddress | SerialAddress | FileAddress | VirtualAddress


def parse_address(address: str) -> Address:
    """The address as its parts. Raises AddressError."""
    text = address.strip()
    scheme, colon, rest = text.partition(":")
    scheme = scheme.lower()
    if not colon or scheme not in FORMS:
        raise AddressError(address, "does not begin with one of " + ", ".join(FORMS), _nearest(text))
    if scheme == "virtual":
        if rest.strip("/"):
            raise AddressError(address, "has something after virtual:", FORMS[scheme])
        return VirtualAddress()
    if not rest.startswith("//"):
        raise AddressError(address, "lacks // after the colon", FORMS[scheme])
    readers: dict[str, Callable[[str], Address]] = {
        "tcp": _tcp,
        "usb": _usb,
        "serial": _serial,
        "file": _file,
    }
    try:
        return readers[scheme](text)
    except ValueError as problem:
        raise AddressError(address, str(problem), FORMS[scheme]) from None


def _nearest(text: str) -> str:
    """The form that somebody who wrote `text` most likely meant."""
    if re.fullmatch(r"[0-9a-fA-F]{4}:[0-9a-fA-F]{4}", text):
        return f"usb://{text.lower()}"
    if re.fullmatch(r"\d+(\.\d+){3}(:\d+)?", text):
        return f"tcp://{text}" if ":" in text else f"tcp://{text}:9100"
    if text.startswith("/dev/tty"):
        return f"serial://{text}?baud=19200"
    if text.startswith("/"):
        return f"file://{text}"
    close = difflib.get_close_matches(text.partition(":")[0].lower(), FORMS, n=1, cutoff=0.5)
    return FORMS[close[0] if close else "tcp"]


def _tcp(text: str) -> TcpAddress:
    parts = urlsplit(text)
    if not parts.hostname:
        raise ValueError("names no host")
    if parts.path.strip("/") or parts.query:
        raise ValueError("has something after the port")
    try:
        port = parts.port
    except ValueError:
        raise ValueError("has a port that is not a number up to 65535") from None
    return TcpAddress(parts.hostname, 9100 if port is None else port)


def _usb(text: str) -> UsbAddress:
    found = re.fullmatch(r"usb://([0-9a-f]{4}):([0-9a-f]{4})(?:/([^/]+))?/?", text, re.IGNORECASE)
    if not found:
        raise ValueError("does not give vendor:product as two times four hexadecimal digits (see lsusb)")
    return UsbAddress(int(found[1], 16), int(found[2], 16), unquote(found[3] or ""))


def _serial(text: str) -> SerialAddress:
    parts = urlsplit(text)
    if parts.netloc or len(parts.path) < 2:
        raise ValueError("needs three slashes before the device")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = set(options) - {"baud", "flow"}
    if unknown:
        raise ValueError(f'has an unknown option "{sorted(unknown)[0]}" (known: baud, flow)')
    baud, flow = options.get("baud", "19200"), options.get("flow", "xonxoff")
    if not baud.isdecimal() or int(baud) not in BAUDS:
        raise ValueError(f"has a baud rate other than {', '.join(map(str, BAUDS))}")
    for known in _FLOWS:
        if flow == known:
            return SerialAddress(unquote(parts.path), int(baud), known)  # type: ignore[arg-type]
    raise ValueError(f"has a flow other than {', '.join(_FLOWS)}")


def _file(text: str) -> FileAddress:
    parts = urlsplit(text)
    if parts.netloc or len(parts.path) < 2:
        raise ValueError("needs three slashes before the path")
    return FileAddress(unquote(parts.path))
