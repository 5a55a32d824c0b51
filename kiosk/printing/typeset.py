"""Text and pictures drawn large, in ink on white; the roll that turns each drawing into a strip of dots.

Everything is drawn at 4× and box-filtered down to the strip's own grid: a pixel 46 % covered is ink.
"""

from __future__ import annotations

import logging
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from kiosk.pictures import PictureMissing, Pictures
from kiosk.printing.strips import Strip
from kiosk.text import nfc

FINE, TEXT, COARSE = (1, 1), (2, 1), (2, 2)
"""Dots a pixel takes, across and down. Lines of text keep every row, for the tone marks' sake."""

SCALE = 4
INK, PAPER = 0, 255
LINE, BASELINE = 1.27, 0.98
"""A line's height and its baseline's depth, in font sizes: marks above capitals and below letters fit."""
_THRESHOLD = round(0.54 * 255)
_DARK = 125
"""Luminance below which a pictogram's colour is ink: outline, river, brick; not skin, mint, gold."""

log = logging.getLogger(__name__)


class Sheet:
    """A piece of paper to draw on, `width` × `height` dots; all positions and sizes are dots."""

    def __init__(self, width: int, height: int) -> None:
        self.image = Image.new("L", (width * SCALE, height * SCALE), PAPER)
        self._draw = ImageDraw.Draw(self.image)

    def text(self, text: str, font: Font, x: float, baseline: float, anchor: str = "l", ink: int = 0) -> None:
        """`anchor`: which point of the line stands at x: l(eft), m(iddle) or r(ight)."""
        self._draw.text((x * SCALE, baseline * SCALE), text, fill=ink, font=font.face, anchor=f"{anchor}s")

    def block(self, left: float, top: float, right: float, bottom: float, radius: float = 0, line: float = 0) -> None:
        """A black box, or only its outline when `line` says how thick."""
        self._draw.rounded_rectangle(
            (left * SCALE, top * SCALE, right * SCALE - 1, bottom * SCALE - 1),
            radius * SCALE,
            fill=None if line else INK,
            outline=INK,
            width=round(line * SCALE) or 1,
        )

    def picture(self, pictures: Pictures, name: str, left: int, top: int, size: int) -> None:
        """A pictogram in ink. One that is missing leaves its place empty: the number matters more."""
        try:
            colours = pictures.image(name, size * SCALE)
        except PictureMissing as missing:
            log.warning("slip without a picture: %s", missing)
            return
        white = Image.new("RGBA", colours.size, "white")
        grey = Image.alpha_composite(white, colours).convert("L")
        inked = grey.point([INK if shade < _DARK else PAPER for shade in range(256)])
        # strokes grow by half a dot, else the grid swallows them
        inked = inked.filter(ImageFilter.MinFilter(3))
        self.image.paste(inked, (left * SCALE, top * SCALE))


class Font:
    """One font at one size."""

    def __init__(self, path: Path, size: int) -> None:
        self.size = size
        """Dots."""
        self.face = ImageFont.truetype(str(path), size * SCALE)

    @property
    def line(self) -> int:
        """From one baseline to the next, in whole even dots."""
        return round(self.size * LINE / 2) * 2

    @property
    def baseline(self) -> int:
        """From a line's top to its baseline, in dots."""
        return round(self.size * BASELINE)

    def width(self, text: str) -> float:
        """Dots that `text` takes."""
        return self.face.getlength(text) / SCALE

    def height(self, text: str) -> float:
        """Dots from the baseline to the top of the ink."""
        return -self.face.getbbox(text, anchor="ls")[1] / SCALE


class Typesetter:
    """Makes a text fit: smaller, then in more lines, at last cut short. Never wider than asked."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fonts: dict[int, Font] = {}

    def font(self, size: int) -> Font:
        """The font at `size` dots."""
        if size not in self._fonts:
            self._fonts[size] = Font(self._path, size)
        return self._fonts[size]

    def fit(self, text: str, size: int, least: int, width: float, lines: int = 2) -> tuple[list[str], Font]:
        """The lines of `text` and the largest font of `size` to `least` dots in which they fit `width`."""
        text = " ".join(nfc(text).split())
        for candidate in range(size, max(least, round(size * 0.85)) - 1, -1):  # smaller, but in one line
            if self.font(candidate).width(text) <= width:
                return [text], self.font(candidate)
        for most in range(2, lines + 1):
            for candidate in range(size, least - 1, -1):
                broken = _broken(text, self.font(candidate), width, most)
                if broken:
                    return broken, self.font(candidate)
        return _cut(text, self.font(least), width, lines), self.font(least)

    def line(self, text: str, size: int, width: float) -> tuple[str, Font]:
        """`text` in one line, as small as it must be (for digits and the few words beside them)."""
        text = nfc(text)
        for candidate in range(size, size // 3, -1):
            if self.font(candidate).width(text) <= width:
                return text, self.font(candidate)
        font = self.font(size // 3)
        return _cut(text, font, width, 1)[0], font


def _broken(text: str, font: Font, width: float, lines: int) -> list[str] | None:
    """`text` in as few lines as it needs, evenly long; None when it needs more than `lines`."""
    parts = text.split(" – ")
    if len(parts) == 2 and lines >= 2 and all(font.width(part) <= width for part in parts):
        return parts
    best = _greedy(text, font, width)
    if best is None or len(best) > lines:
        return None
    for share in range(96, 40, -4):
        tighter = _greedy(text, font, width * share / 100)
        if tighter is None or len(tighter) > len(best):
            break
        best = tighter
    return best


def _greedy(text: str, font: Font, width: float) -> list[str] | None:
    lines: list[str] = []
    for word in text.split():
        if font.width(word) > width:
            return None
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.width(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _cut(text: str, font: Font, width: float, lines: int) -> list[str]:
    """The last resort: full lines, broken between words where it can be, the last one ending in "…"."""
    found: list[str] = []
    while font.width(text) > width and len(found) < lines:
        ending = "…" if len(found) == lines - 1 else ""
        ends = range(len(text) - 1, 1, -1)
        end = next((end for end in ends if font.width(text[:end] + ending) <= width), 1)
        space = text.rfind(" ", end // 2, end + 1)
        end = space if space > 0 else end
        found.append(text[:end].rstrip() + ending)
        text = "" if ending else text[end:].lstrip()
    return [*found, text] if text else found


class Roll:
    """The paper so far: strips and the blank paper that waits for the next one."""

    def __init__(self, width: int, fine: bool) -> None:
        self.width = width
        self.strips: list[Strip] = []
        self._fine = fine
        self._blank = 0

    def feed(self, dots: int) -> None:
        """Leave blank paper."""
        self._blank += dots

    def put(self, sheet: Sheet, grid: tuple[int, int]) -> None:
        """Bring a sheet onto the paper: blank rows become a feed, blank columns on its right are not sent."""
        across, down = FINE if self._fine else grid
        width, height = sheet.image.width // SCALE, sheet.image.height // SCALE
        small = sheet.image.resize((width // across, height // down), Image.Resampling.BOX)
        inked = small.point([255 if shade < _THRESHOLD else 0 for shade in range(256)])
        box = inked.getbbox()
        if box is None:
            self.feed(height)
            return
        _, top, right, bottom = box
        cropped = inked.crop((0, top, -(-right // 8) * 8, bottom))
        dots = cropped.point([255 - shade for shade in range(256)]).convert("1")
        self.strips.append(Strip(dots, across == 2, down == 2, self._blank + top * down))
        self._blank = height - bottom * down
