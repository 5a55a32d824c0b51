"""Sentences for the lobby's loudspeaker: written by the counters, spoken by the screen's process, once, in order."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kiosk.clock import Clock
from kiosk.office import ids
from kiosk.office.database import Database
from kiosk.office.tables import CallRow
from kiosk.office.types import LobbyCall

FRESH = timedelta(minutes=2)
"""An older call is not spoken any more: the loudspeaker was away, and the person was called again or has come."""
INVITATION = "rate"
"""The kind that asks somebody who has been served to the survey at the exit. It never delays any other call."""
INVITATION_FRESH = timedelta(seconds=20)
"""So long the person is still on the way to the door."""


def add_call(
    session: Session, site: str, now: datetime, kind: str, *, code: str = "", counter: int | None, language: str
) -> None:
    """Put a sentence into the queue, inside the transaction of what it tells of."""
    session.add(
        CallRow(id=ids.new_id(), site=site, kind=kind, code=code, counter=counter, language=language, at=now)
    )


class LobbyCalls:
    """The calls of one site."""

    def __init__(self, database: Database, site: str, clock: Clock) -> None:
        self._database, self._site, self._clock = database, site, clock

    def say(self, kind: str, *, code: str = "", counter: int | None = None, language: str = "vi") -> None:
        """Put a sentence into the queue."""
        with self._database.write() as session:
            now = self._clock.now()
            add_call(session, self._site, now, kind, code=code, counter=counter, language=language)

    def pending(self) -> list[LobbyCall]:
        """What is still to be spoken, in the order it was called, invitations last; what has grown too old is left
        out."""
        now = self._clock.now()
        fresh = CallRow.at >= now - self._clock.span(FRESH)
        query = select(CallRow).where(CallRow.site == self._site, CallRow.spoken_at.is_(None), fresh)
        with self._database.read() as session:
            calls = [as_call(row) for row in session.execute(query.order_by(CallRow.id)).scalars()]
        invited_since = now - self._clock.span(INVITATION_FRESH)
        calls = [call for call in calls if call.kind != INVITATION or call.at >= invited_since]
        return sorted(calls, key=lambda call: call.kind == INVITATION)

    def spoken(self, call_id: str) -> None:
        """This one has been heard whole."""
        with self._database.write() as session:
            session.execute(update(CallRow).where(CallRow.id == call_id).values(spoken_at=self._clock.now()))

    def last(self) -> LobbyCall | None:
        """The newest call of a number, spoken or not."""
        mine = CallRow.site + "" == self._site  # back along the keys, without sorting them (office.today)
        query = select(CallRow).where(mine, CallRow.kind.in_(("call", "recall")))
        with self._database.read() as session:
            row = session.execute(query.order_by(CallRow.id.desc()).limit(1)).scalars().first()
            return as_call(row) if row else None


def as_call(row: CallRow) -> LobbyCall:
    """A row as others may see it."""
    return LobbyCall(row.id, row.kind, row.code, row.counter, row.language, row.at)
