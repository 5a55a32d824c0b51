"""A copy of the office's data for whoever reads long: reports never hold up the giving of numbers.

SQLite's own backup copies in small steps (kiosk.office.backup); PostgreSQL lets readers and writers pass each other,
so there it is read directly.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.office.backup import copy_file
from kiosk.office.database import Database, DatabaseError, sqlite_module
from kiosk.office.holding import database_file


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
    with tempfile.TemporaryDirectory(prefix="kiosk-", dir=file.parent) as folder:
        copy = Path(folder) / "snapshot.db"
        try:
            copy_file(file, copy)
        except OSError as error:
            raise DatabaseError(f"{file.parent} cannot be written: {error.strerror}.", "readonly") from None
        except sqlite_module().Error as error:
            raise DatabaseError(f"The data could not be copied for reading: {error}.", "locked") from None
        database = Database(f"sqlite:///{copy}")
        try:
            yield database
        finally:
            database.close()
