"""The same office on PostgreSQL: migrations, numbers and calls at once, the survey."""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from kiosk.clock import ManualClock
from kiosk.office.changes import ChangeWatch
from kiosk.office.database import Database, open_engine
from kiosk.office.feedback import FeedbackBox
from kiosk.office.migrate import differences, migrate, newest
from kiosk.office.surveys import Surveys
from kiosk.settings import load, places
from tests.office.conftest import THURSDAY, Office
from tests.office.postgres import programs, server
from tests.office.storm import check, check_served, claim_one_number, lobby

pytestmark = pytest.mark.skipif(programs() is None, reason="no PostgreSQL on this machine (apt install postgresql)")
SURVEY = load(places()).survey


@pytest.fixture(scope="module")
def empty() -> Iterator[str]:
    keep = tempfile.TemporaryDirectory(prefix="kiosk-pg-", ignore_cleanup_errors=True)
    with keep as folder, server(Path(folder)) as url:
        yield url


@pytest.fixture
def url(empty: str) -> Iterator[str]:
    """A migrated database; what a test leaves goes with its tables."""
    migrate(empty, THURSDAY)
    yield empty
    wipe(empty)


def wipe(url: str) -> None:
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()


def test_the_tables_are_those_of_the_code(url: str) -> None:
    assert differences(url) == []
    assert newest() in migrate(url, THURSDAY)


def test_three_migrations_at_once_make_the_tables_once(empty: str) -> None:
    wipe(empty)
    # Processes, as on four machines: Alembic keeps its context in the process
    with ProcessPoolExecutor(3, multiprocessing.get_context("spawn")) as pool:
        told = list(pool.map(migrate, [empty] * 3, [THURSDAY] * 3, timeout=60))
    assert sum("went from" in one for one in told) == 1, told
    assert differences(empty) == []


def test_one_number_goes_to_one_counter_only(url: str) -> None:
    assert claim_one_number(url, rounds=40) == 0
    assert check_served(url)["called"] == 40


def test_a_lobby_at_work_doubles_nothing_and_loses_nobody(url: str) -> None:
    lobby(url, 120, takers=3, callers=2)
    assert check(url) == 120
    assert check_served(url)["called"] == 120


def test_one_answer_a_number_whoever_is_faster(url: str) -> None:
    clock = ManualClock(THURSDAY)
    office = Office(url, clock)
    database = Database(url)
    surveys = Surveys(database, "an-tan", clock, SURVEY)
    ticket = office.give("A")
    office.call(1)
    office.serve(1)
    with ThreadPoolExecutor(6) as pool:
        begun = list(pool.map(lambda _: surveys.begin(ticket.token), range(6)))
    (mine,) = [one for one in begun if one]
    assert surveys.answer(mine.key, "polite", 4) and surveys.answer(mine.key, "polite", 5)
    found = surveys.answering(mine.key)
    assert found and found.answers == {"polite": 5}
    assert surveys.standing(ticket.token) == "used"
    code = FeedbackBox(database, "an-tan", clock, 15).write("petition", "Sân không có chỗ để xe.")
    assert FeedbackBox(database, "an-tan", clock, 15).by_code(code)
    database.close()
    office.close()


def test_a_change_is_noticed(url: str) -> None:
    office, watch = Office(url, ManualClock(THURSDAY)), ChangeWatch(url)
    watch.changed()
    assert not watch.changed()
    office.give("A")
    assert watch.changed()
    assert not watch.changed()
    watch.close()
    office.close()
