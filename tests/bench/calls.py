"""From a key at a counter, in another process, to the lobby's loudspeaker."""

from __future__ import annotations

import multiprocessing
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path

from kiosk.clock import SystemClock
from kiosk.lobby import LOOK_SECONDS, Lobby, Sentences
from kiosk.office.calls import LobbyCalls
from kiosk.office.changes import ChangeWatch
from kiosk.office.counters import Counters
from kiosk.office.database import Database
from kiosk.office.health import HealthBoard
from kiosk.office.migrate import migrate
from kiosk.office.printjobs import PrintJobs
from kiosk.office.tickets import Tickets
from kiosk.settings import load, places
from kiosk.voice.player import RecordingPlayer
from kiosk.voice.speaker import GAP, Speaker
from kiosk.wiring import load_words, open_clips
from tests.bench.figure import Figure, p
from tests.bench.office import ORDER
from tests.until import until


def call_some(url: str, count: int, asked: Connection) -> None:
    """An officer in a process of their own: calls and finishes `count` numbers, telling when each key was pressed."""
    settings = load(places())
    database = Database(url)
    counters = Counters(database, "an-tan", SystemClock(), settings.series, settings.calling)
    pause = threading.Event()
    for number in range(count):
        pause.wait(0.6 + number % 7 / 50)  # at no fixed place within the watcher's tenth of a second
        pressed = time.monotonic()
        counters.call_next(1)
        asked.send(pressed)
        counters.start(1)
        counters.finish(1)
    database.close()


def calls(folder: Path, prepared: bool, count: int = 40) -> list[Figure]:
    """From the key at a counter to the chime's and to the sentence's first sample at the player, which says no
    sooner than the pause after the chime. The virtual speaker's clips take no time."""
    home = folder / f"calls-{prepared}"
    home.mkdir()
    settings = load(places(home=home))
    migrate(settings.database_url, SystemClock().now())
    database, clock, site = Database(settings.database_url), SystemClock(), settings.office.site
    clips, ear, tickets = open_clips(settings), RecordingPlayer(), Tickets(database, site, SystemClock())
    sentences, speaker = Sentences(settings, load_words(settings)), Speaker(clips, ear)
    lobby = Lobby(
        sentences, ChangeWatch(settings.database_url), LobbyCalls(database, site, clock), tickets,
        PrintJobs(database, site, clock), HealthBoard(database, site, clock), clock, speaker, clips, lambda: None,
    )  # fmt: skip
    given = [tickets.issue(f"t{number}", ORDER, print_slip=False) for number in range(count)]
    if prepared:
        assert clips.prepare([prompt for ticket in given for prompt in sentences.ahead(ticket)]) == []
    else:
        sentences.ahead = lambda ticket: iter(())  # type: ignore[method-assign]
    lobby.start()
    context = multiprocessing.get_context("spawn")
    told, tell = context.Pipe(duplex=False)
    officer = context.Process(target=call_some, args=(settings.database_url, count, tell))
    officer.start()
    pressed = [told.recv() for _ in range(count)]
    officer.join()
    until(lambda: len(ear.spoken) == 2 * count)
    lobby.stop()
    speaker.close()
    database.close()
    chimes, said = ear.spoken[::2], ear.spoken[1::2]
    what = "prepared" if prepared else "not prepared"
    look = LOOK_SECONDS * 1000
    figures = []
    for share in (50, 95):
        chime = [(entry.started - at) * 1000 for entry, at in zip(chimes, pressed, strict=True)]
        word = [(entry.started - at) * 1000 for entry, at in zip(said, pressed, strict=True)]
        figures.append(Figure(f"call to chime, {what}, p{share}", p(share, chime), "ms", look, "one look"))
        figures.append(Figure(f"call to sentence, {what}, p{share}", p(share, word), "ms",
                              look + GAP * 1000, "one look and the pause"))  # fmt: skip
    return figures
