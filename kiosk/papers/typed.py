"""What an officer types → what is kept → what stands on the paper.

Kept values are plain: a date is "1960-03-05", "1960-03" or "1960"; a time "08:30"; everything else is the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from kiosk.papers.forms import FormField
from kiosk.text import nfc

LONGEST = 300
"""Signs that one line of a form takes."""
OLDEST = 1880
"""Nobody on a form was born before."""


class Mistyped(Exception):
    """It cannot stand on the form; `key` names the sentence that says why (assets/words/staff)."""

    def __init__(self, key: str, **values: str | int) -> None:
        self.key, self.values = key, values
        super().__init__(key)


def keep(one: FormField, text: str, choices: Sequence[str], today: date) -> str:
    """What is kept of `text`, typed into the field. "" stays "". Raises Mistyped."""
    text = _clean(text, one.lines)
    if not text:
        return ""
    if len(text) > LONGEST * one.lines:
        raise Mistyped("typed-long", most=LONGEST * one.lines)
    match one.type:
        case "date":
            return _date(text, today, partial=one.partial, future=one.future)
        case "year":
            return _date(text, today, partial=True, future=one.future)[:4]
        case "time":
            return _time(text)
        case "number":
            return _number(text, one.least, one.most)
        case "id":
            return _id(text)
        case "name":
            return _name(text)
        case "choice":
            return choose(text, choices, open_to_others=one.open)
        case "text":
            return text


def shown(one: FormField, kept: str) -> str:
    """A kept value as it stands on the paper and on the page: 05/03/1960, 03/1960, 1960; hours are the layout's."""
    if one.type != "date" or not kept:
        return kept
    return "/".join(reversed(kept.split("-")))


def whole_day(one: FormField, kept: str) -> date | None:
    """The day of a date that is known to the day; None for everything else."""
    return date.fromisoformat(kept) if one.type == "date" and kept.count("-") == 2 else None


def choose(text: str, choices: Sequence[str], *, open_to_others: bool) -> str:
    """The choice that `text` means: its number from 1, its words, or their beginning, with or without marks."""
    if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= len(choices):
        return choices[int(text) - 1]
    wanted = plain(text)
    same = [one for one in choices if plain(one) == wanted]
    near = same or [one for one in choices if plain(one).startswith(wanted)]
    if len(near) == 1 or same:
        return near[0]
    if len(near) > 1 and not open_to_others:
        raise Mistyped("typed-several", first=near[0], second=near[1])
    if not open_to_others:
        raise Mistyped("typed-no-choice")
    return text


def plain(text: str) -> str:
    """Letters and digits alone, small, without marks: what is typed without marks finds its word."""
    bare = unicodedata.normalize("NFD", text.lower().replace("\u0111", "d"))
    return "".join(sign for sign in bare if sign.isalnum())


def _clean(text: str, lines: int) -> str:
    text = nfc(text.replace("\r\n", "\n"))
    if any(unicodedata.category(sign) in ("Cc", "Cs", "Cn", "Co") for sign in text if sign not in "\n\t"):
        raise Mistyped("typed-signs")
    if lines == 1:
        return " ".join(text.split())
    return "\n".join(" ".join(line.split()) for line in text.strip().split("\n"))


def _name(text: str) -> str:
    """Capitals, as the circulars ask for names."""
    if not all(sign.isalpha() or sign in " '’.-" for sign in text):
        raise Mistyped("typed-name")
    return nfc(text.upper())


def _id(text: str) -> str:
    digits = re.sub(r"[\s.-]", "", text)
    if not (digits.isascii() and digits.isdigit() and len(digits) in (9, 12)):
        raise Mistyped("typed-id")
    return digits


def _number(text: str, least: int, most: int) -> str:
    if not (text.isascii() and text.isdigit() and least <= int(text[:9]) <= most and len(text) < 10):
        raise Mistyped("typed-number", least=least, most=most)
    return str(int(text))


def _time(text: str) -> str:
    """8h30, 8:30, 0830, 8, with or without words."""
    numbers = re.findall(r"\d+", text)
    if len(numbers) == 1 and len(numbers[0]) in (3, 4):
        numbers = [numbers[0][:-2], numbers[0][-2:]]
    if not 1 <= len(numbers) <= 2:
        raise Mistyped("typed-time")
    hour, minute = (int(one[:3]) for one in [*numbers, "0"][:2])
    if hour > 23 or minute > 59:
        raise Mistyped("typed-time")
    return f"{hour:02}:{minute:02}"


def _date(text: str, today: date, *, partial: bool, future: bool) -> str:
    """5/3/1960, 5-3-60, 05031960, with or without words; where `partial`: 3/1960, 1960."""
    numbers = re.findall(r"\d+", text)
    if not {plain(word) for word in re.findall(r"[^\W\d_]+", text)} <= _DATE_WORDS:
        raise Mistyped("typed-date")
    if len(numbers) == 1 and len(numbers[0]) in (6, 8):
        numbers = [numbers[0][:2], numbers[0][2:4], numbers[0][4:]]
    if not 1 <= len(numbers) <= 3 or any(len(one) > 4 for one in numbers):
        raise Mistyped("typed-date")
    if len(numbers) < 3 and not partial:
        raise Mistyped("typed-date-whole")
    if len(numbers) < 3 and len(numbers[-1]) != 4:
        raise Mistyped("typed-date")
    year = _year(numbers[-1], today)
    try:
        found = date(year, *(int(one) for one in reversed(numbers[:-1])), *[1] * (3 - len(numbers)))
    except ValueError:
        raise Mistyped("typed-no-day") from None
    if year < OLDEST:
        raise Mistyped("typed-old", year=str(OLDEST))
    if found > today and not future:
        raise Mistyped("typed-future")
    return found.isoformat()[: {1: 4, 2: 7, 3: 10}[len(numbers)]]


_DATE_WORDS = {"ngay", "thang", "nam", "mung", "mong"}
"""Words that may stand in a date, without their marks."""


def _year(text: str, today: date) -> int:
    """Two digits are the last such year that has come."""
    if len(text) == 4:
        return int(text)
    if len(text) != 2:
        raise Mistyped("typed-date")
    year = today.year // 100 * 100 + int(text)
    return year if year <= today.year else year - 100
