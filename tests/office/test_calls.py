"""Sentences for the loudspeaker: each once, in the order they were called, none that has grown old."""

from __future__ import annotations

import multiprocessing
import threading
import time
from datetime import timedelta

from kiosk.clock import ManualClock, TrialClock
from kiosk.office import ids
from kiosk.office.calls import FRESH, LobbyCalls
from kiosk.office.database import Database
from tests.office.conftest import SITE, THURSDAY, Office
from tests.until import until


def codes(calls: LobbyCalls) -> list[str]:
    return [call.code for call in calls.pending()]


def say_some(url: str, name: str, count: int) -> None:
    """Call `count` numbers, one after another."""
    database = Database(url)
    calls = LobbyCalls(database, SITE, ManualClock(THURSDAY))
    for number in range(count):
        calls.say("call", code=f"{name}{number:03d}", counter=1)
    database.close()


def in_turn(spoken: list[str], names: str, count: int) -> bool:
    """Everything was said once, and what one caller said came in its own order."""
    return all(
        [code for code in spoken if code[0] == name] == [f"{name}{number:03d}" for number in range(count)]
        for name in names
    ) and len(spoken) == len(names) * count  # fmt: skip


def test_calls_are_spoken_in_the_order_they_were_called_and_once(office: Office) -> None:
    for series in "ACAH":
        office.give(series)
    for counter in (1, 2, 3):
        office.call(counter)
    assert codes(office.calls) == ["A001", "C001", "H001"]
    first = office.calls.pending()[0]
    office.calls.spoken(first.id)
    assert codes(office.calls) == ["C001", "H001"]
    for call in office.calls.pending():
        office.calls.spoken(call.id)
    last = office.calls.last()
    assert last is not None
    assert last.code == "H001", "spoken or not"


def test_a_burst_within_one_moment_keeps_its_order(office: Office) -> None:
    """The clock stands still: only the keys tell which was first."""
    for number in range(100):
        office.calls.say("call", code=f"A{number:03d}", counter=1)
    assert codes(office.calls) == [f"A{number:03d}" for number in range(100)]


def test_keys_of_one_thread_never_go_back() -> None:
    found = [ids.new_id() for _ in range(20_000)]
    assert found == sorted(found)
    assert len(set(found)) == len(found)


def test_threads_of_one_process_keep_their_order(office: Office) -> None:
    def say(name: str) -> None:
        for number in range(15):
            office.calls.say("call", code=f"{name}{number:03d}", counter=1)

    threads = [threading.Thread(target=say, args=(name,)) for name in "ACH"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert in_turn(codes(office.calls), "ACH", 15)


def test_processes_at_once_keep_their_order_as_the_listener_hears_them(url: str, office: Office) -> None:
    """The screen's process takes calls away while others write: nothing comes in front of what was taken."""
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=say_some, args=(url, name, 25)) for name in "ACH"]
    for worker in workers:
        worker.start()
    heard: list[str] = []
    keys: list[str] = []

    def listen() -> bool:
        for call in office.calls.pending()[:1]:
            heard.append(call.code)
            keys.append(call.id)
            office.calls.spoken(call.id)
        return len(heard) == 75

    until(listen)
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    assert in_turn(heard, "ACH", 25)
    assert keys == sorted(keys)
    assert not in_turn(heard[::-1], "ACH", 25), "the check can fail"


def test_what_is_older_than_two_minutes_is_not_spoken(office: Office, clock: ManualClock) -> None:
    office.calls.say("call", code="A001", counter=1)
    clock.advance(FRESH.total_seconds())
    assert codes(office.calls) == ["A001"]
    office.calls.say("call", code="A002", counter=1)
    clock.advance(timedelta(seconds=1).total_seconds())
    assert codes(office.calls) == ["A002"]


def test_on_a_fast_day_two_minutes_are_still_two_minutes_of_those_who_listen(office: Office) -> None:
    began = time.time()
    hurried = TrialClock(THURSDAY, zero=began, pace=600.0)
    calls = LobbyCalls(office.database, SITE, hurried)
    calls.say("call", code="A001", counter=1)
    until(lambda: hurried.now() > THURSDAY + FRESH)
    assert codes(calls) == ["A001"]
    much_later = TrialClock(THURSDAY, zero=began - 200, pace=600.0)
    assert codes(LobbyCalls(office.database, SITE, much_later)) == []


def test_each_office_has_its_own_loudspeaker(office: Office, clock: ManualClock) -> None:
    office.calls.say("coming")
    assert LobbyCalls(office.database, "ba-vi", clock).pending() == []
    assert LobbyCalls(office.database, "ba-vi", clock).last() is None


def test_a_call_carries_the_language_of_the_ticket(office: Office) -> None:
    office.give()
    office.call(1)
    (call,) = office.calls.pending()
    assert (call.kind, call.language, call.counter, call.at) == ("call", "vi", 1, office.clock.now())
