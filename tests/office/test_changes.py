"""Whether somebody has written: seen at once, whoever it was, and never seen when nobody did."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.office.changes import ChangeWatch
from kiosk.office.database import DatabaseError
from kiosk.office.types import TicketOrder
from tests.office.conftest import Office
from tests.office.storm import issue_some
from tests.until import until


@pytest.fixture
def watch(url: str) -> Iterator[ChangeWatch]:
    opened = ChangeWatch(url)
    yield opened
    opened.close()


def test_the_first_look_is_a_change_and_then_all_is_still(watch: ChangeWatch) -> None:
    assert watch.changed()
    assert [watch.changed() for _ in range(50)] == [False] * 50


def test_each_commit_of_another_connection_is_seen_once(watch: ChangeWatch, office: Office) -> None:
    watch.changed()
    for _ in range(5):
        office.give()
        assert watch.changed()
        assert not watch.changed()


def test_looking_is_no_change_and_neither_is_what_was_given_up(watch: ChangeWatch, office: Office) -> None:
    ticket = office.give()
    watch.changed()
    office.counters.view(1)
    office.tickets.by_id(ticket.id)
    assert office.call(3) == "nobody-waits"
    assert office.tickets.issue(f"{office.site}-1", None) == ticket, "the same touch writes nothing"
    assert not watch.changed()


def test_a_change_is_seen_only_when_it_can_be_read(watch: ChangeWatch, office: Office) -> None:
    """A page that is rendered too early would stay old until the next change."""
    watch.changed()
    with office.database.write() as session:
        office.tickets._give(session, "slow", TicketOrder("birth", "A"), False)
        session.flush()
        assert not watch.changed()
    assert watch.changed()


def test_another_process_is_seen(watch: ChangeWatch, url: str) -> None:
    watch.changed()
    process = multiprocessing.get_context("spawn").Process(target=issue_some, args=(url, "other", 1))
    process.start()
    until(watch.changed)
    process.join()
    watch.changed()
    assert not watch.changed()


def test_two_watchers_do_not_hear_each_other(watch: ChangeWatch, url: str) -> None:
    other = ChangeWatch(url)
    for _ in range(3):
        watch.changed()
        other.changed()
    assert not watch.changed()
    assert not other.changed()
    other.close()


def test_a_database_that_goes_away_is_told_and_its_return_is_a_change(tmp_path: Path) -> None:
    folder = tmp_path / "later"
    watch = ChangeWatch(f"sqlite:///{folder}/office.db")
    with pytest.raises(DatabaseError):
        watch.changed()
    folder.mkdir()
    assert watch.changed()
    assert not watch.changed()
    watch.close()
