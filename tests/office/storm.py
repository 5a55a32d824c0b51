"""Many processes taking numbers at once, each touch sent twice.

python -m tests.office.storm URL PROCESSES EACH
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections import defaultdict
from datetime import datetime

from sqlalchemy import select

from kiosk.clock import ZONE, ManualClock
from kiosk.office.database import Database
from kiosk.office.migrate import migrate
from kiosk.office.tables import PrintJobRow, TicketRow
from kiosk.office.tickets import Tickets
from kiosk.office.types import TicketOrder

THURSDAY = datetime(2026, 11, 26, 8, 0, tzinfo=ZONE)


def issue_some(url: str, name: str, count: int) -> None:
    """Take `count` numbers in three series; every touch is repeated and must give the same ticket."""
    database = Database(url)
    tickets = Tickets(database, "an-tan", ManualClock(THURSDAY))
    for number in range(count):
        touch, order = f"{name}-{number}", TicketOrder("birth", "ACH"[number % 3])
        ticket = tickets.issue(touch, order)
        assert tickets.issue(touch, order) == ticket
    database.close()


def issue_many(url: str, processes: int, each: int) -> float:
    """Let `processes` take numbers at once; the seconds it took."""
    start = time.monotonic()
    if processes == 1:
        issue_some(url, "p0", each)
        return time.monotonic() - start
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=issue_some, args=(url, f"p{n}", each)) for n in range(processes)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    return time.monotonic() - start


def check(url: str) -> int:
    """How many tickets there are. Fails on a number given twice or left out, or a ticket without its slip."""
    database = Database(url)
    with database.read() as session:
        rows = session.execute(select(TicketRow.series, TicketRow.number)).all()
        jobs = session.execute(select(PrintJobRow.ticket_id)).all()
    database.close()
    numbers: dict[str, list[int]] = defaultdict(list)
    for series, number in rows:
        numbers[series].append(number)
    for series, found in numbers.items():
        assert sorted(found) == list(range(1, len(found) + 1)), f"series {series} has a gap or a double"
    assert len(set(jobs)) == len(jobs) == len(rows)
    return len(rows)


if __name__ == "__main__":
    address, processes, each = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    migrate(address, THURSDAY)
    seconds = issue_many(address, processes, each)
    found = check(address)
    print(f"{found} tickets by {processes} processes in {seconds:.1f} s: no double, no gap, every touch replayed")
