from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.pictures import Pictures
from tests.printing.fake_printer import PrinterProcess

ASSETS = Path(__file__).parents[2] / "assets"


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Pictures:
    return Pictures(ASSETS / "pictograms", tmp_path_factory.mktemp("pictures"))


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[PrinterProcess]:
    process = PrinterProcess(tmp_path / "printer")
    yield process
    process.close()
