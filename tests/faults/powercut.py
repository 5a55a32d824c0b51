"""The power goes in the middle of a morning: what lies on the disk then, and is it what the office has answered?

A morning is worked once while everything the disk is asked for is noted (disk.py). Any moment of it may be the last
one. What was synced by then is kept. Of the rest each write is kept, dropped or torn at sectors of 512 bytes, in any
combination; files whose folder was not synced may be there or not.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from kiosk.office.migrate import migrate
from tests.faults.disk import Log, Op
from tests.faults.machines import MACHINES, folder_in_memory, machine
from tests.faults.morning import Auditor, Morning
from tests.faults.tally import Tally
from tests.office.conftest import THURSDAY

SECTOR = 512
STEPS = 200
"""Of one morning: enough pages for the write-ahead log to be brought into the file by itself, more than once."""
CUTS = 250
"""Of one morning."""
KEPT = (0.0, 0.1, 0.5, 0.9, 1.0)
"""How likely an unsynced write is kept: one of these for each image."""
TORN = (0.0, 0.3, 1.0)
"""How likely one that is kept is only kept in part."""

Image = dict[str, bytes]


class Platter:
    """What of a log is surely on the disk, and what may be."""

    def __init__(self, log: Log) -> None:
        self._sure = {number: bytearray(data) for number, data in enumerate(log.start.values(), start=1)}
        self._maybe: dict[int, list[Op]] = defaultdict(list)
        self._names: dict[str, list[int]] = {name: [number] for number, name in enumerate(log.start, start=1)}
        """By name: what it surely means, then what it came to mean since the folder was synced; 0 = no file."""

    def take(self, op: Op) -> None:
        """One more op was asked for."""
        if op.kind in ("create", "delete"):
            self._names.setdefault(op.name, [0]).append(op.file)
        elif op.kind == "folder":
            self._names = {name: meant[-1:] for name, meant in self._names.items()}
        elif op.kind == "sync":
            contents = self._sure.setdefault(op.file, bytearray())
            for waiting in self._maybe.pop(op.file, []):
                _do(contents, waiting)
        else:
            self._maybe[op.file].append(op)

    def image(self, chance: random.Random) -> Image:
        """One of the many that may be found when the power is back."""
        kept, torn = chance.choice(KEPT), chance.choice(TORN)
        found = {}
        for name, meant in self._names.items():
            number = chance.choice(meant)
            if number:
                contents = bytearray(self._sure.get(number, b""))
                for op in self._maybe.get(number, ()):
                    if chance.random() < kept:
                        for part in _torn(op, chance) if chance.random() < torn else (op,):
                            _do(contents, part)
                found[name] = bytes(contents)
        return found


def _do(contents: bytearray, op: Op) -> None:
    if op.kind == "truncate":
        del contents[op.at :]
        return
    if op.at > len(contents):
        contents.extend(bytes(op.at - len(contents)))
    contents[op.at : op.at + len(op.data)] = op.data


def _torn(op: Op, chance: random.Random) -> Iterator[Op]:
    """The sectors of a write that reached the disk."""
    at, end = op.at, op.at + len(op.data)
    while at < end:
        upto = min(end, (at // SECTOR + 1) * SECTOR)
        if chance.random() < 0.5:
            yield op._replace(at=at, data=op.data[at - op.at : upto - op.at])
        at = upto


def write_image(folder: Path, image: Image) -> None:
    """Nothing but this lies in `folder` now."""
    for path in folder.iterdir():
        path.unlink()
    for name, contents in image.items():
        (folder / name).write_bytes(contents)


def cut_a_morning(on: str, seed: int, cuts: int = CUTS, loosened: str = "") -> Tally:
    """Work one morning on a machine (machines.py), cut the power at `cuts` moments of it, look at each."""
    chance, tally = random.Random(seed), Tally()
    with machine(on) as disk, folder_in_memory() as work, folder_in_memory() as found:
        url = f"sqlite:///{work}/office.db"
        migrate(url, THURSDAY)
        with disk.watched(work) as log:
            morning = Morning(url, seed, lambda: len(log.ops), loosened)
            morning.steps(STEPS)
            journal = morning.journal()
            morning.close()
        platter, auditor, taken = Platter(log), Auditor(found / "office.db"), 0
        answered = [fact.at for fact in morning.facts]
        for moment in sorted(chance.choices(range(len(log.ops) + 1), k=cuts)):
            for op in log.ops[taken:moment]:
                platter.take(op)
            taken = moment
            write_image(found, platter.image(chance))
            facts = morning.facts[: bisect_right(answered, moment)]
            tally.add(journal, auditor.wrong(facts), f"{on}, morning {seed}, op {moment}")
    return tally


def cut_the_power(cuts: int = 20_000) -> Tally:
    """So many cuts, the same number on each machine."""
    mornings = range(max(1, cuts // CUTS // len(MACHINES)))
    each = cuts // len(mornings) // len(MACHINES)
    return sum((cut_a_morning(on, seed, each) for on in MACHINES for seed in mornings), Tally())
