"""The quarter as a workbook: a sheet for each table, with charts that the office's spreadsheet draws itself."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_range_abs

from kiosk.reports.forms import Say
from kiosk.reports.table import Row, Table, heading
from kiosk.reports.telling import Told, strong_parts

RIVER, PALE = "#0A4F94", "#B6CADF"
_WIDTHS = (27, 54, 9, 9, 9, 9, 10, 30)
_NUMBERS = range(2, 7)
_WORDS_WIDTH = 110
_LINE = 16
"""Points of a line: not every spreadsheet finds the height of a row by itself."""
_ROW = 20
"""Pixels of a row that nobody has made higher."""
_ERRORS = len(_WIDTHS) + 1
"""Columns from here on hold what the charts need for their intervals, beside the paper."""
_ONE_PAPER = 16
"""Bars beside which a table fits on one sheet of paper."""
_BARS = ("groups", "criteria", "series")


def workbook(title: str, span: str, told: Told, found: Sequence[Table], say: Say) -> bytes:
    """The file's content. Words are only ever words: no formulas and no links are made of them."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        looks = {
            "title": book.add_format({"bold": True, "font_size": 15}),
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"}),
            "head-number": book.add_format(
                {"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter", "align": "right"}
            ),
            "head-note": book.add_format({"bold": True, "bottom": 1, "valign": "vcenter", "indent": 1}),
            "note": book.add_format({"text_wrap": True, "valign": "top", "indent": 1}),
            "text": book.add_format({"text_wrap": True, "valign": "top"}),
            "strong": book.add_format({"bold": True}),
            "share": book.add_format({"num_format": "0.0%", "valign": "top"}),
            "mean": book.add_format({"num_format": "0.00", "valign": "top"}),
            "count": book.add_format({"num_format": "0", "valign": "top"}),
            "aside": book.add_format({"num_format": "0.000", "font_color": "#8E9498", "valign": "top"}),
        }
        _words(book, looks, title, span, told, say)
        for table in found:
            if table.rows:
                _sheet(book, looks, table, say)
    return out.getvalue()


def _words(book: Any, looks: dict[str, Any], title: str, span: str, told: Told, say: Say) -> None:
    sheet = book.add_worksheet(say("report-words"))
    sheet.set_column(0, 0, _WORDS_WIDTH)
    sheet.write_string(0, 0, title, looks["title"])
    sheet.write_string(1, 0, span)
    at = 3
    for name, sentences in ((say("survey-can"), told.can), (say("survey-cannot"), told.cannot)):
        sheet.write_string(at, 0, name, looks["strong"])
        for sentence in sentences:
            at += 1
            words = "".join(part for part, _ in strong_parts(sentence))
            sheet.set_row(at, _LINE * _lines(words, _WORDS_WIDTH))
            sheet.write_string(at, 0, words, looks["text"])
        at += 2
    _paper(sheet)


def _sheet(book: Any, looks: dict[str, Any], table: Table, say: Say) -> None:
    sheet = book.add_worksheet(table.title)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    for column, name in enumerate(heading(say)):
        look = "head-number" if column in _NUMBERS else "head-note" if column > max(_NUMBERS) else "head"
        sheet.write_string(0, column, name, looks[look])
    sheet.freeze_panes(1, 2)
    for at, row in enumerate(table.rows, start=1):
        _row(sheet, looks, at, row)
    _paper(sheet)
    sheet.set_row(0, 2 * _LINE)
    if table.key in _BARS:
        _chart(book, sheet, looks, table, "bar", say)
    elif table.key in ("thursdays", "trend"):
        _chart(book, sheet, looks, table, "column", say)


def _row(sheet: Any, looks: dict[str, Any], at: int, row: Row) -> None:
    told = zip((row.part, row.name, row.note), (_WIDTHS[0], _WIDTHS[1], _WIDTHS[7]), strict=True)
    sheet.set_row(at, _LINE * max(_lines(words, width) for words, width in told))
    sheet.write_string(at, 0, row.part, looks["text"])
    sheet.write_string(at, 1, row.name, looks["text"])
    if row.people is not None:
        sheet.write_number(at, 2, row.people, looks["count"])
    for column, value in enumerate((row.share, row.low, row.high), start=3):
        if value is not None:
            sheet.write_number(at, column, value, looks["share"])
    if row.mean is not None:
        sheet.write_number(at, 6, row.mean, looks["mean"])
    sheet.write_string(at, 7, row.note, looks["note"])


def _chart(book: Any, sheet: Any, looks: dict[str, Any], table: Table, kind: str, say: Say) -> None:
    """Figures with their intervals as error bars; what is hidden has no bar, and the sheet beside says why."""
    part = table.rows[0].part if table.key == "trend" else None
    rows = [row for row in table.rows if part is None or row.part == part]
    last = len(rows)
    if not any(row.share is not None for row in rows):
        return
    chart = book.add_chart({"type": kind})
    # In cells: not every spreadsheet reads them from the chart itself
    for column, name in enumerate(("report-column-below", "report-column-above"), start=_ERRORS):
        sheet.write_string(0, column, say(name), looks["aside"])
    for at, row in enumerate(rows, start=1):
        sheet.write_number(at, _ERRORS, _part(row.share, row.low), looks["aside"])
        sheet.write_number(at, _ERRORS + 1, _part(row.high, row.share), looks["aside"])
    below, above = (f"='{table.title}'!{xl_range_abs(1, at, last, at)}" for at in (_ERRORS, _ERRORS + 1))
    bars = {
        "type": "custom", "line": {"color": RIVER, "width": 1.5}, "plus_values": above, "minus_values": below,
    }  # fmt: skip
    chart.add_series(
        {
            "name": say("report-column-share"), "categories": [table.title, 1, 1, last, 1],
            "values": [table.title, 1, 3, last, 3], "fill": {"color": PALE}, "border": {"color": RIVER}, "gap": 60,
            "y_error_bars": bars,
        }
    )  # fmt: skip
    chart.set_title({"name": say("report-chart", title=table.title), "name_font": {"size": 12}})
    chart.set_legend({"none": True})
    grid = {"visible": True, "line": {"color": "#DCE3E6"}}
    scale = {"min": 0, "max": 1, "num_format": "0%", "major_gridlines": grid}
    names = {"reverse": kind == "bar", "num_font": {"size": 9}, "interval_unit": 1}
    # xlsxwriter calls x what lies, so that of lying bars is the scale
    chart.set_x_axis(scale if kind == "bar" else names)
    chart.set_y_axis(names if kind == "bar" else scale)
    tall = max(220, 34 * last + 90) if kind == "bar" else 320
    if kind == "bar":  # room for whole names
        chart.set_plotarea({"layout": {"x": 0.42, "y": 80 / tall, "width": 0.55, "height": 1 - 95 / tall}})
    chart.set_size({"width": 1000, "height": tall})
    under = len(table.rows) + 2
    if last > _ONE_PAPER:
        sheet.set_h_pagebreaks([under])
    sheet.insert_chart(under, 0, chart)
    sheet.print_area(0, 0, under + tall // _ROW + 1, len(_WIDTHS) - 1)


def _part(upper: float | None, lower: float | None) -> float:
    return upper - lower if upper is not None and lower is not None else 0.0


def _lines(words: str, width: int) -> int:
    """A column is measured in digits, and most letters are narrower."""
    return max(1, math.ceil(0.9 * len(words) / width))


def _paper(sheet: Any) -> None:
    """A4, lying, as wide as the paper."""
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
