"""Every journey of somebody who cannot read, through the real application with all words hidden.

python -m tests.textoff.journeys HOME SIZE SEED [JOURNEY…] [--swap A B]

The judge asks the office's database afterwards: whether the number is for what they came for. `--swap` changes two
pictures on the glass, not in the visitor's memory. One line of JSON: the journeys that did not succeed, and why.
"""

from __future__ import annotations

import json
import logging
import os
import random
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from kiosk.album import for_size
from kiosk.clock import ZONE, ManualClock
from kiosk.office.counters import Counters
from kiosk.office.help import HelpCalls
from kiosk.office.migrate import migrate
from kiosk.office.tables import AnswerRow, ResponseRow, TicketRow
from kiosk.office.tickets import Tickets
from kiosk.office.types import TicketOrder
from kiosk.pictures import Pictures
from kiosk.settings import Settings, load, places
from kiosk.voice.player import RecordingPlayer
from kiosk.wiring import LobbyScreen, build_screen
from tests.textoff.visitor import GaveUp, Visitor

THURSDAY = datetime(2026, 11, 26, 8, 0, tzinfo=ZONE)
ASSETS = places().assets
STEP = 0.2
"""Seconds that pass in each round of the loop: looking costs no time."""
MOMENT, LONGEST_SPEECH = 0.25, 20.0
"""Real seconds: what the office's and the printer's threads take, and a voice that is made only now."""


@dataclass
class Day:
    """The lobby on a Thursday, and the office behind it."""

    lobby: LobbyScreen
    clock: ManualClock
    visitor: Visitor
    tickets: Tickets
    counters: Counters
    help_calls: HelpCalls
    target: str
    """The tile that people come for."""
    paper: Path
    """Where slips come out; gone = no printer."""

    @property
    def picture(self) -> str:
        """What they look for."""
        return self.lobby.settings.tiles[self.target].pictogram

    def begin(self) -> Visitor:
        """Somebody else comes in; the one before has gone."""
        self.lobby.app.visit.home()
        self.visitor.wait(2)
        self.visitor.comes()
        self.visitor.log.clear()
        return self.visitor

    def newest(self) -> TicketRow:
        """The number given last."""
        with self.lobby.database.read() as session:
            rows = list(session.execute(select(TicketRow).order_by(TicketRow.id)).scalars())
        assert rows, "no number was given"
        return rows[-1]

    def judge(self, *, tile: str, lane: str = "ordinary", reason: str = "") -> None:
        """Whether the last number is what they wanted."""
        row = self.newest()
        got, wanted = (row.tile, row.lane, row.reason), (tile, lane, reason)
        assert got == wanted, f"got {got}, wanted {wanted}; touched {self.visitor.log}"


def ordinary(day: Day) -> None:
    day.begin().walks([day.picture], "take-slip", "ticket-")
    day.judge(tile=day.target)


def priority(day: Day) -> None:
    day.begin().walks([day.picture, "elderly"], "take-slip", "ticket-")
    day.judge(tile=day.target, lane="priority", reason="elderly")


def unsure(day: Day) -> None:
    day.begin().walks(["dont-know"], "take-slip", "ticket-")
    day.judge(tile="unsure")


def closed_day(day: Day) -> None:
    """They learn that it is closed, and count the nights until it opens."""
    now = day.clock.now()
    day.clock.set(THURSDAY + timedelta(days=4))
    try:
        somebody = day.begin()
        somebody.walks([], "office-closed", ways=())
        moons = somebody.counts("moon")
        assert moons == 3, f"three nights, but {moons} moons"
        middle = (side / 2 for side in somebody.see().size)
        somebody.touch(*middle)
        somebody.walks([], "office-closed", "closed-", ways=())
    finally:
        day.clock.set(now)
        day.visitor.wait(2)


def printer_silent(day: Day) -> None:
    """No slip comes: they see that they should remember the number, or photograph it."""
    somebody = day.begin()
    away = day.paper.rename(day.paper.with_name("away"))
    day.lobby.desk.wake_printer()
    somebody.walks([day.picture], "photo-number", "ticket-")
    day.judge(tile=day.target)
    away.rename(day.paper)
    day.lobby.desk.wake_printer()


def by_face(day: Day) -> None:
    """They find their own number among those that are done, and say how it was."""
    others = [_served(day) for _ in range(3)]
    mine = others[1]
    day.begin().walks(["finished", f"{mine.number:03d}", "face-2", "face-2"], "yes", "exit-thanks", ways=["more"])
    with day.lobby.database.read() as session:
        responses = list(session.execute(select(ResponseRow)).scalars())
        answers = [row.value for row in session.execute(select(AnswerRow)).scalars()]
    assert [row.channel for row in responses] == ["kiosk"], [row.channel for row in responses]
    assert len(answers) == 2 and len(set(answers)) == 1, answers


def help_comes(day: Day) -> None:
    """They call, somebody comes, and they go on."""
    somebody = day.begin()
    somebody.walks([day.picture, "help"], "citizen-waits", "help-called")
    (call,) = day.help_calls.open_calls()
    day.help_calls.answer(call.id, "1")
    somebody.idles_until("officer-walks", seconds=20)
    somebody.walks(["point-tile"], "take-slip", "ticket-")
    day.judge(tile=day.target)


def still_there(day: Day) -> None:
    """They think for a long time, say that they are there, and go on."""
    somebody = day.begin()
    somebody.walks(["hand-tap", "language-vi"], day.picture, ways=("more",))  # a small glass has several pages
    before = len(somebody.heard())
    somebody.idles_until("someone-there", seconds=200)
    assert any(key.startswith("timeout-") for key in somebody.heard()[before:]), "the question was not spoken"
    somebody.walks(["hand-tap"], day.picture, ways=())
    somebody.walks([day.picture], "take-slip", "ticket-")
    day.judge(tile=day.target)


def gone(day: Day) -> None:
    """They go away; the next one finds the first screen."""
    somebody = day.begin()
    somebody.walks([day.picture], "take-slip", ways=("hand-tap", "language-vi", "more"))
    somebody.idles_until("someone-there", seconds=200)
    somebody.wait(30)
    somebody.comes()
    somebody.walks([], "finished", ways=())
    somebody.walks([day.picture], "take-slip", "ticket-")
    day.judge(tile=day.target)


JOURNEYS: dict[str, Callable[[Day], None]] = {
    one.__name__: one
    for one in (ordinary, priority, unsure, closed_day, by_face, help_comes, still_there, gone, printer_silent)
}


def _served(day: Day) -> TicketRow:
    """Somebody's number, called, served and done."""
    tile = day.lobby.settings.tiles[day.target]
    day.tickets.issue(os.urandom(8).hex(), TicketOrder(tile.key, tile.series))
    counter = day.lobby.settings.series[tile.series].counters[0]
    while True:
        called = day.counters.call_next(counter)
        day.counters.start(counter)
        day.counters.finish(counter)
        row = day.newest()
        if called.ticket.id == row.id:
            return row


@contextmanager
def lobby_day(home: Path, size: str, seed: int, swap: tuple[str, str] | None = None) -> Iterator[Day]:
    """The kiosk with its words hidden and its tiles in another order."""
    chance = random.Random(seed)
    settings = hidden(load(places(home=home)), size, chance, home, swap)
    migrate(settings.database_url, THURSDAY)
    clock, ear = ManualClock(THURSDAY), RecordingPlayer()
    lobby = build_screen(settings, clock, player=ear, offscreen=True)
    lobby.desk.start()
    lobby.lobby.start()
    lobby.app.open()
    from kivy.clock import Clock

    from kiosk.screens.driver import Hand

    Clock._max_fps = 0  # nobody waits for the next frame
    hand = Hand(lobby.app)

    def wait(seconds: float) -> None:
        """The kiosk's threads get a moment of real time, whatever it begins to say is said; then its time passes."""
        begun = time.monotonic()
        while (gone := time.monotonic() - begun) < MOMENT or (lobby.speaker.speaking and gone < LONGEST_SPEECH):
            lobby.app.step()
        for _ in range(round(seconds / STEP)):
            clock.advance(STEP)
            lobby.app.step()

    def touch(x: float, y: float) -> None:
        hand.tap(x, settings.screen.height - y)

    def heard() -> list[str]:
        return [entry.clip.prompt.key for entry in ear.spoken]

    known = Pictures(ASSETS / "pictograms", settings.places.cache / "known")
    visitor = Visitor(hand.picture, heard, touch, wait, known)
    site = settings.office.site
    counters = Counters(lobby.database, site, clock, settings.series, settings.calling)
    leaves = [key for key in settings.home if not settings.tiles[key].opens and not settings.tiles[key].unsure]
    wait(2)
    try:
        yield Day(
            lobby, clock, visitor, Tickets(lobby.database, site, clock), counters,
            HelpCalls(lobby.database, site, clock), chance.choice(leaves), home / "paper",
        )  # fmt: skip
    finally:
        lobby.stop()


def hidden(
    settings: Settings, size: str, chance: random.Random, home: Path, swap: tuple[str, str] | None
) -> Settings:
    """The office's settings for such a trial."""
    order = list(settings.home)
    chance.shuffle(order)
    settings = for_size(settings, size, "vi")
    screen = settings.screen.model_copy(update={"text_off": True})
    (home / "paper").mkdir(exist_ok=True)
    printer = settings.printer.model_copy(update={"address": f"file://{home.resolve()}/paper/slips"})
    settings = replace(settings, screen=screen, printer=printer, home=tuple(order))
    if swap:
        assets = home / "assets"
        shutil.copytree(ASSETS, assets)
        one, other = (assets / "pictograms" / f"{name}.svg" for name in swap)
        first = one.read_text(encoding="utf-8")
        one.write_text(other.read_text(encoding="utf-8"), encoding="utf-8")
        other.write_text(first, encoding="utf-8")
        settings = replace(settings, places=replace(settings.places, assets=assets))
    return settings


def play(day: Day, names: list[str]) -> dict[str, str]:
    """The journeys that did not succeed, with the reason."""
    failed = {}
    for name in names:
        try:
            JOURNEYS[name](day)
        except (GaveUp, AssertionError) as reason:
            failed[name] = str(reason)
            day.visitor.see().save(day.lobby.settings.places.home / f"{name}.png")
    return failed


def main(words: list[str]) -> None:
    logging.basicConfig()
    logging.getLogger().handlers[0].setLevel(logging.ERROR)
    swap: Any = None
    if "--swap" in words:
        at = words.index("--swap")
        swap, words = (words[at + 1], words[at + 2]), words[:at]
    home, size, seed = Path(words[0]), words[1], int(words[2])
    home.mkdir(parents=True, exist_ok=True)
    with lobby_day(home, size, seed, swap) as day:
        failed = play(day, words[3:] or list(JOURNEYS))
        print(json.dumps(failed, ensure_ascii=False), flush=True)
    os._exit(1 if failed else 0)  # Kivy's own way out may wait


if __name__ == "__main__":
    main(sys.argv[1:])
