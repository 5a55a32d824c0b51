"""Somebody to be killed: an office that gives numbers and prints them, and says on stdout what it is about to do.

    python -m tests.faults.victim HOME    the template: everything imported; each order on stdin, an Order as JSON,
                                          forks a life: as good as a new start, in 50 ms instead of 2 s

Told, a line of JSON each, written in one piece: {"touch": key} before a number is asked for,
{"given": [touch, code, ticket]} after, {"sends": 1} before the first byte of a slip, {"asked": 1} when the question
that ends it was sent, {"paper": true} once that is written down, {"ready": 1} when the house stands, {"done": 1} when
it ends by itself; by the template {"born": process}, {"gone": process}.
"""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kiosk.clock import ManualClock
from kiosk.desk import Desk
from kiosk.office import database as office_database
from kiosk.office.database import Database
from kiosk.office.days import Days
from kiosk.office.health import HealthBoard
from kiosk.office.help import HelpCalls
from kiosk.office.holding import hold
from kiosk.office.printjobs import PrintJobs
from kiosk.office.surveys import Surveys
from kiosk.office.tickets import Tickets
from kiosk.office.types import TicketOrder
from kiosk.office.waits import Waits
from kiosk.pictures import Pictures
from kiosk.printing import escpos, talk
from kiosk.printing.links import Link, open_link
from kiosk.printing.talk import Patience
from kiosk.settings import Settings, load, places
from kiosk.voice.player import SilentPlayer
from kiosk.voice.speaker import Speaker
from kiosk.wiring import load_pictures, load_words, open_clips
from kiosk.words import Words
from tests.faults.lives import FLAWS, NO_FLUSH, SITE, Cable, Order, die_with_parent, open_jobs, tell

PATIENCE = Patience(probe=0.3, retry=(0.1, 0.2))
"""Only the looks at an idle printer are hurried: answers may take as long as they do."""
TILES = (("birth", "A"), ("copy", "C"), ("unsure", "H"))
MOST_WAITING = 2
"""Slips that wait before the next number is given."""


class Glass:
    """A screen that is told and shows nothing."""

    def on_ui(self, action: Callable[[], None]) -> None:
        action()

    def paper(self, ticket_id: str, came: bool) -> None:
        tell(paper=came)


@dataclass
class House:
    """What does not change from life to life, loaded once."""

    settings: Settings
    words: Words
    pictures: Pictures

    @classmethod
    def load(cls, home: Path) -> House:
        escpos.load()
        settings = load(places(home=home))
        return cls(settings, load_words(settings), load_pictures(settings))

    def desk(
        self, database: Database, now: datetime, link: Callable[[], Link], flaw: str = ""
    ) -> tuple[Desk, PrintJobs]:
        """A real desk on this database, as wiring builds it; not started."""
        clock, settings = ManualClock(now), self.settings
        jobs = FLAWS.get(flaw, PrintJobs)(database, SITE, clock)
        desk = Desk(
            settings, self.words, self.pictures, clock, Days(settings.calendar), Tickets(database, SITE, clock),
            Waits(database, SITE, clock, settings.series, settings.calling), jobs, HelpCalls(database, SITE, clock),
            HealthBoard(database, SITE, clock), Surveys(database, SITE, clock, settings.survey),
            Speaker(open_clips(settings), SilentPlayer()), link,
            patience=PATIENCE,
        )  # fmt: skip
        desk.attach(Glass())
        return desk, jobs


def live(house: House, order: Order) -> None:
    """One life, to its end or until somebody ends it."""
    if order.rollback:
        office_database.wal_is_safe = lambda version: False
    if order.flaw == NO_FLUSH:
        talk.Talk.flush = lambda self: None  # type: ignore[method-assign]
    dice = random.Random(order.seed)
    database = Database(order.database)
    database.check_version()
    database.held = hold(order.database)
    now = datetime.fromisoformat(order.now)
    desk, jobs = house.desk(database, now, lambda: Cable(open_link(order.printer), order.narrow), order.flaw)
    desk.start()
    tell(ready=1)
    for ticket in order.reprints:
        jobs.reprint(ticket)
        desk.wake_printer()
    for touch in order.again:
        issue(desk, touch, dice)
    number = 0
    while order.numbers:
        number += 1
        issue(desk, f"{order.name}-{number}", dice)
        time.sleep(dice.uniform(0, dice.choice((0.1, 0.5))))
        while jobs.waiting_count() > MOST_WAITING:
            time.sleep(0.01)
    while open_jobs(database):
        time.sleep(0.01)
    desk.stop()
    database.close()
    tell(done=1)


def issue(desk: Desk, touch: str, dice: random.Random) -> None:
    """One number, told before and after."""
    done = threading.Event()

    def given(ticket: object, ahead: int) -> None:
        tell(given=[touch, ticket.code, ticket.id])  # type: ignore[attr-defined]
        done.set()

    tell(touch=touch)
    tile, series = dice.choice(TILES)
    desk.issue(touch, TicketOrder(tile, series), given)
    done.wait(30)


def template(home: Path) -> None:
    """Fork a life for each order, and say when it is over."""
    house = House.load(home)
    tell(loaded=1)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                die_with_parent()
                live(house, Order(**json.loads(line)))
            finally:
                os._exit(0)
        tell(born=child)
        os.waitpid(child, 0)
        tell(gone=child)


if __name__ == "__main__":
    template(Path(sys.argv[1]))
