"""How many are before me, and how long may it take? A plain estimate: the rest of the day is played through once.

Each open counter takes the next of its line (the very order of calls) and serves as long as the day's tickets of that
series took on average; a series with few of them leans on the usual minutes of services.toml. The answer is a range:
what the day's service times spread over, rounded outward to five minutes. It promises nothing.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from kiosk.clock import Clock
from kiosk.office.database import Database
from kiosk.office.order import Waiting, may_call, pick, run_after
from kiosk.office.tables import CounterRow, TicketRow
from kiosk.office.tickets import as_waiting
from kiosk.office.types import Ticket, Wait
from kiosk.settings import Calling, Series

USUAL_WEIGHT = 5
"""So many tickets of usual length stand beside those of today: one odd case does not make the estimate."""
LEAST_MINUTES = 1.0
"""Of somebody who is served longer than average, so much is left."""
SHORTER, LONGER = 0.7, 1.5
"""Service times of a queue spread about so far around their mean over several people. Our judgement, to be checked
against an office's own Thursdays."""
STEP = 5
"""Minutes: nobody reads more into an estimate than that."""


class Waits:
    """Estimates for the tickets of one site."""

    def __init__(
        self, database: Database, site: str, clock: Clock, series: Mapping[str, Series], calling: Calling
    ) -> None:
        self._database, self._site, self._clock = database, site, clock
        self._series, self._calling = series, calling

    def ahead(self, ticket: Ticket) -> int:
        """How many will be called before this ticket, as things stand; 0 when it does not wait."""
        return self.of(ticket).ahead

    def of(self, ticket: Ticket) -> Wait:
        """What this ticket may expect, as things stand; nothing ahead when it does not wait."""
        now = self._clock.now()
        with self._database.read() as session:
            query = select(TicketRow).where(TicketRow.site == self._site, TicketRow.day == ticket.day)
            rows = list(session.execute(query).scalars())
            states = select(CounterRow).where(CounterRow.site == self._site)
            counters = list(session.execute(states).scalars())
        waiting = [as_waiting(row) for row in rows if row.state == "waiting"]
        mine = next((one for one in waiting if one.ticket_id == ticket.id), None)
        if mine is None:
            return Wait(0, 0, 0, ())
        open_now = [row.number for row in counters if row.officer_id and not row.paused]
        runs = {row.number: row.ordinary_run for row in counters}
        usual = {letter: self._minutes(letter, rows) for letter in {row.queue for row in rows}}
        busy = {
            row.counter: max(LEAST_MINUTES, usual[row.queue] - _minutes_between(row.started_at or row.called_at, now))
            for row in rows
            if row.state in ("called", "serving") and row.counter is not None
        }
        serving = [counter for counter in self._all_counters(mine) if may_call(counter, mine, self._series)]
        # Nobody sits where it belongs: the counters of its queue are played as if they were open
        taking_part = open_now if set(open_now) & set(serving) else [*open_now, *serving]
        ahead, minutes = play(
            waiting, ticket.id, {number: busy.get(number, 0.0) for number in taking_part}, runs, usual, self._series,
            self._calling, now,
        )  # fmt: skip
        low = STEP * math.floor(minutes * SHORTER / STEP)
        high = STEP * max(low // STEP + 1, math.ceil(minutes * LONGER / STEP))
        return Wait(ahead, low, high, tuple(serving))

    def _all_counters(self, mine: Waiting) -> list[int]:
        """Every counter that calls a queue, and the one this ticket was sent to: it may call none of its own."""
        found = {counter for series in self._series.values() for counter in series.counters}
        return sorted(found if mine.counter is None else {*found, mine.counter})

    def _minutes(self, letter: str, rows: Sequence[TicketRow]) -> float:
        """The mean service time of a queue today, with its usual minutes mixed in."""
        usual = self._series[letter].minutes if letter in self._series else 10.0
        took = [
            _minutes_between(row.started_at, row.finished_at)
            for row in rows
            if row.state == "done" and row.queue == letter and row.started_at and row.finished_at
        ]
        return (usual * USUAL_WEIGHT + sum(took)) / (USUAL_WEIGHT + len(took))


def play(
    waiting: Sequence[Waiting],
    ticket_id: str,
    free_in: Mapping[int, float],
    runs: Mapping[int, int],
    usual: Mapping[str, float],
    series: Mapping[str, Series],
    calling: Calling,
    now: datetime,
) -> tuple[int, float]:
    """Play the calls through: how many go before `ticket_id` at the counters that may call it, and after how many
    minutes it is called. Who goes to other counters is not "before me", though they share the room.

    `free_in`: minutes until each counter can call; `runs`: ordinary calls since the last priority one, by counter;
    `usual`: minutes of service by queue. If no counter can ever call it, all of its queue are before it.
    """
    mine = next(one for one in waiting if one.ticket_id == ticket_id)
    rest, run = list(waiting), dict(runs)
    free = [(minutes, counter) for counter, minutes in free_in.items()]
    heapq.heapify(free)
    called = 0
    while free:
        at, counter = heapq.heappop(free)
        line = [one for one in rest if may_call(counter, one, series)]
        found = pick(line, run.get(counter, calling.ordinary_per_priority), calling, now + timedelta(minutes=at))
        if found is None:
            continue  # nobody else comes in this play: the counter is done
        if found.waiting.ticket_id == ticket_id:
            return called, at
        called += may_call(counter, mine, series)
        rest.remove(found.waiting)
        run[counter] = run_after(run.get(counter, calling.ordinary_per_priority), found.waiting)
        heapq.heappush(free, (at + usual.get(found.waiting.queue, 10.0), counter))
    line = [one for one in waiting if one.queue == mine.queue]
    return len(line) - 1, sum(usual.get(one.queue, 10.0) for one in line)


def _minutes_between(start: datetime | None, end: datetime | None) -> float:
    return (end - start).total_seconds() / 60 if start and end else 0.0
