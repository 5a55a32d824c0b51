"""The results: pages and files over a three-year history, and numbers given while reports loop.

The history is what `kiosk demo-data` makes. Pages and files have no floor: nothing like them is to be had.
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from kiosk.clock import SystemClock
from kiosk.office.backup import copy_file
from kiosk.office.database import Database
from kiosk.office.demo import Demo
from kiosk.office.figures import Figures
from kiosk.office.migrate import migrate
from kiosk.office.officers import Officers
from kiosk.office.periods import Quarter
from kiosk.office.results import Results
from kiosk.office.tickets import Tickets
from kiosk.office.types import TicketOrder
from kiosk.reports.files import Files
from kiosk.settings import Settings, load, places
from kiosk.web.server import create_app
from kiosk.wiring import build_web, load_staff_words
from tests.bench.figure import Figure, p, timed
from tests.web.conftest import PASSWORD, Browser, Loop

Lines = SimpleQueue[Any]
YEARS, PER_THURSDAY = 3, 60
PAGES = 120
SECONDS = 8.0
"""So long numbers are given, with and without reports."""
PAUSE = 0.02


def results(folder: Path) -> list[Figure]:
    """All of it, over one history."""
    start = time.perf_counter()
    settings = past(folder, YEARS, PER_THURSDAY)
    made = Figure(f"demo-data, {YEARS} years of {PER_THURSDAY}", time.perf_counter() - start, "s", threshold=30,
                  judged="value")  # fmt: skip
    return [made, *pages(settings, PAGES), files(settings), *issuing(settings, SECONDS),
            *issuing(settings, SECONDS, system_sqlite=True)]  # fmt: skip


def past(home: Path, years: int, per_thursday: int) -> Settings:
    """An office with a history."""
    settings = load(places(home=home))
    Path(settings.database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    migrate(settings.database_url, SystemClock().now())
    database = Database(settings.database_url)
    Officers(database, settings.office.site, SystemClock()).add("thu", "Thu", "supervisor", PASSWORD)
    Demo(settings, database, SystemClock(), 1).write(years, per_thursday, ("a", "b", "c"), ("x",), trial=False)
    database.close()
    return settings


def pages(settings: Settings, times: int) -> list[Figure]:
    """The results page of every quarter, again and again; and the first one of all, which copies the data."""
    loop = Loop()
    rooms = build_web(settings, SystemClock())
    browser = Browser(create_app(rooms), loop).sign_in("thu")

    def look(path: str) -> None:
        answer = browser.get(path)
        assert answer.status_code == 200 and "<svg" in answer.text

    first = timed(lambda _: look("/results"), 1)[0]
    quarters = [str(one) for one in rooms.results.quarters()]
    spent = timed(lambda number: look(f"/results?quarter={quarters[number % len(quarters)]}"), times)
    loop.close()
    return [
        Figure("results_page, p95", p(95, spent), "ms", threshold=300, judged="value"),
        Figure("results page, p50", p(50, spent), "ms"),
        Figure("results page, first in ten minutes", first, "ms"),
    ]


def files(settings: Settings) -> Figure:
    """A quarter's PDF and workbook, from the data on."""
    made, quarter = _files(settings, 600)

    def both(_: int) -> None:
        for kind in ("pdf", "xlsx"):
            assert made.quarter(quarter(), kind)

    return Figure("results_files (PDF and XLSX)", timed(both, 1)[0] / 1000, "s", threshold=5, judged="value")


def issuing(settings: Settings, seconds: float, *, system_sqlite: bool = False) -> list[Figure]:
    """Numbers in one process, reports from fresh copies in another, against numbers alone. `system_sqlite`: Python's
    own library, which on Debian 12 has no safe write-ahead log, so readers and writers wait for each other."""
    where = "rollback journal" if system_sqlite else "newest SQLite"
    if system_sqlite:
        settings = _with_rollback_journal(settings)
    spent, _ = _give(settings, seconds, f"{where} alone", system_sqlite=system_sqlite, reports=False)
    beside, reports = _give(settings, seconds, f"{where} beside", system_sqlite=system_sqlite, reports=True)
    alone = "numbers alone"
    return [
        Figure(f"issue_beside_reports, p99, {where}", p(99, beside), "ms", p(99, spent), alone, 300, "value"),
        Figure(f"the longest, {where}", max(beside), "ms", max(spent), alone),
        Figure(f"reports made meanwhile, {where}", reports, ""),
    ]


def _give(
    settings: Settings, seconds: float, name: str, *, system_sqlite: bool, reports: bool
) -> tuple[list[float], int]:
    """Milliseconds of each number, and how many rounds of reports were made beside them."""
    context = multiprocessing.get_context("spawn")
    ready, stop, lines = context.Event(), context.Event(), context.SimpleQueue()
    looping = context.Process(target=_reports, args=(settings, system_sqlite, ready, stop, lines))
    if reports:
        looping.start()
        assert ready.wait(120), "no report was made"
    giving = context.Process(target=_numbers, args=(settings, system_sqlite, name, seconds, lines))
    giving.start()
    spent = lines.get()
    giving.join(60)
    stop.set()
    rounds = 0
    if reports:
        rounds = lines.get()
        looping.join(60)
    return spent, rounds


def _with_rollback_journal(settings: Settings) -> Settings:
    """A copy of the office that nobody has open: a journal is only changed alone."""
    file = Path(settings.database_url.removeprefix("sqlite:///"))
    copy = file.with_name("rollback.db")
    copy_file(file, copy)  # leaves no write-ahead log
    return replace(settings, places=replace(settings.places, database_url=f"sqlite:///{copy}"))


def _numbers(settings: Settings, system_sqlite: bool, name: str, seconds: float, lines: Lines) -> None:
    _library(system_sqlite)
    database = Database(settings.database_url)
    tickets, end = Tickets(database, settings.office.site, SystemClock()), time.monotonic() + seconds
    spent: list[float] = []

    def give(_: int) -> None:
        tickets.issue(f"{name} {len(spent)}", TicketOrder("birth", "A"))

    while time.monotonic() < end:
        spent += timed(give, 1)
        time.sleep(PAUSE)
    database.close()
    lines.put(spent)


def _reports(settings: Settings, system_sqlite: bool, ready: Event, stop: Event, lines: Lines) -> None:
    _library(system_sqlite)
    rounds = 0
    while not stop.is_set():
        made, quarter = _files(settings, 0.5)
        for kind in ("pdf", "xlsx", "csv"):
            made.quarter(quarter(), kind)
        rounds += 1
        ready.set()
    lines.put(rounds)


def _files(settings: Settings, kept_seconds: float) -> tuple[Files, Callable[[], Quarter]]:
    clock = SystemClock()
    figures = Figures(Database(settings.database_url), settings.office.site, clock)
    found = Results(settings, clock, kept_seconds)
    return Files(settings, load_staff_words(settings), found, figures), found.newest


def _library(system_sqlite: bool) -> None:
    if system_sqlite:
        sys.modules["pysqlite3"] = None  # type: ignore[assignment]
