"""Rows of sizes and places: targets, gaps, margins, letters, heights, choices, words that fit."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from PIL import ImageFont

from kiosk.audit.rows import Measure, Reading, Row
from kiosk.audit.seen import Seen, Target
from kiosk.audit.walk import Walk

MOUNTED_MM = {"portrait": 740.0, "low": 740.0, "landscape": 850.0, "small": 850.0}
"""The glass's lower edge above the floor: the reference kiosk's; the small ones stand on a counter [J]."""
REACH_MM, LOWEST_MM, LOWER_HALF = 1100.0, 400.0, 50.0
HIT_MM, GAP_MM, MARGIN_MM = 20.0, 5.0, 5.0
TILE_MM, SMALL_TILE_MM = (80.0, 65.0), (60.0, 35.0)
LABEL_MM, SMALL_LABEL_MM, CAPITAL_MM = 12.0, 7.25, 7.3
NUMBER_MM = 40.0
MOST_CHOICES, MOST_LEVELS = 6, 2
TILED = ("service", "language")


def hit_areas(walk: Walk) -> Iterator[Reading]:
    """The box in which each target takes touches: its smaller side."""
    for seen, target in _targets(walk):
        left, top, right, bottom = target.hit
        side = walk.mm(min(right - left, bottom - top))
        yield Reading(side, _least(walk, side, HIT_MM), target.name, seen.name, target.frame)


def service_tiles(walk: Walk) -> Iterator[Reading]:
    """Tiles of the choice of a service or language, in parts of the size wanted."""
    wide, high = SMALL_TILE_MM if walk.theme.is_small else TILE_MM
    for seen, target in _targets(walk):
        if target.tile and seen.view.screen in TILED:
            left, top, right, bottom = target.frame
            width, height = walk.mm(right - left), walk.mm(bottom - top)
            holds = _least(walk, width, wide) and _least(walk, height, high)
            what = f"{target.name} {width:.0f}×{height:.0f} mm"
            yield Reading(100 * min(width / wide, height / high), holds, what, seen.name, target.frame)


def gaps(walk: Walk) -> Iterator[Reading]:
    """The way between neighbouring targets."""
    for seen in walk.seen:
        for one, other, distance, frame in seen.gaps:
            gap = walk.mm(distance)
            yield Reading(gap, _least(walk, gap, GAP_MM), f"{one} – {other}", seen.name, frame)


def margins(walk: Walk) -> Iterator[Reading]:
    """From each target to the bezel; a touch anywhere has no edge, its sign is measured as a target of its own."""
    for seen, target in _targets(walk):
        left, top, right, bottom = target.frame
        nearest = walk.mm(min(left, top, walk.theme.width - right, walk.theme.height - bottom))
        yield Reading(nearest, _least(walk, nearest, MARGIN_MM), target.name, seen.name, target.frame)


def letters(walk: Walk) -> Iterator[Reading]:
    """The em of every text."""
    least = SMALL_LABEL_MM if walk.theme.is_small else LABEL_MM
    for seen in walk.seen:
        for text in seen.texts:
            em = walk.mm(text.em_px)
            yield Reading(em, _least(walk, em, least), text.words, seen.name, text.frame)


def capitals(walk: Walk) -> Iterator[Reading]:
    """The height of a capital letter; on the smallest glass the em counts."""
    for seen in walk.seen:
        for text in seen.texts:
            height = walk.mm(text.em_px * capital_of(text.font))
            yield Reading(height, _least(walk, height, CAPITAL_MM), text.words, seen.name, text.frame)


def ticket_number(walk: Walk) -> Iterator[Reading]:
    """The digits of the number on the ticket screen, as high as their pixels."""
    for seen in walk.seen:
        if seen.view.screen == "ticket":
            code = seen.view.code[1:]  # type: ignore[attr-defined]
            for text in seen.texts:
                if text.words == code and text.covers:
                    height = walk.mm(text.covers[3] - text.covers[1])
                    yield Reading(height, _least(walk, height, NUMBER_MM), text.words, seen.name, text.covers)


def heights(walk: Walk) -> Iterator[Reading]:
    """The upper edge of each target above the floor."""
    for seen, target in _targets(walk):
        lowest = MOUNTED_MM[walk.form]
        top = lowest + walk.mm(walk.theme.height - target.frame[1])
        bottom = lowest + walk.mm(walk.theme.height - target.frame[3])
        yield Reading(top, top <= REACH_MM and bottom >= LOWEST_MM, target.name, seen.name, target.frame)


def lowered(walk: Walk) -> Iterator[Reading]:
    """How much of the glass lies below the upper edge of each target: half of it, once they are brought down."""
    for seen, target in _targets(walk):
        below = 100 * (walk.theme.height - target.frame[1]) / walk.theme.height
        yield Reading(below, below <= LOWER_HALF, target.name, seen.name, target.frame)


def choices(walk: Walk) -> Iterator[Reading]:
    """How many answers a screen offers: what belongs to its own business, not the bar, not the keys beside it."""
    for seen in walk.seen:
        own = [target for target in seen.targets if not target.bar and not target.beside]
        yield Reading(len(own), len(own) <= MOST_CHOICES, f"{len(own)} choices", seen.name)


def levels(walk: Walk) -> Iterator[Reading]:
    """How many pictures deep a service lies."""
    tiles = walk.settings.tiles

    def depth(key: str, above: tuple[str, ...] = ()) -> int:
        return 1 + max((depth(inner, (*above, key)) for inner in tiles[key].opens if inner not in above), default=0)

    for key in walk.settings.home:
        yield Reading(depth(key), depth(key) <= MOST_LEVELS, key, "tiles-1")


def same_places(walk: Walk) -> Iterator[Reading]:
    """Help and Listen-again: how far they lie from where they were first, and whether their pixels are the same."""
    homes: dict[str, tuple[Target, str]] = {}
    looks: dict[str, str] = {}
    for seen in walk.seen:
        for name in ("help", "listen"):
            target = seen.target(name)
            if target is None:
                yield Reading(999.0, False, f"{name}: not there", seen.name)
                continue
            home, _ = homes.setdefault(name, (target, seen.name))
            away = walk.mm(max(abs(a - b) for a, b in zip(home.frame, target.frame, strict=True)))
            yield Reading(away, away == 0, name, seen.name, target.frame)
            # Another language has another word on the key
            if name in seen.bar and seen.view.language == walk.language:
                same = looks.setdefault(name, seen.bar[name]) == seen.bar[name]
                yield Reading(0.0 if same else 1.0, same, f"{name}: its pixels", seen.name, target.frame)


def fitting(walk: Walk) -> Iterator[Reading]:
    """Texts that do not fit their place."""
    for seen in walk.seen:
        for text in seen.texts:
            yield Reading(0 if text.fits else 1, text.fits, text.words, seen.name, text.frame)


def glyphs(walk: Walk) -> Iterator[Reading]:
    """Letters that the fonts lack: in all texts seen, and in every message and name that could be."""
    fonts = {text.font for seen in walk.seen for text in seen.texts}
    for seen in walk.seen:
        for text in seen.texts:
            lacking = lacks(text.words, text.font)
            yield Reading(len(lacking), not lacking, f"{text.words} lacks {lacking}" if lacking else text.words,
                          seen.name, text.frame)  # fmt: skip
    for name, words in _all_words(walk):
        for font in fonts:
            lacking = lacks(words, font)
            if lacking:
                yield Reading(len(lacking), False, f"{name}: {words} lacks {lacking}")


def reached(walk: Walk) -> Iterator[Reading]:
    """Every stop of the tour, and every screen there is."""
    from kiosk.screens.app import SCREENS

    for seen in walk.seen:
        yield Reading(0, True, seen.name, seen.name)
    for stop, why in walk.missed:
        yield Reading(1, False, why, stop.name)
    there = {seen.view.screen for seen in walk.seen}
    for screen in SCREENS:
        if screen not in there:
            yield Reading(1, False, f"screen {screen} was never reached")


def lacks(words: str, font: str) -> str:
    """The letters of `words` that `font` draws as a box."""
    return "".join(dict.fromkeys(letter for letter in words if not letter.isspace() and not _has(letter, font)))


@lru_cache(maxsize=4096)
def _has(letter: str, font: str) -> bool:
    face = _face(font)
    return bytes(face.getmask(letter)) != bytes(face.getmask("\uffff"))


@lru_cache(maxsize=4)
def _face(font: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(font, 40)


@lru_cache(maxsize=4)
def capital_of(font: str) -> float:
    """The height of a capital H in em."""
    _, top, _, bottom = ImageFont.truetype(font, 1000).getbbox("H")
    return (bottom - top) / 1000


def _all_words(walk: Walk) -> Iterator[tuple[str, str]]:
    language = walk.language
    source = (walk.settings.places.assets / "words" / f"{language}.ftl").read_text(encoding="utf-8")
    for line in source.splitlines():
        if line.strip() and not line.startswith("#"):
            name, _, value = line.partition("=")
            yield f"{language}.ftl {name.strip()}", value or name
    for tile in walk.settings.tiles.values():
        yield f"tile {tile.key}", f"{tile.called(language)} {tile.label(language)}"
    for paper in walk.settings.documents.values():
        yield f"document {paper.key}", paper.called(language)


def _targets(walk: Walk) -> Iterator[tuple[Seen, Target]]:
    """Every target at every stop; the whole screen is left out: its sign stands for it."""
    for seen in walk.seen:
        for target in seen.targets:
            if not target.whole:
                yield seen, target


def _least(walk: Walk, value: float, least: float) -> bool:
    """At least so many mm: sizes are whole pixels, so half a one may be missing."""
    return value >= least - walk.mm(0.51)


MEASURES = (
    Measure(Row("0", "Every screen is reached by touches", "all", "missed", "most"), reached),
    Measure(Row("1", "Hit area", "≥ 20 mm each way", "mm"), hit_areas),
    Measure(Row("1 tile", "Service tile", '≥ 80×65 mm (10.1": ≥ 60×35)', "% of it"), service_tiles),
    Measure(Row("2", "Gap between targets", "≥ 5 mm", "mm"), gaps),
    Measure(Row("3", "Margin to the bezel", "≥ 5 mm", "mm"), margins),
    Measure(Row("15", "Text, em", '≥ 12 mm (10.1": ≥ 7.25)', "mm"), letters),
    Measure(
        Row("15 capital", "Text, height of a capital", '≥ 7.3 mm (10.1": by the em)', "mm"),
        capitals,
        forms=("portrait", "landscape", "low"),
    ),
    Measure(Row("16", "Ticket number on the kiosk", "≥ 40 mm", "mm"), ticket_number),
    Measure(Row("22", "Touch height", "≤ 1100 mm, ≥ 400 mm from the floor", "mm", "most"), heights),
    Measure(
        Row("22 low", "Low mode: targets in the lower half", "≤ 50 % of the height", "%", "most"), lowered, ("low",)
    ),
    Measure(Row("26", "Choices on a screen", "≤ 6", "", "most"), choices),
    Measure(Row("26 levels", "Levels of choice", "≤ 2", "", "most"), levels),
    Measure(Row("27", "Help and Listen-again in the same pixels", "0 mm, same pixels", "mm", "most"), same_places),
    Measure(Row("fit", "Words fit their place", "all", "misfits", "most"), fitting),
    Measure(Row("glyphs", "Every letter is in the font", "all", "missing", "most"), glyphs),
)
