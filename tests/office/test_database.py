"""The database: durable, migrated under a lock, and clear about what is wrong with it."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from kiosk.office.database import Database, DatabaseError, explained, sqlite_module, wal_is_safe
from kiosk.office.migrate import differences, migrate, newest
from kiosk.office.tables import SCHEMA_VERSION
from kiosk.office.tickets import Tickets
from kiosk.office.types import TicketOrder
from tests.office.conftest import THURSDAY


def test_the_migrations_lead_to_the_tables_of_the_code(url: str) -> None:
    assert newest() == SCHEMA_VERSION
    assert differences(url) == []


def test_every_write_is_synced_and_the_log_is_sound(database: Database) -> None:
    with database.read() as session:
        assert session.execute(text("PRAGMA synchronous")).scalar() == 2
        assert session.execute(text("PRAGMA foreign_keys")).scalar() == 1
        journal = session.execute(text("PRAGMA journal_mode")).scalar()
    version = sqlite_module().sqlite_version_info
    assert journal == ("wal" if wal_is_safe(version) else "truncate")


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False), ((3, 44, 5), False), ((3, 44, 6), True), ((3, 50, 6), False), ((3, 50, 7), True),
        ((3, 51, 2), False), ((3, 51, 3), True), ((3, 53, 0), True), ((4, 0, 0), True),
    ],
)  # fmt: skip
def test_the_gate_of_the_write_ahead_log(version: tuple[int, int, int], safe: bool) -> None:
    assert wal_is_safe(version) == safe


def test_an_unmigrated_database_says_what_to_run(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/new.db")
    with pytest.raises(DatabaseError, match="kiosk migrate"):
        database.check_version()
    database.close()


def test_a_newer_or_older_database_is_refused(database: Database) -> None:
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseError, match="version 9999"):
        database.check_version()


def test_migrating_twice_changes_nothing(url: str) -> None:
    assert "up to date" in migrate(url, THURSDAY)


def test_an_existing_file_is_copied_before_it_is_changed(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "office.db") as old:
        old.execute("CREATE TABLE note (words TEXT)")
        old.execute("INSERT INTO note VALUES ('kept')")
    old.close()
    said = migrate(f"sqlite:///{tmp_path}/office.db", THURSDAY)
    (copy,) = tmp_path.glob("*.bak")
    assert str(copy) in said
    with sqlite3.connect(copy) as kept:
        assert kept.execute("SELECT words FROM note").fetchone() == ("kept",)
        assert kept.execute("SELECT count(*) FROM sqlite_master WHERE name = 'ticket'").fetchone() == (0,)
    kept.close()


def test_a_database_of_a_newer_program_is_left_alone(url: str, tmp_path: Path) -> None:
    database = Database(url)
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(DatabaseError, match="does not know"):
        migrate(url, THURSDAY)
    assert list(tmp_path.glob("*.bak")) == []


def test_a_damaged_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "office.db").write_bytes(b"this is no database at all, it is a text" * 50)
    with pytest.raises(DatabaseError, match="damaged"):
        migrate(f"sqlite:///{tmp_path}/office.db", THURSDAY)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_says_so(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(DatabaseError, match="written"):
        migrate(f"sqlite:///{tmp_path}/office.db", THURSDAY)


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseError, match="folder"):
        migrate(f"sqlite:///{tmp_path}/file/office.db", THURSDAY)


def test_an_address_that_is_none_names_the_setting() -> None:
    with pytest.raises(DatabaseError, match=r"database\.url"):
        Database("office.db")


def test_a_reader_does_not_stop_a_writer_for_long(database: Database, tickets: Tickets) -> None:
    with database.read() as session:
        session.execute(text("SELECT count(*) FROM ticket")).scalar()
    assert tickets.issue("a", TicketOrder("birth", "A")).number == 1


def test_a_failing_disk_says_so() -> None:
    """Not "readonly", not "other": somebody has to come before the data are lost."""
    told = explained(OperationalError("INSERT", None, sqlite3.OperationalError("disk I/O error")))
    assert told.kind == "disk" and "memory card fails" in str(told)
