"""A morning at the office, with a note of all that was acknowledged, and the proof that nothing of it is missing."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import event, select, text
from sqlalchemy.exc import IntegrityError

from kiosk.clock import ManualClock
from kiosk.office.counters import Refused
from kiosk.office.database import Database, DatabaseError
from kiosk.office.printjobs import PrintJobs
from kiosk.office.tables import TicketEvent, TicketRow
from kiosk.office.tickets import Tickets
from kiosk.office.types import Ticket, TicketOrder
from tests.office.conftest import SITE, THURSDAY, Office

STEPS = {"give": 6, "again": 1, "print": 4, "call": 3, "start": 3, "finish": 3, "restart": 0.3}
"""What happens, and how often beside the others. Each writes one event, or none."""


class Fact(NamedTuple):
    """Something that the office has answered: it must never be untrue afterwards."""

    at: int
    """How many ops the disk had been asked for when the answer came."""
    touch: str
    ticket: Ticket
    happened: str


class Morning:
    """One process's work on a database. A step that raises is not a fact."""

    def __init__(self, url: str, seed: int, asked: Callable[[], int], loosened: str = "") -> None:
        """`asked`: how many ops the disk was asked for; `loosened`: a PRAGMA that takes care away, to see the checks
        fail."""
        self._url, self._asked, self._loosened = url, asked, loosened
        self._random = random.Random(seed)
        self.clock = ManualClock(THURSDAY)
        self.facts: list[Fact] = []
        self._touch: dict[str, str] = {}
        self._touches = 0
        self._in_vain: list[str] = []
        """Touches that were not answered."""
        self.office = self._open()

    def _open(self) -> Office:
        office = Office(self._url, self.clock)
        if self._loosened:
            event.listen(office.database._engine, "connect", self._loosen)
        return office

    def _loosen(self, connection: Any, _: object) -> None:
        connection.execute(f"PRAGMA {self._loosened}").close()

    def steps(self, count: int) -> None:
        for _ in range(count):
            (name,) = self._random.choices(list(STEPS), list(STEPS.values()))
            self.step(name)

    def step(self, name: str) -> None:
        """One step. Raises DatabaseError."""
        self.clock.advance(self._random.randint(1, 40))
        getattr(self, f"_{name}")()

    def journal(self) -> str:
        """The kind of journal that the database keeps."""
        with self.office.database.read() as session:
            return str(session.execute(text("PRAGMA journal_mode")).scalar()).upper()

    def close(self) -> None:
        self.office.close()

    # ---- steps ---------------------------------------------------------------------------------------------

    def _give(self) -> None:
        self._touches += 1
        self._ask(f"touch-{self._touches}")

    def _ask(self, touch: str) -> None:
        self._in_vain.append(touch)
        ticket = self.office.tickets.issue(touch, TicketOrder("birth", self._random.choice("ACH")))
        self._in_vain.remove(touch)
        self._touch[ticket.id] = touch
        self._note(ticket, "issued")

    def _insist(self) -> None:
        """Who was not answered asks again."""
        for touch in list(self._in_vain):
            self._ask(touch)

    def _again(self) -> None:
        answered = [fact for fact in self.facts if fact.happened == "issued"]
        if answered:
            fact = self._random.choice(answered)
            assert self.office.tickets.issue(fact.touch, TicketOrder("birth", "A")).number == fact.ticket.number

    def _print(self) -> None:
        jobs = PrintJobs(self.office.database, SITE, self.clock)
        job = jobs.next_queued()
        if job:
            jobs.mark(job.id, "printing")
            jobs.mark(job.id, "printed")
            ticket = self.office.tickets.by_id(job.ticket_id)
            assert ticket
            self._note(ticket, "slip-printed")

    def _call(self) -> None:
        self._at_counter(lambda counter: self.office.counters.call_next(counter).ticket, "called")

    def _start(self) -> None:
        self._at_counter(self.office.counters.start, "started")

    def _finish(self) -> None:
        self._at_counter(self.office.counters.finish, "finished")

    def _at_counter(self, act: Callable[[int], Ticket], happened: str) -> None:
        try:
            ticket = act(self._random.randint(1, 3))
        except Refused:
            return  # nobody waits, nobody is there: as on any morning
        self._note(ticket, happened)

    def _restart(self) -> None:
        self.office.close()
        self.office = self._open()

    def _note(self, ticket: Ticket, happened: str) -> None:
        # A ticket whose answer never came may be called all the same: its touch is unknown then
        self.facts.append(Fact(self._asked(), self._touch.get(ticket.id, ""), ticket, happened))


class Auditor:
    """Opens one file again and again, with the product's own rooms, and asks what became of the facts."""

    def __init__(self, file: Path) -> None:
        self.database = Database(f"sqlite:///{file}")
        self._clock = ManualClock(THURSDAY)
        self._clock.advance(3 * 3600)
        self.tickets = Tickets(self.database, SITE, self._clock)

    def wrong(self, facts: list[Fact], unanswered: int = 1) -> list[str]:
        """What is not as it must be; `unanswered`: steps that may have been written though no answer came."""
        try:
            return sorted(set(self._wrong(facts, unanswered)))
        except DatabaseError as error:
            return ["corrupt" if error.kind == "damaged" else f"refused ({error})"]
        except IntegrityError:
            return ["half-a-transaction"]
        except Exception as error:  # rows that are none
            return [f"nonsense ({type(error).__name__})"]
        finally:
            self.database.close()

    def _wrong(self, facts: list[Fact], unanswered: int) -> list[str]:
        if self.database.damage():
            return ["corrupt"]
        found, events = self._found()
        wrong = []
        given = {fact.ticket.id: fact.ticket for fact in facts if fact.happened == "issued"}
        if any(found.get(key) != (ticket.series, ticket.number) for key, ticket in given.items()):
            wrong.append("lost")
        if any((fact.ticket.id, fact.happened) not in events for fact in facts):
            wrong.append("step-lost")
        if max(Counter(found.values()).values(), default=1) > 1:
            wrong.append("double")
        numbers = defaultdict(list)
        for series, number in found.values():
            numbers[series].append(number)
        if any(max(some) > len(set(some)) for some in numbers.values()):
            wrong.append("gap")
        if len(found) - len(given) > unanswered or events.total() - len(facts) > unanswered:
            wrong.append("invented")
        # Whoever comes next gets a number that nobody has in hand; who asks again gets the same
        last = next((fact for fact in reversed(facts) if fact.happened == "issued"), None)
        series = last.ticket.series if last else "A"
        following = self.tickets.issue("after the fault", TicketOrder("birth", series)).number
        if any(ticket.series == series and ticket.number >= following for ticket in given.values()):
            wrong.append("again")
        if last and self.tickets.issue(last.touch, TicketOrder("birth", series)).number != last.ticket.number:
            wrong.append("touch-forgotten")
        return wrong

    def _found(self) -> tuple[dict[str, tuple[str, int]], Counter[tuple[str, str]]]:
        with self.database.read() as session:
            tickets = session.execute(select(TicketRow.id, TicketRow.series, TicketRow.number)).all()
            events = session.execute(select(TicketEvent.ticket_id, TicketEvent.kind)).all()
        return {key: (series, number) for key, series, number in tickets}, Counter(map(tuple, events))
