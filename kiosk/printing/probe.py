"""One look at the printer, for a technician: what it says of itself, and a test slip if wanted. By the worker itself,
so that what is found is what will happen to tickets."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.printing.links import Link
from kiosk.printing.talk import JobState, PrinterState
from kiosk.printing.worker import Job, Worker

PATIENCE = 12.0
"""Seconds: a connection that hangs, three questions and a slow slip."""


@dataclass(frozen=True)
class _TestSlip:
    id: str = "test"
    kind: str = "test"
    ticket_id: str = ""


class _Once:
    """A source with one job, or none."""

    def __init__(self, job: Job | None) -> None:
        self._job, self.outcome = job, ""
        self.settled = threading.Event()

    def next_queued(self) -> Job | None:
        return self._job

    def mark(self, job_id: str, state: JobState, reason: str = "") -> None:
        self.outcome = f"{state} {reason}".strip()
        if state not in ("printing", "queued"):
            self._job = None
        if state != "printing":
            self.settled.set()


def look(open_link: Callable[[], Link], slip: Callable[[], bytes] | None = None) -> tuple[PrinterState, str]:
    """The printer's state, and what became of the test slip ("" without one). `slip`: its bytes."""
    source, seen = _Once(_TestSlip() if slip else None), threading.Event()
    worker = Worker(source, lambda job: slip() if slip else b"", open_link, lambda state: seen.set())
    worker.start()
    (source.settled if slip else seen).wait(PATIENCE)
    worker.stop()
    return worker.state, source.outcome
