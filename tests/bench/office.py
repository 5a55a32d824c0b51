"""What the office's database gives: numbers, one after another and from many processes."""

from __future__ import annotations

import sqlite3
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert

from kiosk.clock import SystemClock, business_day
from kiosk.office import ids
from kiosk.office.database import Database, sqlite_module
from kiosk.office.migrate import migrate
from kiosk.office.tables import PrintJobRow, TicketEvent, TicketRow
from kiosk.office.tickets import Tickets
from kiosk.office.types import TicketOrder
from tests.bench.figure import Figure, p, timed
from tests.office.storm import check as count_tickets
from tests.office.storm import issue_many

ORDER = TicketOrder("birth", "A")
SITE = "an-tan"
RATE = 300.0
FLATNESS = 0.9
SEEDED = 100_000


class Bare:
    """The floor: three bare inserts in one synced transaction of the same library."""

    def __init__(self, file: Path) -> None:
        self._connection: sqlite3.Connection = sqlite_module().connect(str(file), isolation_level=None)
        for line in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL"):
            self._connection.execute(line)
        self._connection.execute("CREATE TABLE a (id INTEGER PRIMARY KEY, t TEXT UNIQUE)")

    def insert(self, number: int) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        for part in range(3):
            self._connection.execute("INSERT INTO a (t) VALUES (?)", (f"{number}-{part}",))
        self._connection.execute("COMMIT")

    def close(self) -> None:
        self._connection.close()


class Desk:
    """One connection that gives numbers, on a file of its own."""

    def __init__(self, file: Path) -> None:
        url = f"sqlite:///{file}"
        migrate(url, SystemClock().now())
        self.database = Database(url)
        self._tickets = Tickets(self.database, SITE, SystemClock())

    def issue(self, number: int) -> None:
        self._tickets.issue(f"t{number}", ORDER)

    def close(self) -> None:
        self.database.close()


def tickets(folder: Path) -> list[Figure]:
    """One number through SQLAlchemy, against the bare inserts; and how many a second on one connection."""
    desk, bare = Desk(folder / "office.db"), Bare(folder / "bare.db")
    ours, floor = timed(desk.issue, 1000), timed(bare.insert, 1000)
    desk.close()
    bare.close()
    floor_is = "three bare inserts, one synced commit"
    return [
        Figure("issue a ticket, p50", p(50, ours), "ms", p(50, floor), floor_is),
        Figure("issue a ticket, p99", p(99, ours), "ms", p(99, floor), floor_is),
        Figure("issue_rate", 1e6 / sum(ours), "/s", 1e6 / sum(floor), floor_is, RATE, "value", at_least=True),
    ]


def flatness(folder: Path) -> list[Figure]:
    """The 1,000 tickets after 100,000 against the first 1,000 of an empty file, in turns of 50 so that what else the
    machine does slows both."""
    empty, full = Desk(folder / "empty.db"), Desk(folder / "full.db")
    seed(full.database, SEEDED)
    first, last = 0.0, 0.0
    for turn in range(-1, 20):  # the first turn warms both up
        taken = []
        for desk in (empty, full):
            start = time.perf_counter()
            for number in range(50):
                desk.issue(turn * 50 + number)
            taken.append(time.perf_counter() - start)
        if turn >= 0:
            first, last = first + taken[0], last + taken[1]
    empty.close()
    full.close()
    floor_is = "the first 1,000 of an empty file"
    return [Figure("issue_flatness", 1000 / last, "/s", 1000 / first, floor_is, FLATNESS, at_least=True)]


def seed(database: Database, count: int, a_day: int = 200) -> None:
    """Earlier Thursdays, each with its tickets, served and printed."""
    now = SystemClock().now()
    days = count // a_day
    for day in range(days):
        at = now - timedelta(weeks=days - day)
        rows, events, jobs = [], [], []
        for number in range(1, a_day + 1):
            key = ids.new_id()
            rows.append({
                "id": key, "site": SITE, "day": business_day(at), "series": "ACH"[number % 3], "number": number,
                "touch_id": f"s{day}-{number}", "token": f"t{day}-{number}", "tile": "birth", "lane": "ordinary",
                "reason": "", "missing": "", "language": "vi", "state": "done", "issued_at": at,
                "queue": "A", "queued_at": at, "calls": 1, "absences": 0, "pick": "",
            })  # fmt: skip
            events.append({
                "id": ids.new_id(), "site": SITE, "ticket_id": key, "at": at, "kind": "issued", "detail": "",
            })  # fmt: skip
            jobs.append({
                "id": ids.new_id(), "site": SITE, "ticket_id": key, "kind": "slip", "state": "printed", "reason": "",
                "attempts": 1, "day": business_day(at), "created_at": at, "changed_at": at,
            })  # fmt: skip
        with database.write() as session:
            session.execute(insert(TicketRow), rows)
            session.execute(insert(TicketEvent), events)
            session.execute(insert(PrintJobRow), jobs)


def storm(folder: Path) -> list[Figure]:
    """4 processes × 2,500 tickets, each touch replayed, against one process with as many."""
    four, one = f"sqlite:///{folder}/four.db", f"sqlite:///{folder}/one.db"
    for url in (four, one):
        migrate(url, SystemClock().now())
    together, alone = issue_many(four, 4, 2500), issue_many(one, 1, 2500)
    assert count_tickets(four) == 10_000
    return [Figure("4 processes: ticket and replay", together / 10, "ms", alone / 2.5, "one process alone")]
