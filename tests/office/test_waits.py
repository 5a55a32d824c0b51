"""How many are before me: compared with what the counters then really do, call by call."""

from __future__ import annotations

import heapq
import itertools
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.clock import ManualClock
from kiosk.office.counters import Refused
from kiosk.office.types import Ticket
from kiosk.office.waits import Waits
from tests.office.conftest import CALLING, SERIES, THURSDAY, Office

SITES = itertools.count()


def waits_of(office: Office) -> Waits:
    return Waits(office.database, office.site, office.clock, SERIES, office.calling)


def play_for_real(office: Office, mine: Ticket, free_in: dict[int, float]) -> tuple[int, float]:
    """Let the counters call with their own keys, each ticket served for its usual minutes: how many went before
    `mine` at the counters that may call it, and the minutes until it was called."""
    start = office.clock.now()
    free = [(minutes, counter) for counter, minutes in free_in.items()]
    heapq.heapify(free)
    before = 0
    while free:
        minutes, counter = heapq.heappop(free)
        office.clock.set(start + timedelta(minutes=minutes))
        if office.counters.view(counter).current:
            if office.counters.view(counter).current.started_at is None:
                office.counters.start(counter)
            office.counters.finish(counter)
        try:
            called = office.counters.call_next(counter)
        except Refused:
            continue
        if called.ticket.id == mine.id:
            return before, minutes
        before += counter in SERIES[mine.series].counters
        office.counters.start(counter)
        heapq.heappush(free, (minutes + SERIES[called.ticket.series].minutes, counter))
    raise AssertionError("never called")


people = st.lists(
    st.tuples(st.sampled_from("ACH"), st.sampled_from(("ordinary", "ordinary", "priority")), st.integers(0, 15)),
    min_size=1, max_size=12,
)  # fmt: skip


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=people, which=st.integers(0, 11), sit=st.sets(st.sampled_from((1, 2, 3))), busy=st.integers(0, 3))
def test_the_promise_is_what_the_counters_then_do(
    url: str, people: list[tuple[str, str, int]], which: int, sit: set[int], busy: int
) -> None:
    """Any crowd, any counters open, some of them busy; with two series at counters 2 and 3."""
    office = Office(url, ManualClock(THURSDAY), f"site-{next(SITES)}")
    for counter in sit:
        office.counters.sit(counter, f"officer-{counter}")
    given_out = []
    for series, lane, minutes in people:
        office.clock.advance(minutes * 60)
        given_out.append(office.give(series, lane))
    mine = given_out[which % len(given_out)]
    free_in = dict.fromkeys(sorted(sit), 0.0)
    for counter in sorted(sit)[:busy]:
        if office.call(counter) not in ("nobody-waits", mine.code):
            office.counters.start(counter)
            free_in[counter] = SERIES[office.counters.view(counter).current.ticket.series].minutes
    wait = waits_of(office).of(mine)
    if office.state(mine) != "waiting":
        assert (wait.ahead, wait.low, wait.high, wait.counters) == (0, 0, 0, ())
    else:
        assert wait.counters == tuple(SERIES[mine.series].counters)
        if not sit & set(wait.counters):
            free_in |= dict.fromkeys(wait.counters, 0.0)  # nobody sits there: played as if somebody did
        before, minutes = play_for_real(office, mine, free_in)
        assert wait.ahead == before
        assert wait.low <= minutes <= wait.high
        assert wait.low % 5 == wait.high % 5 == 0
        assert wait.low < wait.high
    office.close()


def test_who_is_served_longer_than_usual_is_nearly_done(office: Office, clock: ManualClock) -> None:
    office.counters.sit(3, "lan")
    office.give("H")
    mine = office.give("H")
    office.call(3)
    office.counters.start(3)
    clock.advance(600)
    assert (waits_of(office).of(mine).low, waits_of(office).of(mine).high) == (0, 5), "two minutes are left"
    clock.advance(6000)
    assert waits_of(office).of(mine).high == 5


def test_the_next_service_of_a_transferred_number_begins_anew(office: Office, clock: ManualClock) -> None:
    """An hour at counter 1 is no reason to think that counter 3 is nearly done with it."""
    office.counters.sit(3, "lan")
    office.give("A")
    office.call(1)
    office.counters.start(1)
    clock.advance(3600)
    office.counters.transfer(1, tile="support", queue="H")
    mine = office.give("H")
    assert office.call(3) == "A001"
    assert waits_of(office).of(mine).low == 5, "twelve minutes are usual at counter 3"


def test_the_days_own_service_times_come_in_slowly(office: Office, clock: ManualClock) -> None:
    office.counters.sit(3, "lan")
    for _ in range(5):
        office.give("H")
        office.call(3)
        office.counters.start(3)
        clock.advance(48 * 60)
        office.counters.finish(3)
    office.give("H")
    office.call(3)
    mine = office.give("H")
    wait = waits_of(office).of(mine)
    assert (wait.low, wait.high) == (20, 45), "thirty minutes: half way between usual and today"


def test_who_was_sent_to_a_counter_waits_for_that_one_only(office: Office) -> None:
    mine = office.give("A")
    office.give("C")
    office.call(1)
    office.counters.transfer(1, to_counter=3)
    assert waits_of(office).of(mine).counters == (3,)
    assert waits_of(office).ahead(mine) == 0


def test_who_was_sent_to_a_counter_without_a_queue_of_its_own_is_told_where(office: Office) -> None:
    """Counter 9 serves no series: the head of the office, say."""
    office.counters.sit(9, "head")
    mine = office.give("A")
    for _ in range(4):
        office.give("C")
    office.call(1)
    office.counters.transfer(1, to_counter=9)
    wait = waits_of(office).of(mine)
    assert (wait.counters, wait.ahead, wait.low) == ((9,), 0, 0)


def test_in_a_queue_that_no_counter_serves_the_others_are_before_me(office: Office) -> None:
    office.give("Z")
    mine = office.give("Z")
    office.give("A")
    wait = waits_of(office).of(mine)
    assert (wait.ahead, wait.counters) == (1, ())


def test_a_paused_counter_is_not_reckoned_with_while_another_is_open(office: Office) -> None:
    for counter in (1, 2):
        office.counters.sit(counter, f"officer-{counter}")
    office.give()
    mine = office.give()
    assert waits_of(office).of(mine).high == 5, "two counters, two numbers"
    office.counters.pause(2, True)
    assert waits_of(office).of(mine).low == 10, "one counter, fifteen minutes"


@pytest.mark.parametrize("state", ["called", "serving", "done"])
def test_nothing_is_ahead_of_somebody_who_does_not_wait(office: Office, state: str) -> None:
    mine = office.give()
    office.counters.call_next(1)
    if state != "called":
        office.counters.start(1)
    if state == "done":
        office.counters.finish(1)
    assert waits_of(office).of(mine).ahead == 0


def test_everybody_finds_their_place_and_all_places_are_taken(office: Office) -> None:
    """One counter, one series, priority among them: the places are 0, 1, 2 … without gap or double."""
    office.counters.sit(3, "lan")
    given_out = [office.give("H", "priority" if number % 3 == 0 else "ordinary") for number in range(9)]
    waits = waits_of(office)
    assert sorted(waits.ahead(ticket) for ticket in given_out) == list(range(9))
    assert CALLING.ordinary_per_priority == 2
    assert [waits.ahead(ticket) for ticket in given_out[:4]] == [0, 1, 2, 3]
