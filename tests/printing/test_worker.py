"""The worker against a printer in another process: each row of its table of outcomes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kiosk.pictures import Pictures
from kiosk.printing import escpos, layout
from kiosk.printing.links import open_link
from kiosk.printing.talk import JobState, Patience, PrinterState
from kiosk.printing.worker import Worker
from tests.printing.fake_printer import PrinterProcess
from tests.printing.test_slip import SLIP
from tests.until import until


@dataclass
class Paper:
    """A job."""

    id: str
    kind: str = "slip"
    ticket_id: str = "t"


@dataclass
class Jobs:
    """Jobs in memory: what the office's table does, seen from the worker."""

    queue: list[Paper] = field(default_factory=list)
    history: list[tuple[str, str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next_queued(self) -> Paper | None:
        with self.lock:
            return self.queue[0] if self.queue else None

    def mark(self, job_id: str, state: JobState, reason: str = "") -> None:
        with self.lock:
            self.history.append((job_id, state, reason))
            if state not in ("queued", "printing"):
                self.queue = [job for job in self.queue if job.id != job_id]

    def end_of(self, job_id: str) -> tuple[str, str] | None:
        with self.lock:
            ends = [(s, r) for j, s, r in self.history if j == job_id and s not in ("queued", "printing")]
        return ends[-1] if ends else None


Start = Callable[..., tuple[Worker, Jobs, list[PrinterState]]]


@pytest.fixture
def start(pictures: Pictures) -> Iterator[Start]:
    workers: list[Worker] = []
    data = escpos.encode(layout.compose(SLIP, 576, pictures))

    def begin(address: str, *jobs: str, compose: Callable[[object], bytes] | None = None):  # type: ignore[no-untyped-def]
        source, states = Jobs([Paper(job) for job in jobs]), []
        worker = Worker(
            source, compose or (lambda job: data), lambda: open_link(address), states.append,
            patience=Patience(status=0.5, answer=1.0, probe=0.2, retry=(0.05, 0.1)),
        )  # fmt: skip
        workers.append(worker)
        worker.start()
        return worker, source, states

    yield begin
    for worker in workers:
        assert worker.stop()


def test_a_good_printer_prints_and_confirms(start: Start, printer: PrinterProcess) -> None:
    worker, jobs, _ = start(printer.address, "a", "b")
    until(lambda: jobs.end_of("b"))
    assert jobs.end_of("a") == jobs.end_of("b") == ("printed", "")
    assert len(printer.jobs()) == 2
    assert worker.state.kind == "ok"


def test_absent_then_there(start: Start, printer: PrinterProcess) -> None:
    printer.set("absent")
    worker, jobs, _ = start(printer.address, "a")
    until(lambda: ("a", "queued", "absent") in jobs.history)
    assert worker.state.kind == "absent"
    assert not worker.state.ready
    printer.set("listen")
    until(lambda: jobs.end_of("a"))
    assert jobs.end_of("a") == ("printed", "")
    assert len(printer.jobs()) == 1


@pytest.mark.parametrize("trouble", ["paper-out", "cover-open"])
def test_a_complaint_before_the_job_keeps_it_queued(start: Start, printer: PrinterProcess, trouble: str) -> None:
    printer.set(trouble)
    worker, jobs, states = start(printer.address, "a")
    until(lambda: ("a", "queued", trouble) in jobs.history)
    assert worker.state.kind == trouble
    assert printer.jobs() == []
    printer.set("ready")
    until(lambda: jobs.end_of("a"))
    assert jobs.end_of("a") == ("printed", "")
    assert len(printer.jobs()) == 1
    assert [state.kind for state in states][:1] == [trouble]


def test_paper_that_ends_in_mid_slip_is_waited_for_and_nothing_is_sent_twice(
    start: Start, printer: PrinterProcess
) -> None:
    printer.set("paper-out @ text 3")
    worker, jobs, _ = start(printer.address, "a")
    until(lambda: worker.state.kind == "paper-out")
    assert jobs.end_of("a") is None
    printer.set("ready")
    until(lambda: jobs.end_of("a"))
    assert jobs.end_of("a") == ("printed", "")
    assert len(printer.jobs()) == 1


def test_a_mute_printer_gets_its_job_once_unconfirmed(start: Start, printer: PrinterProcess) -> None:
    printer.set("mute")
    worker, jobs, _ = start(printer.address, "a")
    until(lambda: jobs.end_of("a"))
    assert jobs.end_of("a") == ("printed", "unconfirmed")
    assert worker.state.kind == "mute"
    assert len(printer.wait_for(1)) == 1


def test_a_connection_lost_in_mid_job_is_never_printed_again_by_itself(start: Start, printer: PrinterProcess) -> None:
    printer.set("reset @ text 3")
    _, jobs, _ = start(printer.address, "a", "b")
    until(lambda: jobs.end_of("b"))
    assert jobs.end_of("a") == ("unknown", "closed")
    assert jobs.end_of("b") == ("printed", "")
    assert len(printer.jobs()) == 1


def test_a_slip_that_cannot_be_composed_does_not_hold_up_the_next(
    start: Start, printer: PrinterProcess, pictures: Pictures
) -> None:
    data = escpos.encode(layout.compose(SLIP, 576, pictures))

    def compose(job: object) -> bytes:
        if getattr(job, "id", "") == "a":
            raise LookupError("no such ticket")
        return data

    _, jobs, _ = start(printer.address, "a", "b", compose=compose)
    until(lambda: jobs.end_of("b"))
    assert jobs.end_of("a") == ("failed", "compose")
    assert jobs.end_of("b") == ("printed", "")


def test_a_plain_file_takes_slips_unconfirmed(start: Start, tmp_path: Path) -> None:
    worker, jobs, _ = start(f"file://{tmp_path}/all.bin", "a", "b")
    until(lambda: jobs.end_of("b"))
    assert jobs.end_of("a") == ("printed", "unconfirmed")
    assert (tmp_path / "all.bin").read_bytes().count(b"\x1b@") == 2
    assert worker.state.kind == "mute"


def test_an_idle_worker_notices_that_the_paper_is_gone(start: Start, printer: PrinterProcess) -> None:
    worker, _, _ = start(printer.address)
    until(lambda: worker.state.kind == "ok")
    printer.set("paper-out")
    until(lambda: worker.state.kind == "paper-out")
    printer.set("ready")
    until(lambda: worker.state.kind == "ok")
