"""Under which names and addresses this machine is opened, and which of them an authority may ever speak for."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address
Name = str | Address
"""A DNS name, small letters, or an address."""

LOCAL_NETS = tuple(
    ip_network(net)
    for net in (
        "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "::1/128", "fc00::/7",
    )
)  # fmt: skip
"""Addresses that only an office's own network has (RFC 1918, 3927, 4193, loopback)."""
LOCAL_DOMAIN = "local"
"""What machines call themselves on a network without a name server (RFC 6762)."""

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DNS_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_IPV4_HERE = re.compile(r"\|-- ([0-9.]+)\n\s+/32 host LOCAL")
_TEMPORARY = 0x01
"""IFA_F_TEMPORARY: an IPv6 address that is another one tomorrow."""


def names_of(public_url: str) -> list[Name]:
    """Every name and address under which this machine may be opened now: its own, and the host of `public_url`."""
    host = socket.gethostname().lower()
    short = host.partition(".")[0]
    found: list[Name] = [
        "localhost", host, short, f"{short}.{LOCAL_DOMAIN}", ip_address("127.0.0.1"), ip_address("::1"),
        *machine_addresses(), public_host(public_url),
    ]  # fmt: skip
    return [name for name in dict.fromkeys(found) if not isinstance(name, str) or _DNS_NAME.fullmatch(name)]


def public_host(url: str) -> Name:
    """The host in an address of ours; "" when there is none that a certificate can name."""
    try:
        host = urlsplit(url).hostname or ""
        return as_name(host.encode("idna").decode("ascii"))
    except ValueError:  # UnicodeError is one
        return ""


def as_name(text: str) -> Name:
    """An address when `text` is one, else a DNS name."""
    try:
        return ip_address(text)
    except ValueError:
        return text.lower()


def machine_addresses(folder: Path = Path("/proc/self/net")) -> list[Address]:
    """The machine's own addresses, without those that change daily. Read from the kernel's tables, because the
    service's sandbox leaves no netlink to ask by."""
    found: list[Address] = [IPv4Address(text) for text in _IPV4_HERE.findall(_text(folder / "fib_trie"))]
    for line in _text(folder / "if_inet6").splitlines():
        digits, _, _, _, flags, _ = line.split()
        if not int(flags, 16) & _TEMPORARY:
            found.append(IPv6Address(int(digits, 16)))
    return sorted({one for one in found if is_local(one)}, key=lambda one: (one.version, int(one)))


def is_local(address: Address) -> bool:
    """Whether only this office's network can have it."""
    return any(address in net for net in LOCAL_NETS)


def allows(domains: Iterable[str], nets: Iterable[object], name: Name) -> bool:
    """Whether an authority limited to `domains` (and what lies below them) and `nets` may speak for `name`."""
    if isinstance(name, str):
        return any(name == domain or name.endswith(f".{domain}") for domain in domains)
    return any(name in net for net in nets)  # type: ignore[operator]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except OSError:  # no IPv6 on this machine
        return ""
