"""What the victims of tests.faults.kills share: order, news, cable, and flaws that must be noticed."""

from __future__ import annotations

import ctypes
import json
import os
import queue
import signal
import socket
import struct
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import func, select

from kiosk.office.database import Database
from kiosk.office.printjobs import PrintJobs
from kiosk.office.tables import PrintJobRow
from kiosk.office.tickets import Tickets
from kiosk.printing.links import Link, TcpLink
from kiosk.printing.status import BARRIER
from kiosk.printing.talk import JobState

SITE = "an-tan"
LOST, KEPT = struct.pack("ii", 1, 0), struct.pack("ii", 0, 0)
"""What becomes of bytes that the printer has not taken when a socket is closed, by the program or by its death."""
LEAST_SLIP = 1000
"""Bytes: what is longer and no NULs is a slip."""


def die_with_parent() -> None:
    """Whoever has started this process is gone: nobody would end it any more."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


@dataclass(frozen=True)
class Order:
    """One life."""

    database: str
    printer: str
    now: str
    """The office's time."""
    name: str
    """In front of its touches' keys."""
    seed: int
    narrow: bool = True
    """A cable that holds little: bytes not yet taken by the printer are lost with the process."""
    rollback: bool = False
    """A SQLite that must do with a rollback journal."""
    again: list[str] = field(default_factory=list)
    """Touches of an earlier life that got no answer."""
    reprints: list[str] = field(default_factory=list)
    """Tickets whose slip an officer orders again."""
    numbers: bool = True
    """Gives numbers until it is killed; else it prints what is left, and ends."""
    flaw: str = ""
    """What is wrong with this one, to show that it is noticed (FLAWS)."""


def tell(**news: object) -> None:
    os.write(1, (json.dumps(news) + "\n").encode())


def open_jobs(database: Database) -> int:
    """Slips that wait or are being printed."""
    query = select(func.count()).where(PrintJobRow.state.in_(("queued", "printing")))
    with database.read() as session:
        return session.execute(query).scalar_one()


class Cable:
    """The cable to the printer, which tells when a slip is about to be sent, and its last question was."""

    def __init__(self, link: Link, narrow: bool) -> None:
        self._link = link
        self.can_read, self.rate = link.can_read, link.rate
        self._socket = link._socket if narrow and isinstance(link, TcpLink) else None
        if self._socket:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2048)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LOST)

    def write(self, data: bytes, timeout: float) -> None:
        if len(data) > LEAST_SLIP and any(data[:8]):
            tell(sends=1)
        self._link.write(data, timeout)
        if data.startswith(BARRIER):
            tell(asked=1)

    def read(self, timeout: float) -> bytes:
        return self._link.read(timeout)

    def close(self) -> None:
        if self._socket:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, KEPT)
        self._link.close()


class Process:
    """The victim's process, or the template's: news as they come, orders."""

    def __init__(self, *command: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.pid = self._process.pid
        self.news: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._ear = threading.Thread(target=self._listen, daemon=True)
        self._ear.start()

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            if line.startswith("{"):
                self.news.put(json.loads(line))
        self.news.put({"gone": self.pid})

    def order(self, order: Order) -> None:
        assert self._process.stdin
        print(json.dumps(asdict(order)), file=self._process.stdin, flush=True)

    def close(self) -> None:
        """End it, if it is not at its end."""
        self._process.kill()
        self._process.wait()
        self._ear.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()


# ---- flaws -------------------------------------------------------------------------------------------------


class MarksTooEarly(PrintJobs):
    """Says "printed" before it writes."""

    def mark(self, job_id: str, state: JobState, reason: str = "") -> None:
        super().mark(job_id, "printed" if state == "printing" else state, reason)


class MarksTooLate(PrintJobs):
    """Leaves a job waiting while it is being printed."""

    def mark(self, job_id: str, state: JobState, reason: str = "") -> None:
        if state != "printing":
            super().mark(job_id, state, reason)


class LeavesItOpen(PrintJobs):
    """Prints what was cut off once more, by itself."""

    def settle_leftovers(self) -> int:
        for ticket in [one.id for one in Tickets(self._database, self._site, self._clock).all_waiting()]:
            for job in self.of_ticket(ticket):
                if job.state == "printing":
                    self.mark(job.id, "queued")
        return super().settle_leftovers()


FLAWS = {"marks too early": MarksTooEarly, "marks too late": MarksTooLate, "prints again": LeavesItOpen}
NO_FLUSH = "does not end what was cut off"
