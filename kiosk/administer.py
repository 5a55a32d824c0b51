"""Accounts and earlier totals from the command line: for the first day, and for a forgotten password.

Works on the database alone, so it needs no running web process and no network.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from getpass import getpass
from pathlib import Path

from kiosk.clock import Clock, business_day
from kiosk.office.counters import Refused
from kiosk.office.database import Database
from kiosk.office.figures import Figures, read_earlier
from kiosk.office.officers import LEAST_PASSWORD, ROLES, Officers
from kiosk.settings import Settings, nearest

Say = Callable[[str], None]

_REFUSALS = {
    "bad-login": "A login has letters, digits, dots, hyphens and underscores, 40 at most.",
    "bad-name": "Give the name, 80 signs at most.",
    "short-password": f"A password needs {LEAST_PASSWORD} signs at least.",
    "login-taken": "This login is taken.",
    "no-such-officer": "There is no such login. See: kiosk officers",
    "last-administrator": "This is the last administrator: make another one first.",
}


class Mistake(Exception):
    """What somebody typed cannot be done; the text says why and what to do."""


class Administration:
    """What a technician or administrator may do at the machine itself."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        """Raises DatabaseError."""
        database = Database(settings.database_url)
        database.check_version()
        self._officers = Officers(database, settings.office.site, clock)
        self._figures = Figures(database, settings.office.site, clock)
        self._clock = clock

    def list(self, say: Say, *, as_json: bool) -> None:
        """Every account, one a line."""
        officers = self._officers.all()
        if as_json:
            say(json.dumps([vars(one) for one in officers], ensure_ascii=False))
            return
        for one in officers:
            say(f"{one.login:20} {one.role:14} {one.name}{'' if one.active else '  (off)'}")
        if not officers:
            say("No accounts yet. Add one: kiosk officer-add LOGIN --name NAME --role administrator")

    def add(self, login: str, name: str, role: str, say: Say) -> None:
        """A new account; the password is asked for. Raises Mistake."""
        if role not in ROLES:
            raise Mistake(f'--role: "{role}" is no role. {nearest(role, ROLES)}')
        try:
            added = self._officers.add(login, name, role, _ask_password())
        except Refused as refused:
            raise Mistake(f"{login}: {_REFUSALS[refused.key]}") from None
        say(f"{added.login} may sign in now, as {added.role}.")

    def set_password(self, login: str, say: Say) -> None:
        """A new password; every browser of this account has to sign in again. Raises Mistake."""
        try:
            self._officers.set_password(login, _ask_password())
        except Refused as refused:
            raise Mistake(f"{login}: {_REFUSALS[refused.key]}") from None
        say(f"{login} has a new password.")

    def import_earlier(self, file: Path, say: Say) -> None:
        """Dossiers of the time before this program, from a CSV; in place of what was imported before. Raises
        CsvError."""
        rows = read_earlier(file, business_day(self._clock.now()))
        self._figures.import_earlier(rows)
        say(f"{sum(count for _, count in rows)} dossiers of {len(rows)} days stand in the totals now.")


def _ask_password() -> str:
    """Twice from a person; once from a pipe."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass("Password: ")
    if getpass("Once more: ") != first:
        raise Mistake("The two passwords differ. Nothing was changed.")
    return first
