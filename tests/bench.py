"""Figures against a floor measured in the same run, for these machines are noisy. `make bench` → var/bench.json."""

from __future__ import annotations

import json
import multiprocessing
import shutil
import sqlite3
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import quantiles

from kiosk.clock import SystemClock
from kiosk.lobby import LOOK_SECONDS, Lobby, Sentences
from kiosk.office.calls import LobbyCalls
from kiosk.office.changes import ChangeWatch
from kiosk.office.counters import Counters
from kiosk.office.database import Database, sqlite_module
from kiosk.office.health import HealthBoard
from kiosk.office.migrate import migrate
from kiosk.office.printjobs import PrintJobs
from kiosk.office.tickets import Tickets
from kiosk.office.types import TicketOrder
from kiosk.pictures import Pictures
from kiosk.printing import escpos, layout
from kiosk.printing.layout import Profile
from kiosk.printing.slip import Slip
from kiosk.printing.strips import preview
from kiosk.settings import load, places
from kiosk.voice.player import RecordingPlayer
from kiosk.voice.speaker import GAP, Speaker
from kiosk.wiring import check, load_words, open_clips
from tests.office.storm import check as count_tickets
from tests.office.storm import issue_many
from tests.printing.slips import reference
from tests.until import until

ORDER = TicketOrder("birth", "A")


@dataclass
class Figure:
    """One line: what was measured, against which floor."""

    name: str
    value: float
    floor: float
    unit: str
    floor_is: str

    @property
    def ratio(self) -> float:
        return self.value / self.floor if self.floor else 0.0


def timed(action: Callable[[int], object], times: int) -> list[float]:
    """Milliseconds of each call."""
    found = []
    for number in range(times):
        start = time.perf_counter()
        action(number)
        found.append((time.perf_counter() - start) * 1000)
    return found


def p(share: int, values: list[float]) -> float:
    return quantiles(values, n=100)[share - 1]


def tickets(folder: Path) -> list[Figure]:
    """One number through SQLAlchemy, against three bare inserts in one synced transaction of the same library."""
    url = f"sqlite:///{folder}/office.db"
    migrate(url, SystemClock().now())
    database = Database(url)
    office = Tickets(database, "an-tan", SystemClock())
    ours = timed(lambda number: office.issue(f"t{number}", ORDER), 1000)
    database.close()
    module = sqlite_module()
    bare: sqlite3.Connection = module.connect(str(folder / "bare.db"), isolation_level=None)
    bare.execute("PRAGMA journal_mode=WAL")
    bare.execute("PRAGMA synchronous=FULL")
    bare.execute("CREATE TABLE a (id INTEGER PRIMARY KEY, t TEXT UNIQUE)")

    def insert(number: int) -> None:
        bare.execute("BEGIN IMMEDIATE")
        for part in range(3):
            bare.execute("INSERT INTO a (t) VALUES (?)", (f"{number}-{part}",))
        bare.execute("COMMIT")

    floor = timed(insert, 1000)
    bare.close()
    floor_is = "three bare inserts, one synced commit"
    return [
        Figure("issue a ticket, p50", p(50, ours), p(50, floor), "ms", floor_is),
        Figure("issue a ticket, p99", p(99, ours), p(99, floor), "ms", floor_is),
    ]


def storm(folder: Path) -> list[Figure]:
    """4 processes × 2,500 tickets, each touch replayed, against one process with as many."""
    four, one = f"sqlite:///{folder}/four.db", f"sqlite:///{folder}/one.db"
    for url in (four, one):
        migrate(url, SystemClock().now())
    together, alone = issue_many(four, 4, 2500), issue_many(one, 1, 2500)
    assert count_tickets(four) == 10_000
    return [Figure("4 processes: ticket and replay", together / 10, alone / 2.5, "ms", "one process alone")]


def slips(folder: Path) -> list[Figure]:
    """The bytes and the time of a slip."""
    pictures = Pictures(places().assets / "pictograms", folder / "pictures")
    slip, figures = reference("full"), []
    for width, profile in ((576, "generic"), (576, "known"), (384, "generic"), (384, "known")):
        parts = layout.compose(slip, width, pictures, profile)
        sent, dots = len(escpos.encode(parts)) / 1000, preview(parts, width).height * width / 8000
        figures.append(Figure(f"full slip, {width}, {profile}", sent, dots, "KB", "every dot as one raster"))
    parts = layout.compose(slip, 576, pictures)
    drawn = p(50, timed(lambda _: preview(parts, 576), 20))
    for profile in ("generic", "known"):
        made = timed(partial(one_more, slip, pictures, profile), 60)
        figures.append(Figure(f"compose and encode, {profile}", p(50, made), drawn, "ms", "pasting its parts"))
    return figures


def one_more(slip: Slip, pictures: Pictures, profile: Profile, number: int) -> None:
    """The slip of the next person: another number, minute, crowd and code."""
    ahead = replace(slip.facts[0], digits=str(number % 30))
    slip = replace(
        slip, number=f"{number:03d}", date=f"Thứ Năm 26/11/2026, 08:{number % 60:02d}",
        qr=f"{slip.qr[:-3]}{number:03d}", facts=(ahead, *slip.facts[1:]),
    )  # fmt: skip
    escpos.encode(layout.compose(slip, 576, pictures, profile))


def voice(folder: Path) -> list[Figure]:
    """Rendering prompts, checked, against the bare command; and finding one that is ready."""
    settings = load(places(home=folder))
    prompts = check(settings)[:60]
    clips = open_clips(settings)
    start = time.perf_counter()
    assert clips.prepare(prompts) == []
    ours = time.perf_counter() - start
    texts = [clips.spelled(prompt) for prompt in prompts]
    start = time.perf_counter()
    for number, words in enumerate(texts):
        command = ["espeak-ng", "-v", "vi", "-s", "145", "-w", str(folder / f"{number}.wav"), words]
        subprocess.run(command, check=True)
    floor = time.perf_counter() - start
    found = timed(lambda number: clips.ready(prompts[number % 60]), 600)
    read = timed(lambda number: (folder / f"{number % 60}.wav").stat(), 600)
    return [
        Figure("render a prompt, checked", ours / 60 * 1000, floor / 60 * 1000, "ms", "the bare espeak-ng command"),
        Figure("find a clip that is ready", p(50, found), p(50, read), "ms", "one stat() of a file"),
    ]


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
        figures.append(Figure(f"call to chime, {what}, p{share}", p(share, chime), look, "ms", "one look"))
        figures.append(Figure(f"call to sentence, {what}, p{share}", p(share, word), look + GAP * 1000, "ms",
                              "one look and the pause"))  # fmt: skip
    return figures


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="kiosk-bench-"))
    try:
        parts = (tickets, storm, slips, voice, partial(calls, prepared=True), partial(calls, prepared=False))
        figures = [figure for part in parts for figure in part(folder)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for figure in figures:
        print(
            f"{figure.name:32} {figure.value:9.2f} {figure.unit:2}   {figure.ratio:7.2f} × {figure.floor_is}"
            f" ({figure.floor:.2f} {figure.unit})"
        )
    target = places().home / "bench.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps([{**asdict(figure), "ratio": figure.ratio} for figure in figures], indent=2))
    print(target)


if __name__ == "__main__":
    main()
