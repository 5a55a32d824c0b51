"""Whether those who wait can still be served today."""

from __future__ import annotations

from kiosk.office.crowd import crowd
from kiosk.settings import Series

SERIES = {
    letter: Series(letter=letter, name={"vi": letter}, counters=[1], minutes=minutes)
    for letter, minutes in (("A", 15.0), ("C", 8.0))
}


def test_it_is_full_when_the_work_is_longer_than_the_day() -> None:
    waiting = {"A": 4, "C": 5}  # 100 minutes of work
    assert not crowd(waiting, SERIES, 2, 50).too_many
    assert crowd(waiting, SERIES, 2, 49).too_many
    assert crowd(waiting, SERIES, 2, 49).waiting == 9


def test_an_empty_lobby_is_never_full() -> None:
    assert not crowd({}, SERIES, 1, 0).too_many


def test_a_series_that_is_no_more_still_counts() -> None:
    assert crowd({"X": 2}, SERIES, 1, 19).too_many
