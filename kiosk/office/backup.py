"""Verified backups of the SQLite file: made by SQLite itself, checked whole, named by their moment, the last kept.

In write-ahead mode the copy is made in one go, for it holds up nobody; with a rollback journal in steps of 100 pages,
so that no writer waits longer than some milliseconds.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from kiosk.office.database import DatabaseError, sqlite_module
from kiosk.office.durable import put_in_place
from kiosk.office.holding import database_file

KEEP = 14
STEP_PAGES = 100
_NAME = "office-%Y%m%d-%H%M%S.db"


def back_up(url: str, folder: Path, now: datetime, keep: int = KEEP) -> Path:
    """A new verified backup in `folder`, which must exist; older ones than the last `keep` are removed. Raises
    DatabaseError: nothing to back up, the folder cannot be written, the copy is not sound."""
    file = database_file(url)
    if file is None:
        raise DatabaseError("This office's data lie in PostgreSQL: back it up with pg_dump.")
    if not file.exists():
        raise DatabaseError(f"There is no database {file} to back up.")
    target = folder / now.strftime(_NAME)
    half = target.with_suffix(".part")
    try:
        copy_file(file, half)
        damage = integrity(half)
        if damage:
            raise DatabaseError(f"The backup is not sound and was thrown away: {damage}", "damaged")
        put_in_place(half, target)
    except OSError as error:
        raise DatabaseError(f"{folder} cannot be written: {error.strerror}.", "readonly") from None
    except sqlite_module().Error as error:
        raise DatabaseError(f"The backup could not be made in {folder}: {error}.") from None
    finally:
        half.unlink(missing_ok=True)
    for old in backups(folder)[:-keep]:
        old.unlink(missing_ok=True)
    return target


def backups(folder: Path) -> list[Path]:
    """The backups in `folder`, oldest first."""
    return sorted(folder.glob("office-[0-9]*-[0-9]*.db")) if folder.is_dir() else []


def taken_at(backup: Path) -> datetime:
    """When a backup was made, as its name says: without a zone, for comparing days."""
    return datetime.strptime(backup.name, _NAME)


def newest_sound(*folders: Path) -> Path | None:
    """The newest backup of all `folders` that is sound; None when there is none."""
    found = sorted((one for folder in folders for one in backups(folder)), key=lambda one: one.name)
    return next((one for one in reversed(found) if not integrity(one)), None)


def integrity(file: Path) -> str:
    """What SQLite's integrity_check finds in a file; empty = sound."""
    module: Any = sqlite_module()
    try:
        connection = module.connect(f"file:{file}?mode=ro", uri=True)
        try:
            found = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
            connection.execute("SELECT version_num FROM alembic_version").fetchone()
        finally:
            connection.close()
    except module.Error as error:
        return str(error)
    return "" if found == "ok" else found


def copy_file(file: Path, target: Path, *, lasting: bool = True) -> None:
    """Copy a database that is in use, holding up nobody for more than some milliseconds. `lasting`: the copy must
    survive a power cut."""
    module: Any = sqlite_module()
    source, copy = module.connect(str(file), timeout=10), module.connect(str(target))
    try:
        if not lasting:
            copy.execute("PRAGMA synchronous=OFF")
        in_one_go = source.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        source.backup(copy, pages=-1 if in_one_go else STEP_PAGES, sleep=0.005)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
    finally:
        copy.close()
        source.close()
