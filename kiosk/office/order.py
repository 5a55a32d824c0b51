"""Who is called next, and why. Pure: those who wait in, an order out.

Priority is a ratio (so many ordinary numbers between two priority ones), never a wall: whoever has waited longer than
the guard goes first, whatever the lane. Both lanes are served from the front, so nobody is overtaken within a lane.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from kiosk.settings import Calling, Series

Reason = Literal["longest-wait", "priority-turn", "ordinary-turn", "only-priority", "only-ordinary", "chosen"]


@dataclass(frozen=True)
class Waiting:
    """One who waits."""

    ticket_id: str
    priority: bool
    since: datetime
    """In its place since."""
    number: int
    queue: str = ""
    counter: int | None = None
    """The only counter that may call it, after a transfer."""


@dataclass(frozen=True)
class Pick:
    """The one to call, and why."""

    waiting: Waiting
    reason: Reason


def pick(waiting: Sequence[Waiting], ordinary_run: int, calling: Calling, now: datetime) -> Pick | None:
    """The next to call; None when nobody waits. `ordinary_run`: ordinary calls since the last priority one."""
    line = line_up(waiting, ordinary_run, calling, now, most=1)
    return line[0] if line else None


def run_after(run: int, one: Waiting) -> int:
    """The count of ordinary calls after `one` was called."""
    return 0 if one.priority else run + 1


def line_up(
    waiting: Sequence[Waiting], ordinary_run: int, calling: Calling, now: datetime, most: int | None = None
) -> list[Pick]:
    """Those who wait, in the order in which they would be called if nobody else came; `most` of them."""
    in_turn = sorted(waiting, key=_turn)
    priority = deque(one for one in in_turn if one.priority)
    ordinary = deque(one for one in in_turn if not one.priority)
    guard = timedelta(minutes=calling.longest_wait_minutes)
    order: list[Pick] = []
    run = ordinary_run
    while (priority or ordinary) and (most is None or len(order) < most):
        reason = _reason(priority, ordinary, run, calling, now - guard)
        oldest_is_priority = bool(priority) and (not ordinary or _turn(priority[0]) < _turn(ordinary[0]))
        from_priority = oldest_is_priority if reason == "longest-wait" else "priority" in reason
        one = (priority if from_priority else ordinary).popleft()
        order.append(Pick(one, reason))
        run = run_after(run, one)
    return order


def _turn(one: Waiting) -> tuple[datetime, int, str]:
    """First come, first served. Keys settle what is left: A003 and C003 of one moment stand in one line only."""
    return one.since, one.number, one.ticket_id


def _reason(
    priority: deque[Waiting], ordinary: deque[Waiting], run: int, calling: Calling, too_long_since: datetime
) -> Reason:
    if any(lane and lane[0].since <= too_long_since for lane in (priority, ordinary)):
        return "longest-wait"
    if not ordinary:
        return "only-priority"
    if not priority:
        return "only-ordinary"
    return "priority-turn" if run >= calling.ordinary_per_priority else "ordinary-turn"


def may_call(counter: int, one: Waiting, series: Mapping[str, Series]) -> bool:
    """Whether `one` stands in the line of `counter`: by its queue, or because it was sent there."""
    if one.counter is not None:
        return one.counter == counter
    return one.queue in series and counter in series[one.queue].counters
