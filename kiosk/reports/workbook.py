"""The quarter as a workbook: a sheet for each table, with charts that the office's spreadsheet draws itself."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from kiosk.reports.forms import Say
from kiosk.reports.table import Row, Table, heading
from kiosk.reports.telling import Told, strong_parts

RIVER, PALE = "#0A4F94", "#B6CADF"
_WIDTHS = (30, 62, 9, 12, 9, 9, 9, 34)
_BARS = ("groups", "criteria", "series")


def workbook(title: str, span: str, told: Told, found: Sequence[Table], say: Say) -> bytes:
    """The file's content. Words are only ever words: no formulas and no links are made of them."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        looks = {
            "title": book.add_format({"bold": True, "font_size": 15}),
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"}),
            "text": book.add_format({"text_wrap": True, "valign": "top"}),
            "strong": book.add_format({"bold": True}),
            "share": book.add_format({"num_format": "0.0%", "valign": "top"}),
            "mean": book.add_format({"num_format": "0.00", "valign": "top"}),
            "count": book.add_format({"num_format": "0", "valign": "top"}),
        }
        _words(book, looks, title, span, told, say)
        for table in found:
            if table.rows:
                _sheet(book, looks, table, say)
    return out.getvalue()


def _words(book: Any, looks: dict[str, Any], title: str, span: str, told: Told, say: Say) -> None:
    sheet = book.add_worksheet(say("report-words"))
    sheet.set_column(0, 0, 110)
    sheet.write_string(0, 0, title, looks["title"])
    sheet.write_string(1, 0, span)
    at = 3
    for name, sentences in ((say("survey-can"), told.can), (say("survey-cannot"), told.cannot)):
        sheet.write_string(at, 0, name, looks["strong"])
        for sentence in sentences:
            at += 1
            sheet.write_string(at, 0, "".join(part for part, _ in strong_parts(sentence)), looks["text"])
        at += 2
    _paper(sheet)


def _sheet(book: Any, looks: dict[str, Any], table: Table, say: Say) -> None:
    sheet = book.add_worksheet(table.title)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    for column, name in enumerate(heading(say)):
        sheet.write_string(0, column, name, looks["head"])
    sheet.freeze_panes(1, 2)
    for at, row in enumerate(table.rows, start=1):
        _row(sheet, looks, at, row)
    _paper(sheet)
    if table.key in _BARS:
        _chart(book, sheet, table, "bar", say)
    elif table.key in ("thursdays", "trend"):
        _chart(book, sheet, table, "column", say)


def _row(sheet: Any, looks: dict[str, Any], at: int, row: Row) -> None:
    sheet.write_string(at, 0, row.part, looks["text"])
    sheet.write_string(at, 1, row.name, looks["text"])
    if row.people is not None:
        sheet.write_number(at, 2, row.people, looks["count"])
    for column, value in enumerate((row.share, row.low, row.high), start=3):
        if value is not None:
            sheet.write_number(at, column, value, looks["share"])
    if row.mean is not None:
        sheet.write_number(at, 6, row.mean, looks["mean"])
    sheet.write_string(at, 7, row.note, looks["text"])


def _chart(book: Any, sheet: Any, table: Table, kind: str, say: Say) -> None:
    """Figures with their intervals as error bars; what is hidden has no bar, and the sheet beside says why."""
    part = table.rows[0].part if table.key == "trend" else None
    rows = [row for row in table.rows if part is None or row.part == part]
    last = len(rows)
    if not any(row.share is not None for row in rows):
        return
    chart = book.add_chart({"type": kind})
    bars = {
        "type": "custom", "line": {"color": RIVER, "width": 1.5},
        "plus_values": [_part(row.high, row.share) for row in rows],
        "minus_values": [_part(row.share, row.low) for row in rows],
    }  # fmt: skip
    chart.add_series(
        {
            "name": say("report-column-share"), "categories": [table.title, 1, 1, last, 1],
            "values": [table.title, 1, 3, last, 3], "fill": {"color": PALE}, "border": {"color": RIVER}, "gap": 60,
            "y_error_bars": bars,
        }
    )  # fmt: skip
    title = f"{table.title}: {say('survey-interval', span='95%')}"
    chart.set_title({"name": title, "name_font": {"size": 12}})
    chart.set_legend({"none": True})
    grid = {"visible": True, "line": {"color": "#DCE3E6"}}
    scale = {"min": 0, "max": 1, "num_format": "0%", "major_gridlines": grid}
    chart.set_x_axis({"reverse": kind == "bar", "num_font": {"size": 9}})
    chart.set_y_axis(scale)
    chart.set_size({"width": 860, "height": max(300, 26 * last + 90) if kind == "bar" else 320})
    sheet.insert_chart(len(table.rows) + 2, 0, chart)


def _part(upper: float | None, lower: float | None) -> float:
    return upper - lower if upper is not None and lower is not None else 0.0


def _paper(sheet: Any) -> None:
    """A4, lying, as wide as the paper."""
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
