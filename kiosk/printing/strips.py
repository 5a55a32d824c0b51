"""A paper as a list of parts, most of them raster strips: each with its own density, so that little is sent and text
is sharp.

1 dot = 1/8 mm. In every picture here 0 is ink and 255 is paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from PIL import Image

from kiosk.printing.native import Letters, NativeQr

_REAL_TIME = re.compile(rb"\x10[\x04\x05\x14]")
"""DLE EOT, DLE ENQ, DLE DC4: a printer executes these even when they stand inside raster data."""

HEAD = 8
"""Bytes that a strip takes beside its dots."""
_TURNED = bytes(byte ^ 0xFF for byte in range(256))


@dataclass(frozen=True)
class Strip:
    """One raster picture."""

    image: Image.Image
    """Mode "1", in pixels of its own; its width is a multiple of 8."""
    double_width: bool
    double_height: bool
    feed_before: int
    """Dots of blank paper above."""
    centred: bool = False
    """In the paper's middle, put there by the printer (ESC a 1); else from the left edge."""

    def payload(self) -> bytes:
        """The raster bytes as a printer wants them: rows of width/8 bytes, highest bit first, 1 = ink."""
        return self.image.tobytes().translate(_TURNED)

    def dots(self) -> Image.Image:
        """Mode "1": every dot on paper."""
        image = harmless(self).image
        size = image.width * (1 + self.double_width), image.height * (1 + self.double_height)
        return image.resize(size, Image.Resampling.NEAREST)


Part = Strip | NativeQr | Letters
"""One piece of the paper, and the blank paper above it."""


def harmless(strip: Strip) -> Strip:
    """The same strip, moved sideways by a pixel or a few if its raster bytes would hold a real-time command.

    Nothing changes for nearly every strip. Of the moves that help the first that loses least ink at an edge is taken.
    `encode` and `dots` both ask here, so they always agree.
    """
    if not _REAL_TIME.search(strip.payload()):
        return strip
    moves = [replace(strip, image=_moved(strip.image, pixels)) for pixels in (1, -1, 2, -2, 3, -3)]
    helpful = [moved for moved in moves if not _REAL_TIME.search(moved.payload())]
    if not helpful:
        raise ValueError("a strip holds a printer command wherever it is moved")
    return max(helpful, key=lambda moved: moved.image.histogram()[0])


def _moved(image: Image.Image, pixels: int) -> Image.Image:
    moved = Image.new("1", image.size, 255)
    moved.paste(image, (pixels, 0))
    return moved


def preview(parts: Iterable[Part], width: int) -> Image.Image:
    """The very dots on paper, `width` dots wide: what `encode` makes a good printer print, up to the cut.

    Only the letters that a printer draws itself look different on each.
    """
    placed, height = [], 0
    for part in parts:
        image = part.dots()
        height += part.feed_before
        placed.append(((width - image.width) // 2 if part.centred else 0, height, image))
        height += image.height
    paper = Image.new("1", (width, max(height, 1)), 255)
    for left, top, image in placed:
        paper.paste(image, (left, top))
    return paper
