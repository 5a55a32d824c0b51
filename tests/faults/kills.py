"""kill -9 at random moments, beside a printer that is a witness: what is said of a slip is true, and nothing is lost.

    python -m tests.faults.kills [COUNT] [SEED]    kills without a screen (500), and what came of them

A victim (tests.faults.victim) gives numbers and prints them; it is killed at a moment drawn by lot and begins anew
on the same database and the same printer. In between the ledger (tests.faults.evidence) is weighed. Two offices are
played beside each other, one whose SQLite writes ahead and one with a rollback journal; each has a new day now and
then, and each ends with a life that prints what is left.
"""

from __future__ import annotations

import os
import queue
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from kiosk.clock import ZONE
from kiosk.office.database import Database
from kiosk.office.migrate import migrate
from kiosk.office.types import PrintJob
from kiosk.printing.links import LinkError
from kiosk.settings import load, places
from tests.faults.evidence import MOMENTS, Ledger, Told
from tests.faults.lives import Order, Process
from tests.faults.tally import Tally
from tests.faults.victim import House
from tests.printing.fake_printer import PrinterProcess, Shown
from tests.until import until

THURSDAY = datetime(2026, 11, 26, 8, 0, tzinfo=ZONE)
PACE = 120_000
"""Bytes a second of the printer: a slip takes 0.1 s."""
LIFE = 0.7
"""Seconds that a life lasts at most when its end is drawn evenly."""
A_DAY, BETWEEN = 20, timedelta(minutes=3)
"""Lives from one morning to the next; the office's time between two."""
PHONES = 100
"""Slips that came after a torn one and are read as a phone reads them."""
AIMS = {"": LIFE, "touch": 0.03, "given": 0.1, "sends": 0.12, "asked": 0.08, "paper": 0.1}
"""A kill is drawn from so many seconds after this news; "" = after the birth."""


class Office:
    """One database and one printer, and lives that end by lot."""

    aims, longest = AIMS, 5.0
    """Seconds that are waited for the news that a kill is aimed at."""
    skips = (0, 0, 1, 2)
    """So often that news is let pass."""

    def __init__(self, folder: Path, house: House, seed: int, *, rollback: bool = False, flaw: str = "") -> None:
        """`house`: composes slips, to compare; `flaw`: what is wrong with the victim."""
        self.home, self.flaw, self.rollback, self.house = folder / "home", flaw, rollback, house
        self.template = Process("tests.faults.victim", str(self.home))
        settings = load(places(home=self.home))
        migrate(settings.database_url, THURSDAY)
        self._url, self._dice = settings.database_url, random.Random(seed)
        self.printer = PrinterProcess(folder / "printer")
        self.printer.set(f"pace {PACE}")
        self.printer.set("slow")
        assert settings.places.database
        self.ledger = Ledger(settings.places.database, self.printer.paper, self._compose)
        self.lives = 0
        self.now = THURSDAY
        self.wrong: list[str] = []
        assert self.template.news.get(timeout=60) == {"loaded": 1}

    def _compose(self, database: Database, job: PrintJob) -> bytes:
        return self.house.desk(database, self.now, _no_link)[0].compose_slip(job)

    def close(self) -> None:
        self.template.close()
        self.printer.close()

    # ---- lives -----------------------------------------------------------------------------------------------

    def order(self, *, numbers: bool = True) -> Order:
        """The next life: now and then on another day, an earlier touch asked again, unsure slips ordered again."""
        ledger, dice = self.ledger, self._dice
        self.lives += 1
        days, lives = divmod(self.lives, A_DAY)
        self.now = THURSDAY + days * timedelta(days=1) + lives * BETWEEN
        again = [touch for touch in ledger.touches[-1:] if touch not in ledger.given and dice.random() < 0.5]
        unsure = [ledger.jobs[key].ticket_id for key in list(ledger.unknown)[-2:] if dice.random() < 0.2]
        ledger.reprints.update(unsure)
        return Order(
            self._url, self.printer.address, self.now.isoformat(), f"life-{self.lives}", dice.randrange(1 << 30),
            narrow=dice.random() < 0.7, rollback=self.rollback, again=again, reprints=unsure, numbers=numbers,
            flaw=self.flaw,
        )  # fmt: skip

    def kill_once(self, aims: Sequence[str] = ("", "", *AIMS)) -> list[str]:
        """One life, ended at a moment drawn by lot; what was not as it must be."""
        how = self._dice.choice(aims)
        wait = self._dice.uniform(0, self.aims[how])
        skip = self._dice.choice(self.skips) if how else 0
        told, (process, pid) = Told(), self.begin(self.order())
        end = time.monotonic() + (wait if not how else self.longest)
        while (left := end - time.monotonic()) > 0:
            try:
                news = process.news.get(timeout=left)
            except queue.Empty:
                break
            hear(told, news)
            if how in news:
                if skip == 0:
                    how, end = "-", time.monotonic() + wait
                skip -= 1
        os.kill(pid, signal.SIGKILL)
        while "gone" not in (news := process.news.get(timeout=30)):
            hear(told, news)
        return self.weigh(told)

    def begin(self, order: Order) -> tuple[Process, int]:
        """A new life: who tells of it, and its process."""
        self.template.order(order)
        return self.template, self.template.news.get(timeout=30)["born"]

    def last_life(self) -> list[str]:
        """A life that prints what is left and ends by itself: no job waits any more."""
        self.template.order(self.order(numbers=False))
        told, news = Told(), {}
        while "gone" not in news:
            hear(told, news := self.template.news.get(timeout=60))
        left = self.weigh(told, killed=False)
        return left + [f"job {key} is {row.state} at the end" for key, row in self.ledger.jobs.items()
                       if row.state not in ("printed", "unknown", "expired")]  # fmt: skip

    def weigh(self, told: Told, *, killed: bool = True) -> list[str]:
        wrong = self.ledger.weigh(told, self.quiet(), self.now, killed)
        self.wrong += [f"life {self.lives}: {line}" for line in wrong]
        return wrong

    def quiet(self) -> Shown:
        """The printer, when all that the dead one had sent has been taken: a start takes longer than that."""
        until(lambda: not self.printer.show(self.ledger.seen).busy)
        return self.printer.show(self.ledger.seen)


def hear(told: Told, news: dict[str, Any]) -> None:
    if "touch" in news:
        told.touches.append(news["touch"])
    elif "given" in news:
        touch, code, ticket = news["given"]
        told.given.append((touch, code, ticket))
    elif "ready" in news:
        told.ready = True
    elif "paper" in news:
        told.printed = True


def _no_link() -> Any:
    raise LinkError("absent")


def play(office: Office, count: int) -> None:
    """`count` kills, then a life that ends by itself."""
    for _ in range(count):
        office.kill_once()
    office.last_life()
    office.wrong += office.ledger.read_by_a_phone(office.ledger.after_torn[:PHONES])


@contextmanager
def offices(folder: Path, house: House, seed: int) -> Iterator[list[Office]]:
    """Two offices: one whose SQLite writes ahead, one with a rollback journal."""
    both: list[Office] = []
    try:
        for rollback in (False, True):
            both.append(Office(folder / str(int(rollback)), house, seed + rollback, rollback=rollback))
        yield both
    finally:
        for office in both:
            office.close()


def play_both(folder: Path, count: int, seed: int = 1) -> list[Office]:
    """`count` kills, in two offices beside each other."""
    with offices(folder, House.load(folder), seed) as both, ThreadPoolExecutor(2) as pool:
        list(pool.map(play, both, (count - count // 2, count // 2)))
    return both


def summary(played: list[Office]) -> list[str]:
    """What came of it, in lines."""
    moments = sum((office.ledger.moments for office in played), Counter())
    states = Counter(row.state for office in played for row in office.ledger.jobs.values())
    unknown = Counter(what for office in played for what in office.ledger.unknown.values())
    touches = sum((office.ledger.cut_touches for office in played), Counter())
    count, wrong = moments.total(), [line for office in played for line in office.wrong]
    return [
        f"kill -9 beside a witness: N = {count}, failures {len(wrong)}, 95 % bound {3 / max(count, 1):.1%}",
        "killed: " + ", ".join(f"{name} {moments[name]}" for name in MOMENTS),
        f"touches without an answer: {touches['given']} given, {touches['not given']} not",
        "slips: " + ", ".join(f"{name} {number}" for name, number in sorted(states.items())),
        "unknown, on paper: " + ", ".join(f"{name} {number}" for name, number in sorted(unknown.items())),
        *wrong,
    ]


def torture(count: int = 500) -> Tally:
    """So many kills, by the moment in which they fell."""
    with tempfile.TemporaryDirectory() as folder:
        return tally(play_both(Path(folder), count))


def tally(played: list[Office]) -> Tally:
    """What came of it, as the other long runs tell it."""
    wrong = [line for office in played for line in office.wrong]
    moments = sum((office.ledger.moments for office in played), Counter())
    lives = {line.partition(":")[0] for line in wrong}
    return Tally(moments, Counter({"not as it must be": len(wrong)} if wrong else {}), len(lives), "".join(wrong[:1]))


def main(count: int, seed: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        played = play_both(Path(folder), count, seed)
    print(*summary(played), sep="\n")
    return tally(played).failed


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    sys.exit(bool(main(*numbers, *(500, 1)[len(numbers) :])))
