"""Who has the database's file open: services hold it together, a restore or a rescue wants it alone."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from kiosk.office.database import DatabaseError

BESIDE = ("", "-wal", "-shm", "-journal")
"""Endings of what SQLite keeps: the file and what lies beside it."""


def database_file(url: str) -> Path | None:
    """The file of a SQLite address; None for a server."""
    parsed = make_url(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


class Hold:
    """A lock that is let go with the object that holds it."""

    def __init__(self, lock: int) -> None:
        self._lock: int | None = lock

    def close(self) -> None:
        """Let go."""
        if self._lock is not None:
            os.close(self._lock)
        self._lock = None

    def __del__(self) -> None:
        self.close()


def hold(url: str) -> Hold | None:
    """Say that this process uses the database, for as long as what is returned lives; None for a server. Raises
    DatabaseError while a restore or a rescue is at work."""
    file = database_file(url)
    if file is None:
        return None
    lock = os.open(_lock(file), os.O_RDWR | os.O_CREAT, 0o640)
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise DatabaseError("The database is being restored. Wait until it is done.", "locked") from None
    return Hold(lock)


@contextmanager
def alone(file: Path) -> Iterator[bool]:
    """Try to have the file alone; whether nobody else uses it."""
    lock = os.open(_lock(file), os.O_RDWR | os.O_CREAT, 0o640)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(lock)


def _lock(file: Path) -> Path:
    return file.with_name(file.name + ".use")
