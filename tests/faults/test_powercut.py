"""After a power cut the database is sound and knows each number that somebody has in hand. 20,000: make torture."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.clock import ManualClock
from kiosk.office.database import sqlite_module, wal_is_safe
from kiosk.office.migrate import migrate
from kiosk.office.types import TicketOrder
from tests.faults.disk import Log, Op
from tests.faults.machines import MACHINES, machine
from tests.faults.morning import Auditor, Fact
from tests.faults.powercut import Platter, cut_a_morning
from tests.faults.tally import Tally
from tests.office.conftest import SITE, THURSDAY, Office


@pytest.mark.parametrize("on", MACHINES)
def test_no_cut_takes_what_was_answered(on: str) -> None:
    tally = cut_a_morning(on, seed=7, cuts=250)
    assert not tally.failed, tally.line()
    with machine(on):
        journal = "WAL" if wal_is_safe(sqlite_module().sqlite_version_info) else "TRUNCATE"
    assert tally.tried == {journal: 250}


@pytest.mark.parametrize("on", MACHINES)
@pytest.mark.parametrize("loosened", ["synchronous=NORMAL", "journal_mode=DELETE"])
def test_less_care_loses_numbers(on: str, loosened: str) -> None:
    """The check can fail: with what many programs do for speed, and with SQLite's own default."""
    assert cut_a_morning(on, seed=7, cuts=60, loosened=loosened).failures["lost"] > 0


def images(folder: Path, *ops: Op) -> set[bytes | None]:
    """What a file of 1024 bytes "old" may be after these ops and a cut."""
    (folder / "file").write_bytes(b"o" * 1024)
    platter = Platter(Log(folder, lambda _: 0))
    for op in ops:
        platter.take(op)
    return {platter.image(random.Random(seed)).get("file") for seed in range(300)}


def test_what_may_be_found_after_a_cut(tmp_path: Path) -> None:
    old, new = b"o" * 512, b"n" * 512
    write = Op("write", 1, at=0, data=new * 2)
    torn = {old + old, old + new, new + old, new + new}
    assert images(tmp_path, write) == torn
    assert images(tmp_path, write, Op("sync", 1)) == {new + new}
    assert images(tmp_path, Op("delete", name="file")) == {None, old + old}
    assert images(tmp_path, Op("delete", name="file"), Op("folder")) == {None}
    assert images(tmp_path, Op("truncate", 1, at=0)) == {b"", old + old}
    assert images(tmp_path, write, Op("sync", 2)) == torn, "another file's sync helps nobody"


def test_the_auditor_finds_what_is_missing(tmp_path: Path) -> None:
    """The check can fail: a number that is not there, and one that is there without having been given."""
    url = f"sqlite:///{tmp_path}/office.db"
    migrate(url, THURSDAY)
    office = Office(url, ManualClock(THURSDAY + timedelta(minutes=1)), SITE)
    touches = [f"t{number}" for number in range(3)]
    facts = [Fact(0, touch, office.tickets.issue(touch, TicketOrder("birth", "A")), "issued") for touch in touches]
    office.close()
    auditor = Auditor(tmp_path / "office.db")
    assert auditor.wrong(facts) == []
    assert auditor.wrong([]) == ["invented"]
    gone = facts[0]._replace(ticket=office.give())
    with office.database.write() as session:
        session.connection().exec_driver_sql("DELETE FROM print_job")
        session.connection().exec_driver_sql("DELETE FROM ticket_event")
        session.connection().exec_driver_sql("DELETE FROM ticket WHERE number > 3")
    office.close()
    assert {"lost", "step-lost"} <= set(auditor.wrong([*facts, gone]))


def test_a_tally_says_what_it_counted() -> None:
    tally = Tally()
    for number in range(300):
        tally.add("WAL", [], f"op {number}")
    assert tally.line() == "N = 300 (WAL 300), failures 0, 95 % bound 1 %"
    tally.add("TRUNCATE", ["lost", "double"], "op 300")
    assert tally.line() == ("N = 301 (TRUNCATE 1, WAL 300), failures 1: double 1, lost 1; first op 300: lost, double")
