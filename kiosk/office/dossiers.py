"""Dossiers: what was received for a ticket, and the way of its result: received → ready → returned.

A dossier holds the exact procedure and no name. `contact` (a phone number, a village head) is kept only while a
result waits for somebody who went home and asked to be told; it is emptied as the result is returned.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kiosk.clock import Clock, business_day
from kiosk.office import ids
from kiosk.office.calls import add_call
from kiosk.office.counters import Refused
from kiosk.office.database import Database
from kiosk.office.days import Days
from kiosk.office.tables import DossierRow, TicketEvent, TicketRow
from kiosk.office.tickets import as_ticket
from kiosk.office.types import Dossier
from kiosk.settings import CalendarFile, Procedure

OPEN = ("received", "ready")
JUST = timedelta(minutes=3)
"""So long a result that was handed back can be taken back from the list."""


@dataclass(frozen=True)
class Promise:
    """When a result is promised."""

    same_day: bool
    due: date


def promise(
    procedure: Procedure, now: datetime, days: Days, calendar: CalendarFile, same_day: bool | None
) -> Promise:
    """When a result received at `now` comes. `same_day`: what the officer says; None = what the procedure says.

    The 15:00 rule: received later, a same-day result comes on the next working day (services.toml, fifteen_rule).
    """
    today = business_day(now)
    if same_day is None:
        same_day = procedure.same_day in ("yes", "often")
    if same_day:
        late = procedure.fifteen_rule and now.time() >= calendar.fifteen_rule
        return Promise(not late, days.working_day_after(today, 1) if late else today)
    if procedure.working_days is None:
        return Promise(False, days.next_service_day(today))
    return Promise(False, days.working_day_after(today, max(1, procedure.working_days)))


class Dossiers:
    """The dossiers of one site."""

    def __init__(self, database: Database, site: str, clock: Clock, days: Days, calendar: CalendarFile) -> None:
        self._database, self._site, self._clock = database, site, clock
        self._days, self._calendar = days, calendar

    def receive(
        self, ticket_id: str, procedure: Procedure, officer_id: str | None, same_day: bool | None = None
    ) -> Dossier:
        """Write a dossier down. `same_day`: what the officer promises; None = what the procedure says."""
        with self._database.write() as session:
            now = self._clock.now()
            promised = promise(procedure, now, self._days, self._calendar, same_day)
            ticket = session.get(TicketRow, ticket_id)
            if ticket is None or ticket.site != self._site:
                raise Refused("nobody-here")
            row = DossierRow(
                id=ids.new_id(), site=self._site, ticket_id=ticket_id, officer_id=officer_id,
                procedure=procedure.key, national_code="", missing="", fee_taken=False, contact="",
                state="received", same_day=promised.same_day, due=promised.due, received_at=now,
            )  # fmt: skip
            session.add(row)
            self._event(session, row, "dossier-received")
            session.flush()
            return as_dossier(row, ticket)

    def would_be_due(self, procedure: Procedure, same_day: bool | None) -> date:
        """The day that would be promised if it were received now."""
        return promise(procedure, self._clock.now(), self._days, self._calendar, same_day).due

    def promise_again(self, dossier_id: str, procedure: Procedure, same_day: bool) -> Dossier:
        """The officer changes the promise: the same day, or the day that the procedure takes."""
        with self._database.write() as session:
            row = self._open(session, dossier_id, "received")
            promised = promise(procedure, row.received_at, self._days, self._calendar, same_day)
            row.same_day, row.due = promised.same_day, promised.due
            return as_dossier(row, session.get_one(TicketRow, row.ticket_id))

    def note(
        self,
        dossier_id: str,
        *,
        national_code: str | None = None,
        missing: tuple[str, ...] | None = None,
        fee_taken: bool | None = None,
        contact: str | None = None,
        due: date | None = None,
    ) -> None:
        """What the officer adds, all of it optional: None leaves it as it is."""
        with self._database.write() as session:
            row = self._open(session, dossier_id, *OPEN)
            if national_code is not None:
                row.national_code = national_code.strip()[:64]
            if missing is not None:
                row.missing = " ".join(missing)[:400]
            if fee_taken is not None:
                row.fee_taken = fee_taken
            if contact is not None:
                row.contact = contact.strip()[:120]
            if due is not None:
                row.due, row.same_day = due, due == business_day(row.received_at)

    def remove(self, dossier_id: str) -> None:
        """It was written down by mistake: taken away while nothing has come of it."""
        with self._database.write() as session:
            row = self._open(session, dossier_id, "received")
            self._event(session, row, "dossier-removed")
            session.flush()
            session.delete(row)

    def ready(self, dossier_id: str) -> None:
        """The result lies ready."""
        with self._database.write() as session:
            row = self._open(session, dossier_id, "received")
            row.state, row.ready_at = "ready", self._clock.now()
            self._event(session, row, "result-ready")

    def call(self, dossier_id: str, counter: int) -> None:
        """Call into the lobby: come and fetch your result, at `counter`."""
        with self._database.write() as session:
            row = self._open(session, dossier_id, "ready")
            ticket = session.get_one(TicketRow, row.ticket_id)
            add_call(
                session, self._site, self._clock.now(), "result", code=as_ticket(ticket).code, counter=counter,
                language=ticket.language,
            )  # fmt: skip
            self._event(session, row, "result-called")

    def returned(self, dossier_id: str) -> None:
        """The result is in the citizen's hand (also straight from received: done while they waited)."""
        with self._database.write() as session:
            row, now = self._open(session, dossier_id, *OPEN), self._clock.now()
            row.state, row.ready_at, row.returned_at, row.contact = "returned", row.ready_at or now, now, ""
            self._event(session, row, "result-returned")

    def take_back(self, dossier_id: str) -> None:
        """One step back: returned → ready → received."""
        with self._database.write() as session:
            row = self._open(session, dossier_id, "ready", "returned")
            if row.state == "returned":
                row.state, row.returned_at = "ready", None
            else:
                row.state, row.ready_at = "received", None
            self._event(session, row, "result-undone")

    def of_ticket(self, ticket_id: str) -> list[Dossier]:
        """The dossiers of a ticket, in the order they were received."""
        return self._list(DossierRow.ticket_id == ticket_id)

    def to_return(self) -> list[Dossier]:
        """Results that are due today or earlier and not returned, those promised first on top; ready ones of later
        days too."""
        today = business_day(self._clock.now())
        return self._list(DossierRow.state.in_(OPEN), (DossierRow.due <= today) | (DossierRow.state == "ready"))

    def just_returned(self) -> list[Dossier]:
        """Results handed back within the last minutes: somebody may have pressed the wrong line."""
        return self._list(DossierRow.state == "returned", DossierRow.returned_at >= self._clock.now() - JUST)

    def carried_over(self) -> list[Dossier]:
        """Everything that is not returned yet, whenever it is due."""
        return self._list(DossierRow.state.in_(OPEN))

    def ready_of_ticket(self, ticket_id: str) -> bool:
        """Whether a result waits for the holder of this ticket."""
        return bool(self._list(DossierRow.ticket_id == ticket_id, DossierRow.state == "ready"))

    def is_late(self, dossier: Dossier) -> bool:
        """Promised for an earlier day, or for today and the office has closed."""
        now = self._clock.now()
        today = business_day(now)
        if dossier.state == "returned" or dossier.due > today:
            return False
        return dossier.due < today or self._days.after_closing(now)

    def forget_contacts(self, before: date) -> int:
        """Contacts of results due before `before` that nobody fetched are emptied; how many."""
        old = (DossierRow.site == self._site) & (DossierRow.due < before) & (DossierRow.contact != "")
        with self._database.write() as session:
            return session.execute(update(DossierRow).where(old).values(contact="")).rowcount  # type: ignore[attr-defined,no-any-return]

    def _list(self, *conditions: object) -> list[Dossier]:
        query = (
            select(DossierRow, TicketRow)
            .join(TicketRow, TicketRow.id == DossierRow.ticket_id)
            .where(DossierRow.site == self._site, *conditions)  # type: ignore[arg-type]
            .order_by(DossierRow.due, DossierRow.received_at, DossierRow.id)
        )
        with self._database.read() as session:
            return [as_dossier(row, ticket) for row, ticket in session.execute(query)]

    def _open(self, session: Session, dossier_id: str, *states: str) -> DossierRow:
        row = session.get(DossierRow, dossier_id, with_for_update=True)
        if row is None or row.site != self._site or row.state not in states:
            raise Refused("changed-since")
        return row

    def _event(self, session: Session, row: DossierRow, kind: str) -> None:
        session.add(
            TicketEvent(
                id=ids.new_id(), site=self._site, ticket_id=row.ticket_id, at=self._clock.now(), kind=kind,
                detail=row.procedure,
            )
        )  # fmt: skip


def as_dossier(row: DossierRow, ticket: TicketRow) -> Dossier:
    """A row as others may see it."""
    return Dossier(
        id=row.id, ticket_id=row.ticket_id, code=as_ticket(ticket).code, ticket_day=ticket.day,
        procedure=row.procedure, national_code=row.national_code, missing=tuple(row.missing.split()),
        fee_taken=row.fee_taken, contact=row.contact, state=row.state, same_day=row.same_day, due=row.due,  # type: ignore[arg-type]
        received_at=row.received_at, ready_at=row.ready_at, returned_at=row.returned_at,
    )  # fmt: skip
