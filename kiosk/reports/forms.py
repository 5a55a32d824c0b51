"""How figures are written: comma decimals, 17/9/2026, III/2026."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from kiosk.office.periods import Quarter
from kiosk.office.statistics import Estimate
from kiosk.words import Words

STAFF = "vi"
_ROMAN = ("I", "II", "III", "IV")
MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"

Say = Callable[..., str]
"""say(key, **values) → an officers' message."""


def sayer(words: Words) -> Say:
    """Officers' messages."""

    def say(key: str, **values: str | int) -> str:
        return words.shown(key, STAFF, **values)

    return say


def number(value: float, decimals: int = 0) -> str:
    """1,5"""
    return f"{value:.{decimals}f}".replace(".", ",")


def percent(share: float, decimals: int = 0) -> str:
    """88,5%; never 100% or 0% for what is only near."""
    written = number(100 * share, decimals)
    if 0 < share < 1 and written in (number(0, decimals), number(100, decimals)):
        return f"{number(100 * share, decimals + 1)}%" if decimals < 2 else f"{written}%"
    return f"{written}%"


def between(estimate: Estimate) -> str:
    """86–91%"""
    return f"{percent(estimate.low)[:-1]}{DASH}{percent(estimate.high)}"


def signed(value: float, decimals: int = 1) -> str:
    """+1,2 or −1,5"""
    written = number(abs(value), decimals)
    if float(written.replace(",", ".")) == 0:
        return written
    return f"{'+' if value > 0 else MINUS}{written}"


def day(one: date) -> str:
    """17/9"""
    return f"{one.day}/{one.month}"


def whole_day(one: date) -> str:
    """17/9/2026"""
    return f"{one.day}/{one.month}/{one.year}"


def roman(quarter: Quarter) -> str:
    """III/2026"""
    return f"{_ROMAN[quarter.number - 1]}/{quarter.year}"
