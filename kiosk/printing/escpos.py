"""Parts → the bytes of one job, through python-escpos' Dummy printer. Nothing is sent from here.

A job starts with ESC @ and ends with the cut. The barrier that asks the printer whether it got that far
(`status.BARRIER`) belongs to the worker: only it knows whether the link can bring an answer.

Blank paper goes out as a one-byte-wide blank raster, not as ESC J: the unit of ESC J is a dot on most clones,
half a dot on Epson's (1/406 inch), and GS P, which would set it, is not known by all. It costs some 300 bytes.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from PIL import Image

from kiosk.printing.native import Letters, NativeQr
from kiosk.printing.strips import Part, Strip, harmless

_RASTER = b"\x1dv0"
_LONGEST_FEED = 240
_LEVEL_M = 1
"""python-escpos' QR_ECLEVEL_M: the library is loaded late."""


def encode(parts: Iterable[Part]) -> bytes:
    """One whole job: initialise, print every part in its place, feed to the cutter and cut.

    The first call loads python-escpos (up to 1 s on a PC, 10 s on a small board): not for the UI thread.
    """
    printer = load()()
    printer.hw("INIT")
    centred = False
    for part in parts:
        for rows in _pieces(part.feed_before):
            printer._raw(_raster(_blank(rows)))
        if part.centred != centred:
            centred = part.centred
            printer.set(align="center" if centred else "left")
        match part:
            case Strip():
                printer._raw(_raster(harmless(part)))
            case NativeQr():
                printer.qr(part.text, ec=_LEVEL_M, size=part.module, native=True)
            case Letters():
                _write(printer, part)
    # GS V 66 0 feeds to the cutter by itself; cut() would add six lines and leave some printers out
    printer.cut(feed=False)
    output: bytes = printer.output
    return output


def _write(printer: Any, line: Letters) -> None:
    """Sent as they are: text() would choose a code page first, and ASCII needs none."""
    printer.set(bold=True)
    for run in line.runs:
        printer.set(custom_size=True, width=run.wide, height=run.high, invert=run.reverse)
        printer._raw(run.text.encode("ascii"))
    printer._raw(b"\n")
    printer.set(custom_size=True, width=1, height=1, bold=False, invert=False)


def load(cache: Path | None = None) -> type[Any]:
    """python-escpos' Dummy, imported when first asked for. `cache`: where it may keep its parsed tables.

    On import the library calls logging.basicConfig(): a handler that is there keeps it from adding one.
    """
    if cache is not None:
        cache.mkdir(parents=True, exist_ok=True)
        os.environ.setdefault("ESCPOS_CAPABILITIES_PICKLE_DIR", str(cache))
    root, guard = logging.getLogger(), logging.NullHandler()
    root.addHandler(guard)
    try:
        from escpos.printer import Dummy  # late: see above
    finally:
        root.removeHandler(guard)
    dummy: type[Any] = Dummy
    return dummy


def _raster(strip: Strip) -> bytes:
    """GS v 0 m xL xH yL yH data; m: 1 = double width, 2 = double height."""
    mode = strip.double_width | strip.double_height << 1
    size = (strip.image.width // 8).to_bytes(2, "little") + strip.image.height.to_bytes(2, "little")
    return _RASTER + bytes([mode]) + size + strip.payload()


def _blank(dots: int) -> Strip:
    doubled = dots % 2 == 0
    return Strip(Image.new("1", (8, dots // (1 + doubled)), 255), False, doubled, 0)


def _pieces(dots: int) -> Iterable[int]:
    while dots > 0:
        yield min(dots, _LONGEST_FEED)
        dots -= _LONGEST_FEED
