"""Text into a box: the largest size at which it fits, cut into lines of even length. Measured, never guessed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PIL import ImageFont

LINE_SPACING = 1.25
"""Baseline to baseline in em: stacked Vietnamese marks of neighbouring lines must not touch (facts, Type)."""


@dataclass(frozen=True)
class Setting:
    """How a text is set: its lines, its size in px, and whether it fits the box it was given."""

    lines: tuple[str, ...]
    size: int
    fits: bool

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@lru_cache(maxsize=8)
def _face(font: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(font, 200)


@lru_cache(maxsize=1024)
def width_of(text: str, font: str, size: int) -> float:
    """Width of one line in px."""
    return _face(font).getlength(text) * size / 200


@lru_cache(maxsize=512)
def fit(
    text: str,
    font: str,
    largest: int,
    least: int,
    width: int,
    height: int,
    max_lines: int,
    one_line: float = 1.15,
) -> Setting:
    """Set `text` into width × height px, at most `max_lines` lines, size between `least` and `largest` px.

    The largest size that any number of lines allows wins, then the fewest lines. `one_line` is the height in em that
    the first line needs: 1.15 with Vietnamese marks above and below, 0.8 for digits and capitals alone.
    """
    size = largest
    while size >= least:
        for count in range(1, max_lines + 1):
            if size * (one_line + LINE_SPACING * (count - 1)) > height:
                break
            lines = wrap(text, font, size, width, count)
            if lines is not None:
                return Setting(lines, size, True)
        size -= 1
    return Setting(wrap(text, font, least, width, 99) or (text,), least, False)


def wrap(text: str, font: str, size: int, width: int, count: int) -> tuple[str, ...] | None:
    """`text` in at most `count` lines of at most `width` px, as even as possible; None if it cannot be."""
    words = text.split()
    if not words:
        return ("",)
    greedy = _greedy(words, font, size, width)
    if greedy is None or len(greedy) > count:
        return None
    # Even lines read better than a full one and an orphan: narrow the measure while the number of lines stays.
    low, high = 1, width
    best = greedy
    while low < high:
        middle = (low + high) // 2
        lines = _greedy(words, font, size, middle)
        if lines is not None and len(lines) <= len(greedy):
            best, high = lines, middle
        else:
            low = middle + 1
    return tuple(best)


def _greedy(words: list[str], font: str, size: int, width: int) -> list[str] | None:
    lines: list[str] = []
    current = ""
    for word in words:
        longer = f"{current} {word}" if current else word
        if width_of(longer, font, size) <= width:
            current = longer
            continue
        if not current or width_of(word, font, size) > width:
            return None
        lines.append(current)
        current = word
    lines.append(current)
    return lines
