from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from kiosk.clock import ZONE, ManualClock
from kiosk.office.calls import LobbyCalls
from kiosk.office.counters import Counters, Refused
from kiosk.office.database import Database
from kiosk.office.migrate import migrate
from kiosk.office.tickets import Tickets
from kiosk.office.types import Ticket, TicketOrder
from kiosk.settings import Calling, Series

THURSDAY = datetime(2026, 11, 26, 8, 0, tzinfo=ZONE)
SITE = "an-tan"
SERIES = {
    letter: Series(letter=letter, name={"vi": letter}, counters=counters, minutes=minutes)
    for letter, counters, minutes in (("A", [1, 2], 15), ("C", [2, 3], 8), ("H", [3], 12))
}
CALLING = Calling()


class Office:
    """A small office of three counters: A at 1 and 2, C at 2 and 3, H at 3."""

    def __init__(self, url: str, clock: ManualClock, site: str = SITE, calling: Calling = CALLING) -> None:
        self.clock, self.site, self.calling = clock, site, calling
        self.database = Database(url)
        self.tickets = Tickets(self.database, site, clock)
        self.counters = Counters(self.database, site, clock, SERIES, calling)
        self.calls = LobbyCalls(self.database, site, clock)
        self._touches = 0

    def give(self, series: str = "A", lane: str = "ordinary", tile: str = "birth") -> Ticket:
        """A number from the machine, each a second after the one before."""
        self._touches += 1
        self.clock.advance(1)
        order = TicketOrder(tile, series, lane=lane)
        return self.tickets.issue(f"{self.site}-{self._touches}", order)

    def state(self, ticket: Ticket) -> str:
        """How a ticket stands in the database."""
        found = self.tickets.by_id(ticket.id)
        assert found is not None
        return found.state

    def call(self, counter: int) -> str:
        """The code of the number that `counter` calls next; why not, if it may not."""
        try:
            return self.counters.call_next(counter).ticket.code
        except Refused as refused:
            return refused.key

    def serve(self, counter: int) -> None:
        """Start and finish whoever is called."""
        self.counters.start(counter)
        self.counters.finish(counter)

    def close(self) -> None:
        self.database.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(THURSDAY)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database, migrated once; each test gets a copy."""
    file = tmp_path_factory.mktemp("migrated") / "office.db"
    migrate(f"sqlite:///{file}", THURSDAY)
    return file


@pytest.fixture
def url(tmp_path: Path, migrated: Path) -> str:
    for part in migrated.parent.iterdir():
        shutil.copy(part, tmp_path / part.name)
    return f"sqlite:///{tmp_path}/office.db"


@pytest.fixture
def office(url: str, clock: ManualClock) -> Iterator[Office]:
    opened = Office(url, clock)
    yield opened
    opened.close()


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = Database(url)
    yield opened
    opened.close()


@pytest.fixture
def tickets(database: Database, clock: ManualClock) -> Tickets:
    return Tickets(database, SITE, clock)
