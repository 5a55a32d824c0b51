"""A visit in a language that people recorded, through the real kiosk, and what reached the sound device.

Runs in a process of its own (Kivy has one window in its life); called by test_voices.py. SDL's disk driver is the
device: it writes down what it is given, in real time.
"""

from __future__ import annotations

import os
from array import array
from dataclasses import dataclass, replace
from pathlib import Path

from kiosk.clock import TrialClock
from kiosk.office.counters import Counters
from kiosk.office.migrate import migrate
from kiosk.settings import load, places
from kiosk.voice import sound
from kiosk.voice.player import PygamePlayer, RecordingPlayer
from kiosk.wiring import build_screen
from tests.journeys.scenarios import THURSDAY, Visitor


@dataclass(frozen=True)
class Heard:
    """One clip that came to its end: prompt, its language, the cached file, the volume it was played at."""

    key: str
    language: str
    path: Path
    volume: float


def at_volume(samples: array[int], volume: float) -> bytes:
    """What SDL's mixer makes of them: 128 steps, cut towards zero."""
    step = int(volume * 128)
    return sound.to_bytes(array("h", (int(sample * step / 128) for sample in samples)))


def visit_in(language: str, home: Path, assets: Path, device: Path) -> list[Heard]:
    """A whole visit: language, loudness, number, call; every clip that was heard whole."""
    os.environ.update(SDL_AUDIODRIVER="disk", SDL_DISKAUDIOFILE=str(device))
    settings = load(replace(places(home=home), assets=assets))
    migrate(settings.database_url, THURSDAY)
    ear = RecordingPlayer(PygamePlayer())
    lobby = build_screen(settings, TrialClock(THURSDAY), player=ear, offscreen=True)
    lobby.desk.start()
    lobby.lobby.start()
    lobby.app.open()
    from kiosk.screens.driver import Hand

    hand = Hand(lobby.app)
    somebody = Visitor(lobby, hand, ear)

    def hear(key: str, times: int = 1) -> None:
        """Go on when `key` has been heard whole so often."""

        def heard() -> bool:
            return sum(entry.key.startswith(key) and entry.whole for entry in ear.spoken) >= times

        hand.until(heard, 40, f"{key} was not heard")

    try:
        hand.on("attract")
        hand.press("start")
        hand.on("language")
        hear("language-choose", 2)  # each tile says its own name
        hand.press(language)
        hand.on("service")
        hear("service-ask")
        hand.press("listen")
        hear("service-ask", 2)
        hand.press("loudness")  # loud
        hear("service-ask", 3)
        hand.press("loudness")  # soft
        hear("service-ask", 4)
        hand.press("birth")
        hand.on("bring")
        hand.press("yes")
        hand.until(lambda: somebody.view.screen != "bring" or somebody.view.index == 1, 10, "no second paper")
        hand.press("yes")
        hand.on("confirm")
        hear("confirm-ask")
        hand.press("yes")
        hand.on("ticket")
        hear("ticket-number")
        lobby.app.visit.home()
        assert lobby.speaker.loudness == -10.0, "the next person hears the usual loudness"
        hand.on("attract")
        counters = Counters(
            lobby.database, settings.office.site, lobby.clock, settings.series, settings.calling
        )
        counters.call_next(1)
        hear("call-number")
        return [
            Heard(entry.key, entry.clip.prompt.language, entry.clip.path, entry.volume)
            for entry in ear.spoken if entry.whole
        ]  # fmt: skip
    finally:
        lobby.stop()


def the_loudness_key(home: Path, size: str) -> None:
    """It comes with listen again and goes with a touch elsewhere, which counts; beside it nothing is chosen; the bar
    stays the same pixels."""
    from kiosk.album import THURSDAY as THEN
    from kiosk.album import QuietDesk, for_size
    from kiosk.clock import ManualClock
    from kiosk.screens.environment import prepare_environment
    from kiosk.wiring import load_pictures, load_words

    settings, clock = for_size(load(places(home=home)), size, "vi"), ManualClock(THEN)
    prepare_environment(settings, offscreen=True, windowed=True)
    from kiosk.screens.app import KioskApp
    from kiosk.screens.driver import Hand

    desk = QuietDesk()
    asked: list[float] = []
    desk.crowd = lambda done: asked.append(0.0)  # type: ignore[method-assign,assignment]
    desk.loudness = asked.append  # type: ignore[method-assign]
    app = KioskApp(settings, load_words(settings), load_pictures(settings), desk, clock)
    app.open()
    hand, theme = Hand(app), app.theme

    def settle() -> None:
        clock.advance(1)
        hand.pump(2)

    def bar() -> list[bytes]:
        picture = hand.picture()
        return [picture.crop((b.x, b.y, b.right, b.bottom)).tobytes() for b in theme.bar_keys[:2]]

    settle()
    before = bar()
    hand.tap(*hand.key("listen").center)
    settle()
    key = hand.key("loudness")
    assert bar() == before
    assert min(key.size) / theme.px_per_mm >= 20
    assert key.y - hand.key("listen").top >= theme.mm(5)
    assert key.x >= theme.mm(5)
    hand.tap(key.x - 3, key.top + 3)  # beside it, on the bar's rise: the screen below is one large key
    settle()
    assert asked == [] and app.visit.loudness.is_open
    hand.tap(*key.center)
    settle()
    assert asked == [0.0]  # one step: to the loudest
    assert app.loudness.pictogram == "loudness-3"
    hand.tap(theme.width * 0.7, theme.height * 0.6)
    settle()
    assert asked == [0.0, 0.0] and not app.visit.loudness.is_open and key.get_root_window() is None
