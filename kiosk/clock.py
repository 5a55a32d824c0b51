"""Time, as the office sees it: now, today's business day, and a clock that never jumps for measuring durations.

Every room is handed a Clock; nobody calls datetime.now(). That is what lets a trial live on the next open
Thursday, and a test on any day it likes.
"""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


class Clock(Protocol):
    """What a room may ask about time."""

    def now(self) -> datetime:
        """The present moment, aware, in the office's zone."""
        ...

    def monotonic(self) -> float:
        """Seconds since some fixed point; never goes back. For durations only."""
        ...


def business_day(moment: datetime) -> date:
    """The calendar day of `moment` at the office, whatever zone it is written in."""
    return moment.astimezone(ZONE).date()


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(ZONE)

    def monotonic(self) -> float:
        return time.monotonic()


class TrialClock:
    """Starts at a chosen moment and runs forward at the machine's pace: a trial's day is the next open Thursday."""

    def __init__(self, start: datetime) -> None:
        self._start = start.astimezone(ZONE)
        self._zero = time.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=time.monotonic() - self._zero)

    def monotonic(self) -> float:
        return time.monotonic()


class ManualClock:
    """Stands still until it is moved: for tests and for walking through a whole day in seconds."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(ZONE)
        self._monotonic = 0.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass, on the wall and in durations."""
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds

    def set(self, moment: datetime) -> None:
        """Move the wall clock only, as somebody who corrects it would; durations are not touched."""
        self._now = moment.astimezone(ZONE)
