"""Thousands of mixed visits through the real kiosk: does it grow, does it keep what it opened?

python -m tests.faults.soak [VISITS] [MINUTES]     2000 visits, or as many as fit into so many minutes

The application runs off-screen with the fake TCP printer, touched by injected fingers, with a mixer that plays into
SDL's dummy device. A hundred visits make a Thursday; then it is the next one on which the office is open. Broken =
exit code 1: memory may grow by 1 MB in 1,000 visits (a line through all samples after the warm-up), open files and
threads not at all.
"""

from __future__ import annotations

import json
import logging
import os
import random
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count as from_zero
from pathlib import Path
from statistics import linear_regression, median
from typing import Any

from sqlalchemy import select

from kiosk.office.counters import Counters, Refused
from kiosk.office.days import Days
from kiosk.office.tables import PrintJobRow, TicketRow
from kiosk.screens.views import Choices
from kiosk.settings import Settings, places
from tests.printing.fake_printer import PrinterProcess
from tests.quick_kiosk import THURSDAY, QuickKiosk, new_home, quick_kiosk

PACE = 30.0
A_DAY = 100
WARM_UP = 300
"""Visits that only fill caches: the numbers of a Thursday, sentences, the database's pages. Of a short run a half."""
SLOPE = 1.0
"""MB in 1,000 visits."""
FRAMES = 240
"""A second at most, not 60: nobody looks."""
CLIP = 0.02
"""Seconds of each clip that are played."""
KINDS = {"ordinary": 40, "priority": 15, "abandoned": 15, "help": 10, "exit": 8, "no paper": 7, "closed": 5}
"""How many of a hundred visits are of each kind."""
BAR = ("listen", "help", "back", "low", "loudness")
STEPS = 40
"""No visit takes more touches."""


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def named_files() -> list[str]:
    """Where each open file leads."""
    return sorted(str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink())


def memory() -> float:
    """MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


class Soak:
    """The kiosk, its printer, and everybody who comes."""

    def __init__(self, kiosk: QuickKiosk, printer: PrinterProcess, seed: int = 1) -> None:
        self.kiosk, self.printer = kiosk, printer
        self.hand, self.app = kiosk.hand, kiosk.lobby.app
        self.random = random.Random(seed)
        self.counters = Counters(
            kiosk.lobby.database, kiosk.lobby.settings.office.site, kiosk.clock,
            kiosk.lobby.settings.series, kiosk.lobby.settings.calling,
        )  # fmt: skip
        self.done: Counter[str] = Counter()

    @property
    def screen(self) -> str:
        return str(self.kiosk.view.screen)

    # ---- hands ----------------------------------------------------------------------------------------

    def press(self, target: str) -> None:
        """One touch, and a moment for the answer; a key that has gone meanwhile is not pressed."""
        from kiosk.screens.driver import NothingHappened  # late: it imports Kivy

        self.hand.settle()
        if target in self.hand.targets():
            with suppress(NothingHappened):  # on a busy machine the screen may go home in between
                self.hand.press(target)
            self.hand.pump(2)

    def home(self) -> None:
        """Until the first screen stands again, by waiting: nobody touches."""
        self.hand.until(lambda: self.screen in ("attract", "closed"), 60, "it did not go home")

    def walk(self, until: Callable[[], bool], priority: bool = False) -> bool:
        """Touch on at random until `until`, or the visit has ended by itself."""
        for _ in range(STEPS):
            if until():
                return True
            where, targets = self.screen, [key for key in self.hand.targets() if key not in BAR]
            if where == "attract":
                self.press("everywhere")
            elif where in ("bring", "crowded"):
                self.press("yes" if where == "crowded" else self.random.choice(("yes", "no")))
            elif where == "confirm" and priority:
                self.press(self.random.choice([key for key in targets if key not in ("yes", "no")]))
                priority = False
            elif where == "confirm":
                self.press("yes")
            elif where == "service" and targets:
                self.press(self.random.choice(targets))
            else:
                return until()
            self.hand.until(self.app.visit.settled, 20, f"{where} did not settle")
        return until()

    def see_everything(self) -> None:
        """Every picture and every size of type once: they are kept for as long as the process lives."""
        settings, board = self.kiosk.lobby.settings, self.app.visit.board
        views: list[Any] = list(board.pages("vi"))
        for key, tile in settings.tiles.items():
            if not tile.opens:
                chosen = Choices("vi", tile=key)
                views += [board.bring(chosen, index) for index in range(len(tile.documents))]
                views.append(board.confirm(chosen))
        for view in views:
            self.app.show(view)
            self.hand.pump(2)
        self.app.visit.home()
        self.hand.on("attract")

    # ---- visits ---------------------------------------------------------------------------------------

    def visit(self, kind: str) -> None:
        getattr(self, kind.replace(" ", "_"))()
        self.home()
        self.done[kind] += 1

    def ordinary(self, priority: bool = False) -> None:
        if self.walk(lambda: self.screen == "ticket", priority):
            self.leave_with_slip()

    def priority(self) -> None:
        self.ordinary(priority=True)

    def leave_with_slip(self) -> None:
        view = self.kiosk.view
        self.kiosk.await_paper(view.ticket_id)
        while self.screen == "ticket":
            self.hand.tap(self.app.theme.width / 2, self.app.theme.height * 0.6)

    def abandoned(self) -> None:
        """Somebody goes away in the middle: the question comes, then the first screen."""
        left = self.random.randint(1, 4)

        def gone() -> bool:
            nonlocal left
            left -= 1
            return left < 0

        self.walk(gone)
        if self.screen == "ticket":
            self.leave_with_slip()

    def help(self) -> None:
        self.walk(lambda: self.screen in ("bring", "confirm"))
        self.press("help")
        self.press("listen")
        self.press(self.random.choice(("cancel", "go-on", "back")))

    def exit(self) -> None:
        self.press("exit")
        self.press("listen")
        self.press("back")

    def no_paper(self) -> None:
        """The roll ends before this one; somebody brings another."""
        if not self.walk(lambda: self.screen == "confirm"):
            return
        self.printer.set("paper-out")
        self.press("yes")
        self.hand.until(lambda: self.screen in ("ticket", "attract"), 60, "neither number nor home")
        if self.screen != "ticket":  # a busy machine: the touch came too late and only said "still there"
            self.printer.set("ready")
            return
        ticket = self.kiosk.view.ticket_id
        self.hand.until(lambda: (ticket, False) in self.kiosk.printed, 60, "no word of the missing paper")
        self.printer.set("ready")
        self.kiosk.lobby.desk.wake_printer()
        self.kiosk.await_paper(ticket)

    def closed(self) -> None:
        """At noon somebody touches the closed screen, and rates the office on the way out."""
        clock, now = self.kiosk.clock, self.kiosk.clock.now()
        clock.set(now.replace(hour=12, minute=0))
        self.hand.until(lambda: self.screen == "closed", 20, "it did not close")
        self.hand.settle()
        self.hand.tap(self.app.theme.width / 2, self.app.theme.height * 0.7)
        self.press("exit")
        self.press("back")
        clock.set(now)
        self.hand.until(lambda: self.screen == "attract", 60, "it did not open again")

    # ---- the office -----------------------------------------------------------------------------------

    def serve(self) -> None:
        """The counters call whoever waits; the loudspeaker says it."""
        series = self.kiosk.lobby.settings.series.values()
        for counter in sorted({number for row in series for number in row.counters}):
            try:
                self.counters.call_next(counter)
            except Refused:
                continue
            self.counters.start(counter)
            self.counters.finish(counter)

    def quiet(self) -> tuple[int, int]:
        """(open files, threads) with nothing under way: the least of a second, for the voice renders ahead."""
        self.hand.until(lambda: not self.kiosk.lobby.speaker.speaking, 60)
        found, end = [], time.monotonic() + 1.0
        while time.monotonic() < end:
            self.hand.pump(5)
            found.append((open_files(), threading.active_count()))
        return min(files for files, _ in found), min(count for _, count in found)

    def lost(self) -> list[str]:
        """Tickets whose slip did not come out, and slips printed that nobody was given."""
        with self.kiosk.lobby.database.read() as session:
            tickets = set(session.execute(select(TicketRow.id)).scalars())
            jobs = list(session.execute(select(PrintJobRow.ticket_id, PrintJobRow.state)))
        wrong = [f"{ticket}: {state}" for ticket, state in jobs if state != "printed"]
        if len(tickets) != len(jobs) or len(self.printer.jobs()) != len(jobs):
            wrong.append(f"{len(tickets)} tickets, {len(jobs)} jobs, {len(self.printer.jobs())} slips")
        return wrong


def thursdays(days: Days) -> Iterator[datetime]:
    """Mornings on which the office is open: not those of Tet."""
    return (day for day in (THURSDAY + timedelta(weeks=week) for week in from_zero()) if days.opening(day).open)


def smaller(settings: Settings) -> Settings:
    """The same screen with a ninth of the pixels, as a trial's window scales it: drawing without a graphics card is
    what takes the time."""
    screen = settings.screen
    size = {"width": screen.width // 3, "height": screen.height // 3}
    return replace(settings, screen=screen.model_copy(update=size))


def run(visits: int, minutes: float, tell: Callable[[str], None]) -> dict[str, Any]:
    """The soak's figures; `broken` says in words what does not hold."""
    folder = Path(tempfile.mkdtemp(prefix="kiosk-soak-"))
    printer = PrinterProcess(folder / "printer")
    samples: list[tuple[int, float]] = []
    try:
        with quick_kiosk(new_home(folder / "home", places().cache), printer.address, PACE, CLIP, smaller) as kiosk:
            from kivy.clock import Clock

            Clock._max_fps = FRAMES
            soak = Soak(kiosk, printer)
            # What a kiosk makes once in its life must not come in between
            soak.see_everything()
            kiosk.hand.until(lambda: kiosk.lobby.app.voice_ready >= 1, 300, "the voice was not prepared")
            begun, warm = time.monotonic(), (0, 0)
            days = thursdays(Days(kiosk.lobby.settings.calendar))
            plan = [kind for kind, count in KINDS.items() for _ in range(count)]
            number = 0
            while number < visits and time.monotonic() - begun < minutes * 60:
                if number % A_DAY == 0:
                    kiosk.clock.set(next(days))
                    soak.random.shuffle(plan)
                soak.visit(plan[number % A_DAY])
                soak.serve()
                number += 1
                if number >= min(WARM_UP, visits // 2):
                    if not samples:
                        warm = soak.quiet()
                    samples.append((number, memory()))
                if number % 50 == 0:
                    tell(f"{number} visits, {memory():.1f} MB, {open_files()} files")
            files, threads = soak.quiet()
            lost = soak.lost()
            which = Counter(re.sub(r"\d+", "N", Path(name).name) for name in named_files())
            names = sorted(thread.name for thread in threading.enumerate())
    finally:
        printer.close()
    if len(samples) < 2:
        raise SystemExit(f"{number} visits in {minutes} minutes are too few: nothing was measured after the warm-up")
    line = linear_regression(*zip(*samples, strict=True))
    tenth = max(1, len(samples) // 10)
    ends = samples[:tenth], samples[-tenth:]
    found: dict[str, Any] = {
        "visits": number, "warm_up": samples[0][0], "kinds": dict(soak.done),
        "minutes": (time.monotonic() - begun) / 60,
        "slope": line.slope * 1000, "memory": [median(size for _, size in part) for part in ends],
        "files": [warm[0], files], "threads": [warm[1], threads], "names": names, "which": dict(which), "lost": lost,
    }  # fmt: skip
    found["broken"] = broken(found)
    return found


def broken(found: dict[str, Any]) -> list[str]:
    wrong = [f"not printed once: {line}" for line in found["lost"]]
    if found["slope"] > SLOPE:
        wrong.append(f"memory grows by {found['slope']:.2f} MB in 1,000 visits")
    for what in ("files", "threads"):
        before, after = found[what]
        if before != after:
            wrong.append(f"{what}: {before} after the warm-up, {after} at the end ({', '.join(found['names'])})")
    return wrong


def main(words: list[str]) -> int:
    logging.basicConfig()
    logging.getLogger().handlers[0].setLevel(logging.ERROR)
    visits, minutes = int(words[0]) if words else 2000, float(words[1]) if words[1:] else 24 * 60.0

    def tell(line: str) -> None:
        print(f"{datetime.now():%H:%M:%S} {line}", file=sys.__stdout__, flush=True)

    found = run(visits, minutes, tell)
    print(json.dumps(found, indent=2), file=sys.__stdout__)
    tell("; ".join(found["broken"]) or "holds")
    return 1 if found["broken"] else 0


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.__stdout__.flush()  # type: ignore[union-attr]
    os._exit(code)  # Kivy's own way out may wait
