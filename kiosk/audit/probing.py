"""Touches every target of some stops in every wrong and right way, and takes down what it did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PIL import Image

from kiosk.audit import pixels
from kiosk.audit.seen import Probe, Seen, Target
from kiosk.audit.walk import Walk

INSIDE_MM, OFF_MM = 2.0, 4.0
"""So far outside a release still counts, and so far it does not: on both sides of the 2.5 mm."""
MOST_FRAMES = 4
PART = 0.005
"""So much of a target must look another to be seen."""


def probe(walk: Walk, *, draw: bool = True) -> None:
    """Probe the targets of the first stop of each screen."""
    done: set[str] = set()
    bar: set[str] = set()
    for seen in walk.seen:
        if seen.view.screen not in done and not seen.warned:
            done.add(seen.view.screen)
            # The bar's keys are the same ones everywhere
            targets = [target for target in seen.targets if not target.bar or target.name not in bar]
            bar |= {target.name for target in targets if target.bar}
            walk.probes += _probe_stop(walk, seen, targets, draw)


def _probe_stop(walk: Walk, seen: Seen, targets: list[Target], draw: bool) -> Iterator[Probe]:
    live = walk.live
    pictures: dict[str, Image.Image] = {}
    found: list[tuple[Target, dict[str, Any]]] = []
    for target in targets:
        live.go(seen.stop)
        live.settle()
        live.desk.say(list(seen.prompts) or list(seen.again))  # something to silence
        found.append((target, _one(walk, target, pictures if draw and not target.whole else None)))
    for target, facts in found:
        frames, area = _seen_pressed(walk, target, pictures)
        yield Probe(seen.name, target, frames=frames, pressed_mm2=area, **facts)


def _one(walk: Walk, target: Target, pictures: dict[str, Image.Image] | None) -> dict[str, Any]:
    """One target: a press that slides off, and a press that is released just outside."""
    live, wrong = walk.live, []
    x, y = live.middle(target.name)
    screen = live.app.visit.view
    live.desk.clicks.clear()
    touch = live.down(x, y)
    hushed = not live.desk.speaking()
    if pictures is not None:
        pictures[target.name] = live.picture()
    if live.desk.clicks or live.app.visit.view is not screen:
        wrong.append("acts before the release")
    if not target.whole:
        live.move(touch, *_outside(walk, target, OFF_MM))
        live.up(touch)
        if live.desk.clicks:
            wrong.append("acts though the finger slid off")
        live.settle()
        live.desk.clicks.clear()
        touch = live.down(x, y)
        live.move(touch, *_outside(walk, target, INSIDE_MM))
    live.desk.said.clear()
    announced = len(live.desk.announced)
    live.up(touch)
    clicks = len(live.desk.clicks)
    if not clicks and target.mark != "on":
        wrong.append("does not act on a release beside it")
    speech = len(live.desk.said) + len(live.desk.announced) - announced
    return {"wrong": tuple(wrong), "hushed": hushed, "clicks": clicks, "speech": speech}


def _outside(walk: Walk, target: Target, millimetres: float) -> tuple[float, float]:
    """A point so far off the target's nearest-to-the-middle edge, in Kivy's coordinates."""
    left, top, right, bottom = target.hit
    away = walk.theme.px_per_mm * millimetres
    height = walk.theme.height
    if bottom + away < height:
        return ((left + right) / 2, height - bottom - away)
    return ((left + right) / 2, height - top + away)


def _seen_pressed(walk: Walk, target: Target, pictures: dict[str, Image.Image]) -> tuple[int, float]:
    """How soon a pressed target looks another, and by how much: against a picture in which another one is pressed."""
    own = pictures.get(target.name)
    other = next((picture for name, picture in pictures.items() if name != target.name), None)
    if own is None or other is None:
        return 0, 0.0
    left, top, right, bottom = (round(side) for side in target.frame)
    pressed, plain = (picture.crop((left, top, right, bottom)) for picture in (own, other))
    mask = pixels.changed(pressed, plain)
    seen = mask.histogram()[255] >= PART * mask.width * mask.height
    area = pixels.shape_difference(pixels.deuteranope(pressed), pixels.deuteranope(plain)) / walk.theme.px_per_mm**2
    return (1 if seen else MOST_FRAMES), area
