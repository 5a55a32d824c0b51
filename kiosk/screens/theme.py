"""Every colour, size and place on the screen, in millimetres of the real glass. The one source of the look.

Source of the figures: the look's tokens (LOOK.md) and facts/accessibility.md. Millimetres become pixels by the
diagonal from the settings. Places are computed from the top left, as people measure; `kivy_box` turns them over.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

Colour = tuple[float, float, float, float]


def colour(hex_code: str, alpha: float = 1.0) -> Colour:
    """#RRGGBB → Kivy's rgba."""
    red, green, blue = (int(hex_code[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return (red, green, blue, alpha)


INK = colour("#1E2A32")
PAPER = colour("#FFFCF5")
WHITE = colour("#FFFFFF")
RIVER = colour("#0A4F94")
RIVER_WASH = colour("#D5E3F0")
RICE = colour("#F6B81A")
RICE_WASH = colour("#FCE8B3")
GREY = colour("#DCE3E6")
LEDGE = colour("#BCC7CD")
LEDGE_ON_RIVER = colour("#06305C")
FLOOR = colour("#EBDDBB")
VEIL = colour("#1E2A32", 0.72)
NIGHT = colour("#000000", 0.9)
CLEAR: Colour = (0, 0, 0, 0)


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels, measured from the top left."""

    x: int
    y: int
    width: int
    height: int

    @property
    def bottom(self) -> int:
        return self.y + self.height

    @property
    def right(self) -> int:
        return self.x + self.width


@dataclass(frozen=True)
class Sizes:
    """Type and strokes of one form of screen, in millimetres."""

    label: float  # no label is smaller
    question: float
    answer: float
    start: float
    margin: float
    gap: float
    line: float  # outline of keys
    ledge: float
    radius: float
    band: float
    choices: int  # tiles a page
    columns: int


_SIZES = {
    "portrait": Sizes(12.0, 15.5, 19.0, 20.0, 12.0, 7.5, 1.0, 3.0, 7.0, 6.0, 6, 2),
    "landscape": Sizes(12.0, 12.6, 14.0, 17.0, 8.0, 6.0, 0.72, 2.4, 5.0, 4.3, 6, 3),
    "low": Sizes(12.0, 14.8, 16.0, 20.0, 6.0, 6.0, 1.0, 3.0, 7.0, 6.0, 6, 3),
    "small": Sizes(7.25, 8.2, 9.0, 10.0, 6.0, 5.2, 0.72, 2.0, 4.0, 2.8, 4, 2),
}


class Theme:
    """The look on one screen. `form`: portrait (21.5" kiosk), landscape (15.6"), small (10.1"), or low.

    Low is portrait with every target in the lower half of the glass: what is left for them is as wide and high as a
    landscape screen's content, so it is arranged as there.
    """

    def __init__(
        self, width: int, height: int, diagonal_inches: float, *,
        reduced_motion: bool = False, text_off: bool = False, low: bool = False,
    ) -> None:  # fmt: skip
        """`text_off`: only digits are written; `low`: only where `lowers` says that it matters."""
        self.width, self.height = width, height
        self.px_per_mm = math.hypot(width, height) / (diagonal_inches * 25.4)
        self.reduced_motion, self.text_off = reduced_motion, text_off
        self.lowers = height > width
        """Whether targets can be brought down: landscape glasses are 194 or 136 mm high, all of it within reach."""
        if self.lowers:
            self.form = "low" if low else "portrait"
        else:
            self.form = "landscape" if width / self.px_per_mm >= 300 else "small"
        self.sizes = _SIZES[self.form]

    @property
    def tall(self) -> bool:
        return self.form == "portrait"

    @property
    def is_small(self) -> bool:
        return self.form == "small"

    @property
    def is_low(self) -> bool:
        return self.form == "low"

    def mm(self, value: float) -> int:
        """Millimetres → whole pixels."""
        return round(value * self.px_per_mm)

    def by_form(self, portrait: float, landscape: float, small: float, low: float | None = None) -> int:
        """A length that differs by form, in millimetres → pixels. Low is as landscape, unless told."""
        low = landscape if low is None else low
        return self.mm({"portrait": portrait, "landscape": landscape, "small": small, "low": low}[self.form])

    # ---- the fixed places ----------------------------------------------------------------------------------------

    @property
    def bar(self) -> Box:
        """The bar with its three keys: the same pixels on every screen."""
        height = self.by_form(63.5, 35.0, 26.5, 63.5)
        return Box(0, self.height - height, self.width, height)

    @property
    def bar_keys(self) -> tuple[Box, Box, Box]:
        """Listen again, Help, Back."""
        height = self.by_form(48.0, 25.0, 20.2, 48.0)
        top = self.bar.y + self.by_form(7.75, 4.5, 1.3, 7.75)
        sizes = _SIZES["portrait"] if self.is_low else self.sizes
        margin, gap = self.mm(sizes.margin), self.mm(sizes.gap)
        width = (self.width - 2 * margin - 2 * gap) // 3
        return tuple(Box(margin + i * (width + gap), top, width, height) for i in range(3))  # type: ignore[return-value]

    @property
    def loudness_key(self) -> Box:
        """The key that rises from the bar above Listen again: over words where it can be, never over the officer's
        question, and never a finger's breadth (5 mm) from the bar's own keys."""
        listen = self.bar_keys[0]
        width, height = self.by_form(70.0, 59.0, 24.0), self.by_form(31.0, 25.0, 20.2)
        x = listen.right - width if self.is_small else listen.x
        return Box(x, self.bar.y - self.by_form(0, 1.0, 4.0) - height, width, height)

    @property
    def free_from(self) -> int:
        """Where touches "anywhere" begin, px from the bottom: above the bar, and 5 mm off its keys (facts row 2)."""
        return max(self.bar.height, self.height - self.bar_keys[0].y + self.mm(5))

    @property
    def stage(self) -> Box:
        """The wall with the officer: on top in portrait and small, a left column in landscape."""
        if self.form == "landscape":
            return Box(0, 0, self.mm(72.7), self.bar.y)
        return Box(0, 0, self.width, self.by_form(113.0, 0, 23.5, 223.3))

    @property
    def band(self) -> Box:
        """The woven edge of the counter, between stage and content."""
        if self.form == "landscape":
            return Box(self.stage.right, 0, self.mm(self.sizes.band), self.bar.y)
        return Box(0, self.stage.bottom, self.width, self.mm(self.sizes.band))

    @property
    def content(self) -> Box:
        """Where the screen's own business is."""
        margin = self.mm(self.sizes.margin)
        if self.form == "landscape":
            left, top = self.band.right + self.mm(6.2), self.mm(7.0)
        else:
            left, top = margin, self.band.bottom + self.by_form(7.5, 0, 3.2, 9.4)
        bottom = self.bar.y - self.by_form(7.5, 5.5, 3.7, 7.5)
        return Box(left, top, self.width - margin - left, bottom - top)

    @property
    def whole(self) -> Box:
        """Everything above the bar."""
        return Box(0, 0, self.width, self.bar.y)

    def kivy_box(self, box: Box) -> tuple[int, int, int, int]:
        """A box → Kivy's x, y, width, height (y from the bottom)."""
        return (box.x, self.height - box.bottom, box.width, box.height)
