"""Templates, words and small pictures for every page."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from kiosk.clock import ZONE
from kiosk.settings import Settings
from kiosk.words import Words

STAFF = "vi"
"""The language of officers' pages."""


class Pages:
    """Renders the templates of assets/web."""

    def __init__(self, settings: Settings, words: Words, staff_words: Words, *, trial: bool = False) -> None:
        folder = settings.places.assets / "web"
        self._words = words
        self._home_language = settings.office.languages[0]
        self._environment = Environment(
            loader=FileSystemLoader(folder), autoescape=select_autoescape(), undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip
        self._environment.filters.update(hm=hm, day=day_month, minutes=minutes)
        self._environment.globals.update(
            icon=_icons(folder / "icons.svg"),
            mark=_inline(folder / "static" / "mark.svg"), face=_faces(settings),
            office=settings.office, trial=trial,
            t=lambda key, **values: staff_words.shown(key, STAFF, **values),
        )  # fmt: skip

    def language(self, wanted: str) -> str:
        """The citizen's language, or the office's first when there are no words in it."""
        return wanted if wanted in self._words.languages else self._home_language

    def render(self, template: str, /, language: str = STAFF, **values: Any) -> str:
        """One template; `w(key)` in it gives citizens' words in `language`, `t(key)` officers' words."""

        def w(key: str, **inner: str | int) -> str:
            return self._words.shown(key, language, **inner)

        return self._environment.get_template(template).render(language=language, w=w, **values)

    def page(self, template: str, /, language: str = STAFF, status: int = 200, **values: Any) -> HTMLResponse:
        """A whole page."""
        return HTMLResponse(self.render(template, language, **values), status_code=status)


def hm(moment: datetime | None) -> str:
    """9:42"""
    return f"{moment.astimezone(ZONE):%H:%M}".removeprefix("0") if moment else ""


def day_month(day: date) -> str:
    """26/11"""
    return f"{day.day}/{day.month}"


def minutes(start: datetime | None, now: datetime) -> int:
    """Whole minutes from `start` to `now`."""
    return max(0, int((now - start).total_seconds() // 60)) if start else 0


def _inline(path: Path) -> Markup:
    """A drawing inside a page: there it needs no name space, and names no address."""
    text = re.sub(r' xmlns="[^"]+"', "", path.read_text(encoding="utf-8"))
    return Markup(text)  # noqa: S704  (our own file)


def _faces(settings: Settings) -> Any:
    """face("face-5") → that pictogram inside the page: all faces come with the page or none does."""
    folder = settings.places.assets / "pictograms"
    drawn = {name: _inline(folder / f"{name}.svg") for _, name in settings.survey.faces()}

    def face(name: str) -> Markup:
        # Its title is a word of the scale, which stands beside it
        bare = re.sub(r"<title>.*?</title>|\s*\n\s*", "", drawn[name])
        return Markup(bare.replace("<svg", '<svg class="pic" aria-hidden="true" focusable="false"', 1))  # noqa: S704

    return face


def _icons(path: Path) -> Any:
    """icon("hand") → the drawing as inline SVG: old phones do not fetch drawings from another file."""
    found = re.findall(r'<symbol id="([a-z]+)" viewBox="([^"]+)">(.*?)</symbol>', path.read_text(encoding="utf-8"))
    known = {name: (box, drawing) for name, box, drawing in found}

    def icon(name: str, more: str = "") -> Markup:
        box, drawing = known[name]
        return Markup(  # noqa: S704  (our own file)
            f'<svg class="i {more}" viewBox="{box}" aria-hidden="true" focusable="false">{drawing}</svg>'
        )

    return icon
