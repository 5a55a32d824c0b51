"""The address on a slip: names its number, cannot be made up, ends."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kiosk.office.tokens import LENGTH, LETTERS, Named, Tokens

OURS = Tokens("secret", "an-tan")
DAYS = st.dates(date(2022, 3, 3), date(2064, 1, 1))


@given(DAYS, st.sampled_from("ABCHZ"), st.integers(1, 16_383))
def test_a_token_names_its_number(day: date, series: str, number: int) -> None:
    token = OURS.make(day, series, number)
    assert len(token) == LENGTH
    assert OURS.read(token) == Named(day, series, number)
    assert Tokens("another", "an-tan").read(token) is None
    assert Tokens("secret", "an-vinh").read(token) is None


@given(DAYS, st.integers(1, 16_383), st.integers(0, LENGTH - 1), st.sampled_from(LETTERS))
def test_a_changed_letter_makes_it_foreign(day: date, number: int, at: int, letter: str) -> None:
    token = OURS.make(day, "A", number)
    changed = token[:at] + letter + token[at + 1 :]
    assert (OURS.read(changed) is None) == (changed != token)


@given(st.text(max_size=40))
def test_whatever_is_asked_nothing_breaks(text: str) -> None:
    assert OURS.read(text) is None


def test_it_ends_with_its_sunday_and_never_comes_from_the_future() -> None:
    day, sunday = date(2026, 11, 26), date(2026, 11, 29)
    named = Named(day, "A", 12)
    assert not named.expired(day)
    assert not named.expired(sunday)
    assert named.expired(sunday + timedelta(days=1))
    assert named.expired(day - timedelta(days=1))
