"""The real screen holds every row of the accessibility page, on each glass and in each look, in citizens' language;
`kiosk audit` walks the testers' English as well."""

from __future__ import annotations

import pytest

from kiosk.audit.rows import Result
from kiosk.audit.run import audit
from kiosk.settings import Settings, load, places
from tests.audit.test_plants import ROWS


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return load(places(tmp_path_factory.mktemp("audit")))


@pytest.fixture(scope="module")
def results(settings: Settings) -> list[Result]:
    """What citizens see and hear."""
    return audit(settings, languages=["vi"])


def test_every_row_is_measured(results: list[Result]) -> None:
    assert {result.row.number for result in results} == ROWS
    assert all(result.readings for result in results)


def test_every_row_holds(results: list[Result]) -> None:
    broken = {
        (
            result.row.number,
            worst.place.scene.split("-")[0],
        ): f"{worst.reading.value} {worst.reading.what} {worst.place}"
        for result in results
        for worst in result.worst
        if not worst.reading.holds
    }
    assert broken == {}
