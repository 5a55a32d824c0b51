"""Who is called next: nobody lost, nobody overtaken in a lane, a ratio and not a wall, nobody starves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from kiosk.office.order import Pick, Waiting, line_up, pick, run_after
from kiosk.settings import Calling
from tests.office.conftest import THURSDAY

NOW = THURSDAY


def waiting(number: int, minutes_ago: float, priority: bool = False) -> Waiting:
    return Waiting(f"t{number:04d}", priority, NOW - timedelta(minutes=minutes_ago), number)


def numbers(line: Sequence[Pick]) -> list[int]:
    return [found.waiting.number for found in line]


@st.composite
def crowds(draw: st.DrawFn, longest: int = 90) -> list[Waiting]:
    """People in both lanes; some came at the very same moment, some stand under the same number of two series."""
    people = draw(st.lists(st.tuples(st.integers(0, longest), st.booleans(), st.integers(1, 30)), max_size=30))
    return [
        Waiting(f"t{key:04d}", priority, NOW - timedelta(minutes=ago), number)
        for key, (ago, priority, number) in enumerate(people)
    ]


callings = st.builds(
    Calling, ordinary_per_priority=st.integers(0, 4), longest_wait_minutes=st.sampled_from((5, 30, 60, 600))
)
runs = st.integers(0, 6)


@given(crowds(), runs, callings)
def test_nobody_is_lost_or_stands_twice(people: list[Waiting], run: int, calling: Calling) -> None:
    line = line_up(people, run, calling, NOW)
    assert sorted(found.waiting.ticket_id for found in line) == sorted(one.ticket_id for one in people)


@given(crowds(), runs, callings)
def test_nobody_is_overtaken_within_a_lane(people: list[Waiting], run: int, calling: Calling) -> None:
    line = line_up(people, run, calling, NOW)
    for lane in (True, False):
        turns = [(f.waiting.since, f.waiting.number) for f in line if f.waiting.priority is lane]
        assert turns == sorted(turns)


@given(crowds(), runs, callings, st.randoms())
def test_the_order_does_not_depend_on_how_the_rows_came(
    people: list[Waiting], run: int, calling: Calling, random: object
) -> None:
    mixed = list(people)
    random.shuffle(mixed)
    assert line_up(mixed, run, calling, NOW) == line_up(people, run, calling, NOW)


@given(crowds(longest=4), runs, callings)
def test_the_ratio_holds_as_long_as_both_lanes_wait(people: list[Waiting], run: int, calling: Calling) -> None:
    """Nobody has waited too long here: the shortest guard is five minutes."""
    line = line_up(people, run, calling, NOW)
    left = {lane: sum(one.priority is lane for one in people) for lane in (True, False)}
    since_priority = run
    for found in line:
        one = found.waiting
        if left[True] and left[False]:
            assert one.priority is (since_priority >= calling.ordinary_per_priority)
            assert found.reason == ("priority-turn" if one.priority else "ordinary-turn")
        else:
            assert found.reason == ("only-priority" if one.priority else "only-ordinary")
        left[one.priority] -= 1
        since_priority = 0 if one.priority else since_priority + 1


@given(crowds(longest=120), runs, callings)
def test_whoever_waits_too_long_goes_first_whatever_the_lane(
    people: list[Waiting], run: int, calling: Calling
) -> None:
    limit = NOW - timedelta(minutes=calling.longest_wait_minutes)
    overdue = sorted((one.since, one.number) for one in people if one.since <= limit)
    line = line_up(people, run, calling, NOW)
    first = line[: len(overdue)]
    assert [(found.waiting.since, found.waiting.number) for found in first] == overdue
    assert {found.reason for found in first} <= {"longest-wait"}
    assert "longest-wait" not in {found.reason for found in line[len(overdue) :]}


@given(
    ratio=st.integers(0, 4), guard=st.integers(5, 60), arrivals=st.integers(1, 3), minutes=st.integers(1, 9),
    before=crowds(longest=30),
)  # fmt: skip
def test_an_ordinary_one_is_served_within_the_bound_however_many_priority_ones_come(
    ratio: int, guard: int, arrivals: int, minutes: int, before: list[Waiting]
) -> None:
    """One counter, `minutes` a ticket, `arrivals` priority numbers a minute: hopelessly too many, without end."""
    calling = Calling(ordinary_per_priority=ratio, longest_wait_minutes=guard)
    me, people, run, number = waiting(31, 0), list(before), 0, 100
    people.append(me)
    bound = guard + minutes * (len(before) + 1)
    for minute in range(bound + 1):
        now = NOW + timedelta(minutes=minute)
        for _ in range(arrivals):
            number += 1
            people.append(Waiting(f"p{number}", True, now, number))
        if minute % minutes == 0:
            found = pick(people, run, calling, now)
            assert found is not None
            if found.waiting == me:
                return
            people.remove(found.waiting)
            run = run_after(run, found.waiting)
    raise AssertionError(f"not called within {bound} minutes")


@given(crowds(), runs, callings)
def test_the_pick_is_the_first_of_the_line(people: list[Waiting], run: int, calling: Calling) -> None:
    line = line_up(people, run, calling, NOW)
    assert pick(people, run, calling, NOW) == (line[0] if line else None)
    assert line_up(people, run, calling, NOW, most=3) == line[:3]


@given(crowds(), runs, callings)
def test_calling_one_after_another_gives_the_line(people: list[Waiting], run: int, calling: Calling) -> None:
    rest, called = list(people), []
    line = line_up(people, run, calling, NOW)
    while found := pick(rest, run, calling, NOW):
        called.append(found)
        rest.remove(found.waiting)
        run = run_after(run, found.waiting)
    assert called == line


def test_the_house_rule_two_ordinary_between_two_priority_ones() -> None:
    people = [waiting(number, 20 - number, priority=number in (3, 4, 9)) for number in range(1, 11)]
    assert numbers(line_up(people, 2, Calling(), NOW)) == [3, 1, 2, 4, 5, 6, 9, 7, 8, 10]


def test_a_ratio_of_nought_is_priority_first_but_never_for_ever() -> None:
    calling = Calling(ordinary_per_priority=0)
    people = [waiting(1, 59.9), waiting(2, 10, True), waiting(3, 5, True)]
    assert numbers(line_up(people, 0, calling, NOW)) == [2, 3, 1]
    people = [waiting(1, 60), *people[1:]]
    assert numbers(line_up(people, 0, calling, NOW)) == [1, 2, 3]


class Counted(Waiting):
    """Somebody who waits and counts how often they are looked at."""

    looks = 0

    def __getattribute__(self, name: str) -> object:
        Counted.looks += 1
        return super().__getattribute__(name)


def test_a_full_lobby_is_lined_up_in_linear_time() -> None:
    def looks(count: int) -> int:
        people = [waiting(number, number % 97, number % 4 == 0) for number in range(count)]
        counted = [Counted(**{field.name: getattr(one, field.name) for field in fields(one)}) for one in people]
        Counted.looks = 0
        line_up(counted, 0, Calling(), NOW)
        return Counted.looks

    assert looks(1600) < looks(200) * 16, "eight times as many are looked at far more than eight times as often"
