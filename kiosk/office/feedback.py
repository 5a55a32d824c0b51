"""What citizens write: kept apart by kind, found by a code, answered by a supervisor, closed to whom it is about.

    comment    may be anonymous, is read; an answer is welcome      new → read → answered
    petition   has a deadline and gets an answer                    new → read → answered

A complaint or a denunciation is not taken in: the pages say where it goes.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from sqlalchemy import or_, select

from kiosk.clock import Clock
from kiosk.office import ids
from kiosk.office.counters import Refused
from kiosk.office.database import Database
from kiosk.office.tables import FeedbackRow
from kiosk.office.today import office_day
from kiosk.text import nfc

FeedbackKind = Literal["comment", "petition"]
KINDS: tuple[FeedbackKind, ...] = ("comment", "petition")
LONGEST_TEXT, LONGEST_ANSWER = 500, 1000
CODE_LETTERS = "23456789ACDEFGHKMNPRTUVWXY"
"""No letter that is taken for a digit or another letter."""
CODE_LENGTH = 8
_GROUP = 4
"""Letters of a code are shown and spoken in groups."""


@dataclass(frozen=True)
class Feedback:
    """One item."""

    key: str
    code: str
    kind: FeedbackKind
    text: str
    officer_id: str | None
    state: Literal["new", "read", "answered"]
    day: date
    due: date | None
    answer: str
    answered_on: date | None

    @property
    def groups(self) -> tuple[str, ...]:
        """The code in fours: easier to read aloud."""
        return tuple(self.code[at : at + _GROUP] for at in range(0, len(self.code), _GROUP))

    def late(self, today: date) -> bool:
        """Its deadline has passed and nobody answered."""
        return self.due is not None and self.state != "answered" and self.due < today


class FeedbackBox:
    """The items of one site."""

    def __init__(self, database: Database, site: str, clock: Clock, petition_days: int) -> None:
        """`petition_days`: days until a petition must be answered."""
        self._database, self._site, self._clock = database, site, clock
        self._petition_days = petition_days

    def write(self, kind: FeedbackKind, text: str, officer_id: str | None = None) -> str:
        """Take an item in; its code, "" when there is nothing in it. What is longer than 500 letters is cut.
        `officer_id`: whom it is about."""
        text = " ".join(nfc(text).replace("\x00", "").split())[:LONGEST_TEXT]
        if not text:
            return ""
        with self._database.write() as session:
            today = office_day(session, self._site, self._clock.now())
            code = new_code()
            session.add(
                FeedbackRow(
                    key=ids.new_secret(), site=self._site, code=code, kind=kind, text=text, officer_id=officer_id,
                    state="new", day=today, answer="", answered_by=None, answered_on=None,
                    due=self._due(kind, today),
                )
            )  # fmt: skip
            return code

    def _due(self, kind: FeedbackKind, day: date) -> date | None:
        return day + timedelta(days=self._petition_days) if kind == "petition" else None

    def by_code(self, code: str) -> Feedback | None:
        """An item as its writer may see it."""
        with self._database.read() as session:
            query = select(FeedbackRow).where(FeedbackRow.site == self._site, FeedbackRow.code == letters_of(code))
            row = session.execute(query).scalar_one_or_none()
            return _item(row) if row else None

    def inbox(self, reader: str) -> list[Feedback]:
        """Every item that `reader` (an officer's key) may open: none that is about the reader. What is open and due
        first, then what is open, then the answered ones, the newest first."""
        query = select(FeedbackRow).where(
            FeedbackRow.site == self._site, or_(FeedbackRow.officer_id.is_(None), FeedbackRow.officer_id != reader)
        )
        with self._database.read() as session:
            items = [_item(row) for row in session.execute(query).scalars()]
        newest_first = sorted(items, key=lambda one: (one.day, one.code), reverse=True)
        return sorted(newest_first, key=lambda one: (one.state == "answered", one.due or date.max))

    def open(self, key: str, reader: str) -> Feedback:
        """Read an item; it counts as read now. Raises Refused: no-such-item, also for one about the reader."""
        with self._database.write() as session:
            row = self._mine(session.get(FeedbackRow, key), reader)
            if row.state == "new":
                row.state = "read"
            return _item(row)

    def answer(self, key: str, reader: str, text: str) -> None:
        """Answer an item, or better an answer. Raises Refused: no-such-item, no-text."""
        text = nfc(text).replace("\x00", "").strip()[:LONGEST_ANSWER]
        if not text:
            raise Refused("no-text")
        with self._database.write() as session:
            row = self._mine(session.get(FeedbackRow, key), reader)
            row.state, row.answer, row.answered_by = "answered", text, reader
            row.answered_on = office_day(session, self._site, self._clock.now())

    def refile(self, key: str, reader: str, kind: FeedbackKind) -> None:
        """Move an item to the other kind; a petition's days run from the day on which it was written. Raises Refused:
        no-such-item."""
        with self._database.write() as session:
            row = self._mine(session.get(FeedbackRow, key), reader)
            row.kind, row.due = kind, self._due(kind, row.day)

    def about(self, key: str, reader: str, officer_id: str | None) -> None:
        """Say whom an item is about: that officer cannot open it from now on. Raises Refused: no-such-item."""
        with self._database.write() as session:
            self._mine(session.get(FeedbackRow, key), reader).officer_id = officer_id

    def _mine(self, row: FeedbackRow | None, reader: str) -> FeedbackRow:
        if row is None or row.site != self._site or row.officer_id == reader:
            raise Refused("no-such-item")
        return row


def letters_of(text: str) -> str:
    """A code, or a part of one, as it is kept: spaces, hyphens and small letters do not matter."""
    return "".join(letter for letter in text.upper() if letter.isalnum())


def as_code(text: str) -> str:
    """A code as it is kept, however it was typed; "" = it cannot be one."""
    letters = letters_of(text)
    fits = len(letters) == CODE_LENGTH and all(one in CODE_LETTERS for one in letters)
    return letters if fits else ""


def new_code(choose: Callable[[str], str] = secrets.choice) -> str:
    """A code that tells nothing. `choose` picks a letter."""
    return "".join(choose(CODE_LETTERS) for _ in range(CODE_LENGTH))


def _item(row: FeedbackRow) -> Feedback:
    return Feedback(
        key=row.key, code=row.code, kind="petition" if row.kind == "petition" else "comment", text=row.text,
        officer_id=row.officer_id, state=row.state, day=row.day, due=row.due,  # type: ignore[arg-type]
        answer=row.answer, answered_on=row.answered_on,
    )  # fmt: skip
