"""Who is called next, and why. Pure: a list of those who wait in, one of them out.

Priority is a ratio (so many ordinary numbers between two priority ones), never a wall: whoever has waited longer than
the guard goes first, whatever the lane. Both lanes are served from the front, so nobody is overtaken within a lane.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from kiosk.settings import Calling

Reason = Literal["longest-wait", "priority-turn", "ordinary-turn", "only-priority", "only-ordinary", "chosen"]


@dataclass(frozen=True)
class Waiting:
    """One who waits."""

    ticket_id: str
    priority: bool
    since: datetime
    """In its place since."""
    number: int


@dataclass(frozen=True)
class Pick:
    """The one to call, and why."""

    waiting: Waiting
    reason: Reason


def pick(waiting: Sequence[Waiting], ordinary_run: int, calling: Calling, now: datetime) -> Pick | None:
    """The next to call; None when nobody waits. `ordinary_run`: ordinary calls since the last priority one."""
    if not waiting:
        return None
    line = sorted(waiting, key=lambda one: (one.since, one.number))
    if now - line[0].since >= timedelta(minutes=calling.longest_wait_minutes):
        return Pick(line[0], "longest-wait")
    priority = [one for one in line if one.priority]
    ordinary = [one for one in line if not one.priority]
    if not ordinary:
        return Pick(priority[0], "only-priority")
    if not priority:
        return Pick(ordinary[0], "only-ordinary")
    if ordinary_run >= calling.ordinary_per_priority:
        return Pick(priority[0], "priority-turn")
    return Pick(ordinary[0], "ordinary-turn")


def run_after(run: int, one: Waiting) -> int:
    """The count of ordinary calls after `one` was called."""
    return 0 if one.priority else run + 1


def line_up(waiting: Sequence[Waiting], ordinary_run: int, calling: Calling, now: datetime) -> list[Pick]:
    """All who wait, in the order in which they would be called if nobody else came."""
    rest, run, order = list(waiting), ordinary_run, []
    while found := pick(rest, run, calling, now):
        order.append(found)
        rest.remove(found.waiting)
        run = run_after(run, found.waiting)
    return order
