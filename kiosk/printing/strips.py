"""A paper as a list of raster strips: each with its own density, so that little is sent and text is sharp.

1 dot = 1/8 mm. In every picture here 0 is ink and 255 is paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from PIL import Image

_REAL_TIME = re.compile(rb"\x10[\x04\x05\x14]")
"""DLE EOT, DLE ENQ, DLE DC4: a printer executes these even when they stand inside raster data."""


@dataclass(frozen=True)
class Strip:
    """One raster picture, from the paper's left edge, and the blank paper above it."""

    image: Image.Image
    """Mode "1", in pixels of its own; its width is a multiple of 8."""
    double_width: bool
    double_height: bool
    feed_before: int
    """Dots of blank paper above."""

    @property
    def grid(self) -> tuple[int, int]:
        """Dots of paper that one pixel takes, across and down."""
        return 1 + self.double_width, 1 + self.double_height

    @property
    def size(self) -> tuple[int, int]:
        """Width and height on paper, in dots."""
        return self.image.width * self.grid[0], self.image.height * self.grid[1]

    def payload(self) -> bytes:
        """The raster bytes as a printer wants them: rows of width/8 bytes, highest bit first, 1 = ink."""
        return bytes(byte ^ 0xFF for byte in self.image.tobytes())


def harmless(strip: Strip) -> Strip:
    """The same strip, moved sideways by a pixel or a few if its raster bytes would hold a real-time command.

    Nothing changes for nearly every strip. `encode` and `preview` both ask here, so they always agree.
    """
    for shift in (0, 1, -1, 2, -2, 3, -3):
        moved = strip if shift == 0 else replace(strip, image=_moved(strip.image, shift))
        if not _REAL_TIME.search(moved.payload()):
            return moved
    raise ValueError("a strip holds a printer command wherever it is moved")


def _moved(image: Image.Image, pixels: int) -> Image.Image:
    moved = Image.new("1", image.size, 255)
    moved.paste(image, (pixels, 0))
    return moved


def preview(strips: Iterable[Strip], width: int) -> Image.Image:
    """The very dots on paper, `width` dots wide: what `encode` makes a good printer print, up to the cut."""
    placed, height = [], 0
    for strip in map(harmless, strips):
        height += strip.feed_before
        placed.append((height, strip))
        height += strip.size[1]
    paper = Image.new("1", (width, max(height, 1)), 255)
    for top, strip in placed:
        paper.paste(strip.image.resize(strip.size, Image.Resampling.NEAREST), (0, top))
    return paper
