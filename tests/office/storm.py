"""Many processes at once: taking numbers, calling one and the same number, a whole lobby.

python -m tests.office.storm URL PROCESSES EACH    numbers only, each touch sent twice
python -m tests.office.storm claims URL ROUNDS     four counters claim one waiting number at the same moment
python -m tests.office.storm lobby URL TICKETS     eight take numbers while four counters call and serve
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from kiosk.clock import ZONE, ManualClock
from kiosk.office.counters import Counters, Refused
from kiosk.office.database import Database
from kiosk.office.migrate import migrate
from kiosk.office.tables import PrintJobRow, TicketEvent, TicketRow
from kiosk.office.tickets import Tickets
from kiosk.office.types import TicketOrder
from kiosk.settings import Calling, Series

THURSDAY = datetime(2026, 11, 26, 8, 0, tzinfo=ZONE)
SITE = "an-tan"
FULL_LOBBY = 120
"""More do not wait at once: whoever comes then stays outside until somebody is called."""
CONTEXT = multiprocessing.get_context("spawn")
Claim = Callable[[Database, Counters, int], str]


def issue_some(url: str, name: str, count: int) -> None:
    """Take `count` numbers in three series; every touch is repeated and must give the same ticket."""
    database = Database(url)
    tickets = Tickets(database, SITE, ManualClock(THURSDAY))
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
    run_all([(issue_some, (url, f"p{n}", each)) for n in range(processes)])
    return time.monotonic() - start


def run_all(work: list[tuple[Callable[..., None], tuple[Any, ...]]]) -> None:
    """Each in a process of its own; fails when one of them does."""
    workers = [CONTEXT.Process(target=target, args=args) for target, args in work]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * len(workers)


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


# ---- calling -----------------------------------------------------------------------------------------------


def open_counters(url: str, series: str, counters: int) -> tuple[Database, Tickets, Counters]:
    """The rooms of one process; every counter calls every one of `series`."""
    database, clock = Database(url), ManualClock(THURSDAY)
    everywhere = {
        letter: Series(letter=letter, name={"vi": letter}, counters=list(range(1, counters + 1)), minutes=10)
        for letter in series
    }
    return database, Tickets(database, SITE, clock), Counters(database, SITE, clock, everywhere, Calling())


def call_properly(_: Database, counters: Counters, counter: int) -> str:
    """Call as the console does; the ticket's key, empty when another counter was faster."""
    try:
        return counters.call_next(counter).ticket.id
    except Refused as refused:
        assert refused.key == "nobody-waits"
        return ""


def claim_rounds(url: str, counter: int, rounds: int, claim: Claim, gate: Any, together: Any, won: Any) -> None:
    """One of several counters: each round they stand at the gate, then claim the one number that waits."""
    database, tickets, counters = open_counters(url, "A", gate.parties)
    for number in range(rounds):
        if counter == 1:
            tickets.issue(f"round-{number}", TicketOrder("birth", "A"), print_slip=False)
            together.value = time.monotonic() + 0.003
        gate.wait()
        while time.monotonic() < together.value:
            pass  # the gate lets them through one by one: this makes it one moment
        key = claim(database, counters, counter)
        gate.wait()
        if key:
            won.put((number, key))
            if counters.view(counter).current:
                counters.start(counter)
                counters.finish(counter)
        gate.wait()
    won.put(None)
    database.close()


def claim_one_number(url: str, rounds: int, claimers: int = 4, claim: Claim = call_properly) -> int:
    """Let `claimers` claim one waiting number at once, so many rounds; how many rounds had not exactly one winner."""
    gate, together, won = CONTEXT.Barrier(claimers), CONTEXT.Value("d", 0.0), CONTEXT.Queue()
    workers = [
        CONTEXT.Process(target=claim_rounds, args=(url, counter, rounds, claim, gate, together, won))
        for counter in range(1, claimers + 1)
    ]
    for worker in workers:
        worker.start()
    winners: Counter[int] = Counter()
    ended = 0
    while ended < claimers:
        found = won.get(timeout=60)
        ended += found is None
        winners.update([found[0]] if found else [])
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    return sum(winners[number] != 1 for number in range(rounds))


def take_numbers(url: str, name: str, count: int, room: Any) -> None:
    """Take `count` numbers; wait outside while the lobby is full."""
    database, tickets, _ = open_counters(url, "ACH", 4)
    for number in range(count):
        room.acquire()
        tickets.issue(f"{name}-{number}", TicketOrder("birth", "ACH"[number % 3]))
    database.close()


def serve_everybody(url: str, counter: int, room: Any, all_given: Any) -> None:
    """Call, start and finish until nobody comes any more."""
    database, _, counters = open_counters(url, "ACH", 4)
    while True:
        last = all_given.is_set()
        if not call_properly(database, counters, counter):
            if last:
                break
            all_given.wait(0.002)
            continue
        room.release()
        counters.start(counter)
        counters.finish(counter)
    database.close()


def lobby(url: str, tickets: int, takers: int = 8, callers: int = 4) -> float:
    """`takers` take numbers while `callers` call and serve, each in a process; the seconds it took."""
    start = time.monotonic()
    room, all_given = CONTEXT.Semaphore(FULL_LOBBY), CONTEXT.Event()
    shares = [tickets // takers + (number < tickets % takers) for number in range(takers)]
    serving = [CONTEXT.Process(target=serve_everybody, args=(url, n + 1, room, all_given)) for n in range(callers)]
    for worker in serving:
        worker.start()
    try:
        run_all([(take_numbers, (url, f"p{number}", share, room)) for number, share in enumerate(shares)])
    finally:
        all_given.set()  # also when a taker failed: nobody waits for ever
    for worker in serving:
        worker.join()
        assert worker.exitcode == 0
    return time.monotonic() - start


def check_served(url: str) -> Counter[str]:
    """How often each event happened. Fails when a ticket was not called exactly once, or not served to the end."""
    database = Database(url)
    with database.read() as session:
        states = Counter(session.execute(select(TicketRow.state)).scalars())
        query = select(TicketEvent.ticket_id, TicketEvent.kind, func.count()).group_by(
            TicketEvent.ticket_id, TicketEvent.kind
        )
        events = session.execute(query).all()
    database.close()
    twice = [(key, kind) for key, kind, count in events if count != 1]
    assert not twice, f"{len(twice)} things happened twice: {twice[:3]}"
    assert set(states) == {"done"}, f"left over: {states}"
    kinds = Counter(kind for _, kind, _ in events)
    assert set(kinds.values()) == {states["done"]}, f"something is missing: {kinds}"
    return kinds


def main(words: list[str]) -> None:
    if words[0] == "claims":
        url, rounds = words[1], int(words[2])
        migrate(url, THURSDAY)
        start = time.monotonic()
        wrong = claim_one_number(url, rounds)
        kinds = check_served(url)
        took = time.monotonic() - start
        print(f"4 counters on one number, {rounds} rounds in {took:.1f} s: {wrong} without exactly one winner;")
        print(f"called {kinds['called']}, finished {kinds['finished']}")
    elif words[0] == "lobby":
        url, tickets = words[1], int(words[2])
        migrate(url, THURSDAY)
        seconds = lobby(url, tickets)
        found, kinds = check(url), check_served(url)
        print(f"{found} tickets by 8 processes, served by 4 in {seconds:.1f} s: no double, no gap;")
        print(f"called {kinds['called']}, finished {kinds['finished']}, none twice, none lost")
    else:
        url, processes, each = words[0], int(words[1]), int(words[2])
        migrate(url, THURSDAY)
        seconds = issue_many(url, processes, each)
        found = check(url)
        print(f"{found} tickets by {processes} processes in {seconds:.1f} s: no double, no gap, every touch replayed")


if __name__ == "__main__":
    main(sys.argv[1:])
