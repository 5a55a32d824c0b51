"""Calls for an officer from a machine in the lobby, and their answers from a counter."""

from __future__ import annotations

from sqlalchemy import Select, select, update

from kiosk.clock import Clock
from kiosk.office import ids
from kiosk.office.database import Database
from kiosk.office.tables import HelpCallRow
from kiosk.office.types import HelpCall


class HelpCalls:
    """The help calls of one site."""

    def __init__(self, database: Database, site: str, clock: Clock) -> None:
        self._database, self._site, self._clock = database, site, clock

    def call(self, place: str) -> str:
        """Somebody at `place` asks for help. Returns the call's key; an open call from there is the same call."""
        with self._database.write() as session:
            open_call = session.execute(self._open().where(HelpCallRow.place == place)).scalars().first()
            if open_call is not None:
                return open_call.id
            row = HelpCallRow(
                id=ids.new_id(), site=self._site, place=place, called_at=self._clock.now(), answered_by=""
            )
            session.add(row)
            return row.id

    def answered(self, call_id: str) -> bool:
        """Whether a counter has said that somebody comes."""
        with self._database.read() as session:
            row = session.get(HelpCallRow, call_id)
            return row is not None and row.answered_at is not None

    def answer(self, call_id: str, counter: str) -> bool:
        """A counter says that somebody comes. False when another one did, or the call was withdrawn."""
        return self._close(call_id, answered_at=self._clock.now(), answered_by=counter)

    def withdraw(self, call_id: str) -> bool:
        """The citizen needs no help any more."""
        return self._close(call_id, withdrawn_at=self._clock.now())

    def open_calls(self) -> list[HelpCall]:
        """Calls that nobody has answered, oldest first."""
        with self._database.read() as session:
            rows = session.execute(self._open().order_by(HelpCallRow.id)).scalars()
            return [HelpCall(row.id, row.place, row.called_at, row.answered_at) for row in rows]

    def _close(self, call_id: str, **values: object) -> bool:
        change = (
            update(HelpCallRow)
            .where(
                HelpCallRow.id == call_id,
                HelpCallRow.answered_at.is_(None),
                HelpCallRow.withdrawn_at.is_(None),
            )
            .values(**values)
        )
        with self._database.write() as session:
            return session.execute(change).rowcount == 1  # type: ignore[attr-defined,no-any-return]

    def _open(self) -> Select[HelpCallRow]:
        return select(HelpCallRow).where(
            HelpCallRow.site == self._site,
            HelpCallRow.answered_at.is_(None),
            HelpCallRow.withdrawn_at.is_(None),
        )
