"""From what is shown nobody can tell a small count: proved against an attacker with a solver."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from kiosk.office.suppression import WIDTH, Cell, Key, suppress

Table = dict[tuple[str, ...], int]
MANY = 1_000_000.0
"""More people than any table has: a count that the solver drives so far has no upper limit."""


def equations(cells: dict[Key, Cell]) -> list[tuple[list[Key], Key]]:
    """Every sum that the margins state: these cells add up to that total."""
    axes = [sorted({key[number] or "" for key in cells} - {""}) for number in range(len(next(iter(cells))))]
    found = []
    for key in cells:
        for number, axis in enumerate(axes):
            if key[number] is None:
                found.append(([(*key[:number], place, *key[number + 1 :]) for place in axis], key))
    return found


def ranges(table: Table, shown: dict[Key, Cell], knows_zeros: bool = True) -> dict[Key, tuple[float, float]]:
    """What an attacker can tell of each hidden small cell of people: its smallest and its largest possible count.

    He knows every shown cell, every sum, and that counts are whole and not below 0; with `knows_zeros` also which
    hidden counts are 0.
    """
    counts = totals(table)
    hidden = [key for key, cell in shown.items() if cell.count is None and not (knows_zeros and counts[key] == 0)]
    place = {key: number for number, key in enumerate(hidden)}
    rows, sums = [], []
    for parts, total in equations(shown):
        row = np.zeros(len(hidden))
        known = 0
        for key, sign in [*((key, 1) for key in parts), (total, -1)]:
            if key in place:
                row[place[key]] += sign
            else:
                known += sign * counts[key]
        if row.any():
            rows.append(row)
            sums.append(-known)
    found = {}
    for key in hidden:
        if shown[key].state == "hidden-small" and counts[key]:
            found[key] = tuple(_extreme(place[key], sign, rows, sums, len(hidden)) for sign in (1, -1))
    return found  # type: ignore[return-value]


def _extreme(place: int, sign: int, rows: list[np.ndarray], sums: list[int], size: int) -> float:
    goal = np.zeros(size)
    goal[place] = sign
    solved = milp(
        goal, integrality=np.ones(size), bounds=Bounds(0, MANY),
        constraints=[LinearConstraint(np.array(rows), sums, sums)] if rows else [],
    )  # fmt: skip
    assert solved.success, solved.message
    return sign * float(solved.fun)


def totals(table: Table) -> dict[Key, int]:
    """Every cell and margin, reckoned in another way than the product does."""
    axes = [sorted({key[number] for key in table}) for number in range(len(next(iter(table))))]
    return {
        key: sum(count for at, count in table.items() if all(k in (None, a) for k, a in zip(key, at, strict=True)))
        for key in itertools.product(*([*axis, None] for axis in axes))
    }


def check(table: Table) -> dict[Key, Cell]:
    """No small count of people can be told to less than WIDTH; what is shown is true and not small."""
    shown, counts = suppress(table), totals(table)
    assert shown.keys() == counts.keys()
    for key, cell in shown.items():
        assert (cell.count is None) == (cell.state != "shown")
        assert (cell.state == "hidden-small") == (counts[key] < 5)
        if cell.count is not None:
            assert cell.count == counts[key] >= 5
    for key, (low, high) in ranges(table, shown).items():
        assert low <= counts[key] <= high
        assert high - low >= WIDTH, (table, key, low, high)
    for parts, total in equations(shown):
        behind = [counts[key] for key in parts if shown[key].count is None]
        if shown[total].count is not None and any(0 < count < 5 for count in behind):
            assert sum(behind) >= 5, "what a shown total less the shown cells tells is of fewer than five people"
    return shown


def line(*counts: int) -> Table:
    return {(f"p{number}",): count for number, count in enumerate(counts)}


def grid(*rows: tuple[int, ...]) -> Table:
    return {(f"r{y}", f"c{x}"): count for y, row in enumerate(rows) for x, count in enumerate(row)}


def test_the_attacker_can_win() -> None:
    """The check can fail: only the small cell hidden, and the total gives it away."""
    table = line(3, 20, 7)
    naive = {key: Cell(None, "hidden-small") if n < 5 else Cell(n, "shown") for key, n in totals(table).items()}
    assert ranges(table, naive) == {("p0",): (3, 3)}
    square = grid((3, 20), (20, 9))
    naive = {key: Cell(None, "hidden-small") if n < 5 else Cell(n, "shown") for key, n in totals(square).items()}
    naive["r0", "c1"] = Cell(None, "hidden-to-protect")
    assert ranges(square, naive) == {("r0", "c0"): (3, 3)}


def test_a_line_by_hand() -> None:
    shown = check(line(3, 20, 7))
    assert {key[0]: cell.state for key, cell in shown.items()} == {
        "p0": "hidden-small", "p1": "shown", "p2": "hidden-to-protect", None: "shown",
    }  # fmt: skip


def test_a_table_by_hand() -> None:
    shown = check(grid((3, 17, 11), (20, 8, 6)))
    assert {key for key, cell in shown.items() if cell.state == "hidden-small"} == {("r0", "c0")}
    assert {key for key, cell in shown.items() if cell.state == "hidden-to-protect"} == {
        ("r0", "c2"), ("r1", "c0"), ("r1", "c2"),
    }  # fmt: skip


def test_small_cells_that_cover_each_other_cost_nothing_more() -> None:
    """Five of one each, five in all: each may be 0 to 5, so the total stays."""
    shown = check(line(1, 1, 1, 1, 1))
    assert shown[(None,)] == Cell(5, "shown")


def test_a_table_without_small_cells_is_shown_whole() -> None:
    assert all(cell.state == "shown" for cell in check(grid((5, 6), (7, 8))).values())


def test_what_is_no_table_is_refused() -> None:
    assert suppress({}) == {}
    for table in ({("a",): -1}, {("a",): 1, ("a", "b"): 2}, {(): 3}):
        with pytest.raises(ValueError, match=r"below 0|every dimension"):
            suppress(table)


def test_every_line_of_three() -> None:
    """All tables of three places with 0 to 9 people, up to their order; the attacker tries all."""
    for counts in itertools.combinations_with_replacement(range(10), 3):
        table = line(*counts)
        shown = suppress(table)
        total = shown[(None,)].count
        hidden = [number for number in range(3) if shown[(f"p{number}",)].count is None]
        left = (total or 0) - sum(counts[number] for number in range(3) if number not in hidden)
        tries = itertools.product(range(10) if total is None else range(left + 1), repeat=len(hidden))
        possible = [
            one
            for one in tries
            if (total is None or sum(one) == left)
            and all(n == 0 for n, number in zip(one, hidden, strict=True) if counts[number] == 0)
        ]
        for at, number in enumerate(hidden):
            if 1 <= counts[number] < 5:
                values = {one[at] for one in possible}
                assert max(values) - min(values) >= WIDTH, (counts, number)


def test_every_square() -> None:
    """All tables of two by two with these counts: on both sides of each edge, up to their order."""
    seen = set()
    for a, b, c, d in itertools.product((0, 1, 3, 4, 5, 9), repeat=4):
        same = {(a, b, c, d), (b, a, d, c), (c, d, a, b), (d, c, b, a), (a, c, b, d), (c, a, d, b), (b, d, a, c),
                (d, b, c, a)}  # fmt: skip
        if not same & seen:
            seen.add((a, b, c, d))
            check(grid((a, b), (c, d)))


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 4), st.integers(2, 5), st.randoms(use_true_random=False))
def test_tables_by_chance(rows: int, columns: int, chance: random.Random) -> None:
    check(grid(*(tuple(chance.choice((0, 1, 2, 4, 6, 12, 30)) for _ in range(columns)) for _ in range(rows))))


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False))
def test_officer_by_procedure_by_week_with_all_margins(chance: random.Random) -> None:
    counts = {key: chance.choice((0, 1, 2, 5, 9, 20)) for key in itertools.product("AB", "xyz", ("w1", "w2"))}
    check(counts)


def test_an_attacker_who_does_not_know_the_zeros_knows_less() -> None:
    table = grid((3, 0, 9), (12, 7, 0), (5, 5, 6))
    shown = check(table)
    knowing, less = ranges(table, shown), ranges(table, shown, knows_zeros=False)
    assert all(less[key][0] <= low and high <= less[key][1] for key, (low, high) in knowing.items())


def test_equal_tables_give_equal_results() -> None:
    table = grid((3, 17, 11, 2), (20, 8, 6, 9), (1, 0, 14, 5))
    turned = dict(reversed(table.items()))
    assert suppress(table) == suppress(turned)


def test_a_quarter_of_an_office_keeps_its_totals() -> None:
    """65 answers, three officers, five groups: a real table shows its officers and its groups."""
    chance = random.Random(5)
    table: Table = dict.fromkeys(itertools.product("ABC", "vwxyz"), 0)
    for _ in range(65):
        table[chance.choice("AAABBC"), chance.choice("vvvwwxyz")] += 1
    shown = check(table)
    assert shown[None, None].count == 65
    assert sum(shown[name, None].count is not None for name in "ABC") >= 2
