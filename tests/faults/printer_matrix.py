"""Every fault of a printer × every moment of a slip × both kinds of cable, through the real desk and office.

`EXPECTED` is the promise; `play` plays one case with a printer that goes wrong and says what came of it;
`python -m tests.faults.printer_matrix` plays them all and prints the table that stands in docs/reliability.md.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from kiosk.clock import ZONE, ManualClock
from kiosk.desk import Desk
from kiosk.office.database import Database
from kiosk.office.days import Days
from kiosk.office.health import HealthBoard
from kiosk.office.help import HelpCalls
from kiosk.office.migrate import migrate
from kiosk.office.printjobs import PrintJobs
from kiosk.office.surveys import Surveys
from kiosk.office.tickets import Tickets
from kiosk.office.types import TicketOrder
from kiosk.office.waits import Waits
from kiosk.pictures import Pictures
from kiosk.printing import escpos
from kiosk.printing.links import Link, open_link
from kiosk.printing.talk import Patience
from kiosk.settings import Settings, load, places
from kiosk.voice.player import RecordingPlayer
from kiosk.voice.speaker import Speaker
from kiosk.wiring import load_pictures, load_words, open_clips
from kiosk.words import Words
from tests.printing.fake_printer import PrinterThread
from tests.until import until

THURSDAY = datetime(2026, 11, 26, 8, 0, tzinfo=ZONE)
SITE = "an-tan"
PATIENCE = Patience(status=0.5, answer=3.0, probe=0.2, retry=(0.1, 0.2))
AT_ONCE = 8
"""Cases played beside each other: they mostly wait."""

FAULTS = (
    "near-end", "paper-out", "cover-open", "cutter", "hot", "offline", "mute", "late", "garbage", "slow", "absent",
    "power-off", "reset", "close", "hang",
)  # fmt: skip
INSIDE = ("text", "coarse", "feed", "cut")
MOMENTS = ("before", *INSIDE, "barrier", "after")
CABLES = ("tcp", "pty")


@dataclass(frozen=True)
class Case:
    """One fault at one moment on one cable."""

    fault: str
    moment: str
    cable: str


@dataclass(frozen=True)
class Row:
    """What comes of it, while the fault lasts and once somebody has mended it."""

    job: str
    """The print job's state and reason while it lasts."""
    screen: str
    """What the citizen is told: "take it", or "no paper" (remember the number, or take a photo)."""
    console: str
    """The printer's health as the counters see it."""
    then: str
    """The job's end."""
    slips: int
    """Whole slips on paper at the end, without what a person ordered again."""
    reprint: bool = False
    """The console offers to print it again, marked as a reprint."""


TAKE, NO_PAPER = "take it", "no paper"
GOOD = Row("printed", TAKE, "ok", "printed", 1)
"""Nothing to notice."""


def held(word: str, console: str = "") -> Row:
    """Not sent; printed once it is mended."""
    return Row(f"queued {word}", NO_PAPER, console or word, "printed", 1)


def waits(console: str) -> Row:
    """Half printed; the printer holds the rest and goes on by itself."""
    return Row("printing", NO_PAPER, console, "printed", 1)


def lost(reason: str, console: str, slips: int) -> Row:
    """May be on paper: a person decides."""
    return Row(f"unknown {reason}", NO_PAPER, console, f"unknown {reason}", slips, reprint=True)


def later(console: str) -> Row:
    """It came; the trouble is the next one's."""
    return Row("printed", TAKE, console, "printed", 1)


BEFORE = {
    "near-end": later("ok near-end"), "paper-out": held("paper-out"), "cover-open": held("cover-open"),
    "cutter": held("error", "error cutter"), "hot": held("error", "error hot"), "offline": held("offline"),
    "mute": held("offline", "offline silent"), "late": held("offline", "offline silent"),
    "garbage": held("error", "error garbled"), "slow": GOOD, "absent": held("absent", "absent refused"),
    "power-off": held("absent", "absent refused"), "reset": GOOD, "close": GOOD,
    "hang": held("offline", "offline silent"),
}  # fmt: skip
WHILE_PRINTING = {
    "near-end": later("ok near-end"), "paper-out": waits("paper-out"), "cover-open": waits("cover-open"),
    "cutter": lost("cutter", "error cutter", 0), "hot": waits("error hot"), "offline": waits("offline"),
    "mute": lost("no-answer", "offline silent", 1), "late": GOOD, "garbage": lost("garbled", "error garbled", 1),
    "slow": GOOD, "absent": lost("closed", "absent refused", 0), "power-off": lost("closed", "absent refused", 0),
    "reset": lost("closed", "ok", 0), "close": lost("closed", "ok", 0),
    "hang": lost("no-answer", "offline silent", 1),
}  # fmt: skip
AFTER = {
    "near-end": later("ok near-end"), "paper-out": later("paper-out"), "cover-open": later("cover-open"),
    "cutter": later("error cutter"), "hot": later("error hot"), "offline": later("offline"),
    "mute": later("offline silent"), "late": later("offline silent"), "garbage": later("error garbled"),
    "slow": GOOD, "absent": later("absent refused"), "power-off": later("absent refused"), "reset": GOOD,
    "close": GOOD, "hang": later("offline silent"),
}  # fmt: skip

def expected(case: Case) -> Row:
    """The promise for one case."""
    row = {"before": BEFORE, "after": AFTER}.get(case.moment, WHILE_PRINTING)[case.fault]
    if case.moment == "barrier" or (case.moment == "cut" and case.fault in ("reset", "close", "absent")):
        row = replace(row, slips=1)  # the cut was through, or the NULs that clean up have ended it
    if case.cable == "pty":
        # A network printer that is away refuses; a serial port that is away is not there
        row = replace(row, console=row.console.replace("refused", "absent"))
        if case.fault == "late":
            row = GOOD  # its late word is still heard at the next question: a cable has no connections that end
    return row


def cases() -> Iterator[Case]:
    """All of them."""
    for cable in CABLES:
        for fault in FAULTS:
            for moment in MOMENTS:
                yield Case(fault, moment, cable)


# ---- playing ---------------------------------------------------------------------------------------------------


@dataclass
class Glass:
    """A screen that only keeps what it was told of the slip."""

    told: list[bool] = field(default_factory=list)

    def on_ui(self, action: Callable[[], None]) -> None:
        action()

    def paper(self, ticket_id: str, came: bool) -> None:
        self.told.append(came)


@dataclass
class Stage:
    """What all cases share: the settings, and an office's file to be copied."""

    folder: Path
    settings: Settings
    words: Words
    pictures: Pictures
    slip: list[bytes] = field(default_factory=list)

    @classmethod
    def build(cls, folder: Path) -> Stage:
        escpos.load()
        settings = load(places(home=folder / "home"))
        (folder / "home").mkdir(parents=True)
        migrate(settings.database_url, THURSDAY)
        return cls(folder, settings, load_words(settings), load_pictures(settings))


@dataclass
class House:
    """One office with one printer that goes wrong."""

    printer: PrinterThread
    desk: Desk
    glass: Glass
    tickets: Tickets
    jobs: PrintJobs
    health: HealthBoard
    visits: list[int]
    """One entry for each time the worker went to the printer."""

    def asked_again(self) -> None:
        """Wait until the printer has been asked a few times more, so that what is seen is how it stays."""
        enough = len(self.visits) + 4
        hushed(lambda: len(self.visits) >= enough)

    def job(self, ticket: str, index: int = 0) -> str:
        """A print job's state and reason."""
        jobs = self.jobs.of_ticket(ticket)
        return f"{jobs[index].state} {jobs[index].reason}".strip() if len(jobs) > index else ""

    def seen(self) -> str:
        """The printer as the counters see it."""
        found = [one for one in self.health.all() if one.device == "printer"]
        return f"{found[0].state} {found[0].detail}".strip() if found else ""

    def told(self, promised: bool) -> str:
        """What the citizen reads now."""
        return TAKE if [promised, *self.glass.told][-1] else NO_PAPER

    def issue(self, touch: str) -> tuple[str, bool]:
        """A number; its key, and whether the screen promised a slip as it showed the number."""
        done = threading.Event()
        given: list[tuple[str, bool]] = []

        def take(ticket: object, ahead: int) -> None:
            given.append((ticket.id, self.desk.printer_ready()))  # type: ignore[attr-defined]
            done.set()

        self.desk.issue(touch, TicketOrder("birth", "A"), take)
        assert done.wait(20)
        return given[0]


@contextmanager
def house(stage: Stage, folder: Path, cable: str) -> Iterator[House]:
    """A house at work, its printer seen to be well."""
    folder.mkdir(parents=True)
    shutil.copy(stage.settings.places.database, folder / "office.db")
    database, clock, settings = Database(f"sqlite:///{folder}/office.db"), ManualClock(THURSDAY), stage.settings
    printer = PrinterThread(folder / "printer", cable)
    tickets, jobs = Tickets(database, SITE, clock), PrintJobs(database, SITE, clock)
    health, glass = HealthBoard(database, SITE, clock), Glass()
    visits: list[int] = []

    def visit() -> Link:
        visits.append(1)
        return open_link(printer.address)

    desk = Desk(
        settings, stage.words, stage.pictures, clock, Days(settings.calendar), tickets,
        Waits(database, SITE, clock, settings.series, settings.calling), jobs, HelpCalls(database, SITE, clock),
        health, Surveys(database, SITE, clock, settings.survey), Speaker(open_clips(settings), RecordingPlayer()),
        visit,
        patience=PATIENCE,
    )  # fmt: skip
    desk.attach(glass)
    desk.start()
    stands = House(printer, desk, glass, tickets, jobs, health, visits)
    try:
        until(lambda: stands.seen() == "ok")
        yield stands
    finally:
        desk.stop()
        printer.close()
        database.close()


def play(stage: Stage, case: Case, number: int) -> Row:
    """One case from the touch to the mended printer. What did not come true in time stands as it was."""
    want = expected(case)
    with house(stage, stage.folder / f"{number:03d}", case.cable) as here:
        if case.moment == "before":
            here.printer.set(case.fault)
            hushed(lambda: here.seen() == want.console)
        elif case.moment != "after":
            here.printer.set(f"{case.fault} @ {case.moment}")
        ticket, promised = here.issue("touch")
        if case.moment == "after":
            hushed(lambda: here.job(ticket) == want.job)
            here.printer.set(case.fault)
            here.asked_again()
        job, console = looked(lambda: (here.job(ticket), here.seen()), (want.job, want.console))
        hushed(lambda: here.told(promised) == want.screen)
        screen = here.told(promised)
        mend(here.printer, case.fault)
        hushed(lambda: here.job(ticket) == want.then and here.seen().split()[:1] == ["ok"])
        hushed(lambda: len(here.printer.jobs()) == want.slips)
        then, slips = here.job(ticket), len(here.printer.jobs())
        offered = ticket in [one for one, _ in here.jobs.unsure()]
        return Row(job, screen, console, then, slips, offered and again(here, ticket))


def mend(printer: PrinterThread, fault: str) -> None:
    """What a person at the printer does."""
    if fault in ("absent", "power-off"):
        printer.set("listen")
    if fault == "cutter":
        printer.set("freed")
    elif fault not in ("reset", "close"):
        printer.set("ready")


def again(here: House, ticket: str) -> bool:
    """The officer orders the slip again: whether it comes, whole, whatever lies half-sent in the printer."""
    before = here.printer.jobs()
    here.desk.wake_printer()
    if not here.jobs.reprint(ticket):
        return False
    here.desk.wake_printer()
    hushed(lambda: here.job(ticket, 1) == "printed")
    new = here.printer.jobs()[len(before) :]
    (last,) = here.jobs.of_ticket(ticket)[1:]
    return here.job(ticket, 1) == "printed" and new == [here.desk.compose_slip(last)]


def looked(look: Callable[[], tuple[str, str]], want: tuple[str, str]) -> tuple[str, str]:
    """What was seen: as wanted, or at the end of the time."""
    seen = [look()]

    def met() -> bool:
        seen[0] = look()
        return seen[0] == want

    hushed(met)
    return seen[0]


def hushed(condition: Callable[[], bool], within: float = 8.0) -> None:
    """Wait, but without failing: what is not as expected is shown in its row."""
    with suppress(AssertionError):
        until(condition, within, pause=0.02)


def play_all(wanted: list[Case], folder: Path) -> dict[Case, Row]:
    """Every case, a few beside each other."""
    stage = Stage.build(folder)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        rows = pool.map(lambda pair: play(stage, pair[1], pair[0]), enumerate(wanted))
        return dict(zip(wanted, rows, strict=True))


# ---- the table -------------------------------------------------------------------------------------------------


def table() -> list[str]:
    """The promise as the table of docs/reliability.md: one line for what is alike."""
    lines = [
        "| Fault | Moment | Job | Screen | Console | Mended | Slips | Reprint |",
        "|---|---|---|---|---|---|---|---|",
    ]
    groups = {"before": ("before",), "while it prints": (*INSIDE, "barrier"), "after": ("after",)}
    for fault in FAULTS:
        for name, moments in groups.items():
            found: dict[Row, list[str]] = {}
            for cable in CABLES:
                for moment in moments:
                    found.setdefault(expected(Case(fault, moment, cable)), []).append(f"{moment} {cable}")
            for row, where in found.items():
                alike = len(found) == 1
                lines.append(
                    f"| {fault} | {name if alike else ', '.join(where)} | {row.job} | {row.screen} | {row.console} "
                    f"| {row.then} | {row.slips} | {'offered' if row.reprint else ''} |"
                )
    return lines


def main() -> None:
    wanted = list(cases())
    with tempfile.TemporaryDirectory() as folder:
        found = play_all(wanted, Path(folder))
    wrong = {case: row for case, row in found.items() if row != expected(case)}
    print(*table(), sep="\n")
    print(f"{len(wanted) - len(wrong)} of {len(wanted)}")
    for case, row in wrong.items():
        print(case, "expected", expected(case), "found", row, sep="\n  ")


if __name__ == "__main__":
    main()
