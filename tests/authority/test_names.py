"""Under which names a machine is opened, read from the kernel's own tables."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path

import pytest

from kiosk.authority import names as module
from kiosk.authority.names import machine_addresses, names_of, public_host

FIB_TRIE = """Main:
  +-- 0.0.0.0/0 3 0 5
           |-- 192.168.8.0
              /24 link UNICAST
           |-- 192.168.8.10
              /32 host LOCAL
           |-- 203.0.113.7
              /32 host LOCAL
        |-- 127.0.0.1
           /32 host LOCAL
           |-- 192.168.8.255
              /32 link BROADCAST
"""
IF_INET6 = """fd000000000000000000000000000002 02 40 00 80     eth0
fd000000000000001111222233334444 02 40 00 01     eth0
20010db8000000000000000000000001 02 40 00 80     eth0
fe80000000000000000000fffe000001 02 40 20 80     eth0
"""


def test_the_machines_own_addresses_without_public_and_daily_ones(tmp_path: Path) -> None:
    (tmp_path / "fib_trie").write_text(FIB_TRIE)
    (tmp_path / "if_inet6").write_text(IF_INET6)
    assert list(map(str, machine_addresses(tmp_path))) == ["127.0.0.1", "192.168.8.10", "fd00::2"]


def test_a_machine_without_the_tables_has_none(tmp_path: Path) -> None:
    assert machine_addresses(tmp_path) == []


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://192.168.8.10:8080", ip_address("192.168.8.10")),
        ("https://MotCua.AnTan.example/so", "motcua.antan.example"),
        ("http://[fd00::2]:8080", ip_address("fd00::2")),
        ("http://xã.example", "xn--x-yfa.example"),  # literal
        ("http://" + "a" * 70 + ".example", ""),
        ("http://[", ""),
    ],
)
def test_the_host_that_slips_name(url: str, host: object) -> None:
    assert public_host(url) == host


def test_every_way_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.socket, "gethostname", lambda: "Kiosk-1.antan.example")
    monkeypatch.setattr(module, "machine_addresses", lambda: [ip_address("192.168.8.10")])
    assert list(map(str, names_of("http://192.168.8.10:8080"))) == [
        "localhost", "kiosk-1.antan.example", "kiosk-1", "kiosk-1.local", "127.0.0.1", "::1", "192.168.8.10",
    ]  # fmt: skip
    monkeypatch.setattr(module.socket, "gethostname", lambda: "my_kiosk")
    assert "my_kiosk" not in names_of(""), "browsers refuse a name with an underscore"
