"""Contact sheets of the pictograms: every picture as it stands on the screen, and through other eyes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from kiosk import fonts
from kiosk.pictures import Pictures

SIDES = (80, 320)
"""Pixels: 20 mm and 80 mm on the reference screen of 21.5" (facts: the smallest and the largest use)."""
PAPER, INK = "#FFFCF5", "#1E2A32"
Light = tuple[float, float, float]
"""Red, green and blue in linear light, 0…1."""
_DEUTERANOPE = (
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.011820, 0.042940, 0.968881),
)
"""Linear RGB seen without the middle-wave cones. Machado, Oliveira and Fernandes, "A physiologically-based model for
simulation of color vision deficiency", IEEE TVCG 15(6), 2009: deuteranomaly at severity 1.0."""
_LUMINANCE = (0.2126, 0.7152, 0.0722)
"""How much each part of linear RGB adds to brightness (ITU-R BT.709)."""
_STEPS = 33
"""Knots a side of the colour table; between them it is interpolated."""


def contact_sheets(pictures: Pictures, folder: Path) -> list[Path]:
    """Every picture at every side, as it is, as a deuteranope sees it, and in grey: the files written to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("pictograms-*.png"):
        old.unlink()
    written = []
    for side in SIDES:
        plain = sheet(pictures, pictures.names, side)
        for eyes, look in (("", None), ("-deuteranope", deuteranope), ("-grey", grey)):
            path = folder / f"pictograms-{side}{eyes}.png"
            (seen_by(plain, look) if look else plain).save(path)
            written.append(path)
    return written


def sheet(pictures: Pictures, names: Sequence[str], side: int) -> Image.Image:
    """The pictures, each `side` px wide and high over its name, on the tiles' paper."""
    letters = 11 if side < 160 else 18
    width, height = side + (64 if side < 160 else 32), side + 3 * letters
    across = max(1, min(len(names), 2400 // width))
    page = Image.new("RGB", (across * width, -(-len(names) // across) * height), PAPER)
    draw, font = ImageDraw.Draw(page), ImageFont.truetype(str(fonts.regular()), letters)
    for index, name in enumerate(names):
        left, top = index % across * width, index // across * height
        picture = pictures.image(name, side)
        page.paste(picture, (left + (width - side) // 2, top + letters // 2), picture)
        draw.text((left + width / 2, top + side + letters), name, INK, font, anchor="ma")
    return page


def deuteranope(light: Light) -> Light:
    """What is left of `light` for somebody without the middle-wave cones."""
    red, green, blue = (sum(part * one for part, one in zip(row, light, strict=True)) for row in _DEUTERANOPE)
    return red, green, blue


def grey(light: Light) -> Light:
    """Brightness alone."""
    bright = sum(part * one for part, one in zip(_LUMINANCE, light, strict=True))
    return bright, bright, bright


def seen_by(image: Image.Image, look: Callable[[Light], Light]) -> Image.Image:
    """`image` (RGB) through the eyes that `look` describes."""

    def coded(red: float, green: float, blue: float) -> Light:
        one, two, three = look((_linear(red), _linear(green), _linear(blue)))
        return _coded(one), _coded(two), _coded(three)

    return image.filter(ImageFilter.Color3DLUT.generate(_STEPS, coded))


def _linear(value: float) -> float:
    """sRGB → linear light (IEC 61966-2-1), both 0…1."""
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _coded(light: float) -> float:
    """Linear light → sRGB, both 0…1."""
    light = min(1.0, max(0.0, light))
    return light * 12.92 if light <= 0.0031308 else float(1.055 * light ** (1 / 2.4) - 0.055)
