"""The results' figures: pages and files over a three-year history, and numbers given while reports loop.

    python -m tests.bench_results
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from multiprocessing.synchronize import Event
from pathlib import Path
from statistics import quantiles

from kiosk.clock import SystemClock
from kiosk.office.backup import copy_file
from kiosk.office.database import Database
from kiosk.office.demo import Demo
from kiosk.office.figures import Figures
from kiosk.office.migrate import migrate
from kiosk.office.officers import Officers
from kiosk.office.results import Results
from kiosk.office.tickets import Tickets
from kiosk.office.types import TicketOrder
from kiosk.reports.files import Files
from kiosk.settings import Settings, load, places
from kiosk.web.server import create_app
from kiosk.wiring import build_web, load_staff_words
from tests.web.conftest import PASSWORD, Browser, Loop

YEARS, PER_THURSDAY = 3, 60
SECONDS = 8.0
"""So long numbers are given, with and without reports."""
PAUSE = 0.02


@dataclass(frozen=True)
class Measured:
    """One line: what was measured, what it may be at most (0 = told for comparison)."""

    name: str
    value: float
    limit: float
    unit: str


def past(home: Path) -> Settings:
    """An office with a history."""
    settings = load(places(home=home))
    Path(settings.database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    migrate(settings.database_url, SystemClock().now())
    database = Database(settings.database_url)
    Officers(database, settings.office.site, SystemClock()).add("thu", "Thu", "supervisor", PASSWORD)
    Demo(settings, database, SystemClock(), 1).write(YEARS, PER_THURSDAY, ("a", "b", "c"), ("x",), trial=False)
    database.close()
    return settings


def history(home: Path) -> tuple[Settings, list[Measured]]:
    """How long the history takes."""
    start = time.perf_counter()
    settings = past(home)
    spent = time.perf_counter() - start
    return settings, [Measured(f"demo-data, {YEARS} years × {PER_THURSDAY}", spent, 30, "s")]


def pages(settings: Settings) -> list[Measured]:
    """The results page of every quarter, again and again; and the first one of a day, which copies the data."""
    loop = Loop()
    rooms = build_web(settings, SystemClock())
    browser = Browser(create_app(rooms), loop).sign_in("thu")
    start = time.perf_counter()
    assert browser.get("/results").status_code == 200
    first = time.perf_counter() - start
    quarters = [str(one) for one in rooms.results.quarters()]
    spent = []
    for number in range(120):
        start = time.perf_counter()
        answer = browser.get(f"/results?quarter={quarters[number % len(quarters)]}")
        spent.append(1000 * (time.perf_counter() - start))
        assert answer.status_code == 200 and "<svg" in answer.text
    loop.close()
    return [
        Measured("results page, p50", quantiles(spent, n=100)[49], 0, "ms"),
        Measured("results page, p95", quantiles(spent, n=100)[94], 300, "ms"),
        Measured("results page, the first after ten minutes", 1000 * first, 0, "ms"),
    ]


def files(settings: Settings) -> list[Measured]:
    """A quarter's PDF and workbook, from the data on."""
    start = time.perf_counter()
    made = _files(settings, 600)
    quarter = made._results.newest()
    made.quarter(quarter, "pdf")
    made.quarter(quarter, "xlsx")
    return [Measured("a quarter's PDF and XLSX", time.perf_counter() - start, 5, "s")]


def issuing(settings: Settings, system_sqlite: bool) -> list[Measured]:
    """Numbers in one process, reports from fresh copies in another. `system_sqlite`: Python's own library, which here
    has no safe write-ahead log, so readers and writers wait for each other."""
    name = "rollback journal" if system_sqlite else "newest SQLite"
    if system_sqlite:
        settings = _with_rollback_journal(settings)
    context = multiprocessing.get_context("spawn")
    found = []
    for reports in (False, True):
        ready, stop, lines = context.Event(), context.Event(), context.SimpleQueue()
        looping = context.Process(target=_reports, args=(settings, system_sqlite, ready, stop, lines))
        if reports:
            looping.start()
            assert ready.wait(60)
        giving = context.Process(target=_numbers, args=(settings, system_sqlite, f"{name} {reports}", lines))
        giving.start()
        giving.join(120)
        assert giving.exitcode == 0
        spent = lines.get()
        stop.set()
        if reports:
            found.append(Measured(f"reports made meanwhile, {name}", float(len(lines.get())), 0, ""))
            looping.join(60)
        told = "while reports loop" if reports else "alone"
        cut = quantiles(spent, n=100)
        found.append(Measured(f"a number, p99 {told}, {name}", cut[98], 300 if reports else 0, "ms"))
        found.append(Measured(f"a number, longest {told}, {name}", max(spent), 0, "ms"))
    return found


def _with_rollback_journal(settings: Settings) -> Settings:
    """A copy of the office that nobody has open: a journal is only changed alone."""
    file = Path(settings.database_url.removeprefix("sqlite:///"))
    copy = file.with_name("rollback.db")
    copy_file(file, copy)  # leaves no write-ahead log
    return replace(settings, places=replace(settings.places, database_url=f"sqlite:///{copy}"))


def _numbers(settings: Settings, system_sqlite: bool, name: str, lines) -> None:  # type: ignore[no-untyped-def]
    _library(system_sqlite)
    database = Database(settings.database_url)
    tickets, spent, end = Tickets(database, settings.office.site, SystemClock()), [], time.monotonic() + SECONDS
    while time.monotonic() < end:
        start = time.perf_counter()
        tickets.issue(f"{name} {len(spent)}", TicketOrder("birth", "A"))
        spent.append(1000 * (time.perf_counter() - start))
        time.sleep(PAUSE)
    lines.put(spent)


def _reports(settings: Settings, system_sqlite: bool, ready: Event, stop: Event, lines) -> None:  # type: ignore[no-untyped-def]
    _library(system_sqlite)
    done: list[float] = []
    while not stop.is_set():
        made = _files(settings, 0.5)
        quarter = made._results.newest()
        for kind in ("pdf", "xlsx", "csv"):
            made.quarter(quarter, kind)
        done.append(time.monotonic())
        ready.set()
    lines.put(done)


def _files(settings: Settings, kept_seconds: float) -> Files:
    clock = SystemClock()
    figures = Figures(Database(settings.database_url), settings.office.site, clock)
    return Files(settings, load_staff_words(settings), Results(settings, clock, kept_seconds), figures)


def _library(system_sqlite: bool) -> None:
    if system_sqlite:
        sys.modules["pysqlite3"] = None  # type: ignore[assignment]


def results(say: Callable[[str], None]) -> list[Measured]:
    """All of it."""
    with tempfile.TemporaryDirectory() as folder:
        settings, found = history(Path(folder))
        for part in (pages, files, lambda one: issuing(one, False), lambda one: issuing(one, True)):
            found += part(settings)
    for one in found:
        verdict = "" if not one.limit else "ok" if one.value <= one.limit else "TOO SLOW"
        say(f"{one.name:60} {one.value:10.2f} {one.unit:3} {f'≤ {one.limit:g}' if one.limit else '':8} {verdict}")
    return found


def main() -> None:
    """Print, and write var/bench-results.json."""
    found = results(print)
    target = places().home / "bench-results.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps([asdict(one) for one in found], indent=1, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
