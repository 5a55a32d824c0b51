"""A damaged database file is set aside, the newest sound backup takes its place, and what can still be read of the
damaged one is put on top. A number is never given twice: what may have been lost is left out as a gap.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from kiosk.clock import business_day
from kiosk.office.backup import integrity, newest_sound
from kiosk.office.database import DatabaseError, sqlite_module
from kiosk.office.durable import put_in_place
from kiosk.office.holding import BESIDE, alone, database_file
from kiosk.office.migrate import migrate
from kiosk.office.tables import Base

log = logging.getLogger(__name__)

Numbers = dict[tuple[str, str, str], int]
"""The last number by site, day and series."""

GAP = 20
"""Numbers left out in each series of the day after a rescue: more than a crowded quarter of an hour."""
BLIND_GAP = 300
"""The same when nothing tells how many were given: a district's whole day."""
_HIGHEST_ROW = 1 << 24
"""Ten centuries of crowded days."""
MOST_FAILURES = 20_000
"""Reads that fail before a table is given up: a page of some fifty rows takes a thousand."""


def quick_check(file: Path) -> str:
    """What is wrong with a file that may be damaged; empty = sound, or not there. 0.3 s for 100 MB."""
    if not file.exists() or file.stat().st_size == 0:
        return ""
    module: Any = sqlite_module()
    try:
        connection = module.connect(str(file), timeout=10)
        try:
            found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
        finally:
            connection.close()
    except module.DatabaseError as error:
        locked = "locked" in str(error)
        return "" if locked else str(error)
    return "" if found == "ok" else found


def make_sound(url: str, folders: Sequence[Path], now: datetime, queues: Sequence[tuple[str, str]] = ()) -> str:
    """Look at the file and rescue what is damaged; what was done, as sentences, "" when all is well. `folders`: where
    backups lie; `queues`: (site, series) of this office, which go on after a gap even when nothing can be read.
    Raises DatabaseError when it is damaged and somebody uses it."""
    file = database_file(url)
    if file is None:
        return ""
    finished = _finish(file, now)
    damage = quick_check(file)
    if not damage:
        return "A rescue of the database that was cut off has been finished." if finished else ""
    with alone(file) as nobody_else:
        if not nobody_else:
            raise DatabaseError(f"The database is damaged ({damage}) and in use. Stop the services, then start them.")
        log.error("the database is damaged (%s)", damage)
        backup, half = newest_sound(*folders), _begin(file)
        if backup is not None:
            shutil.copyfile(backup, half)
        migrate(make_url(url).set(database=str(half)).render_as_string(), now)
        last = _last_numbers(file)
        saved, lost = _salvage(file, half)
        gap = GAP if last else BLIND_GAP
        last = {**{(site, business_day(now).isoformat(), series): 0 for site, series in queues}, **(last or {})}
        no_number_twice(half, now, gap, last)
        damaged = _replace(file, half, "corrupt", now)
    came = f"the backup {backup.name}" if backup else "an empty database, for there was no sound backup"
    return (
        f"The database was damaged and is kept as {damaged.name}. In its place stands {came}; {saved} rows were "
        f"saved from the damaged one, {lost} places in it could not be read. Numbers go on after a gap of {gap}."
    )


def restore(url: str, backup: Path, now: datetime) -> str:
    """Put `backup` in the place of the database; the present one is kept beside it. What was done, as a sentence.
    Raises DatabaseError when somebody uses it, or the backup is not sound."""
    file = database_file(url)
    if file is None:
        raise DatabaseError("This office's data lie in PostgreSQL: restore it with pg_restore.")
    if not backup.is_file():
        raise DatabaseError(f"There is no backup {backup}.")
    if integrity(backup):
        raise DatabaseError(f"{backup} is no sound backup. Take another one: kiosk restore shows them.", "damaged")
    file.parent.mkdir(parents=True, exist_ok=True)
    with alone(file) as nobody_else:
        if not nobody_else:
            raise DatabaseError("The database is in use. Stop first: systemctl stop kiosk kiosk-web", "locked")
        half = _begin(file)
        shutil.copyfile(backup, half)
        migrate(make_url(url).set(database=str(half)).render_as_string(), now)
        last = _last_numbers(file) if file.exists() else None
        no_number_twice(half, now, 0 if last is not None else BLIND_GAP, last)
        kept = _replace(file, half, "before-restore", now)
    beside = f" The one before is kept as {kept.name}." if kept.exists() else ""
    return f"{backup.name} is the office's database now.{beside}"


# ---- one file in place of another, whatever stops it --------------------------------------------------------
#
# A process that is killed in between must not leave a database that begins again at 1. What is to come is made whole
# beside the present file, which stays where it is; only then the names change. Between the two renames there is no
# database, only a ready one: the next start puts it in place.


def _begin(file: Path) -> Path:
    """Where the file that is to come is made; what was left of one is thrown away."""
    half = file.with_name(f"{file.name}.coming")
    for ending in (*BESIDE, ".lock"):
        half.with_name(half.name + ending).unlink(missing_ok=True)
    return half


def _ready(file: Path) -> Path:
    return file.with_name(f"{file.name}.ready")


def _replace(file: Path, half: Path, why: str, now: datetime) -> Path:
    """Put `half` in the file's place; where the one before is now, if there was one."""
    put_in_place(half, _ready(file))
    _begin(file)  # nothing stays beside it
    aside = set_aside(file, why, now)
    put_in_place(_ready(file), file)
    return aside


def _finish(file: Path, now: datetime) -> bool:
    """Do what a killed rescue or restore had left to do; whether there was something."""
    if not _ready(file).exists():
        return False
    with alone(file) as nobody_else:
        if not nobody_else:
            return False
        if file.exists():
            _ready(file).unlink()  # the present file was not touched yet: all begins anew
            return False
        set_aside(file, "left", now)  # its log may still lie there
        put_in_place(_ready(file), file)
        return True


def set_aside(file: Path, why: str, now: datetime) -> Path:
    """Give the file, and what SQLite keeps beside it, another name; the new one."""
    aside = file.with_name(f"{file.name}.{why}.{now:%Y%m%dT%H%M%S}")
    for ending in BESIDE:
        part = file.with_name(file.name + ending)
        if part.exists():
            part.rename(aside.with_name(aside.name + ending))
    return aside


def no_number_twice(file: Path, now: datetime, gap: int, last: Numbers | None) -> None:
    """Raise each series' counter to its highest ticket, and to `last`; in today's series leave out `gap` numbers."""
    today = business_day(now).isoformat()
    module: Any = sqlite_module()
    connection = module.connect(str(file))
    try:
        with connection:
            known = dict(last or {})
            rows = connection.execute("SELECT site, day, series, max(number) FROM ticket GROUP BY site, day, series")
            for site, day, series, number in rows:
                known[site, day, series] = max(number, known.get((site, day, series), 0))
            for (site, day, series), number in known.items():
                connection.execute(
                    "INSERT INTO series_counter (site, day, series, last_number) VALUES (?, ?, ?, ?) "
                    "ON CONFLICT DO UPDATE SET last_number = max(last_number, excluded.last_number)",
                    (site, day, series, number),
                )
            if gap:
                # A series that nothing is known of today begins after the gap as well
                connection.execute(
                    "INSERT OR IGNORE INTO series_counter (site, day, series, last_number) "
                    "SELECT DISTINCT site, ?, series, 0 FROM series_counter",
                    (today,),
                )
                connection.execute(
                    "UPDATE series_counter SET last_number = last_number + ? WHERE day = ?", (gap, today)
                )
    finally:
        connection.close()


# ---- what can still be read -------------------------------------------------------------------------------


def _salvage(damaged: Path, file: Path) -> tuple[int, int]:
    """Put every row that can be read over the rows of the same key; how many, and how many places were unreadable."""
    module: Any = sqlite_module()
    saved = lost = 0
    target = module.connect(str(file))
    try:
        source = module.connect(f"file:{damaged}?mode=ro", uri=True)
        try:
            for table in Base.metadata.sorted_tables:
                columns = ", ".join(f'"{column.name}"' for column in table.columns)
                marks = ", ".join("?" for _ in table.columns)
                with target:
                    for row in _readable(source, table.name, columns):
                        if row is None:
                            lost += 1
                            continue
                        try:
                            target.execute(f'INSERT OR REPLACE INTO "{table.name}" ({columns}) VALUES ({marks})', row)  # noqa: S608
                            saved += 1
                        except module.IntegrityError:
                            lost += 1
        finally:
            source.close()
    except module.DatabaseError as error:
        log.error("nothing more can be read of %s: %s", damaged.name, error)
        lost += 1
    finally:
        target.close()
    return saved, lost


def _readable(source: Any, table: str, columns: str) -> Iterator[tuple[Any, ...] | None]:
    """The rows of a table that can be read, None for each place that cannot: stretches are halved until they can."""
    module: Any = sqlite_module()
    question = f'SELECT {columns} FROM "{table}" WHERE rowid BETWEEN ? AND ? ORDER BY rowid'  # noqa: S608
    stretches, failures = [(1, _HIGHEST_ROW)], 0
    while stretches and failures < MOST_FAILURES:
        low, high = stretches.pop()
        try:
            rows = source.execute(question, (low, high)).fetchall()
        except module.DatabaseError:
            failures += 1
            if low == high:
                yield None
            else:
                middle = (low + high) // 2
                stretches += [(middle + 1, high), (low, middle)]
            continue
        yield from rows
    if stretches:
        yield None  # the table's root is gone: no halving helps


def _last_numbers(damaged: Path) -> Numbers | None:
    """The numbers given so far, by site, day and series, of a file that is put aside: from the counters, else from
    the tickets' index, which is a tree of its own. None when neither can be read whole."""
    module: Any = sqlite_module()
    for question in (
        "SELECT site, day, series, last_number FROM series_counter",
        "SELECT site, day, series, max(number) FROM ticket "
        "INDEXED BY sqlite_autoindex_ticket_2 GROUP BY site, day, series",
    ):
        try:
            connection = module.connect(f"file:{damaged}?mode=ro", uri=True)
            try:
                rows = connection.execute(question).fetchall()
            finally:
                connection.close()
        except module.Error:
            continue
        return {(site, day, series): number for site, day, series, number in rows}
    return None
