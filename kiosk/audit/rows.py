"""What a measure says: its row on the accessibility page, what it read, and where."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from kiosk.audit.walk import Walk

Frame = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels from the top left, as people measure."""


@dataclass(frozen=True)
class Row:
    """One row of the measure. `number` is the accessibility page's own, with a word where a row has several parts."""

    number: str
    title: str
    threshold: str
    unit: str = ""
    worst: Literal["least", "most"] = "least"
    """Which of the readings is the worst."""

    @property
    def order(self) -> tuple[int, str]:
        """Rows stand as on the page; those that the page lacks come last."""
        head = self.number.split()[0]
        return (int(head) if head.isdigit() else 99, self.number)


@dataclass(frozen=True)
class Place:
    """Where something was seen."""

    size: str
    language: str
    look: str
    scene: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (f'{self.size}"', self.language, self.look, self.scene) if part)


@dataclass(frozen=True)
class Reading:
    """One thing measured. `what`: the target, text or picture; `frame`: where it is on the glass."""

    value: float
    holds: bool
    what: str
    scene: str = ""
    frame: Frame | None = None


@dataclass(frozen=True)
class Measure:
    """A row and the function that takes its readings."""

    row: Row
    take: Callable[[Walk], Iterable[Reading]]
    forms: tuple[str, ...] = ()
    """The forms of glass that it is for; none = all."""
    once: Literal["", "language", "size", "walk"] = ""
    """Taken in the first language only, on the first size only, or in the first walk: it is the same elsewhere."""


@dataclass(frozen=True)
class Worst:
    """A reading that stands for its row: the worst of one walk."""

    reading: Reading
    place: Place
    picture: bytes = b""
    """The scene as JPEG at half its size, for the report."""


@dataclass
class Result:
    """A row over all walks: how often it was read, how often it was broken, the worst places first."""

    row: Row
    readings: int = 0
    broken: int = 0
    worst: list[Worst] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Read at least once, and never broken."""
        return self.readings > 0 and self.broken == 0


MOST_KEPT = 12
"""Places kept for each row of a walk: the report names them, it need not list a hundred alike."""


def result_of(row: Row, readings: Iterable[Reading], place: Place, pictures: dict[str, bytes]) -> Result:
    """The readings of one walk as a result."""
    taken = list(readings)
    sign = 1 if row.worst == "least" else -1
    taken.sort(key=lambda reading: (reading.holds, sign * reading.value))
    broken = sum(not reading.holds for reading in taken)
    distinct: dict[tuple[str, str], Reading] = {}  # the same key on the same kind of screen is told once
    for reading in taken[: max(1, broken)]:
        distinct.setdefault((reading.what, reading.scene.split("-")[0]), reading)
    kept = [
        Worst(reading, Place(place.size, place.language, place.look, reading.scene), pictures.get(reading.scene, b""))
        for reading in list(distinct.values())[:MOST_KEPT]
    ]
    return Result(row, len(taken), broken, kept)


def together(results: Iterable[Result]) -> list[Result]:
    """The results of several walks, a row each, as on the page."""
    rows: dict[str, Result] = {}
    for result in results:
        whole = rows.setdefault(result.row.number, Result(result.row))
        whole.readings += result.readings
        whole.broken += result.broken
        whole.worst += result.worst
    for whole in rows.values():
        sign = 1 if whole.row.worst == "least" else -1
        whole.worst.sort(key=lambda worst, sign=sign: (worst.reading.holds, sign * worst.reading.value))  # type: ignore[misc]
    return sorted(rows.values(), key=lambda result: result.row.order)


NOT_MEASURED: tuple[tuple[str, str, str], ...] = (
    (
        "12",
        "Privacy",
        "Whether a word is personal is a person's judgement; the screen knows a tile and a number only.",
    ),
    ("28", "Text-off test", "Another program takes it: a driver that sees pictures only."),
    ("29", "Web pages", "No page stands on this glass; the tests of the pages measure them in a browser."),
)
"""(row, title, why no program measures it here)."""
