"""A rescue or a restore is killed before each of its lines: the next start gives no number twice.

A rescue comes after a fault, when the next one is near. The process is killed (SIGKILL) before each line that it runs
of kiosk/office/rescue.py; then a service starts as it does on any morning, and somebody takes a number.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import shutil
import signal
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy import text

from kiosk.clock import ManualClock
from kiosk.office import rescue
from kiosk.office.backup import back_up
from kiosk.office.database import Database, DatabaseError
from kiosk.office.migrate import migrate
from kiosk.office.tickets import Tickets
from kiosk.office.types import TicketOrder
from tests.faults.machines import MACHINES, folder_in_memory, machine
from tests.faults.tally import Tally
from tests.office.conftest import SITE, THURSDAY

GIVEN, IN_BACKUP = 12, 5
PAGE = 4096
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload([__name__])


def begin(url: str) -> None:
    """What a service does with the file before it opens it (kiosk migrate)."""
    rescue.make_sound(url, [file_of(url).parent], THURSDAY, [(SITE, "A")])
    migrate(url, THURSDAY)


def bring_back(url: str) -> None:
    """A technician brings back the backup (kiosk restore)."""
    (backup,) = file_of(url).parent.glob("office-*.db")
    rescue.restore(url, backup, THURSDAY)


ACTS: dict[str, Callable[[str], None]] = {"rescue": begin, "restore": bring_back}


def kill_everywhere(step: int = 1) -> Tally:
    """Before each line (or each `step`-th) of each act, on each machine."""
    tally = Tally()
    for on in MACHINES:
        for act in ACTS:
            with machine(on), folder_in_memory() as base:
                prepare(f"sqlite:///{base}/office.db", damaged=act == "rescue")
                for at in count(1, step):
                    with folder_in_memory() as work:
                        shutil.copytree(base, work, dirs_exist_ok=True)
                        url = f"sqlite:///{work}/office.db"
                        victim = CONTEXT.Process(target=die_at, args=(on, act, url, at))
                        victim.start()
                        victim.join()
                        if victim.exitcode == 0:
                            break  # it came to its end
                        assert victim.exitcode == -signal.SIGKILL, victim.exitcode
                        tally.add(act, start_again(url), f"{on}, {act}, line {at}")
    return tally


def die_at(on: str, act: str, url: str, at: int) -> None:
    """Do it; die before the `at`-th line of the rescue's module."""
    left = iter(range(at - 1, -1, -1))

    def each(frame: FrameType, happened: str, _: Any) -> Any:
        if frame.f_code.co_filename != rescue.__file__:
            return None
        if happened == "line" and next(left) == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return each

    logging.disable()  # the product tells of the damage, rightly: a thousand times here
    with machine(on):
        sys.settrace(each)
        ACTS[act](url)
        sys.settrace(None)


def prepare(url: str, damaged: bool) -> None:
    """A database with a backup of its morning."""
    migrate(url, THURSDAY)
    _give(url, IN_BACKUP)
    back_up(url, file_of(url).parent, THURSDAY)
    _give(url, GIVEN - IN_BACKUP)
    if damaged:  # an index: all rows can be read, so that the rescue is some hundred lines long, not a million
        database = Database(url)
        with database.read() as session:
            root = text("SELECT rootpage FROM sqlite_master WHERE name = 'ix_ticket_event_ticket_id'")
            at = (int(session.execute(root).scalar_one()) - 1) * PAGE
        database.close()
        with file_of(url).open("r+b") as file:
            file.seek(at)
            file.write(os.urandom(PAGE))


def start_again(url: str) -> list[str]:
    """What is not as it must be at the next start."""
    try:
        begin(url)
        return ["again"] if _give(url, 1) <= GIVEN else []
    except DatabaseError as error:
        return [f"refused ({error})"]


def _give(url: str, numbers: int) -> int:
    """Take numbers; the last one."""
    database = Database(url)
    tickets = Tickets(database, SITE, ManualClock(THURSDAY))
    given = [tickets.issue(os.urandom(8).hex(), TicketOrder("birth", "A")).number for _ in range(numbers)]
    database.close()
    return given[-1]


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))
