"""The clock goes wrong in every way that clocks do: numbers go on, never one twice, staff are told."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, select

from kiosk.clock import ZONE, ManualClock
from kiosk.office.board import LobbyBoard
from kiosk.office.tables import TicketEvent
from kiosk.office.today import doubt, last_ticket_at
from tests.office.conftest import THURSDAY, Office

MOVES = {
    "back a minute": timedelta(minutes=-1), "back an hour": timedelta(hours=-1), "back a day": timedelta(days=-1),
    "back to 1970": datetime(1970, 1, 1, 8, tzinfo=ZONE) - THURSDAY, "ahead an hour": timedelta(hours=1),
    "ahead a week": timedelta(days=7), "ahead a year": timedelta(days=365),
}  # fmt: skip


@pytest.mark.parametrize("move", MOVES)
def test_numbers_go_on_and_none_comes_twice(office: Office, clock: ManualClock, move: str) -> None:
    first = [office.give("A") for _ in range(3)]
    clock.set(THURSDAY + MOVES[move])
    then = [office.give("A") for _ in range(3)]
    clock.set(THURSDAY + timedelta(minutes=10))
    after = [office.give("A") for _ in range(3)]
    given = [(ticket.day, ticket.code) for ticket in (*first, *then, *after)]
    assert len(set(given)) == 9
    assert after[0].number > first[-1].number or after[0].day != first[0].day


@pytest.mark.parametrize("move", ["back an hour", "back a day"])
def test_a_clock_that_falls_back_empties_no_lobby(office: Office, clock: ManualClock, move: str) -> None:
    """Counters, board and crowd stay on the day of the numbers that are given."""
    office.give("A")
    clock.set(THURSDAY + MOVES[move])
    office.give("A")
    assert office.counters.today() == THURSDAY.date()
    assert len(office.counters.view(1).line) == 2
    board = LobbyBoard(office.database, office.site, clock, counters=3)
    assert sum(board.view().waiting.values()) == 2
    assert office.tickets.waiting() == {"A": 2}
    assert office.call(1) == "A001"


def test_wednesday_thursday_friday_over_midnight(office: Office, clock: ManualClock) -> None:
    for day in (-1, 0, 1):
        clock.set(THURSDAY + timedelta(days=day))
        assert office.give("A").code == "A001"
        clock.set((THURSDAY + timedelta(days=day)).replace(hour=23, minute=59, second=58))
        assert office.give("A").code == "A002"


@pytest.mark.parametrize(
    ("move", "found"),
    [
        ("back a minute", ""), ("back an hour", "behind"), ("back a day", "behind"), ("back to 1970", "behind"),
        ("ahead an hour", ""), ("ahead a week", ""), ("ahead a year", "ahead"),
    ],
)  # fmt: skip
def test_a_doubtful_clock_is_told(office: Office, clock: ManualClock, move: str, found: str) -> None:
    office.give("A")
    clock.set(THURSDAY + MOVES[move])
    assert office.counters.clock_doubt() == found
    marked = office.give("A")
    with office.database.read() as session:
        details = session.execute(select(TicketEvent.detail).where(TicketEvent.ticket_id == marked.id)).scalars()
        assert list(details) == [f"clock {found}" if found else ""]


def test_other_moments_that_have_been_bear_witness() -> None:
    assert doubt(THURSDAY, None) == ""
    assert doubt(THURSDAY, None, [THURSDAY + timedelta(hours=1)]) == "behind"
    assert doubt(THURSDAY, THURSDAY, [THURSDAY - timedelta(days=1)]) == ""


def test_the_last_ticket_is_found_without_sorting_all_of_them(office: Office) -> None:
    """With 100,000 earlier tickets it took a tenth of a second at each new one."""
    office.give()
    seen: list[tuple[str, object]] = []
    engine = office.database._engine

    def note(_connection: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        seen.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    with office.database.read() as session:
        assert last_ticket_at(session, office.site) is not None
        statement, values = seen[-1]
        event.remove(engine, "before_cursor_execute", note)
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)  # type: ignore[arg-type]
        assert "TEMP B-TREE" not in str(plan.all())
