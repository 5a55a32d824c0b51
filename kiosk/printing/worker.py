"""The one thread that owns the printer: takes a job, asks the printer, prints, and writes down what became of it.
Each job has a connection of its own: open, ask, print, confirm, close.

    what happens                                         the job becomes       the printer's state
    ---------------------------------------------------  --------------------  -------------------
    cannot be opened, or gone before a byte was sent     queued, absent        absent
    complains before the job                             queued, its word      paper-out, cover-open, error, offline
    silent to DLE EOT 4, though it has answered before   queued, offline       offline
    the slip cannot be composed                          failed, compose       as it was
    whole job written, barrier answered                  printed               ok
    complains while we wait for the barrier (paper ran   we wait: it goes on   its complaint, then ok
      out in mid slip); nothing is sent a second time    when it is mended
    connection lost, or write timed out after some bytes unknown, link's code  as it was
    no barrier answer in time, without a complaint       unknown, no-answer    as it was
    stopped while waiting for the barrier                unknown, stopped      as it was
    nothing can come back (a plain file), job written    printed, unconfirmed  mute
    job written to a printer that never said a word      printed, unconfirmed  mute

Only "queued" is tried again, after 1, 2, 4 … 15 s or at once on wake(). "unknown" may be on paper already: a
person decides. A job found "printing" at start was cut off by a crash: it is unknown too, which is for the source
to say. While there is nothing to print the printer is asked now and then, so that `state` is true before the next
ticket.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from kiosk.printing.links import Link, LinkError
from kiosk.printing.status import BARRIER, StatusReader, query

JobState = Literal["queued", "printing", "printed", "unknown", "failed"]
StateKind = Literal["ok", "absent", "paper-out", "cover-open", "offline", "error", "mute"]

RETRY_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0)
_GLANCE_SECONDS = 0.25
"""How long one read may last, so that stop() is noticed."""
_PAPER, _CAUSE, _PRINTER = 4, 2, 1
"""DLE EOT numbers, in the order of asking: 4 is the one that nearly every printer answers."""

log = logging.getLogger(__name__)


class Job(Protocol):
    """One slip to print."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def ticket_id(self) -> str: ...


class JobSource(Protocol):
    """Where jobs come from and where their fate is written. Called from the worker's thread only."""

    def next_queued(self) -> Job | None:
        """The oldest job in state "queued"; it stays queued until marked."""
        ...

    def mark(self, job_id: str, state: JobState, reason: str = "") -> None:
        """Write a job's new state down, durably."""
        ...


@dataclass(frozen=True)
class PrinterState:
    """What is known of the printer. "mute": it is there but never says anything."""

    kind: StateKind
    near_end: bool = False
    reason: str = ""
    """More precisely, for technicians: a LinkError's code, or "silent", "starting"."""

    @property
    def ready(self) -> bool:
        """A job may be sent."""
        return self.kind in ("ok", "mute")


class Worker:
    """Prints the jobs of a source, one after the other, on a thread of its own."""

    def __init__(
        self,
        source: JobSource,
        compose: Callable[[Job], bytes],
        open_link: Callable[[], Link],
        on_state: Callable[[PrinterState], None] = lambda state: None,
        *,
        probe_seconds: float = 20.0,
        status_seconds: float = 1.0,
        answer_seconds: float = 5.0,
        retry_seconds: tuple[float, ...] = RETRY_SECONDS,
    ) -> None:
        """`compose` turns a job into the bytes up to the cut; `on_state` hears each change, on the worker's
        thread. `status_seconds`: patience for one DLE EOT; `answer_seconds`: for the barrier, beside the time
        that the bytes themselves take on the link; `probe_seconds`: how often an idle printer is asked.
        """
        self._source, self._compose, self._open_link, self._on_state = source, compose, open_link, on_state
        self._probe_seconds, self._status_seconds = probe_seconds, status_seconds
        self._answer_seconds, self._retry_seconds = answer_seconds, retry_seconds
        self._state = PrinterState("absent", reason="starting")
        self._has_answered = False
        self._misses = 0
        self._told = ("", "")
        self._wake, self._stop = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="printer", daemon=True)

    @property
    def state(self) -> PrinterState:
        """The printer as it was last seen."""
        return self._state

    @property
    def alive(self) -> bool:
        """Whether the thread that owns the printer runs."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin; may be called once."""
        self._thread.start()

    def wake(self) -> None:
        """There is a new job, or somebody mended the printer: look at once. From any thread."""
        self._wake.set()

    def stop(self, timeout: float = 5.0) -> bool:
        """End after what is being written; True when the thread is gone within `timeout` seconds."""
        self._stop.set()
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                pause = self._turn()
            except Exception:  # the thread must outlive a locked database or a bug in a callback
                log.exception("printing stumbled")
                pause = self._backed_off()
            self._wake.wait(pause)
            self._wake.clear()

    def _turn(self) -> float:
        """Try one job, or look after an idle printer. Returns the seconds until the next turn."""
        job = self._source.next_queued()
        if not self._visit(job):
            return self._backed_off()
        self._misses = 0
        return 0.0 if job else self._probe_seconds

    def _backed_off(self) -> float:
        pause = self._retry_seconds[min(self._misses, len(self._retry_seconds) - 1)]
        self._misses += 1
        return pause

    def _visit(self, job: Job | None) -> bool:
        """One connection. False when the printer is not ready: the job, if any, is still queued."""
        try:
            link = self._open_link()
        except LinkError as error:
            return self._turned_away(job, PrinterState("absent", reason=error.reason))
        try:
            reader = StatusReader()
            try:
                state = self._ask(link, reader)
            except LinkError as error:
                state = PrinterState("absent", reason=error.reason)
            if self._stop.is_set():
                return False
            if not state.ready:
                return self._turned_away(job, state)
            self._publish(state)
            return self._print(job, link, reader, state.kind == "mute") if job else True
        finally:
            link.close()

    def _turned_away(self, job: Job | None, state: PrinterState) -> bool:
        self._publish(state)
        if job and self._told != (job.id, state.kind):  # not at each retry: the database has better to do
            self._source.mark(job.id, "queued", state.kind)
            self._told = (job.id, state.kind)
        return False

    def _publish(self, state: PrinterState) -> None:
        if state != self._state:
            self._state = state
            log.info("printer: %s %s", state.kind, state.reason)
            self._on_state(state)

    # ---- asking ------------------------------------------------------------------------------------------

    def _ask(self, link: Link, reader: StatusReader) -> PrinterState:
        if not link.can_read:
            return PrinterState("mute")
        if not self._answers(link, reader, _PAPER):
            # A printer that has spoken before is not mute, it hangs: what is sent now may be lost.
            return PrinterState("offline", reason="silent") if self._has_answered else PrinterState("mute")
        self._has_answered = True
        for number in (_CAUSE, _PRINTER):
            self._answers(link, reader, number)
        return _seen(reader)

    def _answers(self, link: Link, reader: StatusReader, number: int) -> bool:
        """Ask DLE EOT `number`, one at a time (answers carry no number); whether it was answered in time."""
        reader.forget()
        reader.asked(number)
        link.write(query(number), self._status_seconds)
        end = time.monotonic() + self._status_seconds
        while (left := end - time.monotonic()) > 0 and not self._stop.is_set():
            replies = reader.feed(link.read(min(left, _GLANCE_SECONDS)))
            if any(reply.kind == "status" and reply.number == number for reply in replies):
                return True
        return False

    # ---- printing ----------------------------------------------------------------------------------------

    def _print(self, job: Job, link: Link, reader: StatusReader, mute: bool) -> bool:
        try:
            data = self._compose(job)
        except Exception:
            log.exception("the slip of job %s cannot be composed", job.id)
            self._settle(job, "failed", "compose")
            return True
        self._source.mark(job.id, "printing")
        patience = self._answer_seconds + len(data) / link.rate
        try:
            link.write(data + BARRIER if link.can_read else data, patience)
        except LinkError as error:
            if error.sent == 0:
                self._told = ("", "")
                return self._turned_away(job, PrinterState("absent", reason=error.reason))
            self._settle(job, "unknown", error.reason)
            return True
        if not link.can_read:
            outcome: tuple[JobState, str] = "printed", "unconfirmed"
        else:
            outcome = self._mute_word(link, reader) if mute else self._confirmed(link, reader, patience)
        self._settle(job, *outcome)
        return True

    def _mute_word(self, link: Link, reader: StatusReader) -> tuple[JobState, str]:
        """A printer that never spoke gets one more chance to answer the barrier."""
        end = time.monotonic() + self._status_seconds
        try:
            while (left := end - time.monotonic()) > 0:
                replies = reader.feed(link.read(min(left, _GLANCE_SECONDS)))
                if any(reply.kind == "barrier" for reply in replies):
                    return "printed", ""
        except LinkError as error:
            return "unknown", error.reason
        return "printed", "unconfirmed"

    def _confirmed(self, link: Link, reader: StatusReader, patience: float) -> tuple[JobState, str]:
        """Wait until the printer has printed everything. A complaint stops the clock: it holds the rest."""
        end = time.monotonic() + patience
        question = time.monotonic() + self._status_seconds
        while not self._stop.is_set():
            now = time.monotonic()
            if now >= end:
                return "unknown", "no-answer"
            try:
                replies = reader.feed(link.read(min(end - now, _GLANCE_SECONDS)))
                if any(reply.kind == "barrier" for reply in replies):
                    self._publish(_seen(reader))
                    return "printed", ""
                if now >= question:
                    question = now + self._status_seconds
                    reader.forget()
                    for number in (_PAPER, _CAUSE):
                        reader.asked(number)
                        link.write(query(number), self._status_seconds)
            except LinkError as error:
                return "unknown", error.reason
            self._publish(_seen(reader))
            if reader.status.trouble:
                end = now + patience
        return "unknown", "stopped"

    def _settle(self, job: Job, state: JobState, reason: str) -> None:
        """Write down what became of a job, however long the database is locked: it must not print twice."""
        pause = 0
        while True:
            try:
                self._source.mark(job.id, state, reason)
                return
            except Exception:
                log.exception("job %s is %s, which cannot be written down", job.id, state)
            if self._stop.wait(self._retry_seconds[min(pause, len(self._retry_seconds) - 1)]):
                return
            pause += 1


def _seen(reader: StatusReader) -> PrinterState:
    return PrinterState(reader.status.trouble or "ok", reader.status.near_end)
