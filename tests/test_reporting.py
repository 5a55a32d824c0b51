"""`kiosk report` and `kiosk demo-data`: files, or one clear sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.history import history


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    history(folder, per_thursday=20).database.close()
    return folder


def kiosk(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "KIOSK_HOME": str(home), "KIOSK_CLOCK": "2026-11-26T08:00:00+07:00,0,1e-9"}
    environment.pop("KIOSK_DATABASE", None)
    return subprocess.run([sys.executable, "-m", "kiosk", *words], capture_output=True, text=True, env=environment)


def test_a_report_is_the_pages_files(home: Path, tmp_path: Path) -> None:
    done = kiosk(home, "report", "--quarter", "2026Q3", "--thursday", "2026-09-17", "--folder", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["an-tan-2026-09-17.pdf", "an-tan-2026Q3.csv", "an-tan-2026Q3.pdf", "an-tan-2026Q3.xlsx"]
    assert [Path(line).name for line in done.stdout.split()] == [names[2], names[3], names[1], names[0]]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("report", "--quarter", "2026Q5"), "write it like 2026Q3"),
        (("report", "--quarter", "2031Q1"), "there is nothing of 2031Q1"),
        (("report", "--thursday", "tomorrow"), "write it like 2026-09-17"),
        (("report", "--thursday", "2026-09-18"), "is a Friday"),
        (("report", "--thursday", "2026-12-03"), "has not come yet"),
        (("report", "--folder", "/proc/nowhere"), "cannot be written"),
        (("demo-data",), "own data"),
    ],
)
def test_bad_input_ends_with_one_sentence(home: Path, words: tuple[str, ...], sentence: str) -> None:
    done = kiosk(home, *words)
    assert done.returncode == 2
    assert sentence in done.stderr and len(done.stderr.strip().splitlines()) == 1


def test_a_database_without_tables_is_told(tmp_path: Path) -> None:
    for word in ("report", "demo-data"):
        done = kiosk(tmp_path, word)
        assert done.returncode == 2 and "kiosk migrate" in done.stderr
