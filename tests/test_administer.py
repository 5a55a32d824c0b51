"""Accounts and earlier totals from the command line: what a technician types, well and badly."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.settings import load, places
from kiosk.wiring import build_web, open_clock


@pytest.fixture
def home(tmp_path: Path) -> Path:
    kiosk(tmp_path, "migrate")
    return tmp_path


def kiosk(home: Path, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "KIOSK_HOME": str(home)}
    command = [sys.executable, "-m", "kiosk", *words]
    return subprocess.run(
        command, env=environment, input=typed, capture_output=True, text=True, timeout=60, check=False
    )


def test_somebody_who_is_added_can_sign_in(home: Path) -> None:
    done = kiosk(home, "officer-add", "Hanh.LT", "--name", "Lê Thị Hạnh", typed="mat-khau-dai\n")
    assert (done.returncode, done.stdout) == (0, "hanh.lt may sign in now, as officer.\n")
    rooms = build_web(load(places(home=home)), open_clock())
    assert rooms.officers.sign_in("hanh.lt", "mat-khau-dai")
    assert "mat-khau-dai" not in done.stdout + done.stderr
    kiosk(home, "officer-password", "hanh.lt", typed="mot-cai-khac\n")
    assert rooms.officers.sign_in("hanh.lt", "mat-khau-dai") is None
    assert rooms.officers.sign_in("hanh.lt", "mot-cai-khac")
    (one,) = json.loads(kiosk(home, "officers", "--json").stdout)
    assert (one["login"], one["name"], one["role"]) == ("hanh.lt", "Lê Thị Hạnh", "officer")


@pytest.mark.parametrize(
    ("words", "typed", "told"),
    [
        (("officer-add", "a b", "--name", "X"), "mat-khau-dai\n", "A login has letters"),
        (("officer-add", "hanh", "--name", "X"), "short\n", "8 signs at least"),
        (("officer-add", "hanh", "--name", "X", "--role", "offiser"), "", 'Did you mean "officer"?'),
        (("officer-password", "nobody"), "mat-khau-dai\n", "There is no such login"),
        (("import-earlier", "/no/such.csv"), "", "there is no such file"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(home: Path, words: tuple[str, ...], typed: str, told: str) -> None:
    done = kiosk(home, *words, typed=typed)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr and done.stdout == ""


def test_earlier_totals_are_taken_in_as_a_whole(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "earlier.csv"
    file.write_text("ngày,hồ sơ\n2022-03-03,17\n10/03/2022,21\n", encoding="utf-8")
    assert kiosk(home, "import-earlier", str(file)).stdout == "38 dossiers of 2 days stand in the totals now.\n"
    file.write_text("2022-03-03,17\n2022-03-03,21\n", encoding="utf-8")
    assert "line 2" in kiosk(home, "import-earlier", str(file)).stderr
    rooms = build_web(load(places(home=home)), open_clock())
    assert rooms.figures.totals().earlier == 38
