"""The disk gets full, or fails, at each single write of a morning: a clean word, nothing lost, and on it goes after.

For each k the same morning is worked anew, in one process. From the k-th write on the disk is full, or it fails at
the k-th write or sync alone, or at that one and all that follow. Then there is space again, and the same process,
with the same connections, must give the next number.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from kiosk.office.database import DatabaseError
from kiosk.office.migrate import migrate
from tests.faults.disk import FULL, SYNC_ERROR, TRUNCATE_ERROR, WRITE_ERROR, Op
from tests.faults.machines import MACHINES, folder_in_memory, machine
from tests.faults.morning import Auditor, Morning
from tests.faults.tally import Tally
from tests.office.conftest import THURSDAY

SCRIPT = [
    "give", "give", "print", "call", "start", "give", "again", "finish", "restart",
    "give", "print", "call", "give", "start", "print", "finish", "restart", "give",
]  # fmt: skip
ERRORS = {"write": WRITE_ERROR, "truncate": TRUNCATE_ERROR, "sync": SYNC_ERROR}


@dataclass
class Fault:
    """What the disk refuses, from the k-th op that it may refuse."""

    kind: str
    """full (writes, lasting), once (one write, truncate or sync), lasting (that one and all after)."""
    at: int
    seen: int = 0
    struck: bool = False
    over: bool = False

    def __call__(self, op: Op) -> int:
        if self.over or (self.kind == "full" and op.kind != "write"):
            return 0
        self.seen += 1
        if self.seen < self.at or (self.kind == "once" and self.seen > self.at):
            return 0
        self.struck = True
        return FULL if self.kind == "full" else ERRORS[op.kind]

    def named(self) -> str:
        """The kind of DatabaseError that tells it."""
        return "full" if self.kind == "full" else "disk"


KINDS = ("full", "once", "lasting")


def work_with(on: str, fault: Fault, base: Path) -> tuple[str, list[str]]:
    """One morning with a fault; the journal, and what is not as it must be."""
    wrong, in_vain = [], 0
    with machine(on) as disk, folder_in_memory() as work:
        shutil.copyfile(base, work / "office.db")
        with disk.watched(work, fault) as log:
            morning = Morning(f"sqlite:///{work}/office.db", 1, lambda: len(log.ops))
            for name in SCRIPT:
                try:
                    morning.step(name)
                except DatabaseError as error:
                    in_vain += 1  # the desk tells the citizen that an officer helps, the console says why
                    if error.kind != fault.named():
                        wrong.append(f"says: {error}")
                except Exception as error:
                    in_vain += 1
                    wrong.append(f"unclean {type(error).__name__}")
            fault.over = True
            for name in ("insist", "give", "print"):
                try:
                    morning.step(name)
                except DatabaseError as error:
                    wrong.append(f"does not go on ({error})")
            journal = morning.journal()
            morning.close()
        return journal, wrong + Auditor(work / "office.db").wrong(morning.facts, unanswered=in_vain)


def fail_everywhere(step: int = 1, kinds: Iterable[str] = KINDS) -> Tally:
    """Each k (or each `step`-th) until a whole morning passes without the fault; every kind, on every machine."""
    tally = Tally()
    for on in MACHINES:
        with machine(on), folder_in_memory() as folder:
            migrate(f"sqlite:///{folder}/office.db", THURSDAY)
            for kind in kinds:
                for at in count(1, step):
                    fault = Fault(kind, at)
                    journal, wrong = work_with(on, fault, folder / "office.db")
                    if not fault.struck:
                        break
                    tally.add(f"{journal} {kind}", wrong, f"{on}, {kind}, op {at}")
    return tally
