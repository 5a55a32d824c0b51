"""Backups are whole, few and found; a restore or a rescue never gives a number twice."""

from __future__ import annotations

import random
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from kiosk.clock import ManualClock
from kiosk.office.backup import back_up, backups, integrity
from kiosk.office.database import Database, DatabaseError
from kiosk.office.days import Days
from kiosk.office.health import HealthBoard
from kiosk.office.holding import hold
from kiosk.office.migrate import migrate
from kiosk.office.nightly import back_up_everywhere, is_due
from kiosk.office.rescue import make_sound, quick_check, restore
from kiosk.office.tables import TicketRow
from kiosk.office.tickets import Tickets
from kiosk.office.types import TicketOrder
from kiosk.settings import load, places
from tests.office.conftest import THURSDAY

PAGE = 4096


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def give(url: str, count: int, start: int = 0) -> list[str]:
    """Codes of `count` numbers given in series A; the file is whole on disk afterwards."""
    database = Database(url)
    tickets = Tickets(database, "an-tan", ManualClock(THURSDAY))
    codes = [tickets.issue(f"t{start + number}", TicketOrder("birth", "A")).code for number in range(count)]
    with database.write() as session:
        session.connection()
    database.close()
    return codes


def codes(url: str) -> list[str]:
    database = Database(url)
    with database.read() as session:
        found = [f"{row.series}{row.number:03d}" for row in session.execute(select(TicketRow)).scalars()]
    database.close()
    return sorted(found)


def break_pages(file: Path, pages: list[int]) -> None:
    whole = bytearray(file.read_bytes())
    for page in pages:
        whole[page * PAGE : (page + 1) * PAGE] = b"\x5a" * PAGE
    file.write_bytes(whole)


# ---- backups -------------------------------------------------------------------------------------------


def test_a_backup_is_whole_while_somebody_writes(url: str, tmp_path: Path) -> None:
    database = Database(url)
    tickets = Tickets(database, "an-tan", ManualClock(THURSDAY))
    first = tickets.issue("t", TicketOrder("birth", "A"))
    made = back_up(url, tmp_path, THURSDAY)
    tickets.issue("u", TicketOrder("birth", "A"))
    database.close()
    assert integrity(made) == ""
    assert codes(f"sqlite:///{made}") == [first.code]


def test_the_last_fourteen_stay(url: str, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    for day in range(20):
        back_up(url, folder, THURSDAY + timedelta(days=day))
    kept = backups(folder)
    assert len(kept) == 14 and kept[0].name == "office-20261202-080000.db"
    assert not list(folder.glob("*.part"))


def test_a_damaged_file_is_not_kept_as_a_backup(url: str, tmp_path: Path) -> None:
    give(url, 40)
    file = file_of(url)
    break_pages(file, list(range(5, file.stat().st_size // PAGE, 3)))
    with pytest.raises(DatabaseError):
        back_up(url, tmp_path, THURSDAY)
    assert backups(tmp_path) == [] and not list(tmp_path.glob("*.part"))


def test_a_stick_that_is_away_is_told_and_our_own_copy_is_made(url: str, tmp_path: Path) -> None:
    database = Database(url)
    health = HealthBoard(database, "an-tan", ManualClock(THURSDAY))
    failed = back_up_everywhere(url, (tmp_path / "own", tmp_path / "away"), THURSDAY, 14, health)
    assert [folder for folder, _ in failed] == [tmp_path / "away"]
    assert len(backups(tmp_path / "own")) == 1
    (row,) = health.all()
    assert (row.device, row.state) == ("backup", "absent")
    database.close()


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (None, "2026-11-26 08:00", True),
        ("2026-11-25 17:10", "2026-11-26 08:00", False),
        ("2026-11-25 16:50", "2026-11-26 08:00", True),  # switched off before closing: made up for in the morning
        ("2026-11-26 08:00", "2026-11-26 16:59", False),
        ("2026-11-26 08:00", "2026-11-26 17:00", True),
        ("2026-11-26 17:01", "2026-11-26 23:00", False),
    ],
)
def test_when_a_backup_is_due(tmp_path: Path, last: str | None, now: str, due: bool) -> None:
    days = Days(load(places()).calendar)
    if last:
        (tmp_path / datetime.fromisoformat(last).strftime("office-%Y%m%d-%H%M%S.db")).touch()
    moment = datetime.fromisoformat(now).replace(tzinfo=THURSDAY.tzinfo)
    assert is_due(tmp_path, moment, days) is due


# ---- restoring -----------------------------------------------------------------------------------------


def test_restoring_gives_no_number_twice(url: str, tmp_path: Path) -> None:
    give(url, 5)
    made = back_up(url, tmp_path, THURSDAY)
    lost = give(url, 7, start=5)
    told = restore(url, made, THURSDAY)
    assert "is kept as office.db.before-restore" in told
    assert codes(url) == [f"A{number:03d}" for number in range(1, 6)]
    (following,) = give(url, 1, start=12)
    assert following == "A013" and following not in lost


def test_a_restore_waits_until_nobody_uses_the_file(url: str, tmp_path: Path) -> None:
    made = back_up(url, tmp_path, THURSDAY)
    using = hold(url)
    with pytest.raises(DatabaseError, match="in use"):
        restore(url, made, THURSDAY)
    assert using
    using.close()
    restore(url, made, THURSDAY)


@pytest.mark.parametrize("content", [b"", b"no database", None])
def test_a_file_that_is_no_backup_changes_nothing(url: str, tmp_path: Path, content: bytes | None) -> None:
    given_out = give(url, 3)
    other = tmp_path / "other.db"
    if content is not None:
        other.write_bytes(content)
    with pytest.raises(DatabaseError):
        restore(url, other, THURSDAY)
    assert codes(url) == given_out


# ---- rescue --------------------------------------------------------------------------------------------


def test_a_sound_file_is_left_alone(url: str, tmp_path: Path) -> None:
    give(url, 3)
    before = file_of(url).read_bytes()
    assert make_sound(url, [tmp_path], THURSDAY) == ""
    assert file_of(url).read_bytes() == before


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), share=st.sampled_from([0.05, 0.2, 0.6]), old=st.booleans())
def test_whatever_is_broken_no_number_comes_twice(
    tmp_path_factory: pytest.TempPathFactory, seed: int, share: float, old: bool
) -> None:
    home = tmp_path_factory.mktemp("rescue")
    url = f"sqlite:///{home}/office.db"
    migrate(url, THURSDAY)
    give(url, 40)
    folder = home / "backups"
    folder.mkdir()
    if old:
        back_up(url, folder, THURSDAY)
    give(url, 60, start=40)
    file = file_of(url)
    pages = file.stat().st_size // PAGE
    break_pages(file, random.Random(seed).sample(range(1, pages), max(1, int(pages * share))))
    if not quick_check(file):
        return  # only free pages were hit
    told = make_sound(url, [folder], THURSDAY, [("an-tan", "A")])
    assert "was damaged" in told and quick_check(file) == ""
    here = codes(url)
    assert len(here) == len(set(here))
    if old:
        assert {f"A{number:03d}" for number in range(1, 41)} <= set(here)
    (following,) = give(url, 1, start=500)
    assert int(following[1:]) > 100, "a number that is on somebody's paper would come again"
    shutil.rmtree(home)


def test_most_rows_are_saved(url: str, tmp_path: Path) -> None:
    give(url, 100)
    file = file_of(url)
    # One leaf of tickets in the middle of the file
    content = file.read_bytes()
    leaves = [page for page in range(1, len(content) // PAGE) if content[page * PAGE] == 13 and b"birth" in
              content[page * PAGE : (page + 1) * PAGE]]  # fmt: skip
    break_pages(file, [leaves[len(leaves) // 2]])
    told = make_sound(url, [tmp_path], THURSDAY)
    assert "an empty database" in told
    assert len(codes(url)) > 60


def test_a_file_that_is_no_database_at_all_is_replaced(url: str, tmp_path: Path) -> None:
    give(url, 3)
    made = back_up(url, tmp_path, THURSDAY)
    file_of(url).write_bytes(b"\0" * 50_000)
    assert made.name in make_sound(url, [tmp_path], THURSDAY)
    assert codes(url) == ["A001", "A002", "A003"]


def test_a_damaged_file_in_use_is_not_taken_away(url: str, tmp_path: Path) -> None:
    give(url, 3)
    file_of(url).write_bytes(b"\0" * 50_000)
    using = hold(url)
    with pytest.raises(DatabaseError, match="in use"):
        make_sound(url, [tmp_path], THURSDAY)
    assert using
