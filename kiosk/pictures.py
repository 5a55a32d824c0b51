"""Pictogram → pixels. Our SVG masters, rasterised by resvg to the size needed, kept on disk for the next start."""

from __future__ import annotations

import difflib
import hashlib
import io
import math
import os
import re
import threading
from contextlib import suppress
from functools import cached_property
from pathlib import Path

import resvg_py
from PIL import Image

_SLOT = re.compile(r'<g class="slot" data-box="([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+)"\s*/>')
_BODY = re.compile(r"<svg\b([^>]*)>(.*)</svg>", re.DOTALL)
_HANDS = re.compile(
    r'(<g class="hands" data-centre="([\d.]+) ([\d.]+)" data-reach="([\d.]+) ([\d.]+)"[^>]*>).*?(</g>)', re.DOTALL
)
_END = b"IEND\xaeB`\x82"
"""How each PNG ends."""
_VIEWBOX = re.compile(r'viewBox="[\d.\-]+ [\d.\-]+ ([\d.]+) ([\d.]+)"')


class PictureMissing(Exception):
    """A pictogram that the settings or a screen name has no file."""

    def __init__(self, name: str, known: list[str]) -> None:
        self.name = name
        close = difflib.get_close_matches(name, known, n=1)
        hint = f' Did you mean "{close[0]}"?' if close else ""
        super().__init__(f'there is no pictogram "{name}" in assets/pictograms.{hint}')


class Pictures:
    """All pictograms of one folder.

    A name is a file without its ending ("birth-registration"), or a frame that holds another picture
    ("in-hand+birth-slip"): the frame's `slot` takes the second drawing. "clock@13:30" is a picture whose clock shows
    half past one.
    """

    def __init__(self, folder: Path, cache: Path | None = None) -> None:
        self._folder = folder
        self._cache = cache

    @cached_property
    def names(self) -> list[str]:
        """Every pictogram there is, sorted."""
        return sorted(path.stem for path in self._folder.glob("*.svg"))

    def check(self, name: str) -> None:
        """Raise PictureMissing unless every part of `name` has a file."""
        for part in name.partition("@")[0].split("+"):
            if not (self._folder / f"{part}.svg").is_file():
                raise PictureMissing(part, self.names)

    def svg(self, name: str) -> str:
        """The drawing as SVG text."""
        name, _, hour = name.partition("@")
        if hour:
            return _set(self.svg(name), *map(int, hour.split(":")))
        frame, _, held = name.partition("+")
        self.check(name)
        text = (self._folder / f"{frame}.svg").read_text(encoding="utf-8")
        return _hold(text, self.svg(held)) if held else text

    def png(self, name: str, width: int, height: int | None = None) -> bytes:
        """The picture as PNG, `width` × `height` px (square unless told), fitted inside, transparent around."""
        height = height or width
        drawing = self.svg(name)
        if self._cache is None:
            return _rasterise(drawing, width, height)
        digest = hashlib.sha256(drawing.encode()).hexdigest()[:16]
        kept = self._cache / f"{name}-{width}x{height}-{digest}.png"
        with suppress(FileNotFoundError):
            data = kept.read_bytes()
            if data.endswith(_END):
                return data
        data = _rasterise(drawing, width, height)
        self._cache.mkdir(parents=True, exist_ok=True)
        # A name of its own: threads and processes may make the same picture at once
        part = kept.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
        part.write_bytes(data)
        part.replace(kept)  # whole for who reads now; after a power cut it may be empty, and is made anew
        return data

    def image(self, name: str, width: int, height: int | None = None) -> Image.Image:
        """The picture as a PIL image (RGBA)."""
        with Image.open(io.BytesIO(self.png(name, width, height))) as image:
            return image.convert("RGBA")


def _rasterise(drawing: str, width: int, height: int) -> bytes:
    found = _VIEWBOX.search(drawing)
    if not found:
        raise ValueError("a pictogram needs a viewBox")
    # resvg keeps the proportions of the viewBox only when one side is given, so the picture is set into a
    # frame of the wanted shape; the default preserveAspectRatio then centres it.
    head = '<svg xmlns="http://www.w3.org/2000/svg"'
    size = f'width="{width}" height="{height}"'
    framed = f"{head} {size}>{drawing.replace('<svg ', f'<svg {size} ', 1)}</svg>"
    return bytes(resvg_py.svg_to_bytes(svg_string=framed))


def _hold(frame: str, held: str) -> str:
    """Set the drawing `held` into the slot of `frame`."""
    slot, body = _SLOT.search(frame), _BODY.search(held)
    if not slot or not body:
        raise ValueError("this frame has no slot, or the picture no body")
    x, y, width, height = slot.groups()
    attributes = body.group(1).replace('xmlns="http://www.w3.org/2000/svg"', "")
    inner = f'<svg x="{x}" y="{y}" width="{width}" height="{height}"{attributes}>{body.group(2)}</svg>'
    return frame[: slot.start()] + inner + frame[slot.end() :]


def _set(clock: str, hour: int, minute: int) -> str:
    """Turn the hands of the clock in a drawing to `hour`:`minute`."""
    found = _HANDS.search(clock)
    if not found:
        raise ValueError("this picture has no clock with hands")
    head, x, y, short, long, tail = found.groups()
    turns = ((hour % 12 + minute / 60) / 12, float(short)), (minute / 60, float(long))
    ends = (
        (float(x) + reach * math.sin(math.tau * turn), float(y) - reach * math.cos(math.tau * turn))
        for turn, reach in turns
    )
    lines = "".join(f"M{x} {y}L{right:.1f} {down:.1f}" for right, down in ends)
    return f'{clock[: found.start()]}{head}<path d="{lines}"/>{tail}{clock[found.end() :]}'
