"""Rows of what touches do: real touches on the real screen, timed by its own clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from kivy.uix.behaviors import DragBehavior
from kivy.uix.carousel import Carousel
from kivy.uix.scatter import Scatter
from kivy.uix.scrollview import ScrollView
from kivy.uix.slider import Slider
from kivy.uix.textinput import TextInput

from kiosk.audit.rows import Measure, Reading, Row
from kiosk.audit.tour import OPEN, Stop
from kiosk.audit.walk import Walk
from kiosk.screens.driver import NothingHappened
from kiosk.screens.views import ConfirmView

DRAGGED = (ScrollView, Carousel, Slider, Scatter, TextInput, DragBehavior)
REPEAT, YOUNG = 0.7, 0.4
FRAMES = 3
"""Frames in 100 ms, at the thirty a second of a small board."""
HOLD_SECONDS = 4.0
STEP = 0.05


def gestures(walk: Walk) -> Iterator[Reading]:
    """Nothing wants more than a tap: no widget is dragged; drag, hold and a second finger do nothing else."""
    for widget in walk.live.app.glass.walk():
        if isinstance(widget, DRAGGED):
            yield Reading(1, False, f"{type(widget).__name__} is dragged, not tapped")
    for trial in (_drag, _hold, _second_finger):
        stop = _stop(walk, "tiles-1")
        if stop:
            wrong = trial(walk, stop)
            yield Reading(1 if wrong else 0, not wrong, wrong or trial.__doc__ or "", stop.name)


def _drag(walk: Walk, stop: Stop) -> str:
    """a finger drawn across the glass does nothing"""
    live = walk.live
    live.go(stop)
    live.settle()
    view = live.app.visit.view
    touch = live.down(walk.theme.width * 0.5, walk.theme.height - 12)
    for part in range(1, 9):
        live.move(touch, walk.theme.width * 0.5, walk.theme.height * (1 - part / 10))
    live.up(touch)
    return "" if live.app.visit.view is view else "a finger drawn across the glass chose something"


def _hold(walk: Walk, stop: Stop) -> str:
    """a finger held on a target is a tap"""
    live = walk.live
    live.go(stop)
    live.settle()
    live.desk.clicks.clear()
    view, touch = live.app.visit.view, live.down(*live.middle(_own(walk)))
    live.wait(HOLD_SECONDS)
    if live.app.visit.view is not view:
        return "a finger that is held acts by itself"
    live.up(touch)
    return "" if len(live.desk.clicks) == 1 else f"a held finger counted {len(live.desk.clicks)} times"


def _second_finger(walk: Walk, stop: Stop) -> str:
    """a second finger is not felt"""
    live = walk.live
    live.go(stop)
    live.settle()
    live.desk.clicks.clear()
    first = live.down(*live.middle(_own(walk)))
    second = live.down(*live.middle("help"))
    live.up(second)
    if live.desk.clicks:
        return "a second finger counted"
    live.up(first)
    return "" if len(live.desk.clicks) == 1 else "the first finger did not count beside a second one"


def activation(walk: Walk) -> Iterator[Reading]:
    """Each target acts on release, also 2 mm outside, and not when the finger has slid off."""
    for probe in walk.probes:
        what = f"{probe.target.name}: {', '.join(probe.wrong)}" if probe.wrong else probe.target.name
        yield Reading(len(probe.wrong), not probe.wrong, what, probe.scene, probe.target.frame)


def repeats(walk: Walk) -> Iterator[Reading]:
    """The shortest time after which a second tap on the same screen counts."""
    seen = next((seen for seen in walk.seen if isinstance(seen.view, ConfirmView) and seen.view.priorities), None)
    if seen is None:
        return
    live, target = walk.live, seen.view.priorities[0].key  # type: ignore[attr-defined]
    live.go(seen.stop)
    live.settle()
    live.tap(*live.middle(target))
    after = _shortest(walk, lambda: live.tap(*live.middle(target)))
    yield Reading(after, after >= REPEAT - STEP / 2, f"{target} tapped twice", seen.name)


def young_screens(walk: Walk) -> Iterator[Reading]:
    """The shortest time after which a new screen takes a tap: the office's answer comes late, under a finger."""
    live = walk.live
    live.home(OPEN)
    live.settle()
    live.desk.held = True
    live.tap(*live.middle("everywhere"))
    live.wait(2.0)
    live.desk.let_go()
    live.beat(2)
    target = _own(walk)
    after = _shortest(walk, lambda: live.tap(*live.middle(target)))
    yield Reading(after, after >= YOUNG - STEP / 2, f"{target} on a new {live.screen}", "language")


def _shortest(walk: Walk, tap: Callable[[], None]) -> float:
    """Tap every 0.05 s until it counts; the seconds it took, at most three."""
    live, waited = walk.live, 0.0
    live.desk.clicks.clear()
    while not live.desk.clicks and waited < 3.0:
        live.clock.advance(STEP)
        waited += STEP
        tap()
    return waited


def feedback(walk: Walk) -> Iterator[Reading]:
    """Frames until a touched target looks another; the sound comes in the round of the release."""
    for probe in walk.probes:
        target = probe.target
        if probe.frames:
            yield Reading(probe.frames, probe.frames <= FRAMES, f"{target.name}: seen", probe.scene, target.frame)
        late = 0 if probe.clicks else 99
        yield Reading(late, not late, f"{target.name}: heard", probe.scene, target.frame)


def interrupted(walk: Walk) -> Iterator[Reading]:
    """A finger on a target silences the speech in the same round: in that clock, at once."""
    for probe in walk.probes:
        late = 0.0 if probe.hushed else 9.9
        yield Reading(late, not late, probe.target.name, probe.scene, probe.target.frame)


def _stop(walk: Walk, name: str) -> Stop | None:
    return next((seen.stop for seen in walk.seen if seen.name == name), None)


def _own(walk: Walk) -> str:
    """A target of the screen's own business."""
    taken: list[Any] = [
        key for key in walk.live.hand.targets() if key not in ("listen", "help", "back", "everywhere")
    ]
    if not taken:
        raise NothingHappened(f"nothing to touch on {walk.live.screen}")
    return str(taken[0])


MEASURES = (
    Measure(Row("4", "Single taps only", "no drag, hold, second finger", "found", "most"), gestures, once="language"),
    Measure(
        Row("5", "On release, inside + 2.5 mm; sliding off cancels", "every target", "wrong", "most"),
        activation,
        once="language",
    ),
    Measure(Row("6", "Repeat taps are ignored", "for ≥ 0.7 s", "s"), repeats, once="language"),
    Measure(Row("6 new", "A new screen takes no touch", "for ≥ 0.4 s", "s"), young_screens, once="language"),
    Measure(Row("7", "Feedback, seen and heard", "≤ 100 ms = 3 frames", "frames", "most"), feedback, once="language"),
    Measure(
        Row("9", "A touch stops the speech", "≤ 200 ms: in the same round", "s", "most"), interrupted, once="language"
    ),
)
