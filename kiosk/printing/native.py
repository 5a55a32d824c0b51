"""What a printer of the profile "known" draws itself: its QR code and letters of its own font, much enlarged.

A few bytes take the place of the two largest rasters. How such letters look is the printer's affair; here a stand-in
for its font A is drawn, 12 × 24 dots a letter like the real one, so that a slip can be seen without paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageFont

from kiosk import fonts, qr

CELL = (12, 24)
"""Width and height of a letter of font A, in dots."""
MOST = 8
"""Times that a letter can be enlarged, across and down."""
_BASELINE = 20
_CAPITAL = 17
"""Height of a capital or a digit: what font A's take, more or less."""


@dataclass(frozen=True)
class NativeQr:
    """A QR code (GS ( k), error correction M. A printer leaves no quiet zone: whoever lays it out leaves it."""

    text: str
    module: int
    """Dots a module, 1 to 16."""
    feed_before: int = 0
    centred: bool = True

    def dots(self) -> Image.Image:
        """Mode "1": every dot on paper."""
        return drawn_modules(qr.modules(self.text), self.module).convert("1")


def drawn_modules(rows: Sequence[Sequence[bool]], module: int) -> Image.Image:
    """A QR code without quiet zone, mode "L", `module` pixels a module."""
    count, side = len(rows), len(rows) * module
    cells = Image.frombytes("L", (count, count), bytes(0 if dark else 255 for row in rows for dark in row))
    return cells.resize((side, side), Image.Resampling.NEAREST)


@dataclass(frozen=True)
class Run:
    """Letters of one size (GS !) within a line; `reverse` is white on black (GS B)."""

    text: str
    wide: int
    high: int
    reverse: bool = False


@dataclass(frozen=True)
class Letters:
    """One line of the printer's own bold letters. ASCII only: that every printer has, whatever its code page."""

    runs: tuple[Run, ...]
    feed_before: int = 0
    centred: bool = True

    @property
    def width(self) -> int:
        """Dots that the line takes."""
        return sum(CELL[0] * run.wide * len(run.text) for run in self.runs)

    def dots(self) -> Image.Image:
        """Mode "1": every dot on paper."""
        height = CELL[1] * max(run.high for run in self.runs)
        line, left = Image.new("1", (self.width, height), 255), 0
        for run in self.runs:
            size = CELL[0] * run.wide, CELL[1] * run.high
            for letter in run.text:
                cell = stand_in(letter).resize(size, Image.Resampling.NEAREST)
                line.paste(cell.point([run.reverse * 255 ^ dot for dot in range(256)]), (left, height - size[1]))
                left += size[0]
        return line


def plate(series: str, number: str, width: int) -> Letters:
    """The ticket's code as large as `width` dots allow: the letter in a black tab, the digits beside it."""
    for times in range(MOST, 1, -1):
        edge = Run(" ", max(times // 4, 1), times, reverse=True)
        gap = Run(" ", edge.wide, times)
        code = Run(series, times, times, reverse=True), Run(number, times, times)
        line = Letters((edge, code[0], edge, gap, code[1]))
        if line.width <= width:
            break
    return line


@lru_cache(maxsize=128)
def stand_in(letter: str) -> Image.Image:
    """How font A may draw a letter: mode "1", 12 × 24 dots, 0 is ink; bold as printers do it, a dot wider."""
    cell = Image.new("1", CELL, 255)
    face = ImageFont.truetype(str(fonts.regular()), _CAPITAL * 8)
    left, top, right, bottom = face.getbbox(letter, anchor="ls")
    if right > left and bottom > top:
        large = Image.new("L", (round(right - left), round(bottom - top)), 255)
        ImageDraw.Draw(large).text((-left, -top), letter, fill=0, font=face, anchor="ls")
        scale = _CAPITAL / -face.getbbox("0", anchor="ls")[1]
        size = min(CELL[0] - 2, max(round(large.width * scale), 2)), max(round(large.height * scale), 2)
        small = large.resize(size, Image.Resampling.BOX).point([255 * (shade > 150) for shade in range(256)], "1")
        at = (CELL[0] - 1 - size[0]) // 2, _BASELINE + round(top * scale)
        cell.paste(small, at)
        cell.paste(0, (at[0] + 1, at[1]), ImageChops.invert(small))
    return cell
