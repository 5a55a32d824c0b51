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
    officer_id: str | None
    paused: bool
    current: AtCounter | None
    absent_from: datetime | None
    """When "absent" may be pressed; and so many calls are missing before:"""
    calls_missing: int
    line: tuple[InLine, ...]
    """Whom this counter may call, in that order."""
    elsewhere: tuple[InLine, ...]
    """Who waits for other counters."""
    away: tuple[Ticket, ...]
    """Who fetches a paper and comes back here."""
    undo: str
    """The step that can be undone ("" for none), and the number that it was taken with:"""
    undo_code: str


@dataclass(frozen=True)
class LobbyCall:
    """A sentence for the loudspeaker: call, recall, result, coming, rate (the invitation to the survey)."""

    id: str
    kind: str
    code: str
    counter: int | None
    language: str
    at: datetime


@dataclass(frozen=True)
class Wait:
    """What somebody who waits may expect, in minutes. An estimate, never a promise."""

    ahead: int
    low: int
    high: int
    counters: tuple[int, ...]
    """Where the number may be called."""


@dataclass(frozen=True)
class Serving:
    """A counter on the lobby board."""

    counter: int
    code: str
    """"" = nobody is there."""
    called: bool
    """Called, and not there yet."""
    paused: bool
    call_id: str
    """The call that the board blinks for; another one with each recall."""


@dataclass(frozen=True)
class Board:
    """What the lobby board shows."""

    calling: Serving | None
    """The last number called, as long as it is at a counter."""
    last_code: str
    last_counter: int | None
    """The last number that was called at all."""
    counters: tuple[Serving, ...]
    results: tuple[str, ...]
    """Codes whose result is ready, oldest first."""
    waiting: Mapping[str, int]
    """By queue."""


DossierState = Literal["received", "ready", "returned"]


@dataclass(frozen=True)
class Dossier:
    """What was received for a ticket, and when its result goes back."""

    id: str
    ticket_id: str
    code: str
    """The ticket's code."""
    ticket_day: date
    procedure: str
    national_code: str
    missing: tuple[str, ...]
    fee_taken: bool
    contact: str
    state: DossierState
    same_day: bool
    due: date
    received_at: datetime
    ready_at: datetime | None
    returned_at: datetime | None


Role = Literal["officer", "supervisor", "administrator"]


@dataclass(frozen=True)
class Officer:
    """Somebody who signs in."""

    id: str
    login: str
    name: str
    role: Role
    active: bool


@dataclass(frozen=True)
class SignedIn:
    """A browser that has signed in: who, and at which counter they sit (None = at none)."""

    officer: Officer
    counter: int | None


@dataclass(frozen=True)
class DayFigures:
    """One day in figures."""

    day: date
    issued: int
    served: int
    waiting: int
    unserved: int
    """The day ended before their turn."""
    absent: int
    """Called in vain too often: cancelled."""
    received: int
    """Dossiers."""
    same_day: int
    """Of those: given back on the day they were received."""
    returned: int
    """Results given back on this day, whenever they were received."""
    median_wait: int | None
    """Minutes from number to the start of service, of those who were served."""
    median_service: int | None
    """Minutes from start to finish."""


@dataclass(frozen=True)
class Totals:
    """Since the start."""

    dossiers: int
    earlier: int
    """Of those: before this program, imported."""
    days: int
    """Days on which a dossier was received."""


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
