"""`kiosk run --trial` on a machine without a display: one visit, the files it left, and 0."""

from __future__ import annotations

import re
import subprocess
import sys
import wave
from pathlib import Path

import zxingcpp
from PIL import Image

from tests.printing.decoder import decode


def test_a_trial_without_a_display_plays_a_visit_and_names_what_it_left(tmp_path: Path) -> None:
    environment = {"KIOSK_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", "run", "--trial"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr
    assert "There is no display" in done.stdout
    assert "Thursday" in done.stdout
    left = [
        (kind.strip(), Path(path)) for kind, path in re.findall(r"^  ([a-z ]+?) +(/.+)$", done.stdout, re.MULTILINE)
    ]
    assert [kind for kind, _ in left] == ["screen"] * 7 + ["slip", "slip bytes", "sound"]
    for kind, path in left:
        assert path.stat().st_size > 1000, path
        if kind == "screen":
            with Image.open(path) as picture:
                assert picture.size == (1080, 1920)
    files = dict(left)
    paper = decode(files["slip bytes"].read_bytes(), 576).image()
    assert zxingcpp.read_barcodes(paper)
    with Image.open(files["slip"]) as slip:
        assert zxingcpp.read_barcodes(slip.convert("L"))
    with wave.open(str(files["sound"])) as sound:
        assert sound.getnframes() / sound.getframerate() > 20
