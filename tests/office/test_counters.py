"""The counters' steps: what each does, when it is refused, and what undo brings back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import event, select

from kiosk.clock import ManualClock
from kiosk.office.counters import Refused
from kiosk.office.tables import TicketEvent
from kiosk.office.types import Ticket
from tests.office.conftest import Office


def refused(step: Callable[[], object]) -> str:
    """Why a step is refused."""
    with pytest.raises(Refused) as found:
        step()
    return found.value.key


def events(office: Office, ticket: Ticket) -> list[str]:
    query = select(TicketEvent).where(TicketEvent.ticket_id == ticket.id).order_by(TicketEvent.id)
    with office.database.read() as session:
        return [event.kind for event in session.execute(query).scalars()]


def say_absent(office: Office, counter: int) -> Ticket:
    """Call again and wait as long as the house asks for, then press "absent"."""
    office.counters.recall(counter)
    office.clock.advance(20)
    return office.counters.absent(counter)


# ---- call, recall, start, finish ---------------------------------------------------------------------------


def test_a_ticket_goes_from_waiting_to_done(office: Office) -> None:
    ticket = office.give()
    called = office.counters.call_next(1, "officer")
    assert (called.ticket.code, called.counter, called.calls, called.pick) == ("A001", 1, 1, "only-ordinary")
    assert office.counters.start(1).state == "serving"
    assert office.counters.finish(1).state == "done"
    assert events(office, ticket) == ["issued", "called", "started", "finished"]


def test_two_counters_of_a_series_call_different_numbers(office: Office) -> None:
    office.give()
    office.give()
    assert [office.call(1), office.call(2)] == ["A001", "A002"]


def test_a_counter_calls_its_own_series_only(office: Office) -> None:
    office.give("C")
    assert office.call(1) == "nobody-waits"
    assert [one.ticket.code for one in office.counters.view(1).elsewhere] == ["C001"]
    assert office.call(3) == "C001"


def test_a_counter_with_somebody_must_finish_first(office: Office) -> None:
    office.give()
    second = office.give()
    office.call(1)
    assert office.call(1) == "finish-first"
    assert refused(lambda: office.counters.call_this(1, second.id)) == "finish-first"
    assert office.state(second) == "waiting"


def test_a_certain_number_may_be_called_out_of_turn_but_not_twice(office: Office) -> None:
    office.give()
    second = office.give()
    assert office.counters.call_this(1, second.id).pick == "chosen"
    assert refused(lambda: office.counters.call_this(2, second.id)) == "taken"
    assert refused(lambda: office.counters.call_this(2, "no-such-key")) == "taken"


def test_a_number_of_another_office_or_day_is_not_called(office: Office, url: str, clock: ManualClock) -> None:
    other = Office(url, clock, site="ba-vi")
    theirs, mine = other.give(), office.give()
    other.close()
    assert refused(lambda: office.counters.call_this(1, theirs.id)) == "taken"
    clock.advance(7 * 86_400)
    assert refused(lambda: office.counters.call_this(1, mine.id)) == "taken"
    assert office.call(1) == "nobody-waits"


@pytest.mark.parametrize(
    ("step", "empty", "called", "serving"),
    [
        ("recall", "nobody-here", "", "not-called"),
        ("absent", "nobody-here", "too-early", "not-called"),
        ("start", "nobody-here", "", "not-called"),
        ("finish", "nobody-here", "not-serving", ""),
        ("transfer", "nobody-here", "", ""),
        ("fetch", "nobody-here", "", ""),
    ],
)
def test_each_step_is_refused_where_it_makes_no_sense(
    office: Office, step: str, empty: str, called: str, serving: str
) -> None:
    def outcome() -> str:
        try:
            getattr(office.counters, step)(1)
        except Refused as found:
            return found.key
        return ""

    office.give()
    assert outcome() == empty
    office.call(1)
    assert outcome() == called
    office.clock.advance(3600)
    if office.counters.view(1).current is None:
        office.counters.undo(1)
    if step != "start":
        office.counters.start(1)
    assert outcome() == serving


def test_a_recall_is_announced_and_does_not_stand_in_the_way_of_undo(office: Office) -> None:
    ticket = office.give()
    office.call(1)
    office.clock.advance(30)
    assert office.counters.recall(1).calls == 2
    assert [(call.kind, call.code, call.counter) for call in office.calls.pending()] == [
        ("call", "A001", 1), ("recall", "A001", 1),
    ]  # fmt: skip
    assert office.counters.undo(1) == "call"
    assert office.state(ticket) == "waiting"
    assert office.calls.pending() == []


def test_undoing_a_start_leaves_the_call_to_be_spoken(office: Office) -> None:
    office.give()
    office.call(1)
    office.counters.start(1)
    office.counters.undo(1)
    assert [call.kind for call in office.calls.pending()] == ["call"]


def test_undoing_a_call_silences_no_result_and_no_other_number(office: Office) -> None:
    office.give()
    office.give()
    office.calls.say("result", code="A001", counter=1)
    office.call(1)
    office.call(2)
    office.counters.undo(1)
    assert [(call.kind, call.code) for call in office.calls.pending()] == [("result", "A001"), ("call", "A002")]


# ---- absent ------------------------------------------------------------------------------------------------


def test_absent_needs_the_calls_and_the_seconds(office: Office) -> None:
    office.give()
    office.call(1)
    office.clock.advance(60)
    assert refused(lambda: office.counters.absent(1)) == "too-early", "one call is missing"
    assert office.counters.view(1).calls_missing == 1
    office.counters.recall(1)
    office.clock.advance(19)
    assert refused(lambda: office.counters.absent(1)) == "too-early", "a second is missing"
    office.clock.advance(1)
    view = office.counters.view(1)
    assert (view.absent_from, view.calls_missing) == (office.clock.now(), 0)
    assert office.counters.absent(1).state == "waiting"


def test_the_absent_go_to_the_back_of_the_queue_and_the_third_time_out(office: Office) -> None:
    first, second = office.give(), office.give()
    office.call(1)
    say_absent(office, 1)
    assert [one.ticket.code for one in office.counters.view(1).line] == ["A002", "A001"]
    assert office.call(1) == "A002"
    office.serve(1)
    for _ in range(2):
        assert office.call(1) == "A001"
        say_absent(office, 1)
    assert (office.state(first), office.state(second)) == ("cancelled", "done")
    assert events(office, first).count("absent") == 2
    assert events(office, first)[-1] == "cancelled"
    assert office.counters.undo(1) == "absent"
    assert office.state(first) == "called"


# ---- transfer, fetch ---------------------------------------------------------------------------------------


def test_a_transfer_to_a_counter_keeps_number_and_time_waited(office: Office) -> None:
    sent = office.give("A")
    office.clock.advance(600)
    office.give("C")
    office.call(1)
    office.counters.start(1)
    office.clock.advance(600)
    moved = office.counters.transfer(1, to_counter=3)
    assert (moved.code, moved.issued_at, moved.state) == (sent.code, sent.issued_at, "waiting")
    assert [one.ticket.code for one in office.counters.view(3).line] == ["A001", "C001"]
    assert [one.ticket.code for one in office.counters.view(2).line] == ["C001"], "only counter 3 may call it"
    again = office.counters.call_next(3)
    assert (again.ticket.code, again.started_at) == ("A001", None)


def test_a_transfer_to_a_tile_changes_the_queue_and_not_the_number(office: Office) -> None:
    office.give("A")
    office.call(1)
    moved = office.counters.transfer(1, tile="support", queue="H")
    assert (moved.code, moved.tile) == ("A001", "support")
    assert [office.call(1), office.call(2), office.call(3)] == ["nobody-waits", "nobody-waits", "A001"]


def test_who_fetches_a_paper_comes_back_to_the_same_counter_without_queueing(office: Office) -> None:
    away = office.give()
    office.give()
    office.call(1)
    office.counters.start(1)
    office.counters.fetch(1)
    view = office.counters.view(1)
    assert [ticket.code for ticket in view.away] == ["A001"]
    assert [one.ticket.code for one in view.line] == ["A002"]
    assert office.counters.view(2).away == (), "the other counter does not wait for them"
    assert office.call(1) == "A002"
    office.serve(1)
    assert office.counters.call_this(1, away.id).ticket.code == "A001"
    assert events(office, away)[-2:] == ["fetching", "called"]


# ---- undo, given, pause, sit -------------------------------------------------------------------------------


def test_each_step_is_undone_and_the_ratio_counts_as_before(office: Office) -> None:
    office.give(lane="priority")
    for _ in range(3):
        office.give()
    assert office.call(1) == "A001"
    assert office.counters.undo(1) == "call"
    assert office.call(1) == "A001", "the priority turn came back with the step"
    for step, state in (("start", "called"), ("finish", "serving"), ("fetch", "serving"), ("transfer", "serving")):
        if step != "start" and office.counters.view(1).current.started_at is None:
            office.counters.start(1)
        getattr(office.counters, step)(1)
        assert (office.counters.view(1).undo, office.counters.view(1).undo_code) == (step, "A001")
        assert office.counters.undo(1) == step
        current = office.counters.view(1).current
        assert current is not None
        assert current.ticket.state == state


def test_undo_is_refused_twice_and_after_somebody_else_moved_the_ticket(office: Office) -> None:
    assert refused(lambda: office.counters.undo(1)) == "nothing-to-undo"
    office.give()
    office.call(1)
    office.counters.transfer(1, to_counter=2)
    assert office.call(2) == "A001"
    assert refused(lambda: office.counters.undo(1)) == "changed-since"
    assert office.counters.undo(2) == "call"
    assert office.counters.undo(1) == "transfer", "it stands again as the transfer left it"
    assert refused(lambda: office.counters.undo(1)) == "nothing-to-undo"


def test_a_step_of_an_earlier_day_is_not_undone(office: Office) -> None:
    ticket = office.give()
    office.call(1)
    office.serve(1)
    office.clock.advance(7 * 86_400)
    office.counters.end_days_before(office.clock.now().date())
    assert refused(lambda: office.counters.undo(1)) == "changed-since"
    assert office.state(ticket) == "done"


def test_a_number_given_at_the_counter_is_taken_back(office: Office) -> None:
    ticket = office.give()
    office.counters.given(1, ticket)
    assert office.counters.undo(1) == "give"
    assert office.state(ticket) == "cancelled"
    assert events(office, ticket) == ["issued", "undone"]


def test_a_number_given_at_the_counter_and_called_since_is_not_taken_back(office: Office) -> None:
    ticket = office.give()
    office.counters.given(1, ticket)
    office.call(2)
    assert refused(lambda: office.counters.undo(1)) == "changed-since"
    assert office.state(ticket) == "called"


def test_a_number_called_before_it_was_noted_as_given_is_not_taken_back(office: Office) -> None:
    """Giving and noting are two transactions: another counter may call in between."""
    ticket = office.give()
    office.call(2)
    office.counters.given(1, ticket)
    assert refused(lambda: office.counters.undo(1)) == "nothing-to-undo"
    assert office.state(ticket) == "called"


def test_a_pause_ends_with_the_next_call(office: Office) -> None:
    office.give()
    office.counters.pause(1, True)
    assert office.counters.view(1).paused
    office.call(1)
    assert not office.counters.view(1).paused
    office.counters.pause(1, True)
    office.counters.pause(1, False)
    assert not office.counters.view(1).paused


def test_nobody_sits_at_two_counters_and_the_last_one_stays(office: Office) -> None:
    office.counters.sit(1, "lan")
    office.counters.sit(2, "lan")
    assert office.counters.sitting() == {2: "lan"}
    office.counters.sit(2, "minh")
    assert office.counters.view(2).officer_id == "minh"
    office.counters.sit(None, "minh")
    assert office.counters.sitting() == {}


# ---- the end of the day ------------------------------------------------------------------------------------


@pytest.fixture
def evening(office: Office) -> Iterator[dict[str, Ticket]]:
    """An office at closing time, somebody in every state."""
    found = {state: office.give("A") for state in ("done", "away", "serving", "called", "waiting")}
    for state in ("done", "away", "serving"):
        office.counters.call_this(1, found[state].id)
        office.counters.start(1)
        if state != "serving":
            {"done": office.counters.finish, "away": office.counters.fetch}[state](1)
    office.counters.call_this(2, found["called"].id)
    assert {state: office.state(ticket) for state, ticket in found.items()} == {state: state for state in found}
    yield found


def test_the_day_ends_for_all_who_are_not_being_served(office: Office, evening: dict[str, Ticket]) -> None:
    today = office.clock.now().date()
    before = {ticket.code for ticket in office.counters.unserved(today)}
    assert before == {evening[state].code for state in ("away", "called", "waiting")}
    assert office.counters.end_day(today) == 3
    assert {state: office.state(ticket) for state, ticket in evening.items()} == {
        "done": "done", "away": "unserved", "serving": "serving", "called": "unserved", "waiting": "unserved",
    }  # fmt: skip
    assert office.counters.finish(1).state == "done"
    assert {ticket.code for ticket in office.counters.unserved(today)} == before
    assert refused(lambda: office.counters.undo(2)) == "nothing-to-undo"
    assert office.counters.end_day(today) == 0


def test_earlier_days_end_whatever_was_left(office: Office, evening: dict[str, Ticket]) -> None:
    office.clock.advance(7 * 86_400)
    today = office.give()
    assert office.counters.end_days_before(office.clock.now().date()) == 4
    assert {office.state(ticket) for ticket in evening.values()} == {"done", "unserved"}
    assert office.state(evening["serving"]) == "done", "whoever sat at a counter has been served"
    assert office.call(1) == today.code


# ---- speed -------------------------------------------------------------------------------------------------


def test_a_look_at_a_full_lobby_asks_no_more_than_at_a_quiet_one(office: Office) -> None:
    """No question to the database for each person who waits."""
    asked: list[str] = []
    event.listen(office.database._engine, "before_cursor_execute", lambda *args: asked.append(args[2]))

    def questions(people: int) -> int:
        asked.clear()
        assert len(office.counters.view(2).line) == people
        return len(asked)

    office.give("A")
    quiet = questions(1)
    for number in range(120):
        office.give("ACH"[number % 3], "priority" if number % 5 == 0 else "ordinary")
    assert questions(81) == quiet
