"""Who may sign in. Passwords here are hashed for good, so there are few of them."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from kiosk.clock import ManualClock
from kiosk.office.counters import Refused
from kiosk.office.database import Database
from kiosk.office.officers import Officers
from kiosk.office.tables import OfficerRow, SessionRow
from tests.office.conftest import SITE

PASSWORD = "lúa chín vàng"


@pytest.fixture
def officers(database: Database, clock: ManualClock) -> Iterator[Officers]:
    found = Officers(database, SITE, clock)
    found.add("lan", "Nguyễn Thị Lan", "administrator", PASSWORD)
    yield found


def signed_in(officers: Officers, login: str = "lan", password: str = PASSWORD) -> str:
    found = officers.sign_in(login, password)
    assert found is not None
    return found[1]


def refused(step: object, *args: object) -> str:
    with pytest.raises(Refused) as found:
        step(*args)
    return found.value.key


def test_passwords_are_hashed_with_the_parameters_we_say(officers: Officers, database: Database) -> None:
    with database.read() as session:
        (kept,) = session.execute(select(OfficerRow.password)).scalars()
    assert re.match(r"\$argon2id\$v=19\$m=19456,t=2,p=1\$", kept)


def test_only_the_right_password_signs_in(officers: Officers) -> None:
    assert officers.sign_in("lan", PASSWORD + "x") is None
    assert officers.sign_in("lan", "") is None
    found = officers.sign_in("lan", PASSWORD)
    assert found is not None
    officer, secret = found
    assert (officer.name, officer.role, len(secret) >= 32) == ("Nguyễn Thị Lan", "administrator", True)
    now = officers.signed_in(secret)
    assert now is not None
    assert (now.officer, now.counter) == (officer, None)


def test_somebody_unknown_costs_a_hash_too(officers: Officers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the time of the answer tells which logins there are."""
    verified: list[str] = []
    real = officers._hasher.verify

    class Watched:
        hash = staticmethod(officers._hasher.hash)

        @staticmethod
        def verify(hashed: str, password: str) -> bool:
            verified.append(hashed)
            return real(hashed, password)

    monkeypatch.setattr(officers, "_hasher", Watched())
    assert officers.sign_in("nobody", PASSWORD) is None
    assert officers.sign_in("lan", "wrong password") is None
    assert len(verified) == 2
    assert {hashed.split("$")[3] for hashed in verified} == {"m=19456,t=2,p=1"}, "both cost the same"


def test_login_and_password_mean_the_same_however_they_are_typed(officers: Officers) -> None:
    officers.add("Hạnh.Lê", "Lê Thị Hạnh", "officer", "một hai ba bốn")
    decomposed = "ha\u0323nh.le\u0302"
    assert signed_in(officers, f"  {decomposed.upper()} ", "mo\u0323\u0302t hai ba bo\u0302\u0301n")
    assert refused(officers.add, decomposed, "Hạnh", "officer", "một hai ba bốn") == "login-taken"


@pytest.mark.parametrize(
    ("login", "name", "password", "why"),
    [
        ("", "Lan", PASSWORD, "bad-login"), ("lan lan", "Lan", PASSWORD, "bad-login"),
        ("x" * 41, "Lan", PASSWORD, "bad-login"), ("<b>", "Lan", PASSWORD, "bad-login"),
        ("minh", " ", PASSWORD, "bad-name"), ("minh", "x" * 81, PASSWORD, "bad-name"),
        ("minh", "Minh", "1234567", "short-password"), ("minh", "Minh", "e\u0323\u0302" * 7, "short-password"),
        ("LAN", "Lan", PASSWORD, "login-taken"),
    ],
)  # fmt: skip
def test_an_account_that_cannot_be(officers: Officers, login: str, name: str, password: str, why: str) -> None:
    assert refused(officers.add, login, name, "officer", password) == why
    assert len(officers.all()) == 1


def test_a_very_long_password_still_signs_in(officers: Officers) -> None:
    officers.set_password("lan", "dài " * 100)
    assert signed_in(officers, password="dài " * 100)


def test_a_session_ends_after_twelve_hours(officers: Officers, clock: ManualClock, database: Database) -> None:
    secret = signed_in(officers)
    officers.sit(secret, 2)
    clock.advance(12 * 3600 - 1)
    now = officers.signed_in(secret)
    assert now is not None
    assert now.counter == 2
    clock.advance(1)
    assert officers.signed_in(secret) is None
    signed_in(officers)
    with database.read() as session:
        assert len(session.execute(select(SessionRow)).all()) == 1, "ended ones are swept out"


def test_signing_out_and_secrets_that_are_none(officers: Officers) -> None:
    one, other = signed_in(officers), signed_in(officers)
    officers.sign_out(one)
    assert officers.signed_in(one) is None
    assert officers.signed_in(other)
    assert officers.signed_in("") is None
    assert officers.signed_in(secrets.token_urlsafe(24)) is None


def test_neither_secret_nor_password_lies_in_the_file(officers: Officers, tmp_path: Path, database: Database) -> None:
    secret = signed_in(officers)
    database.close()
    kept = b"".join(part.read_bytes() for part in tmp_path.iterdir() if part.name.startswith("office.db"))
    assert b"administrator" in kept, "these are the bytes of the database"
    assert secret.encode() not in kept
    assert PASSWORD.encode() not in kept


def test_a_new_password_signs_every_browser_out(officers: Officers) -> None:
    secret = signed_in(officers)
    officers.set_password("lan", "gạo mới thơm")
    assert officers.signed_in(secret) is None
    assert officers.sign_in("lan", PASSWORD) is None
    assert signed_in(officers, password="gạo mới thơm")
    assert refused(officers.set_password, "nobody", PASSWORD) == "no-such-officer"
    assert refused(officers.set_password, "lan", "short") == "short-password"


def test_a_password_that_is_reset_during_a_sign_in_opens_nothing(
    officers: Officers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Checking takes 60 ms: somebody else may reset it meanwhile, because it was stolen."""
    fits = officers._fits

    def slowly(hashed: str, password: str) -> bool:
        answer = fits(hashed, password)
        officers.set_password("lan", "gạo mới thơm")
        return answer

    monkeypatch.setattr(officers, "_fits", slowly)
    assert officers.sign_in("lan", PASSWORD) is None


def test_who_is_let_out_is_out_at_once_and_the_last_administrator_stays(officers: Officers) -> None:
    assert officers.exist()
    assert refused(officers.set_active, "lan", False) == "last-administrator"
    officers.add("minh", "Minh", "administrator", "gạo mới thơm")
    secret = signed_in(officers)
    officers.set_active("lan", False)
    assert officers.signed_in(secret) is None
    assert officers.sign_in("lan", PASSWORD) is None
    assert [(one.login, one.active) for one in officers.all()] == [("minh", True), ("lan", False)]
    assert refused(officers.set_active, "minh", False) == "last-administrator"
    officers.set_active("lan", True)
    assert signed_in(officers)


def test_offices_know_nothing_of_each_others_officers(
    officers: Officers, database: Database, clock: ManualClock
) -> None:
    theirs = Officers(database, "ba-vi", clock)
    assert not theirs.exist()
    assert theirs.sign_in("lan", PASSWORD) is None
    assert theirs.signed_in(signed_in(officers)) is None
    theirs.add("lan", "Lan", "officer", PASSWORD)
    assert not theirs.exist(), "an officer does not administer"
