"""Rows of time: what moves by itself, what runs out, what is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

from kivy.core.window import Window
from PIL import Image, ImageChops

from kiosk.audit.live import BEAT
from kiosk.audit.rows import Measure, Reading, Row
from kiosk.audit.seen import Seen
from kiosk.audit.tour import OPEN, WARN, Stop
from kiosk.audit.walk import Walk
from kiosk.screens import leaving
from kiosk.screens.driver import NothingHappened
from kiosk.screens.patience import STANDING_SECONDS
from kiosk.screens.pieces import Picture

WATCHED = ("attract", "tiles-1", "still-there", "ticket", "help")
WATCH_SECONDS = 6.0
POSE_SPAN = 3.0
MOST_FLASHES, MOST_POSES = 3, 2
FLASH = 26
"""A change of brightness that counts for a flash: a tenth (WCAG 2.3.1), of 255."""
WARNING, EXTENSIONS = 20.0, 10
AT_HOME = ("attract", "closed")


def flashes(walk: Walk) -> Iterator[Reading]:
    """The most that any part of the glass flashes in a second: bright and dark again is one."""
    for seen, frames in _watched(walk):
        moments: dict[int, list[float]] = {}
        for (_, before), (at, after) in pairwise(frames):
            changed = ImageChops.difference(before, after).point(lambda value: 255 if value > FLASH else 0)
            for index, value in enumerate(changed.tobytes()):
                if value:
                    moments.setdefault(index, []).append(at)
        most = max((_most_in_a_second(times) for times in moments.values()), default=0)
        yield Reading(most / 2, most / 2 <= MOST_FLASHES, f"in {WATCH_SECONDS:.0f} s", seen.name)


def poses(walk: Walk) -> Iterator[Reading]:
    """Pictures a second, over three seconds, while nobody touches: without a graphics card each one costs."""
    for seen, frames in _watched(walk):
        times = [at for (_, before), (at, after) in pairwise(frames) if before.tobytes() != after.tobytes()]
        most = _most_in_a_second(times, POSE_SPAN) / POSE_SPAN
        yield Reading(most, most <= MOST_POSES, f"{len(times)} in {WATCH_SECONDS:.0f} s", seen.name)


def stillness(walk: Walk) -> Iterator[Reading]:
    """With reduced_motion nothing moves by itself on the first screen."""
    with _motionless(walk):
        walk.live.go(Stop("attract", "attract"))
        frames = _frames(walk)
    moves = sum(before.tobytes() != after.tobytes() for (_, before), (_, after) in pairwise(frames))
    yield Reading(moves, moves == 0, f"moves in {WATCH_SECONDS:.0f} s", "attract")


def warnings(walk: Walk) -> Iterator[Reading]:
    """From the question "are you still there?", seen and heard, until the visit ends."""
    live = walk.live
    for seen in _patient(walk):
        live.go(seen.stop)
        try:
            live.until_warned()
        except NothingHappened as missed:
            yield Reading(0.0, False, str(missed), seen.name)
            continue
        told = any(prompt.key == "timeout-ask" for _, prompt in live.desk.said)
        shown = any(one.name == "someone-there" for one in walk.visible(Picture))
        waited = 0.0
        while live.screen not in AT_HOME and waited < 120:
            live.wait(0.5)
            waited += 0.5
        holds = told and shown and waited >= WARNING - 0.5
        lacking = "" if told and shown else " without a picture" if told else " without a voice"
        yield Reading(waited, holds, f"from {seen.view.screen}{lacking}", seen.name)


def extensions(walk: Walk) -> Iterator[Reading]:
    """How often one tap anywhere extends the time, of so many tries."""
    live = walk.live
    seen = next(iter(_patient(walk)), None)
    if seen is None:
        return
    live.go(seen.stop)
    count = 0
    for _ in range(EXTENSIONS):
        live.until_warned()
        live.tap(walk.theme.width / 2, walk.theme.height * 0.6)
        if live.app.visit.warning or live.screen != seen.view.screen:
            break
        count += 1
    yield Reading(count, count >= EXTENSIONS, f"of {EXTENSIONS}", seen.name)


def silent_ends(walk: Walk) -> Iterator[Reading]:
    """Screens that go home unasked say their last word, or have written all they were told: how long they stand."""
    live, done = walk.live, set()
    for seen in walk.seen:
        screen = seen.view.screen
        if screen in done or (screen not in STANDING_SECONDS and screen not in leaving.SCREENS):
            continue
        done.add(screen)
        live.go(seen.stop)
        waited = 0.0
        while live.screen not in AT_HOME and waited < 300 and not live.app.visit.warning:
            live.wait(0.5)
            waited += 0.5
        yield Reading(waited, waited >= 8.0, f"{screen} stands", seen.name)


def resets(walk: Walk) -> Iterator[Reading]:
    """What stays of one person for the next: the language, a choice, a priority, the order's reason."""
    live, order = walk.live, {seen.name: seen.stop.acts for seen in walk.seen}
    if "confirm-priority" not in order or "ticket" not in order:
        return
    # In another language, with a paper missing and a priority
    other = next((code for code in walk.settings.office.languages if code != walk.language), walk.language)
    swapped = {walk.language: other, "yes": "no"}
    acts = tuple(swapped.get(act, act) for act in order["confirm-priority"])
    with _motionless(walk):
        live.go(Stop("attract", "attract"))
        fresh, look = live.app.visit.view, live.picture()
        for end, way in ((WARN, "time-out"), ("yes", "ticket"), ("back", "way back")):
            live.home(OPEN)
            for act in (*acts, end):
                live.act(act)
            while end == "back" and live.screen not in AT_HOME:
                live.act(end)
            _until_home(walk)
            live.wait(1.0)
            stayed = [] if live.app.visit.view == fresh else ["the first screen is another"]
            if not live.look.acts and ImageChops.difference(look, live.picture()).getbbox():
                stayed.append("something drawn")
            stayed += _of_the_next_order(walk, order["ticket"])
            yield Reading(len(stayed), not stayed, ", ".join([*stayed, f"after the {way}"]), "attract")


def _of_the_next_order(walk: Walk, acts: tuple[str, ...]) -> list[str]:
    """Somebody else takes an ordinary number: what there is in it of the person before."""
    walk.live.desk.orders.clear()
    for act in acts:
        walk.live.act(act)
    order = walk.live.desk.orders[-1]
    plain = order.lane == "ordinary" and not order.reason and not order.missing and order.language == walk.language
    return [] if plain else [f"in the next one's order: {order.lane} {order.reason} {order.missing} {order.language}"]


def _until_home(walk: Walk) -> None:
    for _ in range(200):
        if walk.live.screen in AT_HOME:
            return
        walk.live.wait(1.0)


@contextmanager
def _motionless(walk: Walk) -> Iterator[None]:
    """As with reduced_motion in the settings: no loop turns on the first screen."""
    themes = walk.live.app._themes
    was = [theme.reduced_motion for theme in themes]
    try:
        for theme in themes:
            theme.reduced_motion = True
        walk.live.home(OPEN)
        walk.live.touch("everywhere")  # away: a screen begins its loop as it comes
        yield
    finally:
        for theme, kept in zip(themes, was, strict=True):
            theme.reduced_motion = kept


def _patient(walk: Walk) -> list[Seen]:
    """One stop of each screen that asks before it gives somebody up."""
    found: dict[str, Seen] = {}
    for seen in walk.seen:
        screen = seen.view.screen
        asks = screen not in STANDING_SECONDS and screen not in leaving.SCREENS and screen not in AT_HOME
        if asks and not seen.warned:
            found.setdefault(screen, seen)
    return list(found.values())


def _watched(walk: Walk) -> list[tuple[Seen, list[tuple[float, Image.Image]]]]:
    """Some screens watched while nobody touches; kept, for two rows look at them."""
    if not walk.watched:
        for seen in walk.seen:
            if seen.name in WATCHED:
                walk.live.go(seen.stop)
                walk.watched.append((seen, _frames(walk)))
    return walk.watched


def _frames(walk: Walk) -> list[tuple[float, Image.Image]]:
    """(second, small grey picture) of each frame in which something may have changed."""
    live, frames = walk.live, []
    live.beat(2)
    frames.append((0.0, live.picture().convert("L").reduce(16)))
    for step in range(1, round(WATCH_SECONDS / BEAT) + 1):
        live.wait(BEAT)
        if Window.canvas.needs_redraw:
            frames.append((step * BEAT, live.picture().convert("L").reduce(16)))
    return frames


def _most_in_a_second(times: list[float], span: float = 1.0) -> int:
    return max((sum(start <= at < start + span - BEAT / 2 for at in times) for start in times), default=0)


MEASURES = (
    Measure(Row("20", "Flashes", "≤ 3 a second", "/s", "most"), flashes, once="language"),
    Measure(
        Row("20 poses", "Pictures that change by themselves", "≤ 2 a second", "/s", "most"), poses, once="language"
    ),
    Measure(
        Row("20 stop", "Loops can be stopped (reduced_motion)", "no move", "moves", "most"),
        stillness,
        once="language",
    ),
    Measure(Row("21", "Warning before the time-out, seen and heard", "≥ 20 s", "s"), warnings, once="language"),
    Measure(Row("21 extend", "One tap extends", "≥ 10 times", "times"), extensions, once="language"),
    Measure(Row("21 ends", "Screens that end unasked stand", "≥ 8 s", "s"), silent_ends, once="language"),
    Measure(Row("30", "Nothing stays for the next person", "0", "stayed", "most"), resets, once="language"),
)
