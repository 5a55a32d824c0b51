from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from kiosk.clock import ZONE, ManualClock
from kiosk.office.database import Database
from kiosk.office.migrate import migrate
from kiosk.office.tickets import Tickets

THURSDAY = datetime(2026, 11, 26, 8, 0, tzinfo=ZONE)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(THURSDAY)


@pytest.fixture
def url(tmp_path: Path) -> str:
    found = f"sqlite:///{tmp_path}/office.db"
    migrate(found, THURSDAY)
    return found


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = Database(url)
    yield opened
    opened.close()


@pytest.fixture
def tickets(database: Database, clock: ManualClock) -> Tickets:
    return Tickets(database, "an-tan", clock)
