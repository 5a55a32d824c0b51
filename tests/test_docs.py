"""The documents keep true to the code."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCS = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_link_and_picture_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text) + re.findall(r'src="([^"]+)"', text):
        if not target.startswith("http"):
            assert (path.parent / target).exists(), target


def test_every_room_and_dependency_stands_in_the_plan() -> None:
    plan = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for path in (ROOT / "kiosk").iterdir():
        if path.suffix == ".py" and path.name != "__init__.py":
            assert path.name in plan, path.name
        elif path.is_dir() and (path / "__init__.py").exists():
            assert f"{path.name}/" in plan, path.name
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for line in [*project["dependencies"], *project["optional-dependencies"]["dev"]]:
        name = re.split(r"[><=;\s]", line)[0]
        assert name in plan.replace("-", "_") + plan, name


def test_every_table_stands_in_the_plan() -> None:
    from kiosk.office.tables import Base

    plan = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for table in Base.metadata.tables:
        assert f"`{table}`" in plan


def test_every_pictogram_is_described() -> None:
    text = (ROOT / "docs" / "pictograms.md").read_text(encoding="utf-8")
    described = set(re.findall(r"^\| ([A-Za-z0-9-]+) \| ", text, re.MULTILINE)) - {"Name"}
    assert described == {path.stem for path in (ROOT / "assets" / "pictograms").glob("*.svg")}


def test_every_command_of_the_readme_exists() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    done = subprocess.run([sys.executable, "-m", "kiosk", "--help"], capture_output=True, text=True, check=True)
    for command in re.findall(r"\.venv/bin/kiosk (\w+)", readme):
        assert command in done.stdout
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"make ([\w-]+)", readme):
        assert f"\n{target}:" in makefile


def test_pins_name_no_index() -> None:
    for path in ROOT.glob("requirements*.txt"):
        text = path.read_text(encoding="utf-8")
        assert "--hash=sha256:" in text
        assert "://" not in text
        assert "index" not in text


def test_modules_stay_small() -> None:
    for path in (ROOT / "kiosk").rglob("*.py"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 480, path.name


def test_pictograms_are_plain() -> None:
    """No letters, no fonts, nothing from elsewhere; small enough to be read by a person."""
    for path in (ROOT / "assets" / "pictograms").glob("*.svg"):
        text = path.read_text(encoding="utf-8")
        assert "<text" not in text and "<image" not in text and "href" not in text, path.name
        assert len(text) < 12_000, path.name


def test_drawings_of_the_pages_are_sound() -> None:
    """A drawing with a slip of the pen is shown as a broken picture."""
    from xml.etree import ElementTree

    for path in (ROOT / "assets" / "web").rglob("*.svg"):
        ElementTree.parse(path)
