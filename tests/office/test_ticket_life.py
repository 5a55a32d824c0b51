"""Any steps in any order at three counters: what must hold after each, whatever was pressed.

The machine foretells from the rows themselves whether a step is refused and what it changes; the events alone lead to
the same state; undo brings back every field; who is called is never somebody who stands behind another.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from kiosk.clock import ManualClock
from kiosk.office.counters import Refused
from kiosk.office.tables import CounterRow, TicketEvent, TicketRow
from kiosk.office.types import Ticket
from kiosk.settings import Calling
from tests.office.conftest import SERIES, THURSDAY, Office

RATIO, GUARD = 1, 15
STATES = {"waiting", "called", "serving", "away", "done", "cancelled", "unserved"}
STEPS = {
    "recall": (("called",), ("called",)),
    "absent": (("called",), ("waiting", "cancelled")),
    "start": (("called",), ("serving",)),
    "finish": (("serving",), ("done",)),
    "fetch": (("called", "serving"), ("away",)),
    "transfer": (("called", "serving"), ("waiting",)),
}
"""Step → states it is taken from, states it leads to."""
LEADS = {
    "called": (("waiting", "away"), "called"),
    "recalled": (("called",), "called"),
    "started": (("called",), "serving"),
    "finished": (("serving",), "done"),
    "absent": (("called",), "waiting"),
    "cancelled": (("called",), "cancelled"),
    "transferred": (("called", "serving"), "waiting"),
    "fetching": (("called", "serving"), "away"),
    "unserved": (("waiting", "called", "away"), "unserved"),
    "done": (("serving",), "done"),
}
"""Event → states it may follow, the state it leads to."""
Row = dict[str, Any]
Rows = dict[str, Row]
counters = st.sampled_from((1, 2, 3))
KEYS = st.sampled_from((("start", "finish"), ("absent", "fetch"), ("start", "fetch")))
"""What fits while somebody is called, and while somebody is served."""


def replay(events: list[tuple[str, str]]) -> tuple[str, int | None]:
    """State and counter of a ticket, told from its events alone."""
    assert events[0][0] == "issued"
    history: list[tuple[str, int | None]] = [("waiting", None)]
    for kind, detail in events[1:]:
        state, counter = history[-1]
        if kind == "undone" and detail == "give":
            history.append(("cancelled", counter))
        elif kind == "undone":
            history.pop()
        else:
            before, after = LEADS[kind]
            assert state in before, f"{kind} after {state}"
            if kind == "called":
                counter = int(detail.split()[0])
            elif kind in ("absent", "cancelled"):
                counter = None
            elif kind == "transferred":
                target = detail.split(" to ")[1]
                counter = int(target) if target.isdigit() else None
            if kind != "recalled":
                history.append((after, counter))
    return history[-1]


class Life(RuleBasedStateMachine):
    """One office day. Each example is an office of its own in the same database."""

    url: ClassVar[str]
    number: ClassVar[itertools.count[int]] = itertools.count()
    reached: ClassVar[Counter[str]] = Counter()
    undone: ClassVar[Counter[str]] = Counter()

    @initialize(absences=st.integers(1, 3))
    def open(self, absences: int) -> None:
        calling = Calling(
            ordinary_per_priority=RATIO, longest_wait_minutes=GUARD, calls_before_absent=1, seconds_before_absent=20,
            absences_before_cancel=absences,
        )  # fmt: skip
        self.office = Office(self.url, ManualClock(THURSDAY), f"site-{next(self.number)}", calling)
        self.given: list[Ticket] = [self.office.give(series) for series in "ACHA"]
        self.looks = 0
        self.undo: dict[int, tuple[str, Row, Row, int]] = {}

    def teardown(self) -> None:
        if hasattr(self, "office"):
            self.office.close()

    # ---- what happens ----------------------------------------------------------------------------------

    @rule(series=st.sampled_from("ACH"), priority=st.booleans())
    def take_a_number(self, series: str, priority: bool) -> None:
        self.given.append(self.office.give(series, "priority" if priority else "ordinary"))

    @rule(series=st.sampled_from("ACH"), counter=counters)
    def get_one_at_the_counter(self, series: str, counter: int) -> None:
        run = self.run(counter)
        ticket = self.office.give(series)
        self.given.append(ticket)
        self.office.counters.given(counter, ticket)
        row = self.rows()[ticket.id]
        self.undo[counter] = ("give", {**row, "state": "cancelled"}, row, run)

    @rule(seconds=st.sampled_from((1, 20, 60, 600)))
    def time_passes(self, seconds: int) -> None:
        self.office.clock.advance(seconds)

    @rule(counter=counters)
    def call_next(self, counter: int) -> None:
        rows = self.rows()
        line = [row for row in rows.values() if row["state"] == "waiting" and may_call(counter, row)]
        shown = [one.ticket.id for one in self.office.counters.view(counter).line]
        why_not = "finish-first" if self.current(rows, counter) else "" if line else "nobody-waits"
        called = self.take("call", counter, why_not, lambda: self.office.counters.call_next(counter).ticket.id)
        if called:
            assert called == shown[0], "the list on the console promised another one"
            self.check_fair(rows[called], line)

    @rule(counter=counters, which=st.integers(0, 30))
    def call_this(self, counter: int, which: int) -> None:
        if not self.given:
            return
        ticket, rows = self.given[which % len(self.given)], self.rows()
        free = rows[ticket.id]["state"] in ("waiting", "away")
        why_not = "finish-first" if self.current(rows, counter) else "" if free else "taken"
        self.take("call", counter, why_not, lambda: self.office.counters.call_this(counter, ticket.id).ticket.id)

    @rule(counter=counters, step=st.sampled_from(("recall", "absent", "start", "finish", "fetch")))
    def press_any_key(self, counter: int, step: str) -> None:
        self.step(step, counter, lambda: getattr(self.office.counters, step)(counter))

    @rule(counter=counters, keys=KEYS)
    def press_a_key_that_fits(self, counter: int, keys: tuple[str, str]) -> None:
        row = self.current(self.rows(), counter)
        if row is None:
            self.call_next(counter)
            return
        if keys[0] == "absent":
            self.office.clock.advance(20)
        step = keys[row["state"] == "serving"]
        self.step(step, counter, lambda: getattr(self.office.counters, step)(counter))

    @rule(counter=counters)
    def serve(self, counter: int) -> None:
        for _ in range(3):
            self.press_a_key_that_fits(counter, ("start", "finish"))

    @rule(counter=counters, keys=KEYS, times=st.integers(1, 3))
    def press_and_think_better_of_it(self, counter: int, keys: tuple[str, str], times: int) -> None:
        for _ in range(times):
            self.press_a_key_that_fits(counter, keys)
        self.take_back(counter)

    @rule(counter=counters, other=counters)
    def send_to_a_counter(self, counter: int, other: int) -> None:
        self.step("transfer", counter, lambda: self.office.counters.transfer(counter, to_counter=other))

    @rule(counter=counters, queue=st.sampled_from("ACH"))
    def send_to_a_queue(self, counter: int, queue: str) -> None:
        self.step("transfer", counter, lambda: self.office.counters.transfer(counter, tile="other", queue=queue))

    @rule(counter=counters)
    def take_back(self, counter: int) -> None:
        rows, why_not = self.rows(), "nothing-to-undo"
        if counter in self.undo:
            step, before, after, run = self.undo[counter]
            why_not = "" if lasting(rows[before["id"]]) == lasting(after) else "changed-since"
        done = self.attempt(why_not, lambda: self.office.counters.undo(counter))
        if done:
            del self.undo[counter]
            assert done == step
            self.undone[step] += 1
            assert self.rows() == {**rows, before["id"]: before}, "undo brings back exactly what stood before"
            assert self.run(counter) == run

    @rule(counter=counters, paused=st.booleans())
    def pause(self, counter: int, paused: bool) -> None:
        rows = self.rows()
        self.office.counters.pause(counter, paused)
        assert self.office.counters.view(counter).paused is paused
        assert self.rows() == rows

    @precondition(lambda self: self.looks > 25)
    @rule()
    def the_day_ends(self) -> None:
        left = [row for row in self.rows().values() if row["state"] in ("waiting", "called", "away")]
        assert self.office.counters.end_day(THURSDAY.date()) == len(left)
        if left:
            self.undo.clear()

    # ---- what must hold --------------------------------------------------------------------------------

    @invariant()
    def everybody_is_somewhere_and_nobody_twice(self) -> None:
        if not hasattr(self, "office"):
            return
        rows = self.rows()
        assert set(rows) == {ticket.id for ticket in self.given}
        at_counter = [row["counter"] for row in rows.values() if row["state"] in ("called", "serving")]
        assert len(at_counter) == len(set(at_counter))
        self.reached.update({row["state"] for row in rows.values()})
        assert set(self.reached) <= STATES
        self.looks += 1
        counter = self.looks % 3 + 1
        view, current = self.office.counters.view(counter), self.current(rows, counter)
        shown = [one.ticket.id for one in (*view.line, *view.elsewhere)]
        assert sorted(shown) == sorted(row["id"] for row in rows.values() if row["state"] == "waiting")
        assert (view.current.ticket.id if view.current else None) == (current["id"] if current else None)
        away = [row["id"] for row in rows.values() if row["state"] == "away" and row["counter"] == counter]
        assert sorted(ticket.id for ticket in view.away) == sorted(away)

    @invariant()
    def the_events_tell_the_same(self) -> None:
        if not hasattr(self, "office"):
            return
        query = select(TicketEvent.ticket_id, TicketEvent.kind, TicketEvent.detail).order_by(TicketEvent.id)
        log: dict[str, list[tuple[str, str]]] = {}
        with self.office.database.read() as session:
            for key, kind, detail in session.execute(query.where(TicketEvent.site == self.office.site)):
                log.setdefault(key, []).append((kind, detail))
        rows = self.rows()
        assert {key: replay(events) for key, events in log.items()} == {
            key: (row["state"], row["counter"]) for key, row in rows.items()
        }

    def check_fair(self, called: Row, line: list[Row]) -> None:
        """Nobody of the same lane came before; whoever waits too long goes first."""
        limit = self.office.clock.now() - timedelta(minutes=GUARD)
        overdue = [row for row in line if row["queued_at"] <= limit]
        rivals = overdue or [row for row in line if row["lane"] == called["lane"]]
        assert called["id"] == min(rivals, key=lambda row: (row["queued_at"], row["number"], row["id"]))["id"]

    # ---- tools -----------------------------------------------------------------------------------------

    def step(self, name: str, counter: int, act: Callable[[], object]) -> None:
        row = self.current(self.rows(), counter)
        allowed, leads = STEPS[name]
        why_not = "" if row else "nobody-here"
        if row and row["state"] not in allowed:
            why_not = f"not-{allowed[0]}"
        elif row and name == "absent":
            seconds = (self.office.clock.now() - row["called_at"]).total_seconds()
            why_not = "too-early" if seconds < 20 else ""
        changed = self.take(name, counter, why_not, lambda: act() and row and row["id"])
        if changed and row:
            after = self.rows()[changed]
            assert after["state"] in leads
            if name == "absent":
                over = after["absences"] == self.office.calling.absences_before_cancel
                assert after["state"] == ("cancelled" if over else "waiting")
            assert (after["number"], after["issued_at"]) == (row["number"], row["issued_at"])
            if name == "transfer":
                assert after["queued_at"] == row["issued_at"], "the time waited counts on"

    def take(self, name: str, counter: int, why_not: str, act: Callable[[], Any]) -> str:
        """Take a step that changes one ticket, and remember what undo must bring back; the ticket's key."""
        rows, run = self.rows(), self.run(counter)
        key = str(self.attempt(why_not, act) or "")
        if key:
            after = self.rows()
            assert {one for one in rows if rows[one] != after[one]} == {key}, "one step moves one ticket"
            if name != "recall":
                self.undo[counter] = (name, rows[key], after[key], run)
        return key

    def attempt(self, why_not: str, act: Callable[[], object]) -> object:
        """Do it; None when it was refused. Refused exactly when foretold, and then nothing changes."""
        rows = self.rows()
        try:
            done = act()
        except Refused as refused:
            assert refused.key == why_not
            assert self.rows() == rows
            return None
        assert not why_not, f"should have been refused: {why_not}"
        return done

    def rows(self) -> Rows:
        query = select(TicketRow.__table__).where(TicketRow.site == self.office.site)
        with self.office.database.read() as session:
            return {row["id"]: dict(row) for row in session.execute(query).mappings()}

    def run(self, counter: int) -> int:
        with self.office.database.read() as session:
            state = session.get(CounterRow, (self.office.site, counter))
            return state.ordinary_run if state else RATIO

    @staticmethod
    def current(rows: Rows, counter: int) -> Row | None:
        here = [row for row in rows.values() if row["counter"] == counter and row["state"] in ("called", "serving")]
        return here[0] if here else None


def may_call(counter: int, row: Row) -> bool:
    return row["counter"] == counter or (row["counter"] is None and counter in SERIES[row["queue"]].counters)


def lasting(row: Row) -> Row:
    """What stands in the way of undo when it changes: all but what a recall changes."""
    return {name: value for name, value in row.items() if name not in ("calls", "called_at")}


def test_whatever_is_pressed_nobody_is_lost_or_doubled_and_undo_is_exact(url: str) -> None:
    Life.url = url
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=20, stateful_step_count=40, deadline=None, derandomize=True,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )  # fmt: skip
    assert set(Life.reached) == STATES, "a state that cannot be reached"
    assert set(Life.undone) <= {"call", "give", *STEPS} - {"recall"}
    assert len(Life.undone) > 4, "undo was hardly tried"


@pytest.mark.parametrize(
    "events",
    [
        [("issued", ""), ("started", "1")],
        [("issued", ""), ("called", "1 x"), ("called", "2 x")],
        [("issued", ""), ("called", "1 x"), ("started", "1"), ("finished", "1"), ("called", "2 x")],
    ],
)
def test_a_log_that_cannot_be_is_found(events: list[tuple[str, str]]) -> None:
    """The check can fail."""
    with pytest.raises(AssertionError):
        replay(events)
