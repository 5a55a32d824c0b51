"""The kiosk itself, in a process of its own, off-screen, played by a finger. One line of JSON at its end.

python -m tests.bench.lobby HOME PRINTER prepare COUNT   makes pictures and clips for so many visits
python -m tests.bench.lobby HOME PRINTER start           the first tap after the start, in real time
python -m tests.bench.lobby HOME PRINTER visits COUNT    whole visits
python -m tests.bench.lobby HOME PRINTER idle SECONDS    nobody comes
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from kiosk.settings import Settings
from tests.quick_kiosk import THURSDAY, Ear, QuickKiosk, quick_kiosk, settings_of

PACE = 15.0
VISIT = (("everywhere", "service"), ("birth", "bring"), ("yes", "bring"), ("no", "confirm"), ("yes", "ticket"))
"""Each key, and the screen that it leads to."""
RSS_AFTER = 50


class Citizen:
    """Taps, and keeps how long everything took, in milliseconds."""

    def __init__(self, kiosk: QuickKiosk) -> None:
        from tests.bench.glass import Glass

        self.kiosk = kiosk
        self.glass = Glass(kiosk.lobby.app.step)
        self.pixels: list[float] = []
        self.screens: list[float] = []
        self.sounds: list[float] = []
        self.confirmed: list[float] = []
        self.touched_at = 0.0

    def tap(self, target: str, screen: str) -> float:
        """Press a key and wait for the next screen; the moment when the finger left the glass."""
        from tests.bench.glass import SIDE

        hand, before = self.kiosk.hand, self.kiosk.view
        hand.settle()
        hand.until(lambda: not self.kiosk.clicking)
        key = hand.key(target)
        face = hand.key("start") if target == "everywhere" else key
        at = (face.x + face.rounding, face.top - SIDE)  # its upper edge: a pressed key sinks, lit or not
        touch, took = self.glass.down(key.center if target != "everywhere" else face.center, at)
        self.pixels.append(took)
        self.touched_at = time.monotonic()
        released = self.glass.up(touch)
        self.glass.until(lambda: self.kiosk.view is not before)
        self.screens.append((time.monotonic() - released) * 1000)
        assert self.kiosk.view.screen == screen, self.kiosk.view.screen
        self.glass.until(lambda: self._clicked(released) > 0)
        self.sounds.append((self._clicked(released) - released) * 1000)
        return released

    def _clicked(self, since: float) -> float:
        """When the click of this touch had reached the player; 0 = not yet."""
        return next((at for key, at in list(self.kiosk.ear.heard) if key == "click" and at > since), 0.0)

    def visit(self) -> None:
        """From the first touch to the slip in hand, and home by a touch on the ticket."""
        for target, screen in VISIT:
            released = self.tap(target, screen)
        self.confirmed.append(released)
        self.kiosk.await_paper(self.kiosk.view.ticket_id)
        self.kiosk.everybody_was_served()
        size = self.kiosk.lobby.app.theme
        hand = self.kiosk.hand
        while self.kiosk.view.screen == "ticket":
            hand.tap(size.width / 2, size.height * 0.6)
        hand.on("attract")


def patient(settings: Settings) -> Settings:
    """Nobody is asked "are you still there?", however busy the machine is."""
    return replace(settings, screen=settings.screen.model_copy(update={"idle_warning_seconds": 3600}))


def visits(home: Path, address: str, count: int) -> dict[str, Any]:
    with quick_kiosk(home, address, PACE, change=patient) as kiosk:
        from tests.bench.glass import rss  # it imports Kivy, which reads its environment then

        citizen, after = Citizen(kiosk), 0
        for number in range(1, count + 1):
            citizen.visit()
            if number == min(RSS_AFTER, count):
                after = rss()
        return {
            "pixels": citizen.pixels, "screens": citizen.screens, "sounds": citizen.sounds, "rss": after,
            "confirmed": citizen.confirmed, "player": kiosk.ear.name,
        }  # fmt: skip


def start(home: Path, address: str) -> dict[str, Any]:
    """Answered: the key has shown that it was touched. Led: the seconds from then to the next screen."""
    with quick_kiosk(home, address, 1.0) as kiosk:
        citizen = Citizen(kiosk)
        citizen.tap("everywhere", "service")
        return {"answered": citizen.touched_at, "led": time.monotonic() - citizen.touched_at}


def idle(home: Path, address: str, seconds: float) -> dict[str, Any]:
    """The share of a core that Kivy's own loop, the desk, the printer's thread and the lobby take together, after
    the attract loop has gone round once."""
    from kiosk.clock import TrialClock
    from kiosk.wiring import build_screen

    settings = settings_of(home, address)
    lobby = build_screen(settings, TrialClock(THURSDAY), player=Ear(), offscreen=True)
    lobby.start()
    from kivy.clock import Clock

    begun: list[float] = []

    def begin(_: float) -> None:
        begun.extend((time.process_time(), time.monotonic()))

    Clock.schedule_once(begin, 18.0)
    Clock.schedule_once(lambda _: lobby.app.stop(), 18.0 + seconds)
    lobby.app.run()
    found = {"cpu": (time.process_time() - begun[0]) / (time.monotonic() - begun[1]) * 100}
    lobby.stop()
    return found


def prepare(home: Path, address: str, count: int) -> dict[str, Any]:
    """Every clip that is said in the first `count` visits, and the pictures of each screen."""
    from kiosk.lobby import Sentences
    from kiosk.office.types import Ticket

    with quick_kiosk(home, address, PACE, longest_clip=0.01, change=patient) as kiosk:
        lobby, prompts = kiosk.lobby, list(kiosk.lobby.prompts)
        sentences = Sentences(lobby.settings, lobby.words)
        for number in range(1, count + 1):
            ticket = Ticket(
                id="", day=THURSDAY.date(), series="A", number=number, tile="birth", lane="ordinary", reason="",
                language="vi", missing=(), state="waiting", token="", issued_at=THURSDAY,
            )  # fmt: skip
            prompts += sentences.ahead(ticket)
            prompts += lobby.app.visit.board.ticket_prompts("vi", ticket.code, 0, True)
        left = lobby.clips.prepare(prompts)
        Citizen(kiosk).visit()
        return {"left": len(left)}


def main(words: list[str]) -> None:
    home, address, what = Path(words[0]), words[1], words[2]
    logging.basicConfig()  # as the command does it: Kivy sets the level of all loggers, so the handler decides
    logging.getLogger().handlers[0].setLevel(logging.WARNING)
    if what == "start":
        found = start(home, address)
    elif what == "idle":
        found = idle(home, address, float(words[3]))
    else:
        found = {"visits": visits, "prepare": prepare}[what](home, address, int(words[3]))
    print(json.dumps(found), flush=True)
    os._exit(0)  # nothing of the end is measured


if __name__ == "__main__":
    main(sys.argv[1:])
