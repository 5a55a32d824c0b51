"""Who may sign in: accounts with argon2 passwords, and browsers that have signed in.

A browser's secret is random and only its hash is kept, so a copy of the database opens no session. One hash is
reckoned at a time: it takes 60 ms and 19 MB, and a storm of attempts must not take the machine.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Select, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kiosk.clock import Clock
from kiosk.office import ids
from kiosk.office.counters import Refused
from kiosk.office.database import Database
from kiosk.office.tables import OfficerRow, SessionRow
from kiosk.office.types import Officer, Role, SignedIn
from kiosk.text import nfc

SESSION_LENGTH = timedelta(hours=12)
LEAST_PASSWORD, MOST_PASSWORD = 8, 200
ROLES: tuple[Role, ...] = ("officer", "supervisor", "administrator")


class Officers:
    """The accounts and sessions of one site."""

    def __init__(self, database: Database, site: str, clock: Clock) -> None:
        self._database, self._site, self._clock = database, site, clock
        # OWASP's second choice of parameters: 19 MiB, two passes
        self._hasher = PasswordHasher(memory_cost=19456, time_cost=2, parallelism=1)
        self._turn = threading.Lock()
        self._nobody = ""

    # ---- accounts --------------------------------------------------------------------------------------

    def exist(self) -> bool:
        """Whether there is any account that may administer."""
        query = select(func.count()).where(
            OfficerRow.site == self._site, OfficerRow.role == "administrator", OfficerRow.active
        )
        with self._database.read() as session:
            return session.execute(query).scalar_one() > 0

    def all(self) -> list[Officer]:
        """Every account, those that are active first."""
        query = select(OfficerRow).where(OfficerRow.site == self._site)
        with self._database.read() as session:
            rows = session.execute(query.order_by(OfficerRow.active.desc(), OfficerRow.login)).scalars()
            return [as_officer(row) for row in rows]

    def add(self, login: str, name: str, role: Role, password: str) -> Officer:
        """A new account. Raises Refused: bad-login, bad-name, short-password, login-taken."""
        login, name = as_login(login), nfc(name).strip()
        if not login or len(login) > 40 or not all(sign.isalnum() or sign in "._-" for sign in login):
            raise Refused("bad-login")
        if not name or len(name) > 80:
            raise Refused("bad-name")
        row = OfficerRow(
            id=ids.new_id(), site=self._site, login=login, name=name, role=role, active=True,
            password=self._hashed(password), created_at=self._clock.now(),
        )  # fmt: skip
        try:
            with self._database.write() as session:
                session.add(row)
        except IntegrityError:
            raise Refused("login-taken") from None
        return as_officer(row)

    def set_password(self, login: str, password: str) -> None:
        """A new password; every browser of this account is signed out. Raises Refused: no-such-officer."""
        hashed = self._hashed(password)
        with self._database.write() as session:
            row = self._by_login(session, login)
            row.password, row.active = hashed, True
            session.execute(delete(SessionRow).where(SessionRow.officer_id == row.id))

    def set_active(self, login: str, active: bool) -> None:
        """Let somebody in again, or not any more. The last administrator stays. Raises Refused."""
        with self._database.write() as session:
            row = self._by_login(session, login)
            if not active and row.role == "administrator":
                others = select(func.count()).where(
                    OfficerRow.site == self._site, OfficerRow.role == "administrator", OfficerRow.active,
                    OfficerRow.id != row.id,
                )  # fmt: skip
                if not session.execute(others).scalar_one():
                    raise Refused("last-administrator")
            row.active = active
            if not active:
                session.execute(delete(SessionRow).where(SessionRow.officer_id == row.id))

    # ---- sessions --------------------------------------------------------------------------------------

    def sign_in(self, login: str, password: str) -> tuple[Officer, str] | None:
        """The officer and a fresh secret for the browser; None when login or password is wrong."""
        with self._database.read() as session:
            row = session.execute(self._named(login)).scalar_one_or_none()
        # Somebody unknown costs the same time as somebody known
        if not self._fits(row.password if row else self._decoy(), password) or row is None or not row.active:
            return None
        secret, now = secrets.token_urlsafe(24), self._clock.now()
        with self._database.write() as session:
            if session.get_one(OfficerRow, row.id, with_for_update=True).password != row.password:
                return None  # reset in this moment: the old password opens nothing any more
            session.execute(delete(SessionRow).where(SessionRow.expires_at <= now))
            ends = now + SESSION_LENGTH
            session.add(SessionRow(key=_hash(secret), site=self._site, officer_id=row.id, expires_at=ends))
        return as_officer(row), secret

    def signed_in(self, secret: str) -> SignedIn | None:
        """Who this browser is; None when its time is over, or it never was anybody."""
        query = (
            select(SessionRow, OfficerRow)
            .join(OfficerRow, OfficerRow.id == SessionRow.officer_id)
            .where(SessionRow.key == _hash(secret), SessionRow.site == self._site, OfficerRow.active)
            .where(SessionRow.expires_at > self._clock.now())
        )
        with self._database.read() as session:
            found = session.execute(query).one_or_none()
            return SignedIn(as_officer(found[1]), found[0].counter) if found else None

    def sit(self, secret: str, counter: int | None) -> None:
        """This browser stands at a counter, or at none."""
        with self._database.write() as session:
            row = session.get(SessionRow, _hash(secret))
            if row is not None:
                row.counter = counter

    def sign_out(self, secret: str) -> None:
        """This browser is nobody any more."""
        with self._database.write() as session:
            session.execute(delete(SessionRow).where(SessionRow.key == _hash(secret)))

    # ---- passwords -------------------------------------------------------------------------------------

    def _hashed(self, password: str) -> str:
        if len(as_password(password)) < LEAST_PASSWORD:
            raise Refused("short-password")
        with self._turn:
            return self._hasher.hash(as_password(password))

    def _fits(self, hashed: str, password: str) -> bool:
        with self._turn:
            try:
                return self._hasher.verify(hashed, as_password(password))
            except (VerificationError, InvalidHashError):
                return False

    def _decoy(self) -> str:
        if not self._nobody:
            with self._turn:
                self._nobody = self._hasher.hash(secrets.token_hex(8))
        return self._nobody

    def _by_login(self, session: Session, login: str) -> OfficerRow:
        row = session.execute(self._named(login)).scalar_one_or_none()
        if row is None:
            raise Refused("no-such-officer")
        return row

    def _named(self, login: str) -> Select[OfficerRow]:
        return select(OfficerRow).where(OfficerRow.site == self._site, OfficerRow.login == as_login(login))


def as_officer(row: OfficerRow) -> Officer:
    """A row as others may see it."""
    return Officer(row.id, row.login, row.name, row.role, row.active)  # type: ignore[arg-type]


def as_login(text: str) -> str:
    """A login as it is kept: one written form, small letters."""
    return nfc(text).strip().lower()


def as_password(text: str) -> str:
    """A password as it is hashed: one written form, cut at a length that nobody types."""
    return nfc(text)[:MOST_PASSWORD]


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
