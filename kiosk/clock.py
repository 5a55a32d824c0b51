"""Time, as the office sees it: now, today's business day, and a clock that never jumps for measuring durations.

Every room is handed a Clock; nobody calls datetime.now(). That is what lets a trial live on the next open
Thursday, and a test on any day it likes.
"""

from __future__ import annotations

import math
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

    def span(self, real: timedelta) -> timedelta:
        """How far `now` moves on in a real span: for what ears and machines take, measured between processes."""
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

    def span(self, real: timedelta) -> timedelta:
        return real


class TrialClock:
    """Starts at a chosen moment and runs forward: a trial's day is the next open Thursday.

    Its text form (`str`, `parse`) hands it to another process, which then has the same now. That is why it counts
    from a moment of the wall clock: a monotonic one starts anew with each process on some systems.
    """

    def __init__(self, start: datetime, zero: float | None = None, pace: float = 1.0) -> None:
        """`start`: the office's time at `zero`, a moment by time.time() (None = this one); `pace`: how many seconds
        pass at the office in a real one."""
        self._start = start.astimezone(ZONE)
        self._zero = time.time() if zero is None else zero
        self._pace = pace

    @classmethod
    def parse(cls, text: str) -> TrialClock:
        """A clock from its text form. Raises ValueError."""
        start, zero, pace = text.split(",")
        moment = datetime.fromisoformat(start)
        seconds, factor = float(zero), float(pace)
        if moment.tzinfo is None or not math.isfinite(seconds) or not 0 < factor < math.inf:
            raise ValueError("a moment with its zone, seconds, and a pace above zero are needed")
        clock = cls(moment, seconds, factor)
        try:
            clock.now()
        except OverflowError:
            raise ValueError("it leads out of the calendar") from None
        return clock

    def __str__(self) -> str:
        return f"{self._start.isoformat()},{self._zero!r},{self._pace!r}"

    def now(self) -> datetime:
        return self._start + timedelta(seconds=(time.time() - self._zero) * self._pace)

    def monotonic(self) -> float:
        """Real seconds, whatever the pace: what is shown and spoken takes its time on a trial's day too."""
        return time.monotonic()

    def span(self, real: timedelta) -> timedelta:
        return real * self._pace


class ManualClock:
    """Stands still until it is moved: for tests and for walking through a whole day in seconds."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(ZONE)
        self._monotonic = 0.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def span(self, real: timedelta) -> timedelta:
        return real

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass, on the wall and in durations."""
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds

    def set(self, moment: datetime) -> None:
        """Move the wall clock only, as somebody who corrects it would; durations are not touched."""
        self._now = moment.astimezone(ZONE)
