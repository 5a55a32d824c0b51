"""What a figure is: a value, a floor measured in the same run, and where one is wanted a threshold."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import quantiles
from typing import Any, Literal


@dataclass
class Figure:
    """One line: what was measured, against which floor, and what it should be."""

    name: str
    value: float
    unit: str
    floor: float = 0.0
    floor_is: str = ""
    threshold: float | None = None
    judged: Literal["ratio", "value"] = "ratio"
    """What the threshold is for."""
    at_least: bool = False
    """The threshold is the least, not the most."""

    @property
    def ratio(self) -> float | None:
        return self.value / self.floor if self.floor else None

    @property
    def holds(self) -> bool | None:
        """None: nothing was wanted."""
        found = self.ratio if self.judged == "ratio" else self.value
        if self.threshold is None or found is None:
            return None
        return found >= self.threshold if self.at_least else found <= self.threshold

    @property
    def wanted(self) -> str:
        """The threshold in words; which of the two it judges is seen by the sign or the unit."""
        if self.threshold is None:
            return ""
        sign = "≥" if self.at_least else "≤"
        return f"{sign} {self.threshold:g} {'×' if self.judged == 'ratio' else self.unit}"

    def line(self) -> str:
        """For the table."""
        against = f"{self.ratio:8.2f} × {self.floor_is} ({self.floor:.2f} {self.unit})" if self.ratio else ""
        mark = {None: "", True: "holds", False: "MISSES"}[self.holds]
        return f"{self.name:34} {self.value:10.2f} {self.unit:3} {self.wanted:>12} {mark:6} {against}".rstrip()

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name, "value": self.value, "unit": self.unit, "floor": self.floor or None,
            "floor_is": self.floor_is, "ratio": self.ratio, "threshold": self.threshold,
            "judged": self.judged if self.threshold is not None else None,
            "at_least": self.at_least, "holds": self.holds,
        }  # fmt: skip


def timed(action: Callable[[int], object], times: int) -> list[float]:
    """Milliseconds of each call."""
    found = []
    for number in range(times):
        start = time.perf_counter()
        action(number)
        found.append((time.perf_counter() - start) * 1000)
    return found


def p(share: int, values: list[float]) -> float:
    return quantiles(values, n=100, method="inclusive")[share - 1]
