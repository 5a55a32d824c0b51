"""A mistake in the office's files stops the start with file, key, what is wrong and the nearest right name."""

from __future__ import annotations

import codecs
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.settings import SettingsError, load, places
from kiosk.settings.reading import PATTERNS

ROOT = Path(__file__).parents[1]
CONFIG = ROOT / "config"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CONFIG, tmp_path / "config"))


def change(config: Path, file: str, old: str, new: str) -> None:
    path = config / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def mistake(config: Path) -> str:
    with pytest.raises(SettingsError) as caught:
        load(places(config=config))
    return str(caught.value)


def test_the_shipped_files_work() -> None:
    settings = load(places())
    assert settings.office.site == "an-tan"
    assert len(settings.home) == 6
    assert all(not procedure.confirmed for procedure in settings.procedures.values())


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("office.toml", "counters = 3", "countres = 3", ["office.countres", "not a known setting", '"counters"']),
        ("office.toml", 'place = "both"', 'place = "exits"', ["office.place", "'exits'", '"exit"']),
        ("office.toml", "diagonal_inches = 21.5", 'diagonal_inches = "big"', ["screen.diagonal_inches", "'big'"]),
        ("office.toml", "[screen]", "[scren]", ["scren", '"screen"']),
        ("office.toml", 'profile = "generic"', 'profile = "knwon"', ["printer.profile", "'knwon'", '"known"']),
        ("office.toml", "rate = 145", "", ["voice.rate", "missing"]),
        ("office.toml", "counters = 3", "counters = 3 4", ["not valid TOML"]),
        ("office.toml", "https = false", 'https = "maybe"', ["web.https", "'maybe'"]),
        ("office.toml", "https_port = 8443", "https_port = 84430", ["web.https_port", "84430"]),
        ("office.toml", "https_port = 8443", "htps_port = 8443", ["web.htps_port", '"https_port"']),
        ("office.toml", 'languages = ["vi"]', 'languages = ["vi", "hre"]', ["recorded_languages", '"hre"']),
        ("calendar.toml", '"17:00"', '"25:00"', ["hours"]),
        ("calendar.toml", '["13:30", "17:00"]', '["11:00", "17:00"]', ["hours", "11:00–17:00"]),
        ("calendar.toml", '["thursday"]', '["thurday"]', ["service_weekdays", '"thursday"']),
        ("services.toml", '"certify", "support"', '"certfy", "support"', ["home", '"certfy"', '"certify"']),
        ("services.toml", 'series = "A"', 'series = "Z"', ["tile.birth.series", '"Z"']),
        ("services.toml", 'documents = ["birth-slip", "id-card"]', 'documents = ["birth-slp"]', ["birth-slip"]),
        ("services.toml", "unsure = true", "", ["unsure"]),
        ("services.toml", 'name = { vi = "Khai sinh", en = "Birth" }', 'name = { en = "Birth" }', ["Vietnamese"]),
    ],
)
def test_a_mistake_is_told_with_its_place_and_the_nearest_name(
    config: Path, file: str, old: str, new: str, says: list[str]
) -> None:
    change(config, file, old, new)
    told = mistake(config)
    assert told.startswith(f"{file}: ")
    for part in says:
        assert part in told


def test_a_missing_file_says_so(config: Path) -> None:
    (config / "calendar.toml").unlink()
    assert "calendar.toml: (file): is missing" in mistake(config)


def test_a_file_that_is_no_text_says_so(config: Path) -> None:
    (config / "office.toml").write_bytes(b"\xff\xfe\x00name")
    assert "UTF-8" in mistake(config)


def test_a_mark_that_some_editors_put_before_utf8_is_no_mistake(config: Path) -> None:
    for path in config.glob("*.toml"):
        path.write_bytes(codecs.BOM_UTF8 + path.read_bytes())
    load(places(config=config))


def test_every_pattern_is_told_in_words() -> None:
    """A technician does not read "^[a-z]+$"."""
    found = {
        pattern
        for path in (ROOT / "kiosk").rglob("*.py")
        for pattern in re.findall(r'(?:pattern=|_KEY = )r"(.*?)"', path.read_text(encoding="utf-8"))
    }
    assert len(found) >= 6 and found <= set(PATTERNS)


def kiosk(*arguments: str, config: Path, home: Path) -> subprocess.CompletedProcess[str]:
    """The real command, as a technician runs it."""
    environment = {"KIOSK_CONFIG": str(config), "KIOSK_HOME": str(home), "PATH": "/usr/bin:/bin"}
    return subprocess.run(
        [sys.executable, "-m", "kiosk", *arguments], env=environment, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("office.toml", "counters = 3", "countres = 3", 'Did you mean "counters"?'),
        ("office.toml", '"virtual:"\npaper', '"tpc://1.2.3.4"\npaper', "tcp://"),
        ("office.toml", 'pictogram = "merit"', 'pictogram = "merits"', 'Did you mean "merit"?'),
        ("office.toml", 'languages = ["vi"]', 'languages = ["vn"]', "vn"),
        ("office.toml", 'vi = "vi", en', 'vi = "vj", en', 'no voice "vj"'),
        ("services.toml", 'pictogram = "birth-registration"', 'pictogram = "birth"', "no pictogram"),
        ("survey.toml", 'pictogram = "officer-explains"', 'pictogram = "officer-explain"', "officer-explains"),
    ],
)
@pytest.mark.parametrize("command", ["check", "screen"])
def test_the_command_ends_with_one_sentence_and_code_2(
    config: Path, tmp_path: Path, file: str, old: str, new: str, says: str, command: str
) -> None:
    change(config, file, old, new)
    done = kiosk(command, config=config, home=tmp_path / "home")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_check_is_content_with_the_shipped_files(config: Path, tmp_path: Path) -> None:
    done = kiosk("check", config=config, home=tmp_path / "home")
    assert "Traceback" not in done.stderr
    assert "17 tiles, 27 procedures" in done.stdout


def test_a_screen_without_a_database_says_what_to_run(config: Path, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    done = kiosk("screen", config=config, home=tmp_path / "home")
    assert done.returncode == 2
    assert "kiosk migrate" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_command_is_refused_without_a_traceback(config: Path, tmp_path: Path) -> None:
    done = kiosk("scren", config=config, home=tmp_path / "home")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_http_and_https_need_a_port_each(config: Path) -> None:
    change(config, "office.toml", "https_port = 8443", "https_port = 8080")
    load(places(config=config))
    change(config, "office.toml", "https = false", "https = true")
    assert "web.https_port: is 8080" in mistake(config)
