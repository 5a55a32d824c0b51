"""Numbers: one for a touch, none twice, none left out, from 1 each day."""

from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path

import pytest
from sqlalchemy import select

from kiosk.clock import ManualClock
from kiosk.office.database import Database
from kiosk.office.tables import PrintJobRow, TicketEvent, TicketRow
from kiosk.office.tickets import Tickets
from kiosk.office.types import TicketOrder
from tests.office.storm import check, issue_many
from tests.until import until

ORDER = TicketOrder("birth", "A", missing=("id-card",))


def test_numbers_run_from_one_in_each_series(tickets: Tickets) -> None:
    codes = [tickets.issue(f"t{n}", TicketOrder("birth", series)).code for n, series in enumerate("AACAC")]
    assert codes == ["A001", "A002", "C001", "A003", "C002"]


def test_the_same_touch_gets_the_same_ticket_and_one_slip(tickets: Tickets, database: Database) -> None:
    first = tickets.issue("touch", ORDER)
    assert [tickets.issue("touch", ORDER) for _ in range(5)] == [first] * 5
    with database.read() as session:
        assert len(session.execute(select(TicketRow)).all()) == 1
        assert len(session.execute(select(PrintJobRow)).all()) == 1
        assert [event.kind for event in session.execute(select(TicketEvent)).scalars()] == ["issued"]


def test_a_ticket_is_found_by_key_and_by_its_secret(tickets: Tickets) -> None:
    ticket = tickets.issue("touch", ORDER)
    assert tickets.by_id(ticket.id) == ticket
    assert tickets.by_token(ticket.token) == ticket
    assert tickets.by_token("guess") is None
    assert len(ticket.token) >= 16
    assert ticket.missing == ("id-card",)


def test_a_new_day_begins_with_one(tickets: Tickets, clock: ManualClock) -> None:
    tickets.issue("a", ORDER)
    clock.advance(7 * 86_400)
    assert tickets.issue("b", ORDER).code == "A001"


def test_a_clock_that_falls_back_does_not_bring_back_yesterday(tickets: Tickets, clock: ManualClock) -> None:
    today = tickets.issue("a", ORDER)
    clock.advance(-20 * 3600)
    later = tickets.issue("b", ORDER)
    assert (later.day, later.number) == (today.day, 2)


def test_a_day_far_ahead_was_the_mistake(tickets: Tickets, clock: ManualClock) -> None:
    clock.advance(3650 * 86_400)
    tickets.issue("a", ORDER)
    clock.advance(-3650 * 86_400)
    assert tickets.issue("b", ORDER).day == clock.now().date()


def test_who_waits_today(tickets: Tickets, clock: ManualClock) -> None:
    tickets.issue("another day", ORDER)
    clock.advance(7 * 86_400)
    given = [tickets.issue(f"a{number}", ORDER) for number in range(3)]
    given.append(tickets.issue("c", TicketOrder("copy", "C")))
    assert tickets.all_waiting() == given
    assert tickets.waiting() == {"A": 3, "C": 1}


def test_a_failure_inside_leaves_no_gap(tickets: Tickets, database: Database) -> None:
    tickets.issue("a", ORDER)
    with pytest.raises(RuntimeError), database.write() as session:
        tickets._give(session, "b", ORDER, True)
        raise RuntimeError("the power goes")
    assert tickets.issue("c", ORDER).number == 2


def test_two_sites_share_a_database(database: Database, clock: ManualClock) -> None:
    assert Tickets(database, "an-tan", clock).issue("x", ORDER).number == 1
    assert Tickets(database, "ba-vi", clock).issue("y", ORDER).number == 1


def test_four_processes_at_once_give_no_number_twice_and_leave_none_out(url: str, tmp_path: Path) -> None:
    """A small storm; `make bench` runs the large one (4 × 2,500)."""
    issue_many(url, processes=4, each=150)
    assert check(url) == 600


def test_a_process_killed_in_the_middle_leaves_no_gap(url: str, database: Database, tickets: Tickets) -> None:
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=issue_many, args=(url, 1, 100_000), daemon=False)
    process.start()
    until(lambda: sum(tickets.waiting().values()) > 20)
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    for child in multiprocessing.active_children():
        child.kill()
    tickets.issue("after", TicketOrder("birth", "A"))
    assert check(url) > 20
