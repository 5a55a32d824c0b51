"""kill -9 at random moments: printed is on paper, queued is not, unknown is said to be so, and no number is lost."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.kills import Office, offices, play, summary
from tests.faults.kills_screen import ScreenOffice
from tests.faults.lives import FLAWS, NO_FLUSH
from tests.faults.victim import House


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    return House.load(tmp_path_factory.mktemp("house"))


def test_a_kill_leaves_the_truth(house: House, tmp_path: Path) -> None:
    """50 without a screen, in two offices, and 5 of the real application, all beside each other."""
    screen = ScreenOffice(tmp_path / "screen", house, 1)
    try:
        with offices(tmp_path, house, 1) as both, ThreadPoolExecutor(3) as pool:
            ends = [pool.submit(play, office, 25) for office in both]
            ends.append(pool.submit(screen.kill_each))
            for end in ends:
                end.result()
    finally:
        screen.close()
    assert not [line for office in (*both, screen) for line in office.wrong], summary([*both, screen])
    assert sum(office.ledger.moments.total() for office in both) == 50
    assert screen.ledger.moments.total() == 5
    assert any(what == "torn" for office in both for what in office.ledger.unknown.values())


@pytest.mark.parametrize("flaw", [*FLAWS, NO_FLUSH])
def test_a_victim_with_a_flaw_is_found_out(flaw: str, house: House, tmp_path: Path) -> None:
    office = Office(tmp_path, house, 3, flaw=flaw)
    try:
        assert any(office.kill_once(("sends",)) for _ in range(30))
    finally:
        office.close()
