"""A call for an officer, and the health of devices."""

from __future__ import annotations

from kiosk.clock import ManualClock
from kiosk.office.database import Database
from kiosk.office.health import HealthBoard
from kiosk.office.help import HelpCalls


def test_somebody_comes_only_once_a_counter_has_answered(database: Database, clock: ManualClock) -> None:
    calls = HelpCalls(database, "an-tan", clock)
    call = calls.call("kiosk")
    assert not calls.answered(call)
    assert calls.call("kiosk") == call
    assert [open_call.id for open_call in calls.open_calls()] == [call]
    assert calls.answer(call, "2")
    assert not calls.answer(call, "3")
    assert calls.answered(call)
    assert calls.open_calls() == []
    assert calls.call("kiosk") != call


def test_a_withdrawn_call_is_nobodys_business(database: Database, clock: ManualClock) -> None:
    calls = HelpCalls(database, "an-tan", clock)
    call = calls.call("kiosk")
    assert calls.withdraw(call)
    assert not calls.answer(call, "1")
    assert not calls.answered(call)


def test_a_device_has_one_row(database: Database, clock: ManualClock) -> None:
    board = HealthBoard(database, "an-tan", clock)
    board.report("printer", "absent", "refused")
    clock.advance(60)
    board.report("printer", "ok")
    (health,) = board.all()
    assert (health.state, health.detail, health.at) == ("ok", "", clock.now())
