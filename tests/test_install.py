"""`kiosk install`: done once, said again as done, taken back whole; the units are tight."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from kiosk.install import CONFIG, DATA, UNITS, Installer

PROGRAM = Path(__file__).parents[1]
LOOSEST = 2.0
"""systemd-analyze's exposure level, from 0 (tight) to 10 (reliability facts: 2.0 and 1.2 are reachable)."""


def run(root: Path, *, dry: bool = False, uninstall: bool = False) -> tuple[int, list[str]]:
    said: list[str] = []
    return Installer(PROGRAM, root).run(said.append, dry=dry, uninstall=uninstall), said


def files(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def test_twice_is_as_good_as_once(tmp_path: Path) -> None:
    first, said = run(tmp_path)
    assert first == len(said) > 6
    assert {f"etc/systemd/system/{unit}" for unit in UNITS} <= files(tmp_path)
    assert run(tmp_path) == (0, [])


def test_a_dry_run_only_says(tmp_path: Path) -> None:
    taken, said = run(tmp_path, dry=True)
    assert taken and all(line.startswith("would do: ") for line in said)
    assert files(tmp_path) == set()


def test_what_somebody_changed_is_mended_and_settings_are_left_alone(tmp_path: Path) -> None:
    run(tmp_path)
    rule = tmp_path / "etc/udev/rules.d/70-kiosk.rules"
    rule.write_text("broken", encoding="utf-8")
    office = tmp_path / CONFIG.lstrip("/") / "office.toml"
    office.write_text("mine", encoding="utf-8")
    taken, said = run(tmp_path)
    assert (taken, said) == (1, ["do: file /etc/udev/rules.d/70-kiosk.rules"])
    assert office.read_text(encoding="utf-8") == "mine"


def test_uninstalling_leaves_data_and_settings(tmp_path: Path) -> None:
    run(tmp_path)
    (tmp_path / DATA.lstrip("/") / "office.db").write_text("tickets", encoding="utf-8")
    run(tmp_path, uninstall=True)
    left = files(tmp_path)
    assert not any("systemd" in name or "udev" in name or "sysctl" in name for name in left)
    assert "var/lib/kiosk/office.db" in left and "etc/kiosk/office.toml" in left


def test_units_name_the_folder_of_the_program(tmp_path: Path) -> None:
    run(tmp_path)
    unit = (tmp_path / "etc/systemd/system/kiosk.service").read_text(encoding="utf-8")
    assert f"ExecStart={PROGRAM}/.venv/bin/kiosk screen" in unit


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_is_tight(unit: str) -> None:
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(PROGRAM / unit)]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout
    (level,) = re.findall(r"exposure level for \S+: ([0-9.]+)", told)
    assert float(level) <= LOOSEST
