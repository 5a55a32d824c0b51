"""Numbers for those who wait: given once for each touch, without gap, from 1 on each business day."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kiosk.clock import Clock, business_day
from kiosk.office import ids
from kiosk.office.database import Database
from kiosk.office.order import Waiting
from kiosk.office.tables import PrintJobRow, SeriesCounter, TicketEvent, TicketRow
from kiosk.office.today import doubt, last_ticket_at, office_day
from kiosk.office.tokens import tokens
from kiosk.office.types import AtCounter, InLine, Ticket, TicketOrder


class Tickets:
    """The tickets of one site."""

    def __init__(self, database: Database, site: str, clock: Clock) -> None:
        self._database, self._site, self._clock = database, site, clock

    def issue(self, touch_id: str, order: TicketOrder, *, print_slip: bool = True) -> Ticket:
        """Give the next number of the series: counter, ticket, event and print job in one transaction.

        `touch_id`: made anew for each visit; asked again with the same one, the same ticket comes back and nothing
        is written. Raises DatabaseError.
        """
        try:
            with self._database.write() as session:
                return self._find(session, touch_id) or self._give(session, touch_id, order, print_slip)
        except IntegrityError:
            # Another process was faster with the same touch. SQLite lets only one in; PostgreSQL tells afterwards.
            with self._database.read() as session:
                ticket = self._find(session, touch_id)
            if ticket is None:
                raise
            return ticket

    def _give(self, session: Session, touch_id: str, order: TicketOrder, print_slip: bool) -> Ticket:
        now = self._clock.now()
        day = office_day(session, self._site, now)
        last = last_ticket_at(session, self._site)
        doubtful = doubt(now, last)
        # A clock that has fallen back lets nobody in before those who came earlier
        in_line_since = max(now, last) if last is not None and business_day(last) == day else now
        number = self._next_number(session, day, order.series)
        row = TicketRow(
            id=ids.new_id(),
            site=self._site,
            day=day,
            series=order.series,
            number=number,
            touch_id=touch_id,
            token=tokens(session, self._site, make=True).make(day, order.series, number),
            tile=order.tile,
            lane=order.lane,
            reason=order.reason,
            missing=" ".join(order.missing),
            language=order.language,
            state="waiting",
            issued_at=now,
            queue=order.series,
            queued_at=in_line_since,
            calls=0,
            absences=0,
            pick="",
        )
        session.add(row)
        session.flush()
        detail = f"clock {doubtful}" if doubtful else ""
        session.add(
            TicketEvent(id=ids.new_id(), site=self._site, ticket_id=row.id, at=now, kind="issued", detail=detail)
        )
        if print_slip:
            session.add(
                PrintJobRow(
                    id=ids.new_id(), site=self._site, ticket_id=row.id, kind="slip", state="queued",
                    reason="", attempts=0, day=day, created_at=now, changed_at=now,
                )
            )  # fmt: skip
        session.flush()
        return as_ticket(row)

    def _next_number(self, session: Session, day: date, series: str) -> int:
        key = {"site": self._site, "day": day, "series": series}
        counter = session.get(SeriesCounter, key, with_for_update=True)
        if counter is None:
            # Another process may give the first number of the day in this moment: PostgreSQL lets both try
            with suppress(IntegrityError), session.begin_nested():
                session.add(SeriesCounter(**key, last_number=0))
            counter = session.get_one(SeriesCounter, key, with_for_update=True)
        counter.last_number += 1
        return counter.last_number

    def _find(self, session: Session, touch_id: str) -> Ticket | None:
        row = session.execute(select(TicketRow).where(TicketRow.touch_id == touch_id)).scalar_one_or_none()
        return as_ticket(row) if row else None

    def by_id(self, ticket_id: str) -> Ticket | None:
        """The ticket with this key."""
        with self._database.read() as session:
            row = session.get(TicketRow, ticket_id)
            return as_ticket(row) if row else None

    def by_token(self, token: str) -> Ticket | None:
        """The ticket whose slip carries this address."""
        with self._database.read() as session:
            row = session.execute(select(TicketRow).where(TicketRow.token == token)).scalar_one_or_none()
            return as_ticket(row) if row else None

    def going_on(self, *, at_counters_only: bool = False) -> set[str]:
        """The keys of today's tickets whose visit has not ended."""
        states = ("called", "serving") if at_counters_only else ("waiting", "away", "called", "serving")
        with self._database.read() as session:
            day = office_day(session, self._site, self._clock.now())
            mine = (TicketRow.site == self._site, TicketRow.day == day, TicketRow.state.in_(states))
            return set(session.execute(select(TicketRow.id).where(*mine)).scalars())

    def all_waiting(self) -> list[Ticket]:
        """The tickets of today that wait, in the order in which they were given."""
        with self._database.read() as session:
            day = office_day(session, self._site, self._clock.now())
            query = select(TicketRow).where(*self._waiting(day)).order_by(TicketRow.id)
            return [as_ticket(row) for row in session.execute(query).scalars()]

    def waiting(self) -> dict[str, int]:
        """How many wait today, by series."""
        counted = select(TicketRow.series, func.count().label("waiting")).group_by(TicketRow.series)
        with self._database.read() as session:
            query = counted.where(*self._waiting(office_day(session, self._site, self._clock.now())))
            return {row.series: row.waiting for row in session.execute(query)}

    def _waiting(self, day: date) -> list[ColumnElement[bool]]:
        return [TicketRow.site == self._site, TicketRow.day == day, TicketRow.state == "waiting"]


def as_ticket(row: TicketRow) -> Ticket:
    """A row as others may see it."""
    return Ticket(
        id=row.id, day=row.day, series=row.series, number=row.number, tile=row.tile,
        lane="priority" if row.lane == "priority" else "ordinary", reason=row.reason, language=row.language,
        missing=tuple(row.missing.split()), state=row.state, token=row.token, issued_at=row.issued_at,
    )  # fmt: skip


def as_waiting(row: TicketRow) -> Waiting:
    """What the order needs to know of a ticket."""
    return Waiting(row.id, row.lane == "priority", row.queued_at, row.number, row.queue, row.counter)


def at_counter(row: TicketRow) -> AtCounter:
    """A row at a counter as others may see it."""
    return AtCounter(as_ticket(row), row.counter or 0, row.calls, row.called_at, row.started_at, row.pick)


def in_line(row: TicketRow, reason: str) -> InLine:
    """A waiting row as others may see it."""
    return InLine(as_ticket(row), row.queued_at, row.absences, reason)
