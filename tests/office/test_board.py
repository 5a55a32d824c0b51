"""What the lobby board shows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kiosk.clock import ManualClock
from kiosk.office.board import LobbyBoard
from kiosk.office.days import Days
from kiosk.office.dossiers import Dossiers
from kiosk.office.types import Board
from tests.office.conftest import SITE, Office
from tests.office.test_dossiers import BIRTH, CALENDAR, COPY


@pytest.fixture
def board(office: Office, clock: ManualClock) -> Iterator[LobbyBoard]:
    yield LobbyBoard(office.database, SITE, clock, 3)


def blinking(view: Board) -> list[int]:
    return [one.counter for one in view.counters if one.call_id]


def test_an_empty_lobby_shows_three_empty_counters(board: LobbyBoard) -> None:
    view = board.view()
    assert [(one.counter, one.code, one.paused) for one in view.counters] == [(n, "", False) for n in (1, 2, 3)]
    assert (view.calling, view.last_code, view.results, dict(view.waiting)) == (None, "", (), {})


def test_the_last_number_called_is_the_one_that_blinks(board: LobbyBoard, office: Office) -> None:
    office.give()
    office.give("C")
    office.call(1)
    office.call(3)
    view = board.view()
    assert view.calling is not None
    assert (view.calling.counter, view.calling.code, blinking(view)) == (3, "C001", [3])
    assert [(one.code, one.called) for one in view.counters] == [("A001", True), ("", False), ("C001", True)]
    office.counters.recall(1)
    again = board.view()
    assert again.calling is not None
    assert (again.calling.code, blinking(again)) == ("A001", [1])


def test_a_recall_blinks_anew(board: LobbyBoard, office: Office) -> None:
    office.give()
    office.call(1)
    first = board.view().calling
    office.counters.recall(1)
    second = board.view().calling
    assert first and second
    assert first.call_id != second.call_id


def test_who_has_come_is_served_and_not_called_any_more(board: LobbyBoard, office: Office) -> None:
    office.give()
    office.call(1)
    office.counters.start(1)
    view = board.view()
    assert view.calling is None
    assert (view.counters[0].code, view.counters[0].called) == ("A001", False)
    office.counters.finish(1)
    view = board.view()
    assert (view.counters[0].code, view.last_code, view.last_counter) == ("", "A001", 1)


def test_yesterdays_last_call_is_forgotten(board: LobbyBoard, office: Office, clock: ManualClock) -> None:
    office.give()
    office.call(1)
    clock.advance(86_400)
    view = board.view()
    assert (view.last_code, view.last_counter, view.calling, view.counters[0].code) == ("", None, None, "")


def test_a_call_for_a_result_is_not_the_last_number_called(board: LobbyBoard, office: Office) -> None:
    office.give()
    office.call(1)
    office.calls.say("result", code="C009", counter=2)
    office.calls.say("coming")
    assert board.view().last_code == "A001"


def test_a_pause_is_shown_while_nobody_is_there(board: LobbyBoard, office: Office) -> None:
    office.give()
    office.call(1)
    office.counters.pause(1, True)
    office.counters.pause(2, True)
    assert [one.paused for one in board.view().counters] == [False, True, False]
    office.serve(1)
    assert [one.paused for one in board.view().counters] == [True, True, False]


def test_who_waits_is_counted_by_queue(board: LobbyBoard, office: Office) -> None:
    for series in "AACH":
        office.give(series)
    office.call(1)
    office.counters.transfer(1, tile="support", queue="H")
    assert dict(board.view().waiting) == {"A": 1, "C": 1, "H": 2}


def test_results_are_shown_once_each_oldest_first_and_of_today_only(
    board: LobbyBoard, office: Office, clock: ManualClock
) -> None:
    dossiers = Dossiers(office.database, SITE, clock, Days(CALENDAR), CALENDAR)
    first, second = office.give(), office.give("C")
    one, two, three = (
        dossiers.receive(ticket.id, kind, None) for ticket, kind in ((first, BIRTH), (first, COPY), (second, COPY))
    )
    for ready in (three, one, two):
        clock.advance(1)
        dossiers.ready(ready.id)
    assert board.view().results == ("C001", "A001")
    dossiers.returned(three.id)
    dossiers.returned(one.id)
    assert board.view().results == ("A001",), "the second dossier of this number still waits"
    clock.advance(86_400)
    assert board.view().results == (), "the codes of another day are somebody else's today"


def test_another_office_is_not_shown(board: LobbyBoard, office: Office, url: str, clock: ManualClock) -> None:
    other = Office(url, clock, site="ba-vi")
    other.give()
    other.call(1)
    other.close()
    assert (board.view().last_code, board.view().counters[0].code) == ("", "")
