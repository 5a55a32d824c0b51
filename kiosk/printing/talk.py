"""One connection to the printer, from opening to closing: ask it, make it sound again, print, wait for its word."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from kiosk.printing.links import Link, LinkError
from kiosk.printing.status import (
    BARRIER,
    DISABLE_ASB,
    ENABLE_ASB,
    INITIALISE,
    RECOVER,
    StatusReader,
    query,
)

JobState = Literal["queued", "printing", "printed", "unknown", "failed"]
StateKind = Literal["ok", "absent", "paper-out", "cover-open", "offline", "error", "mute"]
Outcome = tuple[JobState, str]
"""What became of a job, and why."""

LONGEST_BLOCK = 4096
"""Bytes that one command of a job takes at most: so many NULs end any command that was cut off."""

_GLANCE_SECONDS = 0.25
"""How long one read may last, so that a stop is noticed."""
_PAPER, _CAUSE, _PRINTER, _ERROR = 4, 2, 1, 3
"""DLE EOT numbers; 4 is the one that nearly every printer answers, so it is asked first."""
_STALE_READS = 50
"""Reads that throw away what an earlier connection left; a line that is still noisy then is garbled."""


@dataclass(frozen=True)
class PrinterState:
    """What is known of the printer. "mute": it is there but never says anything."""

    kind: StateKind
    near_end: bool = False
    reason: str = ""
    """More precisely: a LinkError's code; "starting"; "silent"; of an error "cutter", "hot", "broken", "garbled"."""

    @property
    def ready(self) -> bool:
        """A job may be sent."""
        return self.kind in ("ok", "mute")


@dataclass(frozen=True)
class Patience:
    """How long the printer is waited for, in seconds."""

    status: float = 1.0
    """For one DLE EOT."""
    answer: float = 5.0
    """For the barrier, beside the time that the bytes themselves take on the link."""
    probe: float = 20.0
    """Between two looks at an idle printer."""
    retry: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0, 15.0)
    """Before the next try for a job that still waits; the last one from then on."""


PATIENCE = Patience()


class Talk:
    """What is said over one link. LinkError from any method: the printer is gone, nothing of a job was sent."""

    def __init__(
        self, link: Link, patience: Patience, stopped: Callable[[], bool], seen: Callable[[PrinterState], None]
    ) -> None:
        """`stopped`: the program ends, come back soon; `seen` hears what the printer says while it prints."""
        self._link, self._patience, self._stopped, self._seen = link, patience, stopped, seen
        self._reader = StatusReader()
        self.answered = False
        """It has said something that we understood."""

    # ---- asking ------------------------------------------------------------------------------------------

    def ask(self, speaks: bool) -> PrinterState:
        """How the printer is. `speaks`: it is known to answer, so silence is a hang and not its nature."""
        if not self._link.can_read:
            return PrinterState("mute")
        self._throw_away()
        if self._answers(_PAPER):
            self.answered = True
            for number in (_CAUSE, _PRINTER):
                self._answers(number)
            if self._reader.status.error:
                self._answers(_ERROR)
        if self._reader.garbled:
            return PrinterState("error", reason="garbled")
        if not self.answered:
            return PrinterState("offline", reason="silent") if speaks else PrinterState("mute")
        return self._state()

    def flush(self) -> None:
        """End a command that was cut off, here or in a run before this: without it, the next slip would be taken for
        the rest of that one's dots."""
        self._link.write(bytes(LONGEST_BLOCK) + INITIALISE, self._time_for(LONGEST_BLOCK))

    def recover(self) -> None:
        """Leave the cutter's error, now that somebody may have freed it."""
        self._link.write(RECOVER, self._patience.status)

    def _throw_away(self) -> None:
        for _ in range(_STALE_READS):
            if not self._link.read(0):
                return
        self._reader.garbled = True

    def _answers(self, number: int) -> bool:
        """Ask DLE EOT `number`, one at a time (answers carry no number); whether it was answered in time."""
        reader = self._reader
        reader.forget()
        reader.asked(number)
        self._link.write(query(number), self._patience.status)
        end = time.monotonic() + self._patience.status
        while (left := end - time.monotonic()) > 0 and not self._stopped():
            replies = reader.feed(self._link.read(min(left, _GLANCE_SECONDS)))
            if any(reply.kind == "status" and reply.number == number for reply in replies):
                return True
        return False

    def _state(self) -> PrinterState:
        status = self._reader.status
        reason = status.fault if status.trouble == "error" else ""
        return PrinterState(status.trouble or "ok", status.near_end, reason)

    def _time_for(self, count: int) -> float:
        return self._patience.answer + count / self._link.rate

    # ---- printing ----------------------------------------------------------------------------------------

    def print(self, data: bytes, mute: bool) -> Outcome:
        """A whole job, ESC @ to cut. `mute`: it does not answer, so nothing is waited for but a moment."""
        hears = self._link.can_read
        # ESC @ would switch the automatic status off again: the job's own is sent before it
        self._link.write(INITIALISE + (ENABLE_ASB if hears and not mute else b""), self._patience.status)
        slip = data.removeprefix(INITIALISE)
        try:
            self._link.write(slip, self._time_for(len(slip)))
        except LinkError as error:
            if error.sent == 0:
                raise
            return "unknown", error.reason
        if not hears:
            return "printed", "unconfirmed"
        try:
            # What was said until now is no answer to the barrier
            self._reader.feed(self._link.read(0))
            self._link.write(BARRIER + (b"" if mute else DISABLE_ASB), self._patience.status)
            return self._last_chance() if mute else self._confirmed(self._time_for(len(slip)))
        except LinkError as error:
            return "unknown", error.reason

    def _last_chance(self) -> Outcome:
        """A printer that never spoke may still answer the barrier."""
        end = time.monotonic() + self._patience.status
        while (left := end - time.monotonic()) > 0:
            if self._passed(min(left, _GLANCE_SECONDS)):
                return "printed", ""
        return "printed", "unconfirmed"

    def _passed(self, seconds: float) -> bool:
        """Listen for so long; whether the barrier was answered."""
        return any(reply.kind == "barrier" for reply in self._reader.feed(self._link.read(seconds)))

    def _confirmed(self, patience: float) -> Outcome:
        """Wait until the printer has printed everything. A complaint stops the clock: it holds the rest."""
        reader = self._reader
        end = time.monotonic() + patience
        question = time.monotonic() + self._patience.status
        while not self._stopped():
            now = time.monotonic()
            if now >= end:
                return "unknown", "no-answer"
            passed = self._passed(min(end - now, _GLANCE_SECONDS))
            if reader.garbled:
                return "unknown", "garbled"
            self._seen(self._state())
            if passed:
                return "printed", ""
            if reader.status.fault == "cutter":
                # It never goes on by itself, and leaving the error costs the buffer: a person decides
                self.recover()
                return "unknown", "cutter"
            if reader.status.trouble:
                end = now + patience
            if now >= question:
                question = now + self._patience.status
                reader.forget()
                for number in (_PAPER, _CAUSE, *((_ERROR,) if reader.status.error else ())):
                    reader.asked(number)
                    self._link.write(query(number), self._patience.status)
        return "unknown", "stopped"
