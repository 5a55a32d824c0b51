"""Breaches, planted by real means: another theme, other words, settings, pictures, a widget that misbehaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from kiosk.settings import Settings

Patch = tuple[str, Any]
"""What is replaced, as "module.name" or "module.Class.name", and what stands there instead."""


@dataclass(frozen=True)
class Plant:
    """One breach. The audit must break `row` and name `where`: a part of the scene, or of what was measured."""

    row: str
    where: str
    stops: tuple[str, ...]
    settings: Callable[[Settings], Settings] | None = None
    words: tuple[tuple[str, str], ...] = ()
    """(line of vi.ftl, line in its place)"""
    picture: str = ""
    """A pictogram that is drawn in a pale line."""
    patches: Callable[[], list[Patch]] = list
    widget: Callable[[Any], None] | None = None
    """Called with the live audit once the application stands."""
    draw: bool = False
    probe: bool = False
    low: bool = False
    size: str = "10"


def _sizes(**changes: Any) -> Callable[[], list[Patch]]:
    def patches() -> list[Patch]:
        from kiosk.screens import theme

        sizes = {form: replace(kept, **changes) for form, kept in theme._SIZES.items()}
        return [("kiosk.screens.theme._SIZES", sizes)]

    return patches


def _put(name: str, value: Any) -> Callable[[], list[Patch]]:
    return lambda: [(name, value)]


def _around(name: str, make: Callable[[Any], Any]) -> Callable[[], list[Patch]]:
    """Replace a function by one that is made of it."""

    def patches() -> list[Patch]:
        import pkgutil

        return [(name, make(pkgutil.resolve_name(name)))]

    return patches


def _office(**changes: Any) -> Callable[[Settings], Settings]:
    return lambda settings: replace(settings, office=settings.office.model_copy(update=changes))


def _fast(settings: Settings) -> Settings:
    return replace(settings, voice=settings.voice.model_copy(update={"rate": 200}))


def _crammed(settings: Settings) -> Settings:
    return replace(settings, home=("birth", "marriage", "death", "copy", "signature", "single", "unsure"))


def _deep(settings: Settings) -> Settings:
    certify = settings.tiles["certify"].model_copy(update={"opens": ["support"]})
    return replace(settings, tiles={**settings.tiles, "certify": certify})


def _thin_bar(old: Any) -> Any:
    return property(lambda theme: tuple(replace(box, height=box.height * 2 // 3) for box in old.fget(theme)))


def _high_stage(old: Any) -> Any:
    return property(lambda theme: replace(old.fget(theme), height=theme.mm(15)))


def _scrolls(live: Any) -> None:
    from kivy.uix.scrollview import ScrollView

    live.app.glass.add_widget(ScrollView(size_hint=(None, None), size=(10, 10)))


def _blinks(live: Any) -> None:
    from kivy.clock import Clock

    bar = live.app.bar
    Clock.schedule_interval(lambda _: setattr(bar, "opacity", 0.01 if bar.opacity == 1 else 1), 0.1)


def _no_listening(live: Any) -> None:
    live.app.bar.ids.listen.usable = False


def _help_wanders(live: Any) -> None:
    key = next(key for key in live.app.bar.children if key.target == "help")
    place = key.x
    live.app.on_view = lambda view: setattr(key, "x", place + (10 if view.screen == "help" else 0))


def _acts_at_once(old: Any) -> Any:
    def down(key: Any, touch: Any) -> Any:
        taken = old(key, touch)
        if taken:
            key.dispatch("on_choose")
        return taken

    return down


def _unmoved(old: Any) -> Any:
    def down(key: Any, touch: Any) -> Any:
        taken = old(key, touch)
        key.pressed = False
        return taken

    return down


def _ringless(old: Any) -> Any:
    def dress(key: Any, *args: Any) -> None:
        old(key)
        if key.mark == "selected":
            key.ring = (0, 0, 0, 0)

    return dress


def _tiny_digits(old: Any) -> Any:
    def show(screen: Any, view: Any) -> None:
        old(screen, view)
        for widget in screen.ids.plate.walk():
            if getattr(widget, "digits", False):
                widget.em = widget.least = 20

    return show


def _wordless(old: Any) -> Any:
    def show(screen: Any, view: Any) -> None:
        old(screen, view)
        screen.says = ""

    return show


def _keeps_priority(old: Any) -> Any:
    def home(visit: Any) -> None:
        kept = visit._chosen.priority
        old(visit)
        visit._chosen.priority = kept

    return home


def _cuttable(old: Any) -> Any:
    return lambda *args, **named: old(*args, **{**named, "cuttable": True})


PLANTS: dict[str, Plant] = {
    "an entrance without the way out": Plant("0", "exit", ("attract", "exit"), settings=_office(place="entrance")),
    "a low bar": Plant("1", "listen", ("tiles-1",), patches=_around("kiosk.screens.theme.Theme.bar_keys", _thin_bar)),
    "small tiles": Plant("1 tile", "birth", ("tiles-1",), patches=_sizes(margin=55.0)),
    "tiles that touch": Plant("2", "birth", ("tiles-1",), patches=_sizes(gap=2.0)),
    "keys at the bezel": Plant("3", "tiles-1", ("tiles-1",), patches=_sizes(margin=2.0)),
    "something to scroll": Plant("4", "ScrollView", ("tiles-1",), widget=_scrolls),
    "keys that act at once": Plant(
        "5",
        "before the release",
        ("tiles-1",),
        probe=True,
        patches=_around("kiosk.screens.pieces.Pressable.on_touch_down", _acts_at_once),
    ),
    "keys that never let go": Plant(
        "5", "slid off", ("tiles-1",), probe=True, patches=_put("kiosk.screens.pieces.Pressable.SLACK_MM", 30.0)
    ),
    "taps that repeat": Plant(
        "6", "tapped twice", ("confirm-birth",), patches=_put("kiosk.screens.visit.REPEAT_SECONDS", 0.2)
    ),
    "screens that take a touch at once": Plant(
        "6 new", "language", ("language",), patches=_put("kiosk.screens.visit.YOUNG_SECONDS", 0.1)
    ),
    "keys that do not sink": Plant(
        "7",
        "seen",
        ("tiles-1",),
        draw=True,
        probe=True,
        patches=_around("kiosk.screens.pieces.Pressable.on_touch_down", _unmoved),
    ),
    "taps without a sound": Plant(
        "7", "heard", ("tiles-1",), probe=True, patches=_put("kiosk.audit.desk.AuditDesk.click", lambda desk: None)
    ),
    "tiles without a sentence": Plant(
        "8", "birth", ("tiles-1",), patches=_put("kiosk.screens.storyboard._readings", lambda choices: ())
    ),
    "answers without a sentence": Plant(
        "8 targets",
        "cancel",
        ("help",),
        patches=_put("kiosk.screens.storyboard.Storyboard._answers", lambda *args, **named: ()),
    ),
    "a sentence that nobody rehearsed": Plant(
        "8 ready", "help-called", ("help",), patches=_put("kiosk.screens.rehearsal._views", lambda *args: ())
    ),
    "a sentence without a sound": Plant(
        "8 clips",
        "help-called",
        ("help",),
        words=(("    .spoken = Đã gọi cán bộ. { $You } chờ một chút nhé.", "    .spoken = …"),),
    ),
    "speech that goes on under a finger": Plant(
        "9",
        "birth",
        ("tiles-1",),
        probe=True,
        patches=lambda: [
            ("kiosk.screens.visit.Visit.touched", lambda visit: None),
            ("kiosk.audit.desk.AuditDesk.hush", lambda desk: None),
        ],
    ),
    "no listening again": Plant("9 again", "listen", ("tiles-1",), widget=_no_listening),
    "a loudspeaker that does not stop": Plant(
        "9 device", "best of", ("tiles-1",), patches=_put("kiosk.voice.speaker.Speaker.hush", lambda speaker: None)
    ),
    "steps of loudness too near": Plant(
        "10", "softest", ("tiles-loudness",), patches=_put("kiosk.screens.loudness.STEPS_DB", (-10.0, -5.0, 0.0))
    ),
    "loudness that stays": Plant(
        "10 usual",
        "time-out",
        ("tiles-loudness",),
        patches=_put("kiosk.screens.loudness.Loudness.forget", lambda loudness: loudness.close()),
    ),
    "calls that are cut": Plant("11", "whole", ("tiles-1",), patches=_around("kiosk.voice.speaker._Turn", _cuttable)),
    "speech too fast": Plant("13", "voice.rate", ("tiles-1",), settings=_fast),
    "three sentences": Plant(
        "13 sentences",
        "help-called",
        ("help",),
        words=(
            ("    .spoken = Đã gọi cán bộ. { $You } chờ một chút nhé.", "    .spoken = Đã gọi. Chờ nhé. Cảm ơn."),
        ),
    ),
    "a long sentence": Plant(
        "13 short",
        "help-called",
        ("help",),
        words=(
            ("    .spoken = Đã gọi cán bộ. { $You } chờ một chút nhé.", "    .spoken = " + "chờ một chút nhé " * 5),
        ),
    ),
    "numbers told together": Plant(
        "13 digits",
        "A012",
        ("ticket",),
        patches=_put("kiosk.voice.spelling.Spelling._code", lambda spelling, found: spelling.number(int(found[2]))),
    ),
    "words that are only said": Plant(
        "14", "help-called", ("help",), patches=_around("kiosk.screens.base.KioskScreen.show", _wordless)
    ),
    "small labels": Plant("15", "tiles-1", ("tiles-1",), patches=_sizes(label=5.0)),
    "small capitals": Plant("15 capital", "tiles-1", ("tiles-1",), patches=_sizes(label=8.0), size="21"),
    "a small number": Plant(
        "16",
        "ticket",
        ("ticket",),
        draw=True,
        patches=_around("kiosk.screens.ticket.TicketScreen.show", _tiny_digits),
    ),
    "grey text": Plant(
        "17", "tiles-1", ("tiles-1",), draw=True, patches=_put("kiosk.screens.theme.INK", (0.5, 0.5, 0.5, 1))
    ),
    "a pale pictogram": Plant("18", "birth-registration", ("tiles-1",), draw=True, picture="birth-registration"),
    "a choice shown by colour": Plant(
        "19", "selected", ("confirm-priority",), patches=_around("kiosk.screens.pieces.Key._dress", _ringless)
    ),
    "colours that fall together": Plant(
        "19 hues", "river", ("attract",), patches=_put("kiosk.screens.theme.RICE", (0.04, 0.31, 0.58, 1))
    ),
    "a bar that blinks": Plant("20", "attract", ("attract",), widget=_blinks),
    "a hurried loop": Plant(
        "20 poses",
        "attract",
        ("attract",),
        patches=lambda: [("kiosk.screens.attract.SCENE_SECONDS", 0.7), ("kiosk.screens.attract.POSE_SECONDS", 0.3)],
    ),
    "a loop that cannot be stopped": Plant(
        "20 stop",
        "attract",
        ("attract",),
        patches=lambda: [("kiosk.screens.attract.app", _moving)],
    ),
    "a short warning": Plant(
        "21", "service", ("tiles-1",), patches=_put("kiosk.screens.patience.WARNING_SECONDS", 8)
    ),
    "a warning that no tap ends": Plant(
        "21 extend",
        "of 10",
        ("tiles-1",),
        patches=_put("kiosk.screens.visit.Visit.extend", lambda visit: visit.home()),
    ),
    "thanks that flash by": Plant(
        "21 ends",
        "thanks",
        ("thanks",),
        patches=_put("kiosk.screens.patience.STANDING_SECONDS", {"ticket": 25.0, "trouble": 30.0, "thanks": 2.0}),
    ),
    "targets too high": Plant(
        "22", "birth", ("tiles-1",), size="21", patches=_around("kiosk.screens.theme.Theme.stage", _high_stage)
    ),
    "low mode that stays up": Plant(
        "22 low",
        "birth",
        ("tiles-1",),
        size="21",
        low=True,
        patches=_put("kiosk.screens.base.KioskScreen.lowers", False),
    ),
    "seven choices": Plant("26", "7 choices", ("tiles-1",), settings=_crammed, patches=_sizes(choices=8)),
    "three levels": Plant("26 levels", "certify", ("tiles-1",), settings=_deep),
    "a Help that wanders": Plant("27", "help", ("tiles-1", "help"), widget=_help_wanders),
    "a priority that stays": Plant(
        "30",
        "next one's order",
        ("confirm-priority", "ticket"),
        patches=_around("kiosk.screens.visit.Visit.home", _keeps_priority),
    ),
    "a word that does not fit": Plant(
        "fit", "Cần", ("tiles-1",), words=(("bar-help = Cần giúp", "bar-help = Cần người đến giúp ngay"),)
    ),
    "a letter that no font has": Plant(
        "glyphs", "☎", ("tiles-1",), words=(("bar-help = Cần giúp", "bar-help = Cần giúp ☎"),)
    ),
}


def _moving() -> Any:
    """The application, as one would see it who forgot to ask whether motion is wanted."""
    from types import SimpleNamespace

    from kiosk.screens import pieces

    real = pieces.app()
    theme = real.theme
    shown = {name: getattr(theme, name) for name in ("bar", "free_from", "mm")}
    return SimpleNamespace(theme=SimpleNamespace(reduced_motion=False, **shown), words=real.words, visit=real.visit)
