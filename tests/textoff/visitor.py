"""Somebody who cannot read: sees the glass, hears which clip is played, knows some pictures and the digits.

That is all there is to go by. No word, no name of a key or a screen, and no place where something used to be.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PIL import Image, ImageDraw, ImageFont

from kiosk import fonts
from kiosk.pictures import Pictures
from tests.textoff.eyes import ALIKE, DOTS, Known, Look, Sight

LOOKS = 30
"""After so many looks without getting where they want, they give up."""
SAME_NUMBER = 0.9
"""One number is much like another."""
SMALLEST = 13
"""Dots: what is smaller than this is not touched."""
WAYS = ("hand-tap", "language-vi", "more", "yes")
"""What leads on wherever it stands, in the order in which it is tried."""


class GaveUp(AssertionError):
    """The pictures did not carry the visit."""


@dataclass
class Visitor:
    """`see`: a photograph of the glass; `heard`: the clips played so far; `touch`: a tap on the photograph's pixel;
    `wait`: let so many seconds pass; `pictures`: those that they know."""

    see: Callable[[], Image.Image]
    heard: Callable[[], list[str]]
    touch: Callable[[float, float], None]
    wait: Callable[[float], None]
    pictures: Pictures
    known: dict[str, Known] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    deaf_until: int = 0

    def knows(self, name: str) -> Known:
        """The picture of this name, or the digits."""
        if name not in self.known:
            draw = _digits if name.isdigit() else self.pictures.image
            self.known[name] = Known(name, lambda side: draw(name, side))
        return self.known[name]

    def sees(self, *names: str) -> Sight | None:
        """The first of these that is on the glass now."""
        return self._in(Look(self.see()), names)

    def counts(self, name: str) -> int:
        """How many times this small picture is on the glass, from nearby."""
        return len(Look(self.see(), 2 * DOTS).every(self.knows(name)))

    def has_heard(self, start: str) -> bool:
        """Whether a clip that begins so was played since they came here."""
        return any(key.startswith(start) for key in self.heard()[self.deaf_until :])

    def comes(self) -> None:
        """A new one: what was said to those before them, they did not hear."""
        self.deaf_until = len(self.heard())

    def walks(self, aims: Sequence[str], goal: str, told: str = "", ways: Sequence[str] = WAYS) -> None:
        """Touch what they came for, each once and in this order, and else what leads on, until `goal` is on the glass
        and they were `told` so. Raises GaveUp."""
        left = list(aims)
        for _ in range(LOOKS):
            look = Look(self.see())
            if not left and self._in(look, [goal]) and (not told or self.has_heard(told)):
                return
            found = self._in(look, [*left[:1], *ways])
            if found:
                self.log.append(f"{found.name} at {found.x:.0f},{found.y:.0f} ({found.alike:.2f})")
                self.touch(found.x, found.y)
                if left and found.name == left[0]:
                    left.pop(0)
            self.wait(1.2)
        raise GaveUp(f"wanted {left or goal}, touched {self.log}, heard {self.heard()[self.deaf_until :]}")

    def idles_until(self, *names: str, seconds: float) -> Sight:
        """Touch nothing until one of these is on the glass. Raises GaveUp."""
        for _ in range(int(seconds / 2)):
            if found := self.sees(*names):
                return found
            self.wait(2.0)
        raise GaveUp(f"{names} did not come in {seconds} s")

    def _in(self, look: Look, names: Sequence[str]) -> Sight | None:
        for name in names:
            sight = look.best(self.knows(name))
            if sight.alike >= (SAME_NUMBER if name.isdigit() else ALIKE) and sight.side >= SMALLEST:
                return sight
        return None


def _digits(figure: str, width: int) -> Image.Image:
    """A number as it stands on the slip."""
    font = ImageFont.truetype(fonts.bold(), 100)
    left, top, right, bottom = font.getbbox(figure)
    drawn = Image.new("RGBA", (round(right - left) + 10, round(bottom - top) + 10), (0, 0, 0, 0))
    ImageDraw.Draw(drawn).text((5 - left, 5 - top), figure, font=font, fill="#1E2A32")
    return drawn.resize((width, max(1, round(width * drawn.height / drawn.width))), Image.Resampling.LANCZOS)
