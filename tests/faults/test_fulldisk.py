"""A full or failing disk: a clean word that names the cause, nothing lost, and on it goes. Each k: make torture."""

from __future__ import annotations

import pytest

from kiosk.clock import ManualClock
from kiosk.office.database import DatabaseError
from kiosk.office.migrate import migrate
from tests.faults.fulldisk import KINDS, Fault, fail_everywhere
from tests.faults.machines import MACHINES, folder_in_memory, machine
from tests.office.conftest import THURSDAY, Office


@pytest.mark.parametrize("kind", KINDS)
def test_a_write_that_fails_takes_nothing_away(kind: str) -> None:
    tally = fail_everywhere(step=67, kinds=[kind])
    assert not tally.failed, tally.line()
    assert tally.tried.total() > 10


@pytest.mark.parametrize("on", MACHINES)
@pytest.mark.parametrize(
    ("kind", "named", "words"), [("full", "full", "disk is full"), ("lasting", "disk", "memory card fails")]
)
def test_the_first_number_of_a_day_tells_the_cause(on: str, kind: str, named: str, words: str) -> None:
    """It is given inside a savepoint, which is gone when the disk is full: that complaint must not hide the cause."""
    with machine(on) as disk, folder_in_memory() as work:
        url = f"sqlite:///{work}/office.db"
        migrate(url, THURSDAY)
        fault = Fault(kind, 1, over=True)
        with disk.watched(work, fault):
            office = Office(url, ManualClock(THURSDAY))
            assert office.tickets.waiting() == {}
            fault.over = False
            with pytest.raises(DatabaseError, match=words) as told:
                office.give()
            fault.over = True
            assert office.give().number == 1
            office.close()
    assert told.value.kind == named
