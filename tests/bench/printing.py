"""The bytes and the time of a slip."""

from __future__ import annotations

import inspect
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from kiosk.pictures import Pictures
from kiosk.printing import escpos, layout
from kiosk.printing.slip import Slip
from kiosk.printing.strips import preview
from kiosk.settings import places
from tests.bench.figure import Figure, p, timed

MOST = {"known": 13_000.0, "generic": 15_000.0}
"""Bytes of the reference slip on paper of 576 dots, by what the printer can."""
CPU = 20.0
"""Milliseconds that a slip may take."""


def slips(folder: Path) -> list[Figure]:
    """The reference slip for each profile that the layout knows."""
    pictures, slip, figures = Pictures(places().assets / "pictograms", folder / "pictures"), reference(), []
    for profile in profiles():
        for width in (576, 384):
            parts = compose(slip, width, pictures, profile)
            sent, dots = float(len(escpos.encode(parts))), preview(parts, width).height * width / 8
            if width == 576:
                name, most = f"slip_bytes_{profile}", MOST[profile]
                figures.append(Figure(name, sent, "B", dots, "every dot as one raster", most, "value"))
            else:
                figures.append(Figure(f"the same on 58 mm, {profile}", sent, "B", dots, "every dot as one raster"))
    parts = compose(slip, 576, pictures, "generic")
    drawn = p(50, timed(lambda _: preview(parts, 576), 20))
    made = [cpu(pictures, slip, number) for number in range(40)]
    return [*figures, Figure("slip_cpu", p(50, made), "ms", drawn, "pasting its parts", CPU, "value")]


def cpu(pictures: Pictures, slip: Slip, number: int) -> float:
    """Milliseconds of processor that the next person's slip takes: another number, minute, crowd and code."""
    ahead = replace(slip.facts[0], digits=str(number % 30))
    slip = replace(
        slip, number=f"{number:03d}", date=f"Thứ Năm 26/11/2026, 08:{number % 60:02d}",
        qr=f"{slip.qr[:-3]}{number:03d}", facts=(ahead, *slip.facts[1:]),
    )  # fmt: skip
    start = time.process_time()
    escpos.encode(compose(slip, 576, pictures, "generic"))
    return (time.process_time() - start) * 1000


def reference() -> Slip:
    """The full reference slip; where there is none, the one that the slip's tests use."""
    try:
        from tests.printing.slips import reference as read
    except ImportError:
        from tests.printing.test_slip import SLIP

        return SLIP
    return read("full")


def profiles() -> list[str]:
    return [name for name in MOST if name == "generic" or "profile" in inspect.signature(layout.compose).parameters]


def compose(slip: Slip, width: int, pictures: Pictures, profile: str) -> Any:
    return layout.compose(slip, width, pictures, **({"profile": profile} if "known" in profiles() else {}))
