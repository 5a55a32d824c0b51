"""The figures as rows, for the workbook and as CSV. What a spreadsheet could take for a formula stays text."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kiosk.office.results import Line, QuarterResults
from kiosk.office.statistics import Index
from kiosk.reports.forms import Say, day, roman
from kiosk.settings import Settings

RISKY = ("=", "+", "-", "@", "\t", "\r", "\0")
"""With these a cell begins that some spreadsheet runs."""


@dataclass(frozen=True)
class Row:
    """One figure. Shares are 0 to 1; None = hidden, and `note` says why."""

    part: str
    name: str
    people: int | None = None
    share: float | None = None
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Table:
    """Rows that belong together, by a key of ours."""

    key: str
    title: str
    rows: tuple[Row, ...]


def tables(found: QuarterResults, names: Callable[[str], str | None], settings: Settings, say: Say) -> list[Table]:
    """Every figure of a quarter."""

    def row(part: str, name: str, index: Index | None, why: str | None = None, *, officer: bool = False) -> Row:
        if index is None or index.share is None or index.mean is None:
            return Row(part, name, note=say(f"survey-hidden-{why or 'waiting'}"))
        if officer:  # side by side they would be a ranking
            return Row(part, name, index.share.n, note=say("report-own-page"))
        share = index.share
        return Row(part, name, share.n, share.value, share.low, share.high, index.mean.value)

    def closing(line: Line) -> str | None:
        return "closing" if line.why == "waiting" else line.why

    profile, series = found.profile, settings.series
    whole = say("survey-overall")
    summary = [
        row(whole, say("report-core"), found.core), row(whole, say("report-pooled"), found.pooled),
        row(whole, say("report-averaged"), found.averaged),
    ]  # fmt: skip
    rate = say("survey-rate")
    for one in found.channels:
        share = one.responses / one.finished if one.responses is not None and one.finished else None
        note = say("report-rate" if one.responses is not None else "survey-hidden-few")
        if one.channel == "door":
            share, note = None, say("report-door") if one.responses is not None else note
        summary.append(Row(rate, say(f"survey-channel-{one.channel}"), one.responses, share, note=note))
    summary.append(Row(rate, say("report-finished"), found.finished))
    groups, criteria = [], []
    for group, lines in zip(profile.group, found.groups, strict=True):
        name = group.name["vi"]
        groups.append(row(say("survey-groups"), name, lines.line.index, lines.line.why))
        called = {key: one.called("vi") for key, one in profile.criteria.items()}
        criteria += [row(name, called[line.key], line.index, line.why) for line in lines.criteria]
    part = say("survey-thursdays")
    thursdays = [row(part, ", ".join(day(one) for one in step.thursdays), step.index) for step in found.steps]
    trend = [row(say("survey-trend"), roman(one.quarter), one.index) for one in found.trend]
    years = [row(say("survey-trend-year"), roman(one.quarter), one.year) for one in found.trend if one.year]
    called = {letter: one.name["vi"] for letter, one in series.items()}
    ways = [
        row(say("survey-series"), called.get(line.key, line.key), line.index, closing(line)) for line in found.series
    ]
    officers = [
        row(say("survey-officers"), names(line.key) or "", line.index, closing(line), officer=True)
        for line in found.officers
    ]
    return [
        Table("summary", say("report-summary"), tuple(summary)), Table("groups", say("report-groups"), tuple(groups)),
        Table("criteria", say("report-criteria"), tuple(criteria)),
        Table("thursdays", say("report-thursdays"), tuple(thursdays)),
        Table("trend", say("report-trend"), (*trend, *years)), Table("series", say("report-series"), tuple(ways)),
        Table("officers", say("report-officers"), tuple(officers)),
    ]  # fmt: skip


def heading(say: Say) -> list[str]:
    """The names of a row's columns."""
    columns = ("part", "name", "people", "share", "low", "high", "mean", "note")
    return [say(f"report-column-{name}") for name in columns]


def as_csv(found: Iterable[Table], say: Say) -> bytes:
    """RFC 4180, UTF-8 with its mark, so that a spreadsheet reads the letters right. Numbers have a decimal point."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(map(harmless, heading(say)))
    for table in found:
        for row in table.rows:
            figures = [_short(one, 4) for one in (row.share, row.low, row.high)]
            people = "" if row.people is None else str(row.people)
            words = map(harmless, (row.part, row.name))
            writer.writerow([*words, people, *figures, _short(row.mean, 3), harmless(row.note)])
    return out.getvalue().encode("utf-8-sig")


def harmless(text: str) -> str:
    """`text` as a cell that no spreadsheet runs: a ' before what looks like a formula."""
    return f"'{text}" if text.startswith(RISKY) else text


def _short(value: float | None, decimals: int) -> str:
    return "" if value is None else f"{value:.{decimals}f}"
