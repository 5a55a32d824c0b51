"""The bytes and the time of a slip."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from kiosk.pictures import Pictures
from kiosk.printing import escpos, layout
from kiosk.printing.layout import Profile
from kiosk.printing.slip import Slip
from kiosk.printing.strips import preview
from kiosk.settings import places
from tests.bench.figure import Figure, p, timed
from tests.printing.slips import reference

MOST: dict[Profile, float] = {"generic": 15_000.0, "known": 13_000.0}
"""Bytes of the reference slip on paper of 576 dots, by what the printer can."""
CPU = 20.0
"""Milliseconds that a slip may take."""


def slips(folder: Path) -> list[Figure]:
    """The full reference slip, by what the printer can and by the paper's width."""
    pictures, slip, figures = Pictures(places().assets / "pictograms", folder / "pictures"), reference("full"), []
    floor_is = "every dot as one raster"
    for profile, most in MOST.items():
        for width in (576, 384):
            parts = layout.compose(slip, width, pictures, profile)
            sent, dots = float(len(escpos.encode(parts))), preview(parts, width).height * width / 8
            if width == 576:
                figures.append(Figure(f"slip_bytes_{profile}", sent, "B", dots, floor_is, most, "value"))
            else:
                figures.append(Figure(f"the same on 58 mm, {profile}", sent, "B", dots, floor_is))
    parts = layout.compose(slip, 576, pictures)
    drawn = p(50, timed(lambda _: preview(parts, 576), 20))
    for profile in MOST:
        made = p(50, [cpu(pictures, slip, profile, number) for number in range(60)])
        name = "slip_cpu" if profile == "generic" else f"the same, {profile}"
        figures.append(Figure(name, made, "ms", drawn, "pasting its parts", CPU, "value"))
    return figures


def cpu(pictures: Pictures, slip: Slip, profile: Profile, number: int) -> float:
    """Milliseconds of processor that the next person's slip takes: another number, minute, crowd and code."""
    ahead = replace(slip.facts[0], digits=str(number % 30))
    slip = replace(
        slip, number=f"{number:03d}", date=f"Thứ Năm 26/11/2026, 08:{number % 60:02d}",
        qr=f"{slip.qr[:-3]}{number:03d}", facts=(ahead, *slip.facts[1:]),
    )  # fmt: skip
    start = time.process_time()
    escpos.encode(layout.compose(slip, 576, pictures, profile))
    return (time.process_time() - start) * 1000
