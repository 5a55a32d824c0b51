"""Tables of counts from which nobody's answers can be told: small cells hidden, and others so that no sum gives them
away.

Every margin of the table is published, so a hidden cell could be reckoned from the others. Around each small cell a
*cube* is hidden (Repsilber's hypercube method): one other place along every dimension, the total being a place as any
other. In a cube all cells can rise and fall together without changing a shown number, so nobody can tell how far they
did. docs/statistics.md has the rule and its proof.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Literal

from kiosk.office.statistics import HIDDEN_BELOW

WIDTH = 5
"""An attacker's narrowest range for a hidden small cell, largest less smallest possible count. Five, so that whatever
can be reckoned of a group with a small cell in it is about five people at least."""

Key = tuple[str | None, ...]
"""A place along every dimension; None = the total of that dimension."""
State = Literal["shown", "hidden-small", "hidden-to-protect"]


@dataclass(frozen=True)
class Cell:
    """One published cell. `count` is None when hidden. Pages give both hidden states one sign: to tell them apart
    is to tell that a count is below five."""

    count: int | None
    state: State


@dataclass(frozen=True)
class _Cube:
    """The other corners of a cube, how far its first corner can fall and rise with it."""

    corners: tuple[Key, ...]
    fall: float
    rise: float


def suppress(counts: Mapping[tuple[str, ...], int]) -> dict[Key, Cell]:
    """The table of people counted by places along one, two or more dimensions, with every margin, as it may be shown.

    Places are taken from the keys; a combination that is missing counts 0. A count below 5 is hidden, 0 too; the
    attacker is presumed to know the zeros (who never does marriages has none). Raises ValueError for counts below 0
    and keys of different lengths.
    """
    if not counts:
        return {}
    if min(counts.values()) < 0:
        raise ValueError("a count of people is never below 0")
    if len({len(key) for key in counts}) != 1 or () in counts:
        raise ValueError("every key needs a place along every dimension")
    places = [sorted({key[number] for key in counts}) for number in range(len(next(iter(counts))))]
    axes: list[list[str | None]] = [[*axis, None] for axis in places]
    numbers = _with_totals(counts, axes)
    small = {key for key, number in numbers.items() if number < HIDDEN_BELOW}
    hidden = set(small)
    for key in sorted((key for key in small if numbers[key]), key=lambda key: (numbers[key], _order(key))):
        _protect(key, numbers, axes, hidden)
    return {key: _cell(number, key in small, key in hidden) for key, number in numbers.items()}


def _cell(number: int, small: bool, hidden: bool) -> Cell:
    if not hidden:
        return Cell(number, "shown")
    return Cell(None, "hidden-small" if small else "hidden-to-protect")


def _with_totals(counts: Mapping[tuple[str, ...], int], axes: list[list[str | None]]) -> dict[Key, int]:
    numbers: dict[Key, int] = dict.fromkeys(product(*axes), 0)
    for key, count in counts.items():
        for whole in product((False, True), repeat=len(key)):
            numbers[tuple(None if total else place for total, place in zip(whole, key, strict=True))] += count
    return numbers


def _protect(target: Key, numbers: Mapping[Key, int], axes: list[list[str | None]], hidden: set[Key]) -> None:
    """Hide what it takes so that `target` cannot be told to less than WIDTH."""
    used: set[Key] = set()
    fall = rise = 0.0
    offered: list[_Cube] = []
    for cube in _cubes(target, numbers, axes):
        if hidden.issuperset(cube.corners):
            if cube.fall + cube.rise >= WIDTH:
                return
            if used.isdisjoint(cube.corners):  # cubes that share only the target move independently
                used.update(cube.corners)
                fall, rise = min(fall + cube.fall, numbers[target]), rise + cube.rise
                if fall + rise >= WIDTH:
                    return
        else:
            offered.append(cube)
    enough = (cube for cube in offered if cube.fall + cube.rise >= WIDTH)
    # There is one always: with the totals of all dimensions as opposite corner everything may rise without end.
    best = min(enough, key=lambda cube: _cost([key for key in cube.corners if key not in hidden], numbers))
    hidden.update(best.corners)


def _cost(corners: Iterable[Key], numbers: Mapping[Key, int]) -> tuple[int, int, list[list[str]]]:
    """Few cells first, totals weighing more; then few people; then by name: equal tables give equal results."""
    found = list(corners)
    cells = sum(2 ** key.count(None) for key in found)
    return cells, sum(numbers[key] for key in found), sorted(_order(key) for key in found)


def _cubes(target: Key, numbers: Mapping[Key, int], axes: list[list[str | None]]) -> Iterator[_Cube]:
    """Every cube with `target` as a corner and no empty cell: zeros are presumed known, so they hide nothing."""
    others = [[place for place in axis if place != here] for axis, here in zip(axes, target, strict=True)]
    far = list(product((False, True), repeat=len(target)))[1:]
    for opposite in product(*others):
        # Two places of a dimension go opposite ways; a place and its total go the same way.
        flips = [None not in pair for pair in zip(target, opposite, strict=True)]
        fall: float = numbers[target]
        rise = math.inf
        corners: list[Key] = []
        for choice in far:
            key = tuple(there if go else here for go, here, there in zip(choice, target, opposite, strict=True))
            number = numbers[key]
            if not number:
                break
            if sum(flip and go for flip, go in zip(flips, choice, strict=True)) % 2:
                rise = min(rise, number)
            else:
                fall = min(fall, number)
            corners.append(key)
        else:
            yield _Cube(tuple(corners), fall, rise)


def _order(key: Key) -> list[str]:
    """Totals after every place."""
    return ["\uffff" if place is None else place for place in key]
