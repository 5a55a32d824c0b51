"""The real kiosk of a fresh office, off-screen in this process, with its screen's time running faster.

For bench and soak, which play many visits by injected touches. What the machine itself takes (database, drawing,
sound, printer) takes its real time; only what a visit waits for (0.7 s between touches, 25 s of a ticket) is shorter.
A process can hold one: Kivy has one window in its life.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update

from kiosk.clock import ZONE
from kiosk.office.tables import TicketRow
from kiosk.settings import Settings, load, places
from kiosk.voice.clips import Clip
from kiosk.voice.player import OnEnd, Player, PlayerError, PygamePlayer, SilentPlayer
from kiosk.wiring import LobbyScreen, build_screen

THURSDAY = datetime(2026, 11, 26, 8, 0, tzinfo=ZONE)


class QuickClock:
    """Durations run `pace` times as fast; the wall clock goes as always, from where it is set."""

    def __init__(self, start: datetime, pace: float) -> None:
        self._pace = pace
        self.set(start)

    def set(self, moment: datetime) -> None:
        self._start, self._zero = moment.astimezone(ZONE), time.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=time.monotonic() - self._zero)

    def monotonic(self) -> float:
        return time.monotonic() * self._pace

    def span(self, real: timedelta) -> timedelta:
        return real


class Ear:
    """A loudspeaker beside which somebody notes when each clip had reached the device. With `longest`, a clip ends
    after so many seconds: for those who play thousands."""

    def __init__(self, longest: float | None = None) -> None:
        os.environ["SDL_AUDIODRIVER"] = "dummy"  # SDL's own: a device in real time that nobody hears
        try:
            self._through: Player = PygamePlayer()
        except PlayerError as error:
            self._through = SilentPlayer(str(error))
        self._longest = longest
        self.name, self.available, self.volume = self._through.name, self._through.available, 1.0
        self.heard: deque[tuple[str, float]] = deque(maxlen=100)

    def play(self, clip: Clip, on_end: OnEnd | None = None) -> None:
        self._through.play(clip, on_end)
        self.heard.append((clip.prompt.key, time.monotonic()))
        if self._longest is not None:
            time.sleep(min(clip.seconds, self._longest))
            self._through.stop()
            if on_end:
                on_end()

    def stop(self) -> None:
        self._through.stop()

    def close(self) -> None:
        self._through.close()


@dataclass
class QuickKiosk:
    """The running application with a hand before it."""

    lobby: LobbyScreen
    hand: Any
    ear: Ear
    clock: QuickClock
    printed: deque[tuple[str, bool]]
    """(ticket's key, whether its paper came), as the screen was told."""

    @property
    def view(self) -> Any:
        return self.lobby.app.visit.view

    @property
    def clicking(self) -> bool:
        """The sound of a tap is not over: the next one would not be heard. In real time it always is."""
        turn = self.lobby.speaker._now
        return turn is not None and not turn.cuttable

    def await_paper(self, ticket_id: str, seconds: float = 60.0) -> None:
        """Run until the screen has heard that this ticket's slip came."""
        self.hand.until(lambda: (ticket_id, True) in self.printed, seconds, "the slip did not come")

    def everybody_was_served(self) -> None:
        """Who waits is done, without a call: the queue stays as short as on a quiet day."""
        with self.lobby.database.write() as session:
            session.execute(update(TicketRow).where(TicketRow.state == "waiting").values(state="done"))


def settings_of(home: Path, address: str) -> Settings:
    settings = load(places(home=home))
    return replace(settings, printer=settings.printer.model_copy(update={"address": address}))


def new_home(home: Path, cache: Path | None = None) -> Path:
    """A kiosk's folder with an empty database; `cache`: pictures and clips that are there already."""
    home.mkdir(parents=True, exist_ok=True)
    if cache:
        cache.mkdir(parents=True, exist_ok=True)
        (home / "cache").symlink_to(cache.resolve(), target_is_directory=True)
    from kiosk.office.migrate import migrate  # late: the kiosk's own process runs without it

    migrate(load(places(home=home)).database_url, THURSDAY)
    return home


@contextmanager
def quick_kiosk(
    home: Path,
    address: str,
    pace: float,
    longest_clip: float | None = None,
    change: Callable[[Settings], Settings] = lambda settings: settings,
) -> Iterator[QuickKiosk]:
    """`home`: of new_home; `address`: its printer. Everything is started as `kiosk screen` starts it."""
    settings = change(settings_of(home, address))
    clock, ear = QuickClock(THURSDAY, pace), Ear(longest_clip)
    lobby = build_screen(settings, clock, player=ear, offscreen=True)
    printed: deque[tuple[str, bool]] = deque(maxlen=100)
    tell = lobby.app.paper

    def paper(ticket_id: str, came: bool) -> None:
        printed.append((ticket_id, came))
        tell(ticket_id, came)

    lobby.app.paper = paper
    lobby.start()
    lobby.app.open()
    from kiosk.screens.driver import Hand

    kiosk = QuickKiosk(lobby, Hand(lobby.app), ear, clock, printed)
    kiosk.hand.on("attract")
    try:
        yield kiosk
    finally:
        lobby.stop()
