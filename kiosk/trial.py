"""A trial: the whole kiosk on its own day, with its own database and a printer that needs no paper.

With a display it is a window to be touched, and the slips in a second one. Without a display one visit is played
through the real application by an injected hand, and what it left is named.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from kiosk.clock import SystemClock, TrialClock
from kiosk.companion import pages
from kiosk.office.database import Database
from kiosk.office.days import Days
from kiosk.office.migrate import migrate
from kiosk.office.officers import Officers
from kiosk.office.types import Role
from kiosk.printing import viewer
from kiosk.settings import Settings
from kiosk.voice.player import RecordingPlayer
from kiosk.wiring import LobbyScreen, build_screen, load_staff_words

Say = Callable[[str], None]

DESKTOP_SHARE = 0.88
"""How much of the desktop's height the window takes: its frame and the panel need the rest."""

ACCOUNTS: tuple[tuple[str, Role], ...] = (
    ("canbo1", "officer"), ("canbo2", "officer"), ("phutrach", "supervisor"), ("quantri", "administrator"),
)  # fmt: skip
PASSWORD = "thu-may-2026"  # noqa: S105  (of a trial)


def has_display() -> bool:
    """A window can be opened: a display is named, and if it is of this machine, it is there."""
    if os.environ.get("WAYLAND_DISPLAY"):
        return True
    display = os.environ.get("DISPLAY", "")
    if display.startswith(":"):
        return Path(f"/tmp/.X11-unix/X{display[1:].partition('.')[0]}").exists()  # noqa: S108  (X's own place)
    return bool(display)


def trial_settings(settings: Settings) -> Settings:
    """The same office with a database of its own, no paper, and slips that cannot reach anybody's real phone."""
    own = replace(settings.places, database_url=f"sqlite:///{settings.places.home}/trial.db")
    return replace(
        settings,
        places=own,
        printer=settings.printer.model_copy(update={"address": "virtual:"}),
    )


def environment(settings: Settings, clock: TrialClock) -> dict[str, str]:
    """What another process needs to be part of the trial: its folders, its database, its day."""
    return {
        "KIOSK_HOME": str(settings.places.home),
        "KIOSK_CONFIG": str(settings.places.config),
        "KIOSK_DATABASE": settings.database_url,
        "KIOSK_CLOCK": str(clock),
    }


def run_trial(settings: Settings, say: Say) -> None:
    """Run the trial to its end. `say` prints a line for the person who started it."""
    settings = trial_settings(settings)
    clock = TrialClock(Days(settings.calendar).trial_start(SystemClock().now()))
    database = settings.places.home / "trial.db"
    for old in database.parent.glob("trial*"):
        if old.is_file():
            old.unlink()
    migrate(settings.database_url, clock.now())
    say(f"This is a trial: its day is {clock.now():%A %d %B %Y, %H:%M}, its data lie in {database}.")
    # Ended from outside, it ends what it has started too
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    _accounts(settings, clock, say)
    with pages(settings, say, environment(settings, clock)):
        if has_display():
            _window(settings, clock, say)
        else:
            _script(settings, clock, say)


def _accounts(settings: Settings, clock: TrialClock, say: Say) -> None:
    """Accounts to try the counters with; a trial's data are thrown away, so their password is no secret."""
    database = Database(settings.database_url)
    officers, words = Officers(database, settings.office.site, clock), load_staff_words(settings)
    for login, role in ACCOUNTS:
        officers.add(login, words.shown(f"trial-{role}", "vi"), role, PASSWORD)
    database.close()
    logins = ", ".join(f"{login} ({role})" for login, role in ACCOUNTS)
    say(f"Sign in at http://localhost:{settings.web.port} as {logins}; the password is {PASSWORD}")


# ---- with a display ------------------------------------------------------------------------------------


def _window(settings: Settings, clock: TrialClock, say: Say) -> None:
    width, height = viewer.desktop_size()
    screen = settings.screen
    scale = min(1.0, DESKTOP_SHARE * height / screen.height, 0.75 * width / screen.width)
    size = {"width": round(screen.width * scale), "height": round(screen.height * scale)}
    settings = replace(settings, screen=screen.model_copy(update=size))
    lobby = build_screen(settings, clock, trial=True)
    say("Touch the window. Slips appear beside it and in " + str(settings.places.slips) + ".")
    say("Close the window to end.")
    slips = multiprocessing.get_context("spawn").Process(
        target=viewer.main, args=(settings.places.slips, size["width"] + 16), daemon=True
    )
    slips.start()
    lobby.start()
    try:
        lobby.app.run()
    finally:
        lobby.stop()
        slips.terminate()


# ---- without one ---------------------------------------------------------------------------------------


def _script(settings: Settings, clock: TrialClock, say: Say) -> None:
    say("There is no display: one visit is played off-screen, by an injected hand.")
    folder = settings.places.home / "trial"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    virtual_speaker = RecordingPlayer()
    lobby = build_screen(settings, clock, trial=True, player=virtual_speaker, offscreen=True)
    lobby.start()
    try:
        printed, files = _visit(lobby, folder)
    finally:
        lobby.stop()
    sound = folder / "spoken.wav"
    virtual_speaker.write(sound)
    say("What the visit left:")
    for kind, path in [*(("screen", path) for path in files), *printed, ("sound", sound)]:
        say(f"  {kind:12} {path}")


def _visit(lobby: LobbyScreen, folder: Path) -> tuple[list[tuple[str, Path]], list[Path]]:
    """One person takes a number for a birth without the ID card, and another one rates the office."""
    from kiosk.screens.driver import Hand

    app = lobby.app
    files: list[Path] = []
    app.open()
    hand = Hand(app)

    def look(screen: str) -> None:
        hand.on(screen)
        hand.until(lambda: not lobby.speaker.speaking, 60, "the voice did not end")
        hand.settle()
        files.append(hand.photograph(folder / f"{len(files) + 1}-{screen}.png"))

    slips = lobby.settings.places.slips
    before = set(slips.glob("*")) if slips.is_dir() else set()
    look("attract")
    hand.press("start")
    look("service")
    hand.press("birth")
    look("bring")
    hand.press("yes")
    look("bring")
    hand.press("no")
    look("confirm")
    hand.press("yes")
    look("ticket")

    def made() -> set[Path]:
        return {path for path in slips.glob("*-slip.*") if path.suffix in (".png", ".bin")} - before

    hand.until(lambda: len(made()) == 2, 60, "the slip did not come")
    app.visit.home()
    hand.press("exit")
    look("exit")
    names = {".png": "slip", ".bin": "slip bytes"}
    return [(names[path.suffix], path) for path in sorted(made(), reverse=True)], files
