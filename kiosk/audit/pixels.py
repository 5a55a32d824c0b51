"""Contrast on rendered pixels. A thing is told from its ground by drawing the screen with it and without it.

WCAG 2.2: relative luminance from sRGB, ratio (lighter + 0.05) / (darker + 0.05).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageMath

SEEN = 24
"""A pixel counts as drawn when one of its channels changes by more than this of 255."""
LIKE = 14
"""So near to the text's own colour is its core; its soft edge is left out."""
SCALE = 10
"""Ratios are kept in whole tenths: 1.0 … 21.0 → 10 … 210."""
FEW = 0.05
"""The part of a text's core that may be worse than what is reported: stray pixels of its soft edge."""

COARSE = 4
"""The outside of a picture is filled on a grid of so many px."""

Pixels = Image.Image
DEUTERANOPE = (0.367, 0.861, -0.228, 0, 0.280, 0.673, 0.047, 0, -0.012, 0.043, 0.969, 0)
"""What a person without green cones sees, from RGB (Machado, Oliveira and Fernandes 2009, severity 1)."""


@dataclass(frozen=True)
class Ink:
    """A text as it was drawn: its contrast, and the pixels it covers, from the top left of its crop."""

    contrast: float
    covers: tuple[int, int, int, int] | None


def ratios(one: Pixels, other: Pixels) -> Pixels:
    """The contrast of each pixel of two pictures of one size, in tenths (mode L)."""
    lighter, darker = _luminance(one), _luminance(other)
    contrast = ImageMath.lambda_eval(
        lambda args: (args["max"](args["a"], args["b"]) + 0.05) / (args["min"](args["a"], args["b"]) + 0.05) * SCALE,
        a=lighter,
        b=darker,
    )
    return contrast.convert("L")  # type: ignore[no-any-return]


def changed(full: Pixels, bare: Pixels, least: int = SEEN) -> Pixels:
    """Where two pictures differ, as a mask."""
    red, green, blue = ImageChops.difference(full, bare).split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue).point(lambda value: 255 if value > least else 0)


def text_ink(full: Pixels, bare: Pixels) -> Ink:
    """The contrast of a text: `full` is its place with it, `bare` without it. 1.0 when nothing is seen."""
    mask = changed(full, bare)
    covers = mask.getbbox()
    if covers is None:
        return Ink(1.0, None)
    own = _commonest(full, mask)
    core = ImageChops.multiply(mask, _like(full, own))
    return Ink(_low(ratios(full, bare), core, FEW), covers)


def edge_contrast(full: Pixels, bare: Pixels, depth: int, part: float, margin: int) -> float | None:
    """The contrast that all but a `part` of a picture's outer edge reaches within `depth` px of it; None when it has
    no edge. The picture's frame lies `margin` px inside: where the frame cuts the drawing (a bust behind the counter)
    there is no outline."""
    mask = changed(full, bare)
    inner = Image.new("L", mask.size, 0)
    cut = margin + 2
    inner.paste(255, (cut, cut, mask.width - cut, mask.height - cut))
    ring = ImageChops.multiply(ImageChops.subtract(mask, mask.filter(ImageFilter.MinFilter(3))), inner)
    ring = ImageChops.multiply(ring, _outside(mask))
    if ring.getbbox() is None:
        return None
    near = ImageChops.multiply(ratios(full, bare), mask)
    for _ in range(depth):
        near = near.filter(ImageFilter.MaxFilter(3))
    return _low(near, ring, part)


def _outside(mask: Pixels) -> Pixels:
    """All that lies around what is masked, and a little of its rim: not the holes in it, where a picture happens to
    have its ground's own colour. Filled coarsely, for a fill takes its time."""
    coarse = mask.filter(ImageFilter.MaxFilter(COARSE + 1)).reduce(COARSE).point(lambda value: 255 if value else 0)
    framed = Image.new("L", (coarse.width + 2, coarse.height + 2), 0)
    framed.paste(coarse, (1, 1))
    ImageDraw.floodfill(framed, (0, 0), 128)
    around = framed.crop((1, 1, coarse.width + 1, coarse.height + 1)).point(lambda value: 255 if value == 128 else 0)
    wide = around.resize((coarse.width * COARSE, coarse.height * COARSE), Image.Resampling.NEAREST)
    rim = wide.crop((0, 0, *mask.size)).filter(ImageFilter.MaxFilter(2 * COARSE + 1))
    edge = Image.new("L", mask.size, 255)  # the crop's own border is outside
    edge.paste(0, (2 * COARSE, 2 * COARSE, mask.width - 2 * COARSE, mask.height - 2 * COARSE))
    return ImageChops.lighter(rim, edge)


def shape_difference(one: Pixels, other: Pixels) -> int:
    """How many pixels differ by 3:1 and more: what a person who sees no colours tells two states apart by."""
    tenths = ratios(one, other).histogram()
    return sum(tenths[3 * SCALE :])


def deuteranope(image: Pixels) -> Pixels:
    """The picture as a person without green cones sees it."""
    return image.convert("RGB", DEUTERANOPE)


def _luminance(image: Pixels) -> Any:
    red, green, blue = (_linear(channel) for channel in image.split())
    return ImageMath.lambda_eval(
        lambda args: args["r"] * 0.2126 + args["g"] * 0.7152 + args["b"] * 0.0722, r=red, g=green, b=blue
    )


def _linear(channel: Pixels) -> Any:
    def turn(args: dict[str, Any]) -> Any:
        part = args["float"](args["c"]) / 255
        above = args["float"](args["c"] > 10)
        return ((part + 0.055) / 1.055) ** 2.4 * above + part / 12.92 * (1 - above)

    return ImageMath.lambda_eval(turn, c=channel)


def _commonest(image: Pixels, mask: Pixels) -> tuple[int, ...]:
    none = (1, 254, 1)  # a colour that nothing has
    shown = Image.composite(image, Image.new("RGB", image.size, none), mask)
    colours = shown.getcolors(image.width * image.height) or []
    found = [entry for entry in colours if entry[1] != none]
    return max(found)[1] if found else none  # type: ignore[return-value]


def _like(image: Pixels, colour: tuple[int, ...]) -> Pixels:
    channels = ImageChops.difference(image, Image.new("RGB", image.size, colour)).split()
    most = ImageChops.lighter(ImageChops.lighter(channels[0], channels[1]), channels[2])
    return most.point(lambda value: 255 if value <= LIKE else 0)


def _low(tenths: Pixels, mask: Pixels, part: float) -> float:
    """The ratio that all but a `part` of the masked pixels reach."""
    counts = tenths.histogram(mask)
    left = sum(counts) * part
    for value, count in enumerate(counts):
        left -= count
        if left < 0:
            return max(1.0, value / SCALE)
    return 1.0
