"""Rows of light and colour, on rendered pixels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from kiosk.audit import pixels
from kiosk.audit.rows import Frame, Measure, Reading, Row
from kiosk.audit.seen import Seen
from kiosk.audit.walk import Walk
from kiosk.screens import theme as look
from kiosk.screens.pieces import BarKey, Key

TEXT, EDGE = 7.0, 3.0
STATE_MM2 = 20.0
"""So much of a target must differ by 3:1 between two of its states [J]: half a fingernail."""
MOST_HUES, APART = 4, 10.0
"""Hues told apart by deuteranopes: ΔE (CIE76 in Lab) of at least ten [J]; the page's four have 27 and more."""


def text_contrast(walk: Walk) -> Iterator[Reading]:
    """Each text against what lies behind it."""
    for seen in walk.seen:
        for text in seen.texts:
            if text.contrast is not None:
                yield Reading(text.contrast, text.contrast >= TEXT, text.words, seen.name, text.frame)


def picture_edges(walk: Walk) -> Iterator[Reading]:
    """Nine tenths of each pictogram's outer edge against its ground."""
    for seen in walk.seen:
        for picture in seen.pictures:
            if picture.edge is not None:
                yield Reading(picture.edge, picture.edge >= EDGE, picture.name, seen.name, picture.frame)


def states(walk: Walk) -> Iterator[Reading]:
    """A selected, a lit and a pressed target against the same one at rest, as a deuteranope sees them."""
    for probe in walk.probes:
        if probe.frames:
            area = probe.pressed_mm2
            yield Reading(area, area >= STATE_MM2, f"{probe.target.name} pressed", probe.scene, probe.target.frame)
    for seen in walk.seen:
        if seen.lit or seen.name == "confirm-priority":
            target, area, frame = _difference(walk, seen)
            what = "lit" if seen.lit else "selected"
            yield Reading(area, area >= STATE_MM2, f"{target} {what}", seen.name, frame)


def hues(walk: Walk) -> Iterator[Reading]:
    """The theme's own colours, two by two, as a deuteranope sees them."""
    colours = {"river": look.RIVER, "rice": look.RICE, "ink": look.INK, "paper": look.PAPER}
    for (one, first), (other, second) in combinations(colours.items(), 2):
        apart = _delta(first, second)
        yield Reading(apart, apart >= APART, f"{one} – {other}")


def _difference(walk: Walk, seen: Seen) -> tuple[str, float, Frame]:
    """The target that a stop's last act has changed, how much of it differs from before (mm²), and where it is."""
    live, stop, crops, target = walk.live, seen.stop, [], ""
    for acts in (stop.acts, stop.acts[:-1]):
        live.go(replace(stop, acts=acts))
        target = target or next(
            (key.target for key in walk.visible(Key) if key.lit and not isinstance(key, BarKey)), acts[-1]
        )
        ring = walk.theme.mm(3.5)
        frame = walk.frame(live.hand.key(target))
        left, top, right, bottom = (round(side) for side in frame)
        crops.append(live.picture().crop((left - ring, top - ring, right + ring, bottom + ring)))
    area = pixels.shape_difference(*(pixels.deuteranope(crop) for crop in crops))
    return target, area / walk.theme.px_per_mm**2, frame


def _delta(one: look.Colour, other: look.Colour) -> float:
    """CIE76 between two colours as a deuteranope sees them."""
    first, second = (_lab(_seen_by_deuteranope(colour)) for colour in (one, other))
    return float(sum((a - b) ** 2 for a, b in zip(first, second, strict=True)) ** 0.5)


def _seen_by_deuteranope(colour: look.Colour) -> tuple[float, ...]:
    matrix = pixels.DEUTERANOPE
    return tuple(min(1.0, max(0.0, sum(matrix[row * 4 + at] * colour[at] for at in range(3)))) for row in range(3))


def _lab(rgb: tuple[float, ...]) -> tuple[float, float, float]:
    red, green, blue = (((part + 0.055) / 1.055) ** 2.4 if part > 0.04045 else part / 12.92 for part in rgb)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    fx, fy, fz = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


MEASURES = (
    Measure(Row("17", "Text contrast, rendered", "≥ 7:1", ":1"), text_contrast),
    Measure(Row("18", "Pictogram edge, rendered", "≥ 3:1 on nine tenths of it", ":1"), picture_edges),
    Measure(
        Row("19", "States differ without colour", "≥ 20 mm² by 3:1, for a deuteranope", "mm²"),
        states,
        once="language",
    ),
    Measure(Row("19 hues", "The theme's colours stay apart", "ΔE ≥ 10 for a deuteranope", "ΔE"), hues, once="walk"),
)
