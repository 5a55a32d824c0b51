"""The office's certificates: small in what they may, renewed by themselves, never made useless by a wrong clock."""

from __future__ import annotations

import os
import ssl
import stat
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from kiosk.authority import certificates
from kiosk.authority.certificates import AuthorityError, Pair, make_authority, make_server, named_in
from kiosk.authority.keeper import Keeper, Secured
from kiosk.authority.names import Name
from kiosk.clock import ZONE, ManualClock
from tests.authority.shaking import Line

TODAY = datetime(2027, 3, 4, 8, 0, tzinfo=ZONE)
INSTALLED = datetime(2026, 11, 1, 8, 0, tzinfo=ZONE)
NAMES: list[Name] = ["localhost", "kiosk", "kiosk.local", ip_address("127.0.0.1"), ip_address("192.168.8.10")]


class Machine:
    """A kiosk with a clock and addresses that can be changed."""

    def __init__(self, folder: Path) -> None:
        self.clock, self.names, self.floors = ManualClock(TODAY), list(NAMES), [INSTALLED]
        self.keeper = Keeper(
            folder / "certificates", "an-tan", "UBND", lambda: self.names, self.clock, lambda: self.floors
        )

    def pass_days(self, days: float) -> None:
        self.clock.set(self.clock.now() + timedelta(days=days))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def valid(certificate: x509.Certificate, moment: datetime) -> bool:
    return certificate.not_valid_before_utc <= moment < certificate.not_valid_after_utc


# ---- what they may ---------------------------------------------------------------------------------------


def test_the_authority_is_as_small_as_it_can_be(machine: Machine) -> None:
    authority = machine.keeper.keep().authority
    assert isinstance(authority.public_key(), ec.EllipticCurvePublicKey)
    limits = authority.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (limits.critical, limits.value.ca, limits.value.path_length) == (True, True, 0)
    assert authority.extensions.get_extension_for_class(x509.NameConstraints).critical
    assert TODAY + timedelta(days=3650) < authority.not_valid_after_utc < TODAY + timedelta(days=3653)


def test_the_server_is_taken_under_each_of_its_names_and_no_other(machine: Machine) -> None:
    secured = Secured(machine.keeper, 8443)
    held = secured.held
    assert held.server.not_valid_after_utc - held.server.not_valid_before_utc <= timedelta(days=398)
    for name in NAMES:
        assert Line(secured.context, held.authority, str(name)).shown == held.server
    with pytest.raises(ssl.SSLCertVerificationError):
        Line(secured.context, held.authority, "192.168.8.11")


def test_who_does_not_trust_the_authority_refuses(machine: Machine) -> None:
    other = make_authority("an-tan", "UBND", NAMES, TODAY)
    with pytest.raises(ssl.SSLCertVerificationError, match=r"unable to get local issuer|self.signed"):
        Line(Secured(machine.keeper, 8443).context, other.certificate, "localhost")


@pytest.mark.parametrize("name", ["bank.example", ip_address("203.0.113.7")])
def test_a_stolen_key_opens_nothing_else(name: Name, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = make_authority("an-tan", "UBND", NAMES, TODAY)
    monkeypatch.setattr(certificates, "may_speak_for", lambda *_: True)
    (tmp_path / "forged.pem").write_bytes(make_server(authority, [name], TODAY).pem())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "forged.pem")
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        Line(context, authority.certificate, str(name))


def test_a_name_outside_is_left_out_and_told(machine: Machine) -> None:
    machine.keeper.keep()
    machine.names += ["motcua.example", ip_address("203.0.113.7")]
    machine.keeper.renew()
    secured = Secured(machine.keeper, 8443)
    assert secured.held.outside == ("motcua.example", ip_address("203.0.113.7"))
    assert Line(secured.context, secured.held.authority, "localhost").shown == secured.held.server
    assert machine.keeper.begin_anew().outside == (), "a new authority takes them in"


# ---- keeping ---------------------------------------------------------------------------------------------


def test_nothing_changes_without_a_reason(machine: Machine) -> None:
    first = machine.keeper.keep()
    for _ in range(3):
        machine.pass_days(60)
        assert machine.keeper.keep() == first
    machine.names.remove(NAMES[-1])  # a cable is out: it comes back
    assert machine.keeper.keep() == first
    assert machine.keeper.look() == first


def test_it_is_renewed_half_a_year_before_it_ends_and_nobody_trusts_anew(machine: Machine) -> None:
    first = machine.keeper.keep()
    machine.pass_days(220)
    second = machine.keeper.keep()
    assert second.authority == first.authority
    assert second.server != first.server
    assert first.server.not_valid_after_utc - machine.clock.now() > timedelta(days=170)
    assert valid(second.server, machine.clock.now() + timedelta(days=390))


def test_a_new_address_is_taken_in(machine: Machine) -> None:
    first = machine.keeper.keep()
    machine.names.append(ip_address("10.0.0.5"))
    second = machine.keeper.keep()
    assert second.authority == first.authority
    assert named_in(second.server)[-1] == ip_address("10.0.0.5")


def test_the_last_certificate_ends_with_its_authority(machine: Machine) -> None:
    first = machine.keeper.keep()
    machine.clock.set(first.authority.not_valid_after_utc - timedelta(days=30))
    last = machine.keeper.keep()
    assert last.server.not_valid_after_utc == first.authority.not_valid_after_utc
    assert machine.keeper.keep() == last
    machine.pass_days(31)
    with pytest.raises(AuthorityError, match="--new-authority"):
        machine.keeper.renew()


def test_only_the_owner_reads_the_keys(machine: Machine, tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        machine.keeper.keep()
    finally:
        os.umask(old)
    folder = tmp_path / "certificates"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {
        "authority.pem": 0o600, "server.pem": 0o600,
    }  # fmt: skip
    assert machine.keeper.exposed() == []
    machine.keeper.authority_file.chmod(0o640)
    assert machine.keeper.exposed() == [machine.keeper.authority_file]


def test_a_damaged_authority_is_told_and_left(machine: Machine) -> None:
    """A new one by itself would be trusted by no counter."""
    machine.keeper.keep()
    machine.keeper.authority_file.write_bytes(b"\0" * 512)
    for step in (machine.keeper.keep, machine.keeper.look, machine.keeper.renew):
        with pytest.raises(AuthorityError, match="damaged"):
            step()
    assert machine.keeper.authority_file.read_bytes() == b"\0" * 512
    machine.keeper.begin_anew()


@pytest.mark.parametrize("damage", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_damaged_or_foreign_server_certificate_is_made_anew(machine: Machine, damage: bytes) -> None:
    first = machine.keeper.keep()
    machine.keeper.server_file.write_bytes(damage)
    assert machine.keeper.keep().authority == first.authority
    foreign = make_server(make_authority("an-tan", "UBND", NAMES, TODAY), NAMES, TODAY)
    machine.keeper.server_file.write_bytes(foreign.pem())
    assert machine.keeper.keep().server != foreign.certificate


def test_a_key_beside_another_certificate_is_no_pair() -> None:
    one, other = (make_authority("an-tan", "UBND", NAMES, TODAY) for _ in range(2))
    with pytest.raises(ValueError, match="does not belong"):
        Pair.parse(Pair(one.certificate, other.key).pem())


def test_two_who_start_at_once_make_one_authority(tmp_path: Path) -> None:
    machines, made = [Machine(tmp_path) for _ in range(4)], []
    threads = [threading.Thread(target=lambda one=one: made.append(one.keeper.keep())) for one in machines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(made) == 4
    assert len({held.authority for held in made}) == len({held.server for held in made}) == 1


# ---- wrong clocks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [datetime(1970, 1, 1, tzinfo=ZONE), datetime(2026, 2, 1, tzinfo=ZONE)])
def test_a_first_start_before_everything_is_dated_by_the_floor(machine: Machine, wrong: datetime) -> None:
    machine.clock.set(wrong)
    held = machine.keeper.keep()
    assert valid(held.server, TODAY) and valid(held.authority, TODAY + timedelta(days=3000))
    assert machine.keeper.keep() == held, "the floor holds: it is not made anew each round"


def test_a_first_start_long_after_the_floor_heals_with_the_clock(machine: Machine) -> None:
    machine.clock.set(datetime(1970, 1, 1, tzinfo=ZONE))
    first = machine.keeper.keep()
    later = INSTALLED + timedelta(days=800)
    machine.clock.set(later)
    second = machine.keeper.keep()
    assert second.authority == first.authority and valid(first.authority, later)
    assert valid(second.server, later + timedelta(days=390))


@pytest.mark.parametrize("days", [30, 400, 9000])
def test_a_first_start_ahead_of_the_truth_heals_with_the_clock(machine: Machine, days: int) -> None:
    machine.pass_days(days)
    first = machine.keeper.keep()
    machine.clock.set(TODAY)
    second = machine.keeper.keep()
    assert second.authority == first.authority, "nobody trusts anew"
    assert valid(second.authority, TODAY) and valid(second.server, TODAY)


def test_a_clock_that_falls_back_leaves_a_good_certificate_alone(machine: Machine) -> None:
    first = machine.keeper.keep()
    machine.clock.set(datetime(1970, 1, 1, tzinfo=ZONE))
    assert machine.keeper.keep() == first
    machine.names.append(ip_address("10.0.0.5"))
    second = machine.keeper.keep()
    assert valid(second.server, TODAY), "a new address is taken in, dated by the one before"
    machine.clock.set(TODAY)
    assert machine.keeper.keep() == second


# ---- at work ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change", [lambda machine: machine.pass_days(300), lambda machine: machine.keeper.renew()], ids=["time", "hand"]
)
def test_new_connections_get_the_new_certificate_and_old_ones_live_on(
    machine: Machine, change: Callable[[Machine], object]
) -> None:
    secured = Secured(machine.keeper, 8443)
    before = secured.held
    old = Line(secured.context, before.authority, "localhost")
    change(machine)
    secured.keep()
    assert Line(secured.context, before.authority, "localhost").shown == before.server, "not yet shown"
    secured.show()
    new = Line(secured.context, before.authority, "localhost")
    assert new.shown == secured.held.server != before.server
    assert old.carry(b"still here") == b"still here"
    assert old.shown == before.server


def test_the_address_to_open_is_one_that_the_certificate_holds_for(machine: Machine) -> None:
    secured = Secured(machine.keeper, 8443)
    assert secured.address("kiosk.local") == "https://kiosk.local:8443"
    assert secured.address("192.168.8.10") == "https://192.168.8.10:8443"
    assert secured.address("evil.example") == "https://192.168.8.10:8443"
    machine.names = ["localhost", ip_address("fd00::2")]
    machine.keeper.renew()
    secured.keep()
    assert secured.address("[fd00::2]") == secured.address("") == "https://[fd00::2]:8443"
