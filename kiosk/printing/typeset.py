"""Text and pictures drawn large, in ink on white; the roll that turns each drawing into a strip of dots.

Everything is drawn at 4× and box-filtered down to the strip's own grid: a pixel 46 % covered is ink.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from kiosk.pictures import PictureMissing, Pictures
from kiosk.printing.native import drawn_modules
from kiosk.printing.strips import HEAD, Part, Strip
from kiosk.text import nfc

FINE, TEXT, COARSE = (1, 1), (2, 1), (2, 2)
"""Dots a pixel takes, across and down. Lines of text keep every row, for the tone marks' sake."""

SCALE = 4
INK, PAPER = 0, 255
LINE, BASELINE = 1.27, 0.98
"""A line's height and its baseline's depth, in font sizes: marks above capitals and below letters fit."""
_IS_INK = [255 * (shade < round(0.54 * 255)) for shade in range(256)]
_DARK = 125
"""Luminance below which a pictogram's colour is ink: outline, river, brick; not skin, mint, gold."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Font:
    """One font at one size."""

    path: Path
    size: int
    """Dots."""

    @property
    def face(self) -> ImageFont.FreeTypeFont:
        """The font as Pillow has it, at 4×."""
        return _face(self.path, self.size)

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
        return _length(self.path, self.size, text) / SCALE

    def height(self, text: str) -> float:
        """Dots from the baseline to the top of the ink."""
        return -self.face.getbbox(text, anchor="ls")[1] / SCALE


@lru_cache(maxsize=64)
def _face(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size * SCALE)


@lru_cache(maxsize=512)
def _length(path: Path, size: int, text: str) -> float:
    return _face(path, size).getlength(text)


@dataclass(frozen=True)
class _Text:
    text: str
    font: Font
    x: float
    baseline: float
    anchor: str
    ink: int

    def draw(self, image: Image.Image, pen: ImageDraw.ImageDraw) -> None:
        at = self.x * SCALE, self.baseline * SCALE
        pen.text(at, self.text, fill=self.ink, font=self.font.face, anchor=f"{self.anchor}s")


@dataclass(frozen=True)
class _Block:
    left: float
    top: float
    right: float
    bottom: float
    radius: float
    line: float

    def draw(self, image: Image.Image, pen: ImageDraw.ImageDraw) -> None:
        pen.rounded_rectangle(
            (self.left * SCALE, self.top * SCALE, self.right * SCALE - 1, self.bottom * SCALE - 1),
            self.radius * SCALE,
            fill=None if self.line else INK,
            outline=INK,
            width=round(self.line * SCALE) or 1,
        )


@dataclass(frozen=True)
class _Picture:
    pictures: Pictures
    name: str
    left: int
    top: int
    size: int

    def draw(self, image: Image.Image, pen: ImageDraw.ImageDraw) -> None:
        try:
            inked = _inked(self.pictures, self.name, self.size * SCALE)
        except PictureMissing as missing:
            log.warning("slip without a picture: %s", missing)
            return
        image.paste(inked, (self.left * SCALE, self.top * SCALE))


@lru_cache(maxsize=64)
def _inked(pictures: Pictures, name: str, size: int) -> Image.Image:
    colours = pictures.image(name, size)
    white = Image.new("RGBA", colours.size, "white")
    grey = Image.alpha_composite(white, colours).convert("L")
    inked = grey.point([INK if shade < _DARK else PAPER for shade in range(256)])
    # strokes grow by half a dot, else the grid swallows them
    return inked.filter(ImageFilter.MinFilter(3))


@dataclass(frozen=True)
class _Modules:
    rows: tuple[tuple[bool, ...], ...]
    left: int
    top: int
    module: int

    def draw(self, image: Image.Image, pen: ImageDraw.ImageDraw) -> None:
        image.paste(drawn_modules(self.rows, self.module * SCALE), (self.left * SCALE, self.top * SCALE))


class Sheet:
    """A piece of paper to draw on, `width` × `height` dots; all positions and sizes are dots.

    It keeps what is drawn as data, so that the same sheet on another slip need not be drawn again.
    """

    def __init__(self, width: int, height: int) -> None:
        self._width, self._height = width, height
        self._marks: list[_Text | _Block | _Picture | _Modules] = []

    def text(self, text: str, font: Font, x: float, baseline: float, anchor: str = "l", ink: int = INK) -> None:
        """`anchor`: which point of the line stands at x: l(eft), m(iddle) or r(ight)."""
        self._marks.append(_Text(text, font, x, baseline, anchor, ink))

    def block(self, left: float, top: float, right: float, bottom: float, radius: float = 0, line: float = 0) -> None:
        """A black box, or only its outline when `line` says how thick."""
        self._marks.append(_Block(left, top, right, bottom, radius, line))

    def picture(self, pictures: Pictures, name: str, left: int, top: int, size: int) -> None:
        """A pictogram in ink. One that is missing leaves its place empty: the number matters more."""
        self._marks.append(_Picture(pictures, name, left, top, size))

    def modules(self, rows: Sequence[Sequence[bool]], left: int, top: int, module: int) -> None:
        """A QR code, `module` dots a module."""
        self._marks.append(_Modules(tuple(map(tuple, rows)), left, top, module))

    def strips(self, grid: tuple[int, int], centred: bool) -> tuple[tuple[Strip, ...], int]:
        """The strips of this sheet, and how many dots of it stay blank under the last one."""
        return _strips(self._width, self._height, tuple(self._marks), grid, centred)


@lru_cache(maxsize=64)
def _strips(
    width: int,
    height: int,
    marks: tuple[_Text | _Block | _Picture | _Modules, ...],
    grid: tuple[int, int],
    centred: bool,
) -> tuple[tuple[Strip, ...], int]:
    """Draws the marks. Most sheets of a slip are those of the slip before: only number, date and code differ."""
    image = Image.new("L", (width * SCALE, height * SCALE), PAPER)
    pen = ImageDraw.Draw(image)
    for mark in marks:
        mark.draw(image, pen)
    across, down = grid
    ink = image.reduce((across * SCALE, down * SCALE)).point(_IS_INK, "1")
    strips, end = [], 0
    for top, bottom in _pieces(ink, down, centred):
        left, right = _columns(ink, top, bottom, centred)
        dots = ImageChops.invert(ink.crop((left, top, right, bottom)))
        strips.append(Strip(dots, across == 2, down == 2, (top - end) * down, left > 0))
        end = bottom
    return tuple(strips), height - end * down


def _columns(ink: Image.Image, top: int, bottom: int, centred: bool) -> tuple[int, int]:
    """From where to where those rows are sent: whole bytes; of a centred piece the same is cut at both sides."""
    box = ink.crop((0, top, ink.width, bottom)).getbbox()
    left, _, right, _ = box if box else (0, 0, 0, 0)
    if not centred:
        return 0, -(-right // 8) * 8
    blank = min(left, ink.width - right) // 8 * 8
    return blank, ink.width - blank


def _pieces(ink: Image.Image, down: int, centred: bool) -> list[tuple[int, int]]:
    """The rows that are sent, top and bottom: cut at blank rows where that saves bytes.

    Never through ink: a printer may stop between two strips, and would leave a hair of white there.
    """

    def cost(top: int, bottom: int) -> int:
        left, right = _columns(ink, top, bottom, centred)
        return HEAD + (right - left) // 8 * (bottom - top)

    pieces: list[tuple[int, int]] = []
    data, row = ink.tobytes(), -(-ink.width // 8)
    inked = [any(data[start : start + row]) for start in range(0, len(data), row)]
    changes = zip([*inked, False], [False, *inked], strict=True)
    edges = [at for at, (here, above) in enumerate(changes) if here != above]
    for top, bottom in zip(edges[::2], edges[1::2], strict=True):
        if pieces:
            start, end = pieces[-1]
            blank = HEAD + (top - end) * down // 2
            if cost(start, bottom) <= cost(start, end) + blank + cost(top, bottom):
                pieces.pop()
                top = start
        pieces.append((top, bottom))
    return pieces


class Typesetter:
    """Makes a text fit: smaller, then in more lines, at last cut short. Never wider than asked."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def font(self, size: int) -> Font:
        """The font at `size` dots."""
        return Font(self._path, size)

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
    """The paper so far: its parts, and the blank paper that waits for the next one."""

    def __init__(self, fine: bool) -> None:
        self.parts: list[Part] = []
        self._fine = fine
        self._blank = 0

    def feed(self, dots: int) -> None:
        """Leave blank paper."""
        self._blank += dots

    def put(self, sheet: Sheet, grid: tuple[int, int], centred: bool = False) -> None:
        """Bring a sheet onto the paper. Blank rows become a feed, blank columns are not sent: those on the right, and
        when the printer may be asked to centre the strip those on the left too."""
        strips, blank = sheet.strips(FINE if self._fine else grid, centred)
        for strip in strips:
            self.add(strip)
        self._blank += blank

    def add(self, part: Part) -> None:
        """Bring one more part onto the paper."""
        self.parts.append(replace(part, feed_before=part.feed_before + self._blank))
        self._blank = 0
