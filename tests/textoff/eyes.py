"""Finds pictograms in a screenshot by how they look: neither names, nor words, nor where a screen puts what.

A picture is its dark lines: each master is compared, at every size from 12 to 157 dots of 460, with the darkness of
the screenshot (normalised cross-correlation). The ground below and what is pale in the picture do not count, so it is
found on white, paper and rice alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.fft import irfft2, next_fast_len, rfft2

Map = NDArray[np.float32]

DOTS = 460
"""Dots along the longer side of the maps: 0.5 mm each on a small screen, 1 mm on a large one."""
SIZES = [round(12 * 1.1**step) for step in range(28)]
"""Sides tried, in dots."""
ALIKE = 0.80
"""How alike a picture must be to be taken for what it is."""
NEARLY = 0.85
_PALE, _DARK = 140.0, 60.0
"""Luminance of what counts as ground, and as a line."""


@dataclass(frozen=True)
class Sight:
    """One picture, seen: its middle in the screenshot's pixels, its side in dots, and how alike it was."""

    name: str
    x: float
    y: float
    side: float
    alike: float


def darkness(image: Image.Image) -> Map:
    """0 = ground, 1 = line."""
    grey = np.asarray(image.convert("L"), dtype=np.float32)
    return np.clip((_PALE - grey) / (_PALE - _DARK), 0, 1)


def shrunk(image: Image.Image, size: tuple[int, int]) -> Map:
    """Lines first, then smaller: a line of half a dot is half dark."""
    lines = Image.fromarray((darkness(image) * 255).astype(np.uint8))
    return np.asarray(lines.resize(size, Image.Resampling.BOX), dtype=np.float32) / 255


class Look:
    """One screenshot, prepared for looking at."""

    def __init__(self, screenshot: Image.Image, dots: int = DOTS) -> None:
        """`dots`: along the longer side; more show what is small."""
        self._scale = max(screenshot.size) / dots
        width, height = (round(side / self._scale) for side in screenshot.size)
        self.map = shrunk(screenshot, (width, height))
        self._shape = tuple(next_fast_len(side, real=True) for side in self.map.shape)

    @cached_property
    def _spectrum(self) -> NDArray[np.complex64]:
        return rfft2(self.map, self._shape)

    @cached_property
    def _sums(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Summed areas of the map and of its square."""
        one, square = (part.astype(np.float64).cumsum(0).cumsum(1) for part in (self.map, self.map**2))
        return np.pad(one, ((1, 0), (1, 0))), np.pad(square, ((1, 0), (1, 0)))

    def best(self, picture: Known) -> Sight:
        """Where the screenshot is most like this picture: roughly first, then in the sizes around the best one."""
        rough = max((self._at(picture, side) for side in SIZES), key=lambda sight: sight.alike)
        near = {round(rough.side * factor) for factor in (0.93, 0.96, 1.0, 1.04, 1.07)}
        return max((self._at(picture, side) for side in near), key=lambda sight: sight.alike)

    def every(self, picture: Known) -> list[Sight]:
        """All of them that do not overlap, in the size of the best one and nearly as alike: where a line falls
        between two dots differs from one to the next."""
        best = self.best(picture)
        enough = max(ALIKE, best.alike) * NEARLY
        scores = self._scores(picture.pattern(round(best.side)))
        found: list[Sight] = []
        while scores is not None and scores.max() >= enough:
            sight = self._sight(picture, scores, round(best.side))
            found.append(sight)
            high, wide = (length // 2 for length in picture.pattern(round(best.side)).shape)
            row, column = np.unravel_index(int(scores.argmax()), scores.shape)
            scores[max(0, row - high) : row + high + 1, max(0, column - wide) : column + wide + 1] = -1
        return found

    def _at(self, picture: Known, side: int) -> Sight:
        scores = self._scores(picture.pattern(side))
        return Sight(picture.name, 0, 0, side, -1.0) if scores is None else self._sight(picture, scores, side)

    def _sight(self, picture: Known, scores: Map, side: int) -> Sight:
        row, column = np.unravel_index(int(scores.argmax()), scores.shape)
        high, wide = picture.pattern(side).shape
        x, y = (column + wide / 2) * self._scale, (row + high / 2) * self._scale
        return Sight(picture.name, x, y, side, float(scores[row, column]))

    def _scores(self, pattern: Map) -> Map | None:
        high, wide = pattern.shape
        rows, columns = self.map.shape[0] - high + 1, self.map.shape[1] - wide + 1
        if rows < 1 or columns < 1:
            return None
        flat = pattern - pattern.mean()
        shape = self._shape
        together = irfft2(self._spectrum * np.conj(rfft2(flat, shape)), shape)[:rows, :columns]
        total, squares = (
            area[high:, wide:] - area[:-high, wide:] - area[high:, :-wide] + area[:-high, :-wide]
            for area in self._sums
        )
        variance = np.maximum(squares - total**2 / pattern.size, 1e-3)
        scores: Map = together / np.sqrt(variance * float((flat**2).sum()))
        return scores


class Known:
    """A picture that somebody knows: its lines, in any size."""

    def __init__(self, name: str, draw: Callable[[int], Image.Image]) -> None:
        """`draw` makes it so many pixels wide, transparent around."""
        self.name = name
        self._draw = draw
        self._kept: dict[int, Map] = {}

    def pattern(self, side: int) -> Map:
        """Its lines, so many dots wide."""
        if side not in self._kept:
            drawn = self._draw(side * 4)  # larger first, as the screenshot was
            on_white = Image.alpha_composite(Image.new("RGBA", drawn.size, "white"), drawn)
            self._kept[side] = shrunk(on_white, (side, max(1, round(side * drawn.height / drawn.width))))
        return self._kept[side]
