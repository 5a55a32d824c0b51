"""The real screen holds every row of the accessibility page, on each glass, in each language and look."""

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
    """Everything but the pixels of the second language, which have the same colours: the command takes them too."""
    return audit(settings, quick=True)


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
