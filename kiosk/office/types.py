"""What the office answers: plain, frozen results that any room may read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Literal

OpeningReason = Literal["open", "not-service-day", "holiday", "cancelled", "before-hours", "lunch", "after-hours"]
Lane = Literal["ordinary", "priority"]
JobState = Literal["queued", "printing", "printed", "unknown", "failed", "expired"]


@dataclass(frozen=True)
class Opening:
    """Whether numbers are given now, and if not, why and when next."""

    open: bool
    reason: OpeningReason
    today: date
    service_day: bool
    """Today is a day on which the office serves walk-ins, at whatever hour."""
    next_open: datetime | None = None
    """When numbers are given again; None = not within a year."""
    next_hours: tuple[tuple[time, time], ...] = ()
    """The opening hours of that day which are still to come."""
    name: Mapping[str, str] = field(default_factory=dict)
    """The holiday's name or the reason of a cancelled day, by language."""


@dataclass(frozen=True)
class Crowd:
    """How full the lobby is."""

    waiting: int
    """Tickets of today that wait."""
    too_many: bool
    """Those who wait cannot all be served before closing."""


@dataclass(frozen=True)
class TicketOrder:
    """What a citizen asked for. Never a name."""

    tile: str
    series: str
    lane: Lane = "ordinary"
    reason: str = ""
    """The priority group that the citizen named."""
    language: str = "vi"
    missing: tuple[str, ...] = ()
    """Papers (document keys) that are still to be brought."""


@dataclass(frozen=True)
class Ticket:
    """A number that was given."""

    id: str
    day: date
    series: str
    number: int
    tile: str
    lane: Lane
    reason: str
    language: str
    missing: tuple[str, ...]
    state: str
    token: str
    """The secret part of the slip's address."""
    issued_at: datetime

    @property
    def code(self) -> str:
        """As it is shown and called: A012."""
        return f"{self.series}{self.number:03d}"


@dataclass(frozen=True)
class AtCounter:
    """The ticket that a counter has called or serves."""

    ticket: Ticket
    counter: int
    calls: int
    called_at: datetime | None
    started_at: datetime | None
    pick: str
    """Why it was called before others."""


@dataclass(frozen=True)
class InLine:
    """One who waits, in the place where it would be called."""

    ticket: Ticket
    since: datetime
    absences: int
    reason: str


@dataclass(frozen=True)
class CounterView:
    """What the officer at a counter sees of the queue."""

    counter: int
    paused: bool
    current: AtCounter | None
    absent_from: datetime | None
    """When "absent" may be pressed."""
    line: tuple[InLine, ...]
    """Whom this counter may call, in that order."""
    away: tuple[Ticket, ...]
    """Who fetches a paper and comes back here."""
    waiting_in_room: int
    undo: str
    """The step that can be undone, "" for none."""


@dataclass(frozen=True)
class PrintJob:
    """A slip to print, or printed."""

    id: str
    kind: str
    ticket_id: str
    state: JobState
    reason: str
    attempts: int


@dataclass(frozen=True)
class HelpCall:
    """Somebody at the machine asked for an officer."""

    id: str
    place: str
    called_at: datetime
    answered_at: datetime | None = None


@dataclass(frozen=True)
class Health:
    """A device as its owner last saw it."""

    device: str
    state: str
    detail: str
    at: datetime
