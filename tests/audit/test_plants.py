"""A planted breach for each row is caught: the audit breaks that row and names the place."""

from __future__ import annotations

import pytest

from kiosk.audit.rows import Result
from kiosk.screens.environment import screens_apart
from tests.audit.planting import run
from tests.audit.plants import PLANTS

ROWS = {
    "0", "1", "1 tile", "2", "3", "4", "5", "6", "6 new", "7", "8", "8 targets", "8 ready", "8 clips", "9", "9 again",
    "9 device", "10", "10 usual", "11", "13", "13 sentences", "13 short", "13 digits", "14", "15", "15 capital", "16",
    "17", "18", "19", "19 hues", "20", "20 poses", "20 stop", "21", "21 extend", "21 ends", "22", "22 low", "26",
    "26 levels", "27", "30", "fit", "glyphs",
}  # fmt: skip
"""The audit's rows; test_audit.py holds them against what the audit says it measures."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """What the audit says with each breach, planted one after another in one process for each glass."""
    home = tmp_path_factory.mktemp("plants")
    results: dict[str, Result] = {}
    for size in dict.fromkeys(plant.size for plant in PLANTS.values()):
        with screens_apart(1) as pool:
            results |= pool.apply(run, (size, home / size))
    return results


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_breach_is_caught(found: dict[str, Result], name: str) -> None:
    plant, result = PLANTS[name], found[name]
    assert result.row.number == plant.row
    assert not result.holds
    places = [f"{worst.reading.what} {worst.place}" for worst in result.worst if not worst.reading.holds]
    assert any(plant.where in place for place in places), places


def test_every_row_has_its_breach() -> None:
    assert {plant.row for plant in PLANTS.values()} == ROWS
