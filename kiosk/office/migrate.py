"""Bring a database to the tables that this code expects. The only module that imports Alembic.

Runs under a lock; an existing SQLite file is copied before it is changed, and a migration that is killed leaves the
old tables whole.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from kiosk.office.database import DatabaseError, explained, in_words, open_engine, sqlite_module
from kiosk.office.durable import put_in_place
from kiosk.office.holding import BESIDE, database_file
from kiosk.office.tables import Base

FOLDER = Path(__file__).resolve().parent / "migrations"
_LOCK = 0x6B696F736B
"""The name of our lock on PostgreSQL: "kiosk" as a number."""


def newest() -> str:
    """The newest version that the migrations lead to."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def migrate(url: str, now: datetime) -> str:
    """Bring the database at `url` up to date. Returns what was done, as a sentence. Raises DatabaseError."""
    file = database_file(url)
    if file:
        _make_folder(file)
    with _locked(file):
        existed = file is not None and file.exists() and file.stat().st_size > 0
        engine = open_engine(url)
        try:
            before = _version(engine)
            if before == newest():
                return f"The database is up to date (version {before})."
            _check_known(before)
            copy = _copied(file, now) if file and existed else None
            with engine.execution_options(writes=True).begin() as connection:
                if file is None and not _first_to_come(connection):
                    return f"The database is up to date (version {newest()})."
                command.upgrade(_config(connection), "head")
        except DBAPIError as error:
            raise explained(error) from error
        finally:
            engine.dispose()
    done = f"The database went from version {before or 'none'} to {newest()}."
    return f"{done} The old one is kept in {copy}." if copy else done


def differences(url: str) -> list[Any]:
    """What stands in the tables of the code but not in the database, or the other way: empty is well."""
    from alembic.autogenerate import compare_metadata

    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            return list(compare_metadata(context, Base.metadata))
    finally:
        engine.dispose()


def _config(connection: Any = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _version(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _check_known(version: str | None) -> None:
    known = [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()]
    if version and version not in known:
        raise DatabaseError(
            f"The database is of version {version}, which this program does not know: a newer program made it. "
            "Install that one again, or bring back a backup."
        )


def _make_folder(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseError(
            f"The database's folder {file.parent} cannot be made: {error.strerror}. Check KIOSK_HOME and its rights."
        ) from None


@contextmanager
def _locked(file: Path | None) -> Iterator[None]:
    """One migration at a time. On PostgreSQL a lock of its own sees to that (`_first_to_come`)."""
    if file is None:
        yield
        return
    try:
        with file.with_name(file.name + ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except PermissionError:
        raise DatabaseError(
            f"The database's folder {file.parent} may not be written. Give the kiosk's user the right."
        ) from None


def _first_to_come(connection: Connection) -> bool:
    """Wait for another machine that migrates the same PostgreSQL; whether something is left to do then."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    return MigrationContext.configure(connection).get_current_revision() != newest()


def _copied(file: Path, now: datetime) -> Path:
    """A whole copy beside the file, made by SQLite itself so that nothing half-written is copied."""
    copy = file.with_name(f"{file.stem}-{now:%Y%m%d-%H%M%S}.bak")
    half = file.with_name(f"{file.name}.half")
    module: Any = sqlite_module()
    _remove(half)  # of a copy that was cut off
    try:
        source, target = module.connect(str(file)), module.connect(str(half))
        try:
            source.backup(target)
        finally:
            target.close()
            source.close()
        put_in_place(half, copy)
    except module.Error as error:
        raise in_words(str(error)) from error
    except OSError as error:
        raise DatabaseError(f"The copy {copy} cannot be written: {error.strerror}.", "disk") from error
    finally:
        _remove(half)
    return copy


def _remove(file: Path) -> None:
    for ending in BESIDE:
        file.with_name(file.name + ending).unlink(missing_ok=True)
