"""The forms of the field test: every picture asked once, no caption beside it, in an order that can be made again."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kiosk import __main__ as program
from kiosk.reports.fieldtest import ACTIONS, MOST, asked, fieldtest, mixed
from kiosk.settings import Settings, load, places
from kiosk.wiring import load_pictures, load_staff_words, load_words


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return load(places(home=tmp_path_factory.mktemp("home")))


def test_every_tile_paper_priority_and_action_is_asked_once(settings: Settings) -> None:
    found = asked(settings, load_words(settings), load_staff_words(settings), "vi")
    shown = [one.picture for one in found]
    assert len(shown) == len(set(shown))
    rows = (*settings.tiles.values(), *settings.documents.values(), *settings.priorities)
    assert set(shown) == {row.pictogram for row in rows} | set(ACTIONS)
    assert all(one.means for one in found)
    for name in shown:
        load_pictures(settings).check(name)


def test_the_order_is_mixed_and_can_be_made_again(settings: Settings) -> None:
    found = asked(settings, load_words(settings), load_staff_words(settings), "vi")
    once, again, other = mixed(found, 1), mixed(found, 1), mixed(found, 2)
    assert once == again != other
    assert sorted(one.picture for form in once for one in form) == sorted(one.picture for one in found)
    sizes = [len(form) for form in once]
    assert max(sizes) <= MOST and max(sizes) - min(sizes) <= 1


def text_of(pdf: Path, first: int, last: int) -> str:
    done = subprocess.run(
        ["pdftotext", "-layout", "-f", str(first), "-l", str(last), str(pdf), "-"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils reads the page's words")
def test_the_forms_show_no_meaning_and_the_last_pages_show_all(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command's own PDF, read as a person reads it."""
    monkeypatch.setenv("KIOSK_HOME", str(tmp_path))
    told = CliRunner().invoke(program.cli, ["fieldtest", "--seed", "7"])
    assert told.exit_code == 0, told.output
    pdf = Path(told.stdout.strip())
    staff = load_staff_words(settings)
    whole = text_of(pdf, 1, 99).split("\f")[:-1]
    start = next(at for at, page in enumerate(whole) if staff.shown("fieldtest-key", "vi") in page)
    forms, answers = "".join(whole[:start]), " ".join("".join(whole[start:]).split())
    found = asked(settings, load_words(settings), staff, "vi")
    assert forms.count(staff.shown("fieldtest-nearly", "vi")) == len(found)
    assert "ISO 9186" in whole[0] and "ISO 9186" in answers
    for one in found:
        assert " ".join(one.means.split()) in answers, one
    long = [one.means for one in found if len(one.means) > 12]
    assert len(long) > 20
    assert not [means for means in long if means in forms]


def test_each_form_takes_three_pages_and_the_answers_as_many(settings: Settings) -> None:
    """A person is asked from three sheets, the heading's score box with them, nothing pushed over the edge."""
    words, staff = load_words(settings), load_staff_words(settings)
    pdf = fieldtest(settings, words, staff, load_pictures(settings), 1)
    forms = mixed(asked(settings, words, staff, "vi"), 1)
    assert [len(form) for form in forms] == [17, 17, 17]
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 3 * len(forms) + 3


def test_a_file_that_cannot_be_written_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KIOSK_HOME", str(tmp_path))
    (tmp_path / "plain").write_text("")
    monkeypatch.setattr("sys.argv", ["kiosk", "fieldtest", "--file", str(tmp_path / "plain" / "x.pdf")])
    with pytest.raises(SystemExit) as end:
        program.main()
    assert end.value.code == 2
    assert "cannot be written" in capsys.readouterr().err
