"""Surveys whose truth is known: people of one day are alike, answers of one person are alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kiosk.office.statistics import Response, Scale

SCALE = Scale(1, 5, 4)
CORE = ("polite", "clear", "time", "result-right")
SATISFIED, OTHERWISE = ((5, 0.5), (4, 0.5)), ((3, 0.6), (2, 0.3), (1, 0.1))
"""How answers spread among the satisfied and among the others."""


def mean_of(share: float) -> float:
    """The true mean, in the scale's units, of a world with this true share of satisfied answers."""
    return share * _expected(SATISFIED) + (1 - share) * _expected(OTHERWISE)


def _expected(spread: tuple[tuple[int, float], ...]) -> float:
    return sum(value * weight for value, weight in spread)


@dataclass(frozen=True)
class World:
    """`day`, `person`: intraclass correlation of the people of a day, and of the answers of a person."""

    share: float
    days: int
    people: int
    day: float = 0.05
    person: float = 0.3
    skips: float = 0.1
    keys: tuple[str, ...] = CORE

    def survey(self, random: np.random.Generator) -> list[Response]:
        """One survey: people fall on days by chance; one in ten answers is skipped."""
        on = random.integers(0, self.days, self.people)
        that_day = _around(np.full(self.days, self.share), self.day, random)
        inclined = _around(that_day[on], self.person, random)
        shape = (self.people, len(self.keys))
        good = random.random(shape) < inclined[:, None]
        values = np.where(good, _drawn(SATISFIED, shape, random), _drawn(OTHERWISE, shape, random)).tolist()
        skipped = (random.random(shape) < self.skips).tolist()
        return [
            Response(
                f"2026-W{day + 1:02}",
                {
                    key: "skipped" if left_out else value
                    for key, value, left_out in zip(self.keys, row, gone, strict=True)
                },
            )
            for day, row, gone in zip(on.tolist(), values, skipped, strict=True)
        ]


def _drawn(
    spread: tuple[tuple[int, float], ...], shape: tuple[int, int], random: np.random.Generator
) -> np.ndarray:
    return random.choice([value for value, _ in spread], size=shape, p=[weight for _, weight in spread])


def _around(means: np.ndarray, alike: float, random: np.random.Generator) -> np.ndarray:
    """Beta variables with these means and this intraclass correlation."""
    if not alike:
        return means
    strength = 1 / alike - 1
    inside = np.clip(means, 1e-4, 1 - 1e-4)
    return random.beta(inside * strength, (1 - inside) * strength)
