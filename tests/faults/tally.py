"""What came of many trials."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Tally:
    """How many were tried, by group, and what failed, by kind."""

    tried: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    failed: int = 0
    """Trials with a failure; one trial may fail in several ways."""
    first: str = ""
    """The first failure, in words that lead back to it."""

    def add(self, group: str, wrong: list[str], where: str) -> None:
        """One more trial; `wrong`: kinds of failure, empty when all is well."""
        self.tried[group] += 1
        self.failures.update(wrong)
        self.failed += bool(wrong)
        if wrong and not self.first:
            self.first = f"{where}: {', '.join(wrong)}"

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.tried + other.tried, self.failures + other.failures, self.failed + other.failed,
            self.first or other.first,
        )  # fmt: skip

    def line(self) -> str:
        """N, failures, and below what the true rate lies with 95 % confidence when there was none."""
        groups = ", ".join(f"{group} {count:,}" for group, count in sorted(self.tried.items()))
        told = f"N = {self.tried.total():,} ({groups}), failures {self.failed}"
        if self.failed:
            kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(self.failures.items()))
            return f"{told}: {kinds}; first {self.first}"
        return f"{told}, 95 % bound {300 / max(1, self.tried.total()):.2g} %"
