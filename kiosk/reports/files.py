"""The files of a quarter and of a Thursday, for the page's links and for `kiosk report` alike."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from kiosk.office.figures import Figures
from kiosk.office.periods import Quarter
from kiosk.office.results import Results
from kiosk.office.statistics import ENOUGH_FROM
from kiosk.office.types import DayFigures
from kiosk.pdf import set_paper
from kiosk.reports.forms import Say, percent, roman, sayer, whole_day
from kiosk.reports.table import as_csv, tables
from kiosk.reports.telling import strong_parts, tell_thursday
from kiosk.reports.views import OfficeView, Views
from kiosk.reports.workbook import workbook
from kiosk.settings import Settings
from kiosk.words import Words

KINDS = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
MOST_SENTENCES = 4
"""Of each kind on the page of a Thursday: it is one page."""


class Files:
    """Makes the files of one site."""

    def __init__(self, settings: Settings, words: Words, results: Results, figures: Figures) -> None:
        self._settings, self._results, self._figures = settings, results, figures
        self._say: Say = sayer(words)
        self._views = Views(settings, self._say)

    def name(self, what: str, kind: str) -> str:
        """A file's name: an-tan-2026Q3.pdf"""
        return f"{self._settings.office.site}-{what}.{kind}"

    def quarter(self, quarter: Quarter, kind: str) -> bytes:
        """The report of a quarter as "pdf", "xlsx" or "csv". Raises DatabaseError, PaperError."""
        found = self._results.quarter(quarter)
        if kind == "csv":
            return as_csv(tables(found, self._results.name, self._settings, self._say), self._say)
        view = self._views.office(found, self._results.name)
        if kind == "xlsx":
            rows = tables(found, self._results.name, self._settings, self._say)
            return workbook(f"{view.title} {view.quarter}", view.span, view.told, rows, self._say)
        return self._paper("quarter.typ", self._office(view) | {"title": self._say("report-title")})

    def thursday(self, day: date) -> bytes:
        """One page for the head of the office: the day's work, what those say who were served on it, and the quarter
        that it lies in; the one before, while nothing of it is published. Raises DatabaseError, PaperError."""
        quarter, say = Quarter.of(day), self._say
        found = self._results.quarter(quarter)
        mine = tell_thursday(found, day, self._results.today, say)
        if found.core is None and quarter.before() in self._results.quarters():
            found = self._results.quarter(quarter.before())
        view = self._views.office(found, self._results.name)
        data = self._office(view) | {
            "title": say("report-thursday-title", day=whole_day(day)),
            "work": self._work(self._figures.day(day)), "work_title": say("report-work"),
            "day_title": say("report-day"), "day": _parts(mine),
            "said_title": say("report-said", quarter=roman(found.quarter), span=view.span),
            "note": say("report-thursday-note"),
        }  # fmt: skip
        data["can"], data["cannot"] = data["can"][:MOST_SENTENCES], data["cannot"][:MOST_SENTENCES]
        return self._paper("thursday.typ", data)

    def officer(self, officer: str, quarter: Quarter) -> bytes:
        """An officer's own page as PDF: the very figures of the page. Raises DatabaseError, PaperError."""
        view, say = self._views.officer(self._results.officer(officer, quarter)), self._say
        data = self._letterhead() | {
            "title": say("report-officer-title"), "name": say("report-officer-name", name=view.name),
            "quarter": view.quarter,
            "claim": _parts(view.claim), "claim_text": view.claim_text,
            "criteria_title": say("survey-about"), "criteria": view.criteria, "key": say("survey-key"),
            "enough": say("survey-legend-enough", least=ENOUGH_FROM), "short": say("survey-legend-short"),
            "against_title": say("survey-against"), "against": view.against,
            "against_text": _parts(view.against_text),
            "points_title": say("survey-points"), "points": _parts(view.points), "points_chart": view.points_chart,
            "work_title": say("survey-work"), "work_text": say("survey-work-text"),
            "work": [{"value": str(count), "name": name} for count, name in view.work],
            "note": say("report-officer-lock"),
        }  # fmt: skip
        return self._paper("officer.typ", data)

    def write(self, folder: Path, quarter: Quarter, day: date | None) -> list[Path]:
        """All files of a quarter, and the page of a Thursday, into a folder. Raises OSError and as above."""
        folder.mkdir(parents=True, exist_ok=True)
        made = [(self.name(str(quarter), kind), self.quarter(quarter, kind)) for kind in KINDS]
        if day is not None:
            made.append((self.name(day.isoformat(), "pdf"), self.thursday(day)))
        for name, content in made:
            (folder / name).write_bytes(content)
        return [folder / name for name, _ in made]

    def _paper(self, template: str, data: dict[str, Any]) -> bytes:
        return set_paper(self._settings.places.assets / "papers" / template, data)

    def _letterhead(self) -> dict[str, Any]:
        say, office, today = self._say, self._settings.office, self._results.today
        return {
            "authority": office.authority, "office": office.name,
            "nation": say("report-nation"), "motto": say("report-motto"), "page": say("report-page"),
            "date": say("report-date", day=str(today.day), month=str(today.month), year=str(today.year)),
        }  # fmt: skip

    def _office(self, view: OfficeView) -> dict[str, Any]:
        say = self._say
        return self._letterhead() | {
            "quarter": view.quarter, "span": view.span, "index": view.index, "interval": view.interval,
            "index_title": say("survey-overall"), "index_chart": view.index_wide, "asked": view.asked,
            "rate_title": say("survey-rate"), "rate": view.rate, "rate_text": view.rate_text,
            "rate_each": view.rate_each, "rate_chart": view.rate_chart, "mix_title": say("survey-mix"),
            "mix_chart": view.mix_chart, "door": view.door,
            "mix": [{"name": name, "count": count, "colour": colour} for name, count, colour in view.mix],
            "key": say("survey-key"), "groups_title": say("survey-groups"), "groups": view.groups_alone,
            "criteria_title": say("survey-criteria"), "criteria": list(view.criteria),
            "thursdays_title": say("survey-thursdays"), "thursdays": view.thursdays,
            "trend_title": say("survey-trend"), "trend": view.trend,
            "series_title": say("survey-series"), "series": view.series,
            "points_title": say("survey-points"), "points": _parts(view.points),
            "points_chart": view.points_chart,
            "can_title": say("survey-can"), "can": [_parts(one) for one in view.told.can],
            "cannot_title": say("survey-cannot"), "cannot": [_parts(one) for one in view.told.cannot],
            "more_title": say("survey-more"), "more": view.more, "by": say("report-by"), "head": say("report-head"),
            "sign": say("report-sign"),
        }  # fmt: skip

    def _work(self, found: DayFigures) -> list[dict[str, str]]:
        say = self._say
        rate = percent(found.same_day / found.received) if found.received else "–"
        left = found.waiting + found.unserved
        rows = [
            (str(found.served), say("report-work-served", issued=found.issued)),
            (str(left), say("report-work-left", gone=found.issued - found.served - left)),
            (str(found.received), say("office-received")),
            (rate, say("report-work-same-day", part=found.same_day, whole=found.received)),
            ("–" if found.median_wait is None else str(found.median_wait), say("report-work-wait")),
        ]  # fmt: skip
        return [{"value": value, "name": name} for value, name in rows]


def _parts(sentence: str) -> list[dict[str, Any]]:
    return [{"text": text, "strong": strong} for text, strong in strong_parts(sentence)]
