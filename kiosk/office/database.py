"""The one way to the office's database: short transactions, whole or not at all, safe when the power goes.

SQLite (facts/reliability.md): write-ahead log only with a library that is free of the WAL-reset bug, else a truncated
rollback journal; synchronous = FULL always. A write begins as such (BEGIN IMMEDIATE): a transaction that reads first
and writes later fails under load, whatever the timeout.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from kiosk.office.tables import SCHEMA_VERSION

BUSY_MILLISECONDS = 10_000
_SOUND_VERSIONS = ((3, 44, 6), (3, 50, 7))
"""Old release lines that got the cure for the WAL-reset bug; from 3.51.3 on all have it."""


class DatabaseError(Exception):
    """The database cannot be used; the text says what is wrong and what to do. `kind`: full, disk, locked, readonly,
    damaged, other."""

    def __init__(self, text: str, kind: str = "other") -> None:
        self.kind = kind
        super().__init__(text)


def wal_is_safe(version: tuple[int, int, int]) -> bool:
    """Whether a SQLite library is free of the WAL-reset bug (3.7.0 to 3.51.2, but for two cured lines)."""
    return version >= (3, 51, 3) or any(version[:2] == sound[:2] and version >= sound for sound in _SOUND_VERSIONS)


def sqlite_module() -> ModuleType:
    """The newest SQLite there is: pysqlite3 carries its own, Python's is the system's."""
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        import sqlite3

        return sqlite3
    module: ModuleType = dbapi2
    return module


def open_engine(url: str) -> Engine:
    """An engine set up as above. Raises DatabaseError for an address that is none."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite":
            return create_engine(parsed, pool_pre_ping=True, hide_parameters=True)
        # No values of rows in errors, and so none in logs
        engine = create_engine(
            parsed, module=sqlite_module(), connect_args={"check_same_thread": False}, hide_parameters=True
        )
    except (ArgumentError, ImportError, SQLAlchemyError) as error:
        raise DatabaseError(
            f'office.toml: database.url: "{url}" cannot be opened: {error}. '
            'Write it like "sqlite:////var/lib/kiosk/office.db", or leave it out.'
        ) from None
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun below, not by the driver
    cursor = connection.cursor()
    version = tuple(int(part) for part in cursor.execute("SELECT sqlite_version()").fetchone()[0].split("."))
    journal = "WAL" if wal_is_safe(version) else "TRUNCATE"  # type: ignore[arg-type]
    for pragma in (
        f"busy_timeout={BUSY_MILLISECONDS}",
        f"journal_mode={journal}",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Any) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class Database:
    """Transactions on one database. Threads may share it; a new process opens its own."""

    def __init__(self, url: str) -> None:
        self._engine = open_engine(url)
        self._writer = self._engine.execution_options(writes=True)
        self.held: object = None
        """Says, as long as this object lives, that the file is in use (kiosk.office.holding)."""
        # SQLite's own waiting is unfair: threads of one process take turns here instead.
        self._turn = threading.Lock()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A short look: keep it under 50 ms, writers wait for it on some systems."""
        with self._told(), Session(self._engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Everything inside is written together when the block ends, nothing when it raises. It begins when its turn
        has come: times and keys made inside follow the order of writing."""
        with self._turn, self._told(), Session(self._writer, expire_on_commit=False) as session:
            session.connection()
            yield session
            session.commit()

    def check_version(self) -> None:
        """Raise DatabaseError unless the tables are those that this code expects."""
        try:
            with self.read() as session:
                found = session.execute(text("SELECT version_num FROM alembic_version")).scalar()
        except DatabaseError as error:
            if "no such table" not in str(error) and "does not exist" not in str(error):
                raise
            found = None
        if found != SCHEMA_VERSION:
            what = f"is of version {found}" if found else "has no tables yet"
            raise DatabaseError(f"The database {what}; this program needs {SCHEMA_VERSION}. Run: kiosk migrate")

    def damage(self) -> str:
        """What SQLite's quick_check finds (0.3 s for 100 MB); empty = sound, or PostgreSQL, which minds itself."""
        if self._engine.dialect.name != "sqlite":
            return ""
        with self.read() as session:
            found = str(session.execute(text("PRAGMA quick_check(1)")).scalar())
        return "" if found == "ok" else found

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()
        self.held = None

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError:
            raise
        except DBAPIError as error:
            raise explained(error) from error


_CAUSES = (
    ("locked", "locked", "is busy for too long. Close other programs that use the file."),
    ("full", "full", "cannot grow: the disk is full. Free some space."),
    ("disk i/o", "disk", "cannot be read or written: the disk or memory card fails. Keep a backup elsewhere."),
    ("readonly", "readonly", "may not be written. Give the kiosk's user the right to write the file and its folder."),
    ("unable to open", "readonly", "cannot be opened. Check that its folder exists and may be written."),
    ("malformed", "damaged", "is damaged. Stop the kiosk and bring back the newest backup."),
    ("not a database", "damaged", "is damaged. Stop the kiosk and bring back the newest backup."),
)
"""What the driver's message holds, the kind, and what a technician is told."""


def explained(error: DBAPIError) -> DatabaseError:
    """A driver's error in a technician's words; values of rows are left out."""
    # On a full disk SQLite takes back the whole transaction by itself. The savepoint that SQLAlchemy then goes back
    # to is gone, and that complaint would hide the cause.
    while isinstance(earlier := error.__context__, DBAPIError) and not isinstance(earlier, IntegrityError):
        error = earlier
    return in_words(str(error.orig))


def in_words(cause: str) -> DatabaseError:
    """What the driver said, in a technician's words."""
    for sign, kind, advice in _CAUSES:
        if sign in cause.lower():
            return DatabaseError(f"The database {advice} ({cause})", kind)
    return DatabaseError(f"The database refused: {cause}")
