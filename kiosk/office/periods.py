"""Quarters of Thursdays. An ISO week belongs to the quarter in which its Thursday lies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_FORM = re.compile(r"(\d{4})Q([1-4])")


@dataclass(frozen=True, order=True)
class Quarter:
    """One quarter of a year; its text is "2026Q3"."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Quarter | None:
        """A quarter from its text; None when it is none."""
        found = _FORM.fullmatch(text)
        return cls(int(found[1]), int(found[2])) if found and found[1] >= "2000" else None

    @classmethod
    def of(cls, day: date) -> Quarter:
        """The quarter of the Thursday in the week of `day`."""
        thursday = day + timedelta(days=3 - day.weekday())
        return cls(thursday.year, (thursday.month + 2) // 3)

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"

    def before(self, count: int = 1) -> Quarter:
        """The quarter that lies `count` quarters before."""
        whole = self.year * 4 + self.number - 1 - count
        return Quarter(whole // 4, whole % 4 + 1)

    @property
    def thursdays(self) -> tuple[date, ...]:
        """Every Thursday, the first one first."""
        first = date(self.year, 3 * self.number - 2, 1)
        day = first + timedelta(days=(3 - first.weekday()) % 7)
        found = []
        while Quarter.of(day) == self:
            found.append(day)
            day += timedelta(days=7)
        return tuple(found)

    @property
    def weeks(self) -> tuple[str, ...]:
        """The ISO weeks of its Thursdays, as answers carry them."""
        return tuple(iso_week(day) for day in self.thursdays)


def iso_week(day: date) -> str:
    """ "2026-W48": the finest time that an answer carries. A week holds one Thursday."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def answers_until(week: str) -> date:
    """The last day on which an answer of this week can come: its Sunday. From Monday on its counts never change, so
    that a Thursday can be told in the next week; who would answer later is not heard."""
    return thursday(week) + timedelta(days=3)


def thursday(week: str) -> date:
    """The Thursday of an ISO week."""
    return date.fromisocalendar(int(week[:4]), int(week[6:]), 4)
