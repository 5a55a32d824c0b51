"""The words: complete in every language, in one written form, and short enough to be heard once."""

from __future__ import annotations

import re
import shutil
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.screens.rehearsal import words_drawn
from kiosk.settings import load, places
from kiosk.wiring import check, load_words
from kiosk.words import Words, WordsError

FOLDER = Path(__file__).parents[1] / "assets" / "words"
FORMS = {"you": {"vi": "ông bà", "en": "you"}, "You": {"vi": "Ông bà", "en": "You"}}


def words(folder: Path = FOLDER) -> Words:
    return Words(folder, ["vi", "en"], FORMS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "words"))


def test_the_two_languages_have_the_same_messages() -> None:
    assert words().languages == ["vi", "en"]


def test_every_message_that_is_drawn_exists() -> None:
    drawn = words_drawn()
    assert len(drawn) > 20
    words().require(drawn)


def named_in(folders: list[Path]) -> tuple[set[str], tuple[str, ...]]:
    """(whole keys, beginnings of keys that are put together) in code, rules and templates."""
    kinds = (".py", ".kv", ".html", ".js")
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in kinds]
    sources = "".join(path.read_text(encoding="utf-8") for path in files)
    named = set(re.findall(r'"([a-z][A-Za-z0-9-]*)"', sources, re.IGNORECASE))
    families = re.findall(r'f"([A-Za-z]+-[A-Za-z-]*)\{', sources) + re.findall(r'"([A-Za-z-]+-)" ~', sources)
    return named, tuple(families)


ROOT = Path(__file__).parents[1]


def test_no_message_is_left_over() -> None:
    """What no code and no rule names is dead, or a typing mistake."""
    named, families = named_in([ROOT / "kiosk", ROOT / "assets" / "web"])
    left = [key for key in sorted(words().keys()) if key not in named and not key.startswith(families)]
    assert not left, left


def test_no_officers_message_is_left_over_and_none_is_missing() -> None:
    staff = Words(ROOT / "assets" / "words" / "staff", ["vi"])
    named, families = named_in([ROOT / "kiosk", ROOT / "assets" / "web"])
    left = [key for key in sorted(staff.keys()) if key not in named and not key.startswith(families)]
    templates = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "assets" / "web").rglob("*.html"))
    staff.require(re.findall(r'\bt\("([a-z][A-Za-z0-9-]*)"[,)]', templates))
    assert not left, left


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_files_are_in_one_written_form(language: str) -> None:
    text = (FOLDER / f"{language}.ftl").read_text(encoding="utf-8")
    assert text == unicodedata.normalize("NFC", text)


def test_what_is_spoken_is_short() -> None:
    """A sentence of at most 16 syllables, a prompt of at most three: what an elder keeps (facts, voice)."""
    settings = load(places())
    for prompt in check(replace(settings, office=settings.office.model_copy(update={"languages": ["vi"]}))):
        sentences = [part for part in re.split(r"(?<=[.?!])\s+", prompt.text) if part]
        assert len(sentences) <= 3, prompt
        for sentence in sentences:
            assert len(sentence.split()) <= 18, sentence


def test_a_missing_message_names_file_key_and_nearest(folder: Path) -> None:
    path = folder / "vi.ftl"
    path.write_text(path.read_text(encoding="utf-8").replace("bar-help = ", "bar-hlep = "), encoding="utf-8")
    with pytest.raises(WordsError) as caught:
        words(folder)
    assert "bar-hlep" in str(caught.value) or "bar-help" in str(caught.value)


def test_a_message_of_the_slip_is_missed_at_the_start_and_not_on_thursday(tmp_path: Path) -> None:
    settings = load(places())
    assets = tmp_path / "assets"
    (assets / "words").mkdir(parents=True)
    for name in ("vi.ftl", "en.ftl"):
        text = (FOLDER / name).read_text(encoding="utf-8")
        (assets / "words" / name).write_text(text.replace("slip-note =", "slip-not =") if name == "vi.ftl" else text)
    with pytest.raises(WordsError, match="slip-not"):
        load_words(replace(settings, places=replace(settings.places, assets=assets)))


def test_a_lost_placeholder_is_found(folder: Path) -> None:
    path = folder / "vi.ftl"
    path.write_text(
        path.read_text(encoding="utf-8").replace("month = Tháng { $month }", "month = Tháng"), encoding="utf-8"
    )
    with pytest.raises(WordsError, match="month"):
        words(folder)


def test_a_line_that_is_no_message_is_found(folder: Path) -> None:
    path = folder / "vi.ftl"
    path.write_text(path.read_text(encoding="utf-8") + "\nthis is no message\n", encoding="utf-8")
    with pytest.raises(WordsError, match=r"vi\.ftl: line \d+"):
        words(folder)


def test_a_language_without_words_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(WordsError, match=r"vi"):
        Words(FOLDER, ["vii"], FORMS)


def test_a_language_that_is_hardly_written_shows_vietnamese_but_for_its_own_name() -> None:
    both = Words(FOLDER, ["vi", "en", "hre"], FORMS, {"hre": "vi"})
    assert both.shown("language-name", "hre") == "H'rê"
    assert both.shown("service-ask", "hre") == both.shown("service-ask", "vi")
    assert both.prompt("ticket-number", "hre", number="A012").text == "Số của ông bà là: A012."
    assert both.prompt("ticket-number", "hre", number="A012").language == "hre"
    with pytest.raises(WordsError, match=r"hre\.ftl.*is missing"):
        Words(FOLDER, ["vi", "en", "hre"], FORMS)


@pytest.mark.parametrize(
    ("line", "told"), [("langauge-name = X", "langauge-name"), ("ticket-number = { $nmuber }", "other placeholders")]
)
def test_a_mistake_in_a_partial_file_stops_the_start(folder: Path, line: str, told: str) -> None:
    (folder / "hre.ftl").write_text(line + "\n", encoding="utf-8")
    with pytest.raises(WordsError, match=told):
        Words(folder, ["vi", "en", "hre"], FORMS, {"hre": "vi"})
