"""The life of a slip, from the office's side."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from kiosk.clock import ManualClock
from kiosk.office.database import Database, sqlite_module
from kiosk.office.printjobs import PrintJobs
from kiosk.office.tables import TicketEvent
from kiosk.office.tickets import Tickets
from kiosk.office.types import JobState, TicketOrder
from tests.office.conftest import SITE, THURSDAY

ORDER = TicketOrder("birth", "A")


def test_jobs_come_in_the_order_of_the_tickets(database: Database, tickets: Tickets, clock: ManualClock) -> None:
    jobs = PrintJobs(database, "an-tan", clock)
    given = [tickets.issue(f"t{n}", ORDER).id for n in range(3)]
    seen = []
    while job := jobs.next_queued():
        seen.append(job.ticket_id)
        jobs.mark(job.id, "printing")
        jobs.mark(job.id, "printed")
    assert seen == given
    assert jobs.of_ticket(given[0])[0].state == "printed"
    assert jobs.of_ticket(given[0])[0].attempts == 1


def test_what_became_of_a_slip_is_an_event(database: Database, tickets: Tickets, clock: ManualClock) -> None:
    jobs = PrintJobs(database, "an-tan", clock)
    ticket = tickets.issue("t", ORDER)
    job = jobs.next_queued()
    assert job
    jobs.mark(job.id, "queued", "paper-out")
    jobs.mark(job.id, "printing")
    jobs.mark(job.id, "unknown", "closed")
    with database.read() as session:
        events = session.execute(select(TicketEvent).where(TicketEvent.ticket_id == ticket.id)).scalars()
        assert [(event.kind, event.detail) for event in events] == [("issued", ""), ("slip-unknown", "closed")]


def test_a_start_settles_what_the_last_run_left(database: Database, tickets: Tickets, clock: ManualClock) -> None:
    jobs = PrintJobs(database, "an-tan", clock)
    cut_off = tickets.issue("a", ORDER)
    waiting = tickets.issue("b", ORDER)
    job = jobs.next_queued()
    assert job
    jobs.mark(job.id, "printing")
    assert jobs.settle_leftovers() == 1
    assert jobs.of_ticket(cut_off.id)[0].state == "unknown"
    assert jobs.of_ticket(waiting.id)[0].state == "queued"
    clock.advance(7 * 86_400)
    assert jobs.settle_leftovers() == 1
    assert jobs.of_ticket(waiting.id)[0].state == "expired"
    assert jobs.next_queued() is None


def test_a_ticket_without_a_slip(database: Database, tickets: Tickets, clock: ManualClock) -> None:
    ticket = tickets.issue("a", ORDER, print_slip=False)
    assert PrintJobs(database, "an-tan", clock).of_ticket(ticket.id) == []


def events(database: Database, ticket_id: str) -> list[str]:
    with database.read() as session:
        found = select(TicketEvent).where(TicketEvent.ticket_id == ticket_id).order_by(TicketEvent.id)
        return [event.kind for event in session.execute(found).scalars()]


@pytest.mark.parametrize("state", ["printed", "unknown", "failed", "expired"])
def test_a_slip_can_be_ordered_again(
    database: Database, tickets: Tickets, clock: ManualClock, state: JobState
) -> None:
    jobs = PrintJobs(database, "an-tan", clock)
    ticket = tickets.issue("t", ORDER)
    (first,) = jobs.of_ticket(ticket.id)
    jobs.mark(first.id, state)
    assert jobs.reprint(ticket.id)
    job = jobs.next_queued()
    assert job
    assert (job.kind, job.ticket_id, job.state) == ("reprint", ticket.id, "queued")
    assert events(database, ticket.id)[-1] == "reprint-ordered"


def test_a_slip_that_still_comes_is_not_ordered_again(
    database: Database, tickets: Tickets, clock: ManualClock
) -> None:
    jobs = PrintJobs(database, "an-tan", clock)
    ticket = tickets.issue("t", ORDER)
    (first,) = jobs.of_ticket(ticket.id)
    assert not jobs.reprint(ticket.id)
    jobs.mark(first.id, "printing")
    assert not jobs.reprint(ticket.id)
    jobs.mark(first.id, "printed")
    assert jobs.reprint(ticket.id)
    assert not jobs.reprint(ticket.id)
    assert events(database, ticket.id).count("reprint-ordered") == 1


def test_a_number_given_at_a_counter_gets_its_slip_later(
    database: Database, tickets: Tickets, clock: ManualClock
) -> None:
    ticket = tickets.issue("a", ORDER, print_slip=False)
    assert PrintJobs(database, "an-tan", clock).reprint(ticket.id)


def test_only_our_own_slips_are_ordered(database: Database, tickets: Tickets, clock: ManualClock) -> None:
    ticket = tickets.issue("a", ORDER, print_slip=False)
    assert not PrintJobs(database, "an-tan", clock).reprint("no such ticket")
    assert not PrintJobs(database, "ba-vi", clock).reprint(ticket.id)


class TurnClock(ManualClock):
    """Notices when it is asked while somebody else could still write."""

    def __init__(self, start: datetime, file: Path) -> None:
        super().__init__(start)
        self._file, self.early = file, 0

    def now(self) -> datetime:
        sqlite = sqlite_module()
        probe = sqlite.connect(self._file, timeout=0)
        try:
            probe.execute("BEGIN IMMEDIATE")
            self.early += 1
        except sqlite.OperationalError:
            pass
        finally:
            probe.close()
        return super().now()


def test_who_waits_for_the_database_writes_down_the_time_of_their_turn(
    database: Database, tickets: Tickets, tmp_path: Path
) -> None:
    """Else the log's times would not follow its order."""
    clock = TurnClock(THURSDAY, tmp_path / "office.db")
    jobs = PrintJobs(database, SITE, clock)
    ticket = tickets.issue("t", ORDER)
    job = jobs.next_queued()
    assert job
    jobs.mark(job.id, "printed")
    assert jobs.reprint(ticket.id)
    assert clock.early == 0
    clock.now()
    assert clock.early == 1, "the check can fail"
