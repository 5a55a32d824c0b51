"""Files of the survey: what they hold, and that no name in them is ever run."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from kiosk.office.figures import Figures
from kiosk.office.periods import Quarter
from kiosk.office.results import Results
from kiosk.office.statistics import ENOUGH_FROM, Estimate
from kiosk.pdf import PaperError, set_paper
from kiosk.reports import charts
from kiosk.reports.charts import Bar, Column
from kiosk.reports.files import Files
from kiosk.reports.forms import between, percent, sayer, signed
from kiosk.reports.table import harmless
from kiosk.reports.telling import strong_parts
from kiosk.reports.views import Views
from kiosk.wiring import load_staff_words
from tests.history import Q3, History, history


@pytest.fixture(scope="module", params=[5, 60], ids=["seed office", "crowded office"])
def past(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    found = history(tmp_path_factory.mktemp("past"), per_thursday=request.param)
    yield found
    found.database.close()


@pytest.fixture(scope="module")
def files(past: History) -> Files:
    figures = Figures(past.database, past.settings.office.site, past.clock)
    return Files(past.settings, load_staff_words(past.settings), Results(past.settings, past.clock), figures)


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def test_a_thursdays_page_is_one_page(files: Files) -> None:
    assert pages(files.thursday(date(2026, 11, 19))) == 1


@pytest.mark.parametrize("quarter", [Q3, Quarter(2026, 4), Quarter(2024, 4)], ids=str)
def test_every_quarter_has_a_report(files: Files, quarter: Quarter) -> None:
    pdf = files.quarter(quarter, "pdf")
    assert pdf.startswith(b"%PDF") and 1 <= pages(pdf) <= 6
    assert zipfile.ZipFile(io.BytesIO(files.quarter(quarter, "xlsx"))).testzip() is None


def test_an_officers_paper_says_what_the_page_says(
    past: History, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same words and drawings, and no other officer's name."""
    results = Results(past.settings, past.clock)
    views = Views(past.settings, sayer(load_staff_words(past.settings)))
    papers: list[dict[str, Any]] = []

    def kept(template: Path, data: dict[str, Any]) -> bytes:
        papers.append(data)
        return set_paper(template, data)

    monkeypatch.setattr("kiosk.reports.files.set_paper", kept)
    for quarter in (Q3, Quarter(2026, 4)):
        for line in results.quarter(quarter).officers:
            found = results.officer(line.key, quarter)
            assert pages(files.officer(line.key, quarter)) == 1
            paper, view = papers[-1], views.officer(found)
            assert "".join(part["text"] for part in paper["claim"]) == view.claim.replace("*", "")
            assert (paper["criteria"], paper["against"], paper["points_chart"]) == (
                view.criteria, view.against, view.points_chart,
            )  # fmt: skip
            others = [results.name(one.key) for one in results.quarter(quarter).officers if one.key != line.key]
            assert not any(name and name in json.dumps(paper, ensure_ascii=False) for name in others)
            n = found.core.index.people if found.core.index else 0
            if n < ENOUGH_FROM:
                assert "%" not in view.claim and not paper["against"]


def test_a_workbook_runs_nothing_and_draws_itself(files: Files) -> None:
    book = zipfile.ZipFile(io.BytesIO(files.quarter(Q3, "xlsx")))
    sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) >= 6
    assert not any("<f>" in sheet or "<hyperlink" in sheet for sheet in sheets)
    assert "=1+1" in book.read("xl/sharedStrings.xml").decode()
    drawn = [name for name in book.namelist() if name.startswith("xl/charts/chart")]
    assert len(drawn) >= 4
    for chart in (book.read(name).decode() for name in drawn):
        assert "errBars" in chart
        scale = chart.partition("<c:valAx>")[2]
        # From 0 to 100 %, never turned
        assert '<c:orientation val="minMax"/><c:max val="1"/><c:min val="0"/>' in scale


def test_a_csv_is_rfc_4180_and_runs_nothing(files: Files) -> None:
    raw = files.quarter(Q3, "csv")
    text = raw.decode("utf-8-sig")
    assert raw.startswith(b"\xef\xbb\xbf") and text.endswith("\r\n")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert {len(row) for row in rows} == {8}
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\0")) for row in rows for cell in row)
    assert any(cell == "'=1+1" for row in rows for cell in row)


def test_officers_stand_in_files_without_figures(files: Files) -> None:
    rows = list(csv.reader(io.StringIO(files.quarter(Q3, "csv").decode("utf-8-sig"), newline="")))
    officers = [row for row in rows if row[0].startswith("Từng cán bộ")]
    assert officers and all(row[3:7] == ["", "", "", ""] for row in officers)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\0x"])
def test_what_looks_like_a_formula_is_text(text: str) -> None:
    assert harmless(text) == f"'{text}"


def test_what_looks_like_nothing_stays() -> None:
    assert harmless("a=1") == "a=1" and harmless("") == ""


def test_typst_never_reads_a_name_as_its_own_language(tmp_path: Path) -> None:
    template = tmp_path / "one.typ"
    template.write_text("#let data = json(bytes(sys.inputs.data))\n#data.name")
    assert set_paper(template, {"name": '#panic("x") $ * _ @me #image("/etc/passwd")'}).startswith(b"%PDF")
    template.write_text("#panic()")
    with pytest.raises(PaperError):
        set_paper(template, {})


# ---- drawings and words ------------------------------------------------------------------------------------------


def test_charts_escape_and_say_why_something_is_hidden() -> None:
    bars = [Bar("<script>&\"'", 0.9, 0.8, 0.95, 40), Bar("b", hidden="why"), Bar("c", 0.5, 0.1, 0.9, 7, unsure="7")]
    svg = charts.rows(bars, title="t<", people="n", starts_at="from {}")
    ElementTree.fromstring(svg)
    assert "<script" not in svg and "why" in svg
    assert "(80–95)" in svg and "(10–90)" not in svg  # no figure where a judgement needs more people
    assert "from 10%" in svg  # no bar is cut off


def test_poor_thursdays_are_joined_and_lines_cross_no_gap() -> None:
    found = [
        Column(("1/10",), 0.9, 0.8, 0.95, "20"), Column(("8/10", "15/10"), 0.8, 0.6, 0.9, "9"),
        Column(("22/10",), closed="storm"), Column(("29/10",), 0.9, 0.8, 0.95, "20"),
        Column(("5/11", "12/11"), waits=True),
    ]  # fmt: skip
    svg = charts.columns(found, title="t", people="n", whole=None, waiting="later")
    ElementTree.fromstring(svg)
    assert svg.count('stroke-width="1.5"') == 1  # from the first to the second, and no further
    assert "storm" in svg and "later" in svg


@pytest.mark.parametrize(
    ("share", "written"),
    [(0.885, "88%"), (0.999, "99,9%"), (1.0, "100%"), (0.0, "0%"), (0.001, "0,1%"), (0.99999, "99,999%")],
)
def test_what_is_near_the_end_is_not_the_end(share: float, written: str) -> None:
    assert percent(share) == written or percent(share) not in ("100%", "0%")


def test_numbers_are_written_as_here() -> None:
    assert signed(1.25) == "+1,2" and signed(-0.04) == "0,0" and signed(-3) == "−3,0"
    assert between(Estimate(0.5, 0.244, 0.756, 9)) == "24–76%"
    assert strong_parts("a *b* c") == [("a ", False), ("b", True), (" c", False)]


def test_the_page_says_something_true(past: History) -> None:
    """At 65 answers a quarter and at 230: an index with its interval, and what cannot be said."""
    results = Results(past.settings, past.clock)
    found = results.quarter(Q3)
    view = Views(past.settings, sayer(load_staff_words(past.settings))).office(found, results.name)
    assert view.told.cannot
    if found.core and found.core.share:
        assert percent(found.core.share.value, 1) in view.told.can[0]
        assert str(found.core.people) in view.told.can[0]
    if found.change and found.change.verdict == "cannot say":
        assert not any("Tốt lên so với" in one or "Kém đi so với" in one for one in view.told.can)
    for svg in (view.groups, view.thursdays, view.trend, view.series, *view.criteria):
        if svg:
            ElementTree.fromstring(svg)


def test_a_phone_gets_the_same_figures_in_its_own_shape(past: History) -> None:
    results, say = Results(past.settings, past.clock), sayer(load_staff_words(past.settings))
    found = results.quarter(Q3)
    wide, phone = (Views(past.settings, say, slim=slim).office(found, results.name) for slim in (False, True))
    assert phone.told == wide.told and len(phone.criteria) == len(wide.criteria)
    for one, other in zip((wide.groups, *wide.criteria), (phone.groups, *phone.criteria), strict=True):
        drawn, slim = ElementTree.fromstring(one), ElementTree.fromstring(other)
        assert float(slim.attrib["width"]) <= 358  # a phone of 390 less the margins of page and card
        assert slim.attrib["aria-label"] == drawn.attrib["aria-label"]
        spans = [{text.text for text in svg.iter("{*}text") if "(" in (text.text or "")} for svg in (drawn, slim)]
        assert spans[0] == spans[1]
