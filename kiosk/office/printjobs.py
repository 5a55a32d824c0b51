"""Slips to print and what became of each. Satisfies kiosk.printing.worker.JobSource without knowing it."""

from __future__ import annotations

from sqlalchemy import func, select, update

from kiosk.clock import Clock, business_day
from kiosk.office import ids
from kiosk.office.database import Database
from kiosk.office.tables import PrintJobRow, TicketEvent, TicketRow
from kiosk.office.tickets import as_ticket
from kiosk.office.today import office_day
from kiosk.office.types import JobState, PrintJob


class PrintJobs:
    """The print jobs of one site."""

    def __init__(self, database: Database, site: str, clock: Clock) -> None:
        self._database, self._site, self._clock = database, site, clock

    def next_queued(self) -> PrintJob | None:
        """The oldest job of today that waits for the printer; it stays queued until marked."""
        query = (
            select(PrintJobRow)
            .where(PrintJobRow.site == self._site, PrintJobRow.state == "queued")
            .order_by(PrintJobRow.id)
            .limit(1)
        )
        with self._database.read() as session:
            row = session.execute(query).scalar_one_or_none()
            return _job(row) if row else None

    def reprint(self, ticket_id: str) -> bool:
        """Order another slip of a ticket, marked as a reprint. False when one of it still waits for the printer, or
        there is no such ticket here: then nothing is ordered."""
        unprinted = select(PrintJobRow.id).where(
            PrintJobRow.ticket_id == ticket_id, PrintJobRow.state.in_(("queued", "printing"))
        )
        with self._database.write() as session:
            now = self._clock.now()
            # Held until the end: two officers at once order one slip
            ticket = session.get(TicketRow, ticket_id, with_for_update=True)
            if ticket is None or ticket.site != self._site or session.execute(unprinted).first():
                return False
            session.add(
                PrintJobRow(
                    id=ids.new_id(), site=self._site, ticket_id=ticket_id, kind="reprint", state="queued", reason="",
                    attempts=0, day=business_day(now), created_at=now, changed_at=now,
                )
            )  # fmt: skip
            session.add(
                TicketEvent(
                    id=ids.new_id(), site=self._site, ticket_id=ticket_id, at=now, kind="reprint-ordered", detail=""
                )
            )
            return True

    def mark(self, job_id: str, state: JobState, reason: str = "") -> None:
        """Write a job's new state down; a change that matters becomes an event of its ticket."""
        with self._database.write() as session:
            now = self._clock.now()
            row = session.get(PrintJobRow, job_id)
            if row is None:
                return
            row.attempts += state == "printing"
            row.state, row.reason, row.changed_at = state, reason, now
            if state in ("printed", "unknown", "failed"):
                session.add(
                    TicketEvent(
                        id=ids.new_id(), site=self._site, ticket_id=row.ticket_id, at=now,
                        kind=f"slip-{state}", detail=reason,
                    )
                )  # fmt: skip

    def settle_leftovers(self) -> int:
        """At start: a job found printing was cut off and may be on paper (unknown); slips of other days are not
        printed any more (expired). Returns how many jobs were settled."""
        now = self._clock.now()
        mine = PrintJobRow.site == self._site
        cut_off = (
            update(PrintJobRow)
            .where(mine, PrintJobRow.state == "printing")
            .values(state="unknown", reason="cut-off", changed_at=now)
        )
        stale = (
            update(PrintJobRow)
            .where(mine, PrintJobRow.state == "queued", PrintJobRow.day < business_day(now))
            .values(state="expired", reason="another-day", changed_at=now)
        )
        with self._database.write() as session:
            return sum(session.execute(change).rowcount for change in (cut_off, stale))  # type: ignore[attr-defined]

    def waiting_count(self) -> int:
        """How many slips wait for the printer."""
        query = select(func.count()).where(PrintJobRow.site == self._site, PrintJobRow.state == "queued")
        with self._database.read() as session:
            return session.execute(query).scalar_one()

    def unsure(self) -> list[tuple[str, str]]:
        """(ticket's key, code) of today's slips whose last job may not have come out, of tickets that still wait."""
        with self._database.read() as session:
            query = (
                select(PrintJobRow, TicketRow)
                .join(TicketRow, TicketRow.id == PrintJobRow.ticket_id)
                .where(PrintJobRow.site == self._site)
                .where(PrintJobRow.day == office_day(session, self._site, self._clock.now()))
                .where(TicketRow.state == "waiting")
                .order_by(PrintJobRow.id)
            )
            last = {row.ticket_id: (row.state, ticket) for row, ticket in session.execute(query)}
        unsure = [ticket for state, ticket in last.values() if state in ("unknown", "failed")]
        return [(row.id, as_ticket(row).code) for row in unsure]

    def of_ticket(self, ticket_id: str) -> list[PrintJob]:
        """Every job of a ticket, oldest first."""
        query = select(PrintJobRow).where(PrintJobRow.ticket_id == ticket_id).order_by(PrintJobRow.id)
        with self._database.read() as session:
            return [_job(row) for row in session.execute(query).scalars()]


def _job(row: PrintJobRow) -> PrintJob:
    return PrintJob(
        id=row.id, kind=row.kind, ticket_id=row.ticket_id, state=row.state,  # type: ignore[arg-type]
        reason=row.reason, attempts=row.attempts,
    )  # fmt: skip
