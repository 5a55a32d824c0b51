"""What the audit found, told: the worst place first, on its screenshot; exit codes for machines."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from kiosk import __main__ as command
from kiosk.audit import ordering, report
from kiosk.audit.rows import Place, Reading, Result, Row, Worst, result_of, together

ROW = Row("2", "Gap between targets", "≥ 5 mm", "mm")
HERE, THERE = Place("10", "vi", "normal"), Place("21", "en", "normal")


def grey(width: int = 200, height: int = 100) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (width, height), (120, 120, 120)).save(data, "JPEG")
    return data.getvalue()


def gaps(*values: float) -> list[Reading]:
    return [Reading(value, value >= 5, f"gap {value}", "tiles-1", (40, 20, 120, 80)) for value in values]


@pytest.fixture
def results() -> list[Result]:
    pictures = {"tiles-1": grey()}
    return together([result_of(ROW, gaps(6, 3, 4), HERE, pictures), result_of(ROW, gaps(2, 9), THERE, pictures)])


def test_the_worst_of_all_walks_stands_first(results: list[Result]) -> None:
    (result,) = results
    assert (result.readings, result.broken, result.holds) == (5, 3, False)
    assert [worst.reading.value for worst in result.worst[:3]] == [2, 3, 4]
    assert result.worst[0].place == Place("21", "en", "normal", "tiles-1")


def test_a_row_without_readings_does_not_hold() -> None:
    assert not result_of(ROW, [], HERE, {}).holds


def test_the_table_names_row_value_place_and_what_is_not_measured(results: list[Result]) -> None:
    text = report.table(results)
    assert '2    Gap between targets  ≥ 5 mm     2 mm   gap 2 – 21" en normal tiles-1  NO' in text
    assert "broken 3 times" in text
    assert "12 Privacy: not measured." in text


def test_json_holds_the_numbers(results: list[Result]) -> None:
    (row,) = json.loads(report.as_json(results))["rows"]
    assert (row["row"], row["holds"], row["worst"][0]["value"]) == ("2", False, 2)
    assert row["worst"][0]["frame_px"] == [40, 20, 120, 80]


def test_the_worst_place_is_framed_on_its_screen() -> None:
    worst = Worst(gaps(2)[0], THERE, grey())
    with Image.open(io.BytesIO(report.marked(worst))) as image:
        red, green, blue = image.getpixel((15, 25))  # type: ignore[misc]
        assert red > 150 > green, (red, green, blue)
        assert image.getpixel((150, 80))[0] < 140  # type: ignore[index]


def test_the_page_stands_alone(results: list[Result]) -> None:
    page = report.page(results)
    assert "1 of 1 rows are broken." in page
    assert page.count("data:image/jpeg;base64,") == 3
    assert "http" not in page


@pytest.mark.parametrize(
    ("asked", "code", "told"),
    [
        (["--size", "20"], 2, 'there is no size "20"'),
        (["--language", "fr"], 2, 'there is no language "fr"'),
        (["--html", "/no/such/folder/a.html"], 2, "there is no such folder"),
        ([], 1, "Gap between targets"),
        (["--json"], 1, '"not_measured"'),
    ],
)
def test_exit_codes(
    asked: list[str], code: int, told: str, results: list[Result], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("KIOSK_HOME", str(tmp_path))
    monkeypatch.setattr(ordering, "audit", lambda *args, **named: results)
    monkeypatch.setattr("sys.argv", ["kiosk", "audit", *asked])
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == code
    assert told in "".join(capsys.readouterr())


def test_all_well_ends_well(tmp_path: Path) -> None:
    told: list[str] = []
    tell: Callable[[str], None] = told.append
    page = tmp_path / "audit.html"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ordering, "audit", lambda *args, **named: [result_of(ROW, gaps(6), HERE, {})])
        assert ordering.audit_from(None, [], [], page, tell)  # type: ignore[arg-type]
    assert "Every row holds." in page.read_text(encoding="utf-8")
