"""A copy of the office's data for whoever reads long: reports never hold up the giving of numbers.

SQLite's own backup copies in small steps (kiosk.office.backup); PostgreSQL lets readers and writers pass each other,
so there it is read directly.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.office.backup import copy_file
from kiosk.office.database import Database, DatabaseError, sqlite_module
from kiosk.office.holding import database_file

PREFIX = "snapshot-"
FORGOTTEN_SECONDS = 3600
"""So old, a copy's reader was killed."""


@contextmanager
def snapshot(url: str) -> Iterator[Database]:
    """The data as they are now, in a file of its own that goes away with the block. Raises DatabaseError."""
    file = database_file(url)
    if file is None:
        direct = Database(url)
        try:
            yield direct
        finally:
            direct.close()
        return
    if not file.exists():
        raise DatabaseError(f"There is no database {file}. Run: kiosk migrate")
    _tidy(file.parent)
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=file.parent) as folder:
        copy = Path(folder) / "snapshot.db"
        try:
            copy_file(file, copy, lasting=False)
        except OSError as error:
            raise DatabaseError(f"{file.parent} cannot be written: {error.strerror}.", "readonly") from None
        except sqlite_module().Error as error:
            raise DatabaseError(f"The data could not be copied for reading: {error}.", "locked") from None
        database = Database(f"sqlite:///{copy}")
        try:
            yield database
        finally:
            database.close()


def _tidy(folder: Path) -> None:
    """Take away copies that were left behind."""
    for left in folder.glob(f"{PREFIX}*"):
        if left.is_dir() and time.time() - left.stat().st_mtime > FORGOTTEN_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
