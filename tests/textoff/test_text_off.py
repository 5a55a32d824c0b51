"""The pictures carry the visit: every word hidden, tiles shuffled, and a visitor who only looks and listens."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path


def played(home: Path, size: str, seed: int, *words: str) -> dict[str, str]:
    """The journeys that did not succeed, with the reason; in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.textoff.journeys", str(home), size, str(seed), *words],
        capture_output=True, text=True, timeout=400, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 1) and done.stdout, done.stderr[-3000:]
    failed: dict[str, str] = json.loads(done.stdout.strip().splitlines()[-1])
    assert bool(failed) == bool(done.returncode)
    return failed


def test_somebody_who_cannot_read_finishes(tmp_path: Path) -> None:
    """One journey on the smallest glass: `make text-off` plays all nine on all glasses."""
    assert played(tmp_path / "home", "10", 3, "ordinary") == {}


def test_a_swapped_picture_leads_astray(tmp_path: Path) -> None:
    """The check can fail: with two tiles' pictures exchanged they come back with a number for the other thing."""
    failed = played(tmp_path / "home", "10", 3, "ordinary", "--swap", "birth-registration", "marriage")
    assert "got ('birth'" in failed["ordinary"]
