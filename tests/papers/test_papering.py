"""`kiosk papers` and the forms' line of `kiosk check`, as a technician meets them."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kiosk import __main__ as program
from kiosk.checkup import Checkup
from kiosk.clock import ManualClock
from kiosk.papering import try_forms
from kiosk.settings import Settings, SettingsError, load, places
from tests.papers.reading import FORMS, ROOT, pages, reads_pdf, squeezed, words_of
from tests.papers.test_forms import KEY, change, from_the_manual
from tests.test_checkup import THURSDAY


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings of an office that added the manual's form; commands see it."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    for suffix, text in from_the_manual().items():
        (tmp_path / "config" / "papers" / f"{KEY}{suffix}").write_text(text, encoding="utf-8")
    monkeypatch.setenv("KIOSK_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("KIOSK_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("KIOSK_CLOCK", raising=False)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str]:
    """The command as it ends at a terminal: code, and what stands on standard error."""
    monkeypatch.setattr("sys.argv", ["kiosk", *words])
    with pytest.raises(SystemExit) as end:
        program.main()
    code = end.value.code
    return code if isinstance(code, int) else 0, capsys.readouterr().err


def test_the_list_names_every_form(
    office: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["kiosk", "papers", "list"])
    with pytest.raises(SystemExit):
        program.main()
    told = capsys.readouterr().out
    for key in (*FORMS, KEY):
        assert f"{key} " in told
    assert told.count("sample, not confirmed") == len(FORMS) + 1 and "Mẫu số 01 Thông tư 03/2025/TT-VPCP" in told


@reads_pdf
def test_a_preview_is_a_pdf_and_pictures(office: Path) -> None:
    program.cli.add_typer(program.papers, name="papers")
    target = office / "new" / "x.pdf"
    done = CliRunner().invoke(program.cli, ["papers", "preview", KEY, "--out", str(target), "--png", "--finger"])
    assert done.exit_code == 0, done.output
    assert done.stdout.split()[:2] == [str(target), str(target.with_suffix(".png"))]
    text = words_of(target.read_bytes())
    assert pages(target.read_bytes()) == 1 and "(Điểmchỉ)" in text
    assert squeezed("ĐINH VĂN VÍ DỤ") in text and "MẪU" in text
    header = target.with_suffix(".png").read_bytes()[:24]
    assert header[1:4] == b"PNG" and struct.unpack(">II", header[16:]) == (909, 1286)
    done = CliRunner().invoke(program.cli, ["papers", "preview", KEY, "--blank"])
    blank = office / "home" / "preview" / f"{KEY}.pdf"
    assert done.stdout.strip() == str(blank)
    assert squeezed("ĐINH VĂN VÍ DỤ") not in words_of(blank.read_bytes())


def preview(*words: str) -> str:
    done = CliRunner().invoke(program.cli, ["papers", "preview", *words])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_preview_reads_back_what_the_citizen_will_hear(office: Path) -> None:
    told = preview(KEY)
    assert "\n  Cháu tên là Đinh Văn Ví Dụ, sinh ngày 5 tháng 9 năm 2015.\n" in told
    assert "\n  Người đi khai là Đinh Thị Mẫu, ở Thôn 2, xã An Tân, tỉnh Gia Lai.\n" in told
    assert "example" not in told


def test_a_preview_tells_which_fields_have_no_example(office: Path) -> None:
    """Empty lines on a preview look like a fault of the layout."""
    file = office / "config" / "papers" / f"{KEY}.toml"
    change(file, 'example = "ĐINH VĂN VÍ DỤ"\n', "")
    change(file, 'example = "An Tân"\n', "")
    told = preview(KEY)
    assert told.splitlines()[-1] == "Empty, for they have no example: pupil.name, office.place"
    assert "Cháu tên là (chưa có), sinh ngày" in told


def test_every_shipped_form_has_its_examples(office: Path) -> None:
    assert not any("no example" in preview(key) for key in FORMS)


def test_mistakes_end_with_a_sentence(
    office: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for words, told in [
        (["bith"], '"bith" is no form in force on '), (["bith"], 'Did you mean "birth"?'),
        (["birth", "--on", "2020-01-01"], '"birth" is no form in force on 2020-01-01.'),
        (["birth", "--on", "tomorrow"], 'write it like 2027-03-01'),
        (["birth", "--out", "/proc/no/x.pdf"], "cannot be written"),
    ]:  # fmt: skip
        code, error = run(capsys, monkeypatch, "papers", "preview", *words)
        assert code == 2 and told in error and "Traceback" not in error, words


BROKEN = [
    (".toml", 'procedures = ["school-t', 'procedures = ["shool-t', 'Did you mean "school-transfer"?'),
    (".toml", 'example = "05/09/2015"', 'example = "31/02/2015"', "Không có ngày này trong lịch"),
    (".toml", 'example = "05/09/2015"', 'example = "05/09/1870"', "Trước năm 1880 thì xa quá"),
    (".typ", '"Kính gửi:", ', '"Kính gửi:, ', f"layout: {KEY}.typ, line 4 or below: unclosed delimiter"),
    (".typ", '"office.authority")', '"office.authority", "a", "b")', f'{KEY}.typ, line 4: "b" is no field'),
    (".typ", '"pupil.name", "Ngày', '"pupil.name", "x", "Ngày', f"{KEY}.typ, line 8: row and run want label, field"),
    (".typ", '#row("Kính gửi:", ', '#run("Kính gửi:", "x", ', f"{KEY}.typ, line 4: row and run want label, field"),
    (".typ", "#made(", "#maed(", f"layout: {KEY}.typ, line 12: unknown variable: maed"),
    (".typ", "#notes([", "#notes([[", f"layout: {KEY}.typ, line 14 or below: unclosed"),
    (".typ", '"pupil.birth")', '"pupil.brith")', f"{KEY}.typ: pupil.brith: is no field of the form"),
]


@pytest.mark.parametrize(("suffix", "old", "new", "told"), BROKEN, ids=[one[3] for one in BROKEN])
def test_the_check_tells_the_first_mistake(
    office: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    suffix: str, old: str, new: str, told: str,
) -> None:  # fmt: skip
    change(office / "config" / "papers" / f"{KEY}{suffix}", old, new)
    monkeypatch.setattr("kiosk.wiring.check", lambda *_: [])
    code, error = run(capsys, monkeypatch, "check")
    assert code == 2 and error.startswith(f"kiosk: {KEY}.") and told in error


def test_the_check_counts_forms_and_samples(office: Path) -> None:
    settings = load(places())
    finding = Checkup(settings, ManualClock(THURSDAY))._forms()
    assert finding.state == "care" and finding.text.startswith(f"{len(FORMS) + 1} in force: birth, ")
    assert finding.text.endswith(f"{len(FORMS) + 1} are samples") and "papers preview" in finding.todo
    for path in (ROOT / "assets" / "papers" / "forms").glob("*.t*"):
        if path.stem in FORMS:
            shutil.copy(path, office / "config" / "papers")
    for path in (office / "config" / "papers").glob("*.toml"):
        if path.stem != "lists":
            change(path, "confirmed = false", "confirmed = true")
    assert Checkup(settings, ManualClock(THURSDAY))._forms().state == "ok"


def test_a_coming_form_is_tried_too(office: Path) -> None:
    """A mistake is told long before the day on which it would hurt."""
    settings: Settings = load(places())
    change(office / "config" / "papers" / f"{KEY}.toml", "effective_from = 2026-01-01", "effective_from = 2030-01-01")
    assert KEY not in {form.key for form in try_forms(settings, ManualClock(THURSDAY))}
    change(office / "config" / "papers" / f"{KEY}.typ", "#made(", "#maed(")
    with pytest.raises(SettingsError, match="maed"):
        try_forms(settings, ManualClock(THURSDAY))
