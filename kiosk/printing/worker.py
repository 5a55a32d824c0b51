"""The one thread that owns the printer: takes a job, asks the printer, prints, and writes down what became of it.
Each job has a connection of its own (`talk.Talk`): open, ask, print, confirm, close.

    what happens                                         the job becomes       the printer's state
    ---------------------------------------------------  --------------------  -------------------
    cannot be opened, or gone before a byte was sent     queued, absent        absent
    complains before the job                             queued, its word      paper-out, cover-open, error, offline
    the cutter is jammed before the job (each time it    queued, error         error, cutter
      is asked to recover)
    silent to DLE EOT 4, though it has answered before   queued, offline       offline, silent
    says what no printer says                            queued, error         error, garbled
    the slip cannot be composed                          failed, compose       as it was
    whole job written, barrier answered                  printed               ok
    complains while we wait for the barrier (paper ran   we wait: it goes on   its complaint, then ok
      out in mid slip); nothing is sent a second time    when it is mended
    the cutter jams while we wait: its buffer is lost    unknown, cutter       error, cutter
    connection lost, or write timed out after some bytes unknown, link's code  as it was
    no barrier answer in time, without a complaint       unknown, no-answer    as it was
    garbage instead of the answer                        unknown, garbled      as it was
    stopped while waiting for the barrier                unknown, stopped      as it was
    nothing can come back (a plain file), job written    printed, unconfirmed  mute
    job written to a printer that never said a word      printed, unconfirmed  mute

Only "queued" is tried again, after 1, 2, 4 … 15 s or at once on wake(). "unknown" may be on paper already: a
person decides. A job found "printing" at start was cut off by a crash: it is unknown too, which is for the source
to say. Before the first job, and after each that is unknown, a command that was cut off is ended with NULs. While
there is nothing to print the printer is asked now and then, so that `state` is true before the next ticket.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Protocol

from kiosk.printing.links import Link, LinkError
from kiosk.printing.talk import PATIENCE, JobState, Patience, PrinterState, Talk

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


class Worker:
    """Prints the jobs of a source, one after the other, on a thread of its own."""

    def __init__(
        self,
        source: JobSource,
        compose: Callable[[Job], bytes],
        open_link: Callable[[], Link],
        on_state: Callable[[PrinterState], None] = lambda state: None,
        *,
        speaks: bool = False,
        patience: Patience = PATIENCE,
    ) -> None:
        """`compose` turns a job into the bytes up to the cut; `on_state` hears each change, on the worker's
        thread. `speaks`: the printer is known to answer, so its silence is a fault from the first; else a printer
        counts as mute until it has answered once.
        """
        self._source, self._compose, self._open_link, self._on_state = source, compose, open_link, on_state
        self._speaks, self._patience = speaks, patience
        self._state = PrinterState("absent", reason="starting")
        self._cut_off = True
        """The printer may stand in the midst of a command: before the first job nobody knows."""
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
        return 0.0 if job else self._patience.probe

    def _backed_off(self) -> float:
        pause = self._patience.retry[min(self._misses, len(self._patience.retry) - 1)]
        self._misses += 1
        return pause

    def _visit(self, job: Job | None) -> bool:
        """One connection. False when the printer is not ready: the job, if any, is still queued."""
        try:
            link = self._open_link()
        except LinkError as error:
            return self._turned_away(job, PrinterState("absent", reason=error.reason))
        talk = Talk(link, self._patience, self._stop.is_set, self._publish)
        try:
            state = self._made_ready(talk, link)
            if self._stop.is_set():
                return False
            if not state.ready:
                return self._turned_away(job, state)
            self._publish(state)
            return self._print(job, talk, state.kind == "mute") if job else True
        except LinkError as error:
            return self._turned_away(job, PrinterState("absent", reason=error.reason))
        finally:
            link.close()

    def _made_ready(self, talk: Talk, link: Link) -> PrinterState:
        """How the printer is, once what can be mended from here has been."""
        state = talk.ask(self._speaks)
        if self._cut_off and link.can_read and state.reason in ("", "silent"):
            talk.flush()
            self._cut_off = False
            state = talk.ask(self._speaks) if state.kind in ("mute", "offline") else state
        if state.reason == "cutter":
            talk.recover()
            state = talk.ask(self._speaks)
        self._speaks = self._speaks or talk.answered
        return state

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

    def _print(self, job: Job, talk: Talk, mute: bool) -> bool:
        try:
            data = self._compose(job)
        except Exception:
            log.exception("the slip of job %s cannot be composed", job.id)
            self._settle(job, "failed", "compose")
            return True
        self._source.mark(job.id, "printing")
        try:
            state, reason = talk.print(data, mute)
        except LinkError:
            self._told = ("", "")
            raise
        self._cut_off = state == "unknown"
        self._settle(job, state, reason)
        return True

    def _settle(self, job: Job, state: JobState, reason: str) -> None:
        """Write down what became of a job, however long the database is locked: it must not print twice."""
        pause = 0
        while True:
            try:
                self._source.mark(job.id, state, reason)
                return
            except Exception:
                log.exception("job %s is %s, which cannot be written down", job.id, state)
            if self._stop.wait(self._patience.retry[min(pause, len(self._patience.retry) - 1)]):
                return
            pause += 1

