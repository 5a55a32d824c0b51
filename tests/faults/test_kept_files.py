"""Files that a start keeps for the next one, when that start was cut off: the next one makes them anew."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.pictures import Pictures
from tests.until import until

ASSETS = Path(__file__).parents[2] / "assets"
LOAD = "import sys, pathlib; from kiosk.printing.escpos import load; load(pathlib.Path(sys.argv[1])); print('loaded')"


def start(cache: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", LOAD, str(cache)], stdout=subprocess.PIPE, text=True)


def test_a_kill_while_the_printer_library_is_loaded_does_not_end_printing(tmp_path: Path) -> None:
    with start(tmp_path) as first:
        until(lambda: list(tmp_path.glob("*.pickle")), what="the library keeps no tables any more")
        first.send_signal(signal.SIGKILL)
    (kept,) = tmp_path.glob("*.pickle")
    cut_off = kept.stat().st_size
    with start(tmp_path) as second:
        assert second.communicate(timeout=60)[0] == "loaded\n"
    assert kept.stat().st_size > cut_off


@pytest.mark.parametrize("left", [0, 20])
def test_half_a_picture_is_drawn_anew(left: int, tmp_path: Path) -> None:
    pictures = Pictures(ASSETS / "pictograms", tmp_path)
    whole = pictures.png("death", 64)
    (kept,) = tmp_path.glob("*.png")
    kept.write_bytes(whole[:left])
    assert pictures.png("death", 64) == whole
    assert kept.read_bytes() == whole
