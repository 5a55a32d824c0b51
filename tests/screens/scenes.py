"""The real application with a finger before it, in a process of its own; what it finds goes back to test_glass.py.

The desk answers at once, and time is the test's: it jumps, nobody sleeps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from kiosk.album import THURSDAY, QuietDesk, for_size, scenes
from kiosk.clock import ManualClock
from kiosk.office.types import Crowd, Ticket, TicketOrder
from kiosk.screens.environment import prepare_environment
from kiosk.settings import load, places
from kiosk.wiring import load_pictures, load_words
from kiosk.words import Prompt


class ReadyDesk(QuietDesk):
    """Answers at once; what is said begins at once and never ends by itself."""

    on_start: Callable[[int], None] | None = None

    def crowd(self, done: Callable[[Crowd | None], None]) -> None:
        done(Crowd(3, False))

    def issue(self, touch_id: str, order: TicketOrder, done: Callable[[Ticket | None, int], None]) -> None:
        ticket = Ticket(
            id=touch_id, day=THURSDAY.date(), series=order.series, number=12, tile=order.tile, lane=order.lane,
            reason=order.reason, language=order.language, missing=order.missing, state="waiting", token="x",
            issued_at=THURSDAY,
        )  # fmt: skip
        done(ticket, 3)

    def say(self, prompts: Sequence[Prompt], on_start: Callable[[int], None] | None = None) -> None:
        self.on_start = on_start


class Finger:
    """Taps and looks; time passes in ticks."""

    def __init__(self, app: Any, clock: ManualClock, desk: ReadyDesk) -> None:
        from kiosk.screens.driver import Hand

        self.app, self.clock, self.desk, self.hand = app, clock, desk, Hand(app)

    @property
    def screen(self) -> str:
        return str(self.app.visit.view.screen)

    def pass_time(self, seconds: float) -> None:
        for _ in range(round(seconds * 2)):
            self.clock.advance(0.5)
            self.app.visit.tick()
        self.hand.pump(2)

    def press(self, *targets: str) -> None:
        for target in targets:
            self.clock.advance(1)
            self.hand.tap(*self.hand.key(target).center)
            self.hand.pump(2)

    def keys(self) -> dict[str, Any]:
        """Every key that can be pressed now."""
        return {target: self.hand.key(target) for target in self.hand.targets()}


@contextmanager
def finger(home: Path, size: str = "21", language: str = "vi", **screen: object) -> Iterator[Finger]:
    """The application of `size` on a Thursday morning. `screen`: settings of [screen]."""
    settings = for_size(load(places(home=home)), size, language)
    settings = replace(settings, screen=settings.screen.model_copy(update=screen))
    settings = replace(settings, office=settings.office.model_copy(update={"languages": [language]}))
    prepare_environment(settings, offscreen=True, windowed=True)
    from kiosk.screens.app import KioskApp

    desk, clock = ReadyDesk(), ManualClock(THURSDAY)
    app = KioskApp(settings, load_words(settings), load_pictures(settings), desk, clock)
    app.open()
    somebody = Finger(app, clock, desk)
    somebody.hand.pump(4)
    yield somebody


MOST = 0.5
"""The share of the glass, from below, that a seated person's hand has to reach."""


def low_breaches(home: Path, language: str) -> list[str]:
    """Every screen in low mode: targets above the middle, too small, too near each other or the bezel."""
    wrong: list[str] = []
    with finger(home, "21", language) as somebody:
        app, hand = somebody.app, somebody.hand
        app.lower(True)
        for scene in scenes(app.settings, app.visit.board, app.words, language):
            app.show(scene.view)
            app.ask(scene.warning)
            hand.pump(3)
            keys = {target: key for target, key in somebody.keys().items() if target != "everywhere"}
            wrong += [f"{scene.name}: {line}" for line in breaches(keys, app.theme)]
    return wrong


def pictures_of_tiles(home: Path, size: str) -> dict[str, float]:
    """How much of each tile's shorter side its picture fills, on every page of tiles."""
    found: dict[str, float] = {}
    with finger(home, size) as somebody:
        from kiosk.screens.pieces import Picture, Tile

        app = somebody.app
        for scene in scenes(app.settings, app.visit.board, app.words, "vi"):
            if scene.view.screen != "service":
                continue
            app.show(scene.view)
            somebody.hand.pump(3)
            for tile in (one for one in app.glass.walk() if isinstance(one, Tile)):
                picture = next(child for child in tile.children if isinstance(child, Picture))
                found[f"{scene.name} {tile.target}"] = min(picture.size) / min(tile.size)
    return found


def breaches(keys: dict[str, Any], theme: Any) -> list[str]:
    """facts/accessibility rows 1–3, and the middle of the glass. A warning's key is a sign: any touch extends."""
    mm = theme.px_per_mm
    found = []
    for target, key in keys.items():
        left, right, below, top = key.x / mm, key.right / mm, key.y / mm, key.top / mm
        if top > MOST * theme.height / mm:
            found.append(f"{target} reaches up to {top:.0f} mm")
        if min(right - left, top - below) < 20:
            found.append(f"{target} is {right - left:.0f}×{top - below:.0f} mm")
        if min(left, below, theme.width / mm - right) < 5:
            found.append(f"{target} lies {min(left, below, theme.width / mm - right):.1f} mm from the bezel")
        for other, its in keys.items():
            apart = max(its.x / mm - right, left - its.right / mm, its.y / mm - top, below - its.top / mm)
            if other != target and apart < 4.95:
                found.append(f"{target} lies {apart:.1f} mm from {other}")
    return found


def a_visit_in_low_mode(home: Path) -> list[tuple[str, bool]]:
    """By the picture on the first screen, through a whole visit, and home: (screen, whether all targets are low)."""
    with finger(home) as somebody:
        seen = []

        def look() -> None:
            keys = {target: key for target, key in somebody.keys().items() if target != "everywhere"}
            half = MOST * somebody.app.theme.height
            seen.append((somebody.screen, all(key.top <= half for key in keys.values())))

        somebody.press("low")
        look()
        for target in ("start", "birth", "yes", "no"):
            somebody.clock.advance(1)
            x, y = somebody.hand.key(target).center
            somebody.hand.tap(x, y)  # "start" is a sign that lies under the whole screen's key
            somebody.hand.pump(2)
            look()
        somebody.press("help")
        look()
        somebody.press("go-on", "yes")
        look()
        somebody.pass_time(26)
        look()
        somebody.press("everywhere")
        look()
        return seen


def low_by_help(home: Path) -> list[bool]:
    """The picture on the help screen, reached from the tiles: whether the tiles stand low before and after."""
    with finger(home) as somebody:
        def low() -> bool:
            return bool(somebody.hand.key("birth").top <= somebody.app.theme.height / 2)

        somebody.press("everywhere")
        found = [low()]
        somebody.press("help", "low", "go-on")
        return [*found, low()]


def a_dark_screen(home: Path) -> list[tuple[str, float]]:
    """The screen and the mean brightness: bright, dark, after the waking touch, after the next one."""
    with finger(home, dim="always", dim_after_minutes=1) as somebody:
        def look() -> tuple[str, float]:
            histogram = somebody.hand.picture().convert("L").histogram()
            return somebody.screen, sum(value * count for value, count in enumerate(histogram)) / sum(histogram)

        found = [look()]
        somebody.pass_time(61)
        found.append(look())
        for _ in range(2):
            somebody.clock.advance(1)
            somebody.hand.tap(540, 700)
            somebody.hand.pump(2)
            found.append(look())
        return found


def a_question(home: Path) -> list[tuple[str, bool]]:
    """Screen and question: asked, extended by one touch on a key's place, asked again, gone home."""
    with finger(home) as somebody:
        somebody.press("everywhere")
        place = somebody.hand.key("birth").center
        found = []
        for touch in (True, False):
            somebody.pass_time(41)
            found.append((somebody.screen, somebody.app.visit.warning))
            if touch:
                somebody.hand.tap(*place)
                somebody.hand.pump(2)
            else:
                somebody.pass_time(20)
            found.append((somebody.screen, somebody.app.visit.warning))
        return found


def a_hand(home: Path, size: str, reduced_motion: bool) -> list[tuple[str, bool]]:
    """The hand's pictures in order, each with "it lies on the lit tile"; then a touch sends it away."""
    with finger(home, size, reduced_motion=reduced_motion) as somebody:
        somebody.press("everywhere")
        somebody.pass_time(5.5)
        somebody.clock.advance(5)
        assert somebody.desk.on_start
        somebody.desk.on_start(0)
        hand, tile, found = somebody.app.hand, somebody.hand.key("birth"), []
        if hand._event is not None:
            hand._event.cancel()  # its poses come when we ask, however slow this machine
        for _ in range(4):
            somebody.hand.pump()
            if hand.parent is None:
                break
            tip = (hand.x + hand.width * 0.44, hand.y + hand.height * 0.7)
            found.append((hand.name, bool(tile.lit and tile.collide_point(*tip))))
            if reduced_motion:
                break
            hand._next()
        somebody.desk.on_start(1)
        assert hand.parent is not None
        somebody.hand.tap(5, 5)
        assert hand.parent is None, "a touch sends it away"
        return found


def the_loop(home: Path, size: str, reduced_motion: bool) -> dict[str, list[Any]]:
    """Whether the loop turns, where it begins, what each pose draws, and what was said meanwhile."""
    with finger(home, size, reduced_motion=reduced_motion) as somebody:
        from kivy.clock import Clock  # Kivy reads its environment as it is imported: only now

        from kiosk.screens import attract

        screen = somebody.app._current
        waiting = {event.get_callback() for event in Clock.get_events()}
        turns = screen._next_scene in waiting
        if not reduced_motion:
            screen.turn(False)
            screen.show(somebody.app.visit.view)  # however slowly this machine has started
        first, pictures = (int(screen.scene), screen.actor), []
        for scene in range(len(attract.SCENES)):
            for pose in range(len(attract.SCENES[scene].poses)):
                screen._stand(scene, pose)
                screen.scene = scene
                somebody.hand.pump(2)
                pictures.append(somebody.hand.picture().resize((108, 108)).tobytes())
        return {"turns": [turns], "first": [first], "pictures": pictures, "said": [somebody.desk.on_start]}


def poses_due(home: Path) -> list[tuple[str, bool]]:
    """The sign of each scene in turn, each beginning before the one before has moved, and whether a pose is due."""
    with finger(home) as somebody:
        from kivy.clock import Clock

        from kiosk.screens import attract

        loop, found = somebody.app._current, []
        for _ in attract.SCENES:
            loop._next_scene()
            due = loop._next_pose in {event.get_callback() for event in Clock.get_events()}
            found.append((attract.SCENES[int(loop.scene)].sign, due))
        return found


def brightness_steps(home: Path) -> tuple[list[float], list[float]]:
    """How much of the glass changes from one pose to the next, as a share of its pixels; and the seconds between."""
    with finger(home) as somebody:
        from PIL import ImageChops

        from kiosk.screens import attract, hand

        screen = somebody.app._current
        screen.turn(False)
        before, steps = None, []
        for scene in (*range(len(attract.SCENES)), 0):
            for pose in range(len(attract.SCENES[scene].poses)):
                screen._stand(scene, pose)
                screen.scene = scene
                now = somebody.hand.picture().convert("L")
                if before is not None:
                    changed = sum(ImageChops.difference(before, now).histogram()[26:])
                    steps.append(changed / (now.width * now.height))
                before = now
        stands = attract.SCENE_SECONDS - attract.POSE_SECONDS
        return steps, [attract.POSE_SECONDS, stands, hand.POSE_SECONDS]


def starting_at_lunch(home: Path) -> tuple[str, str, list[str]]:
    """A landscape glass whose first closed screen is that of lunch: screen, the clock's picture, its own keys."""
    with finger(home, "15") as somebody:
        app = somebody.app
        lunch = next(
            scene.view for scene in scenes(app.settings, app.visit.board, app.words, "vi")
            if scene.name == "closed-lunch"
        )  # fmt: skip
        app.show(lunch)
        somebody.hand.pump(2)
        screen = next(widget for widget in app.glass.walk() if hasattr(widget, "later_picture"))
        own = screen.keys()
        return str(lunch.screen), screen.later_picture, [key.target for key in own]
