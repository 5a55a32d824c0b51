"""A filled form → PDF, by its layout and typst."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from kiosk.papers.draft import Draft
from kiosk.papers.forms import FormField
from kiosk.papers.typed import shown, whole_day
from kiosk.pdf import draw_paper, picture_paper, set_paper

InWords = Callable[[date], str]
"""A day as it is said, all in words (voice.spelling)."""
Signing = Literal["sign", "finger"]


@dataclass(frozen=True)
class Printing:
    """How it is printed."""

    copies: int = 1
    signing: Signing = "sign"
    mark: str = ""
    """Words across the sheet: a trial's, an example's."""
    blank: bool = False
    """Nothing is written on it, not even a default or the day: to be filled in by hand."""


def words_of(one: FormField, kept: str, in_words: InWords) -> str:
    """A whole date in words; "" for everything else."""
    day = whole_day(one, kept)
    return in_words(day) if day else ""


def data_of(draft: Draft, in_words: InWords, today: date, how: Printing) -> dict[str, Any]:
    """What the layout is given: fields by key (text, words, type; where known year, month, day, hour, minute), title,
    circular, today, copies, signing, mark."""
    fields = {}
    for key, one in draft.form.fields.items():
        kept = "" if how.blank else draft.value(key).kept
        parts = dict(zip(("year", "month", "day"), kept.split("-"), strict=False)) if one.type == "date" else {}
        if one.type == "time" and kept:
            parts = dict(zip(("hour", "minute"), kept.split(":"), strict=True))
        words = words_of(one, kept, in_words) if one.words else ""
        fields[key] = {"text": shown(one, kept), "words": words, "type": one.type, **parts}
    file = draft.form.file
    return {
        "fields": fields, "title": file.title, "number": file.number, "circular": file.circular,
        "today": dict.fromkeys(("day", "month", "year"), "") if how.blank else _day(today),
        "copies": how.copies, "signing": how.signing, "mark": how.mark,
    }  # fmt: skip


def _day(today: date) -> dict[str, str]:
    return {"day": f"{today.day:02}", "month": f"{today.month:02}", "year": str(today.year)}


def paper(draft: Draft, in_words: InWords, today: date, how: Printing) -> bytes:
    """The PDF, all copies in one file. Raises kiosk.pdf.PaperError."""
    return set_paper(draft.form.layout, data_of(draft, in_words, today, how), draft.form.library)


def drawn(draft: Draft, in_words: InWords, today: date, how: Printing) -> list[bytes]:
    """The pages of one copy as SVG, to be looked at and printed by a browser. Raises kiosk.pdf.PaperError."""
    data = data_of(draft, in_words, today, replace(how, copies=1))
    return draw_paper(draft.form.layout, data, draft.form.library)


def pictures(draft: Draft, in_words: InWords, today: date, how: Printing) -> list[bytes]:
    """All copies as PNG, one a page, to be looked at. Raises kiosk.pdf.PaperError."""
    return picture_paper(draft.form.layout, data_of(draft, in_words, today, how), draft.form.library)
