"""A migration is killed at every step, or the power goes in the middle of it: the next one brings everything there.

From nothing, and from each older version with rows in every table. The power goes after each op of the disk, in
several ways each (powercut.py); a process is killed (SIGKILL) before each of its statements; the disk is full, or
fails, at each write. Then `migrate` runs again: the newest tables stand there, the old rows are the same, and a whole
copy of them was kept.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, create_engine, event, insert, select
from sqlalchemy.exc import DBAPIError

from kiosk.office import migrate as migrating
from kiosk.office.database import Database, DatabaseError, open_engine, sqlite_module
from kiosk.office.migrate import differences, migrate
from kiosk.office.tickets import Tickets
from kiosk.office.types import TicketOrder
from tests.faults.fulldisk import Fault
from tests.faults.machines import MACHINES, folder_in_memory, machine
from tests.faults.powercut import Platter, write_image
from tests.faults.tally import Tally
from tests.office.conftest import SITE, THURSDAY, ManualClock

NOTHING = "nothing"
ROWS = 40
"""In each old table: several pages of tickets."""
WAYS = 3
"""Images for each moment."""
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload([__name__])  # a process for each statement: they start with all loaded

Rows = dict[str, list[tuple[Any, ...]]]


def starts() -> list[str]:
    """From where a migration may begin: no file, or an older version."""
    script = ScriptDirectory.from_config(migrating._config())
    older = [found.revision for found in script.walk_revisions()][1:]
    return [NOTHING, *reversed(older)]


def prepare(url: str, version: str) -> Rows:
    """A database of an older version, with rows in each of its tables; the rows."""
    if version == NOTHING:
        return {}
    engine = open_engine(url)
    with engine.execution_options(writes=True).begin() as connection:
        command.upgrade(migrating._config(connection), version)
    tables = tables_of(engine)
    with engine.execution_options(writes=True).begin() as connection:
        for table in tables.sorted_tables:
            for number in range(1, ROWS + 1):
                values = {column.name: _value(column.type.python_type, number) for column in table.columns}
                connection.execute(insert(table).values(values))
    rows = _rows(engine, tables)
    engine.dispose()
    return rows


def _value(kind: type, number: int) -> object:
    # The same key in every table: so rows point to each other
    moment = THURSDAY.replace(tzinfo=None) + timedelta(minutes=number)
    if issubclass(kind, date):  # a datetime is one too
        return moment if kind is type(moment) else moment.date()
    return f"key-{number}" if kind is str else kind(number)


def tables_of(engine: Engine) -> MetaData:
    found = MetaData()
    found.reflect(engine, only=lambda name, _: name != "alembic_version")
    return found


def _rows(engine: Engine, tables: MetaData) -> Rows:
    with engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in tables.sorted_tables
        }


def again(folder: Path, old: Rows, tables: MetaData) -> list[str]:
    """Migrate what a fault has left; what is not as it must be."""
    url, later = f"sqlite:///{folder}/office.db", THURSDAY + timedelta(minutes=1)
    try:
        migrate(url, later)
        wrong = ["schema"] if differences(url) else []
        if old and not list(folder.glob("*.bak")):
            wrong.append("no copy")
        engine = open_engine(url)
        if _rows(engine, tables) != old:
            wrong.append("rows")
        engine.dispose()
        database = Database(url)
        if database.damage():
            wrong.append("corrupt")
        if Tickets(database, SITE, ManualClock(THURSDAY)).issue("first", TicketOrder("birth", "A")).number != 1:
            wrong.append("number")
        database.close()
    except DatabaseError as error:
        return [f"refused ({error})"]
    return wrong + ["half a copy" for copy in folder.glob("*.bak") if not _is_whole(copy, old, tables)]


def _is_whole(copy: Path, old: Rows, tables: MetaData) -> bool:
    """Whether a technician who brings back this copy has all that there was."""
    engine = create_engine(f"sqlite:///{copy}", module=sqlite_module())
    try:
        return _rows(engine, tables) == old
    except DBAPIError:
        return False
    finally:
        engine.dispose()


def _cases() -> Iterator[tuple[str, str, Path, Rows, MetaData]]:
    """(machine, version, folder with its database, rows, tables) for each."""
    for on in MACHINES:
        for version in starts():
            with machine(on), folder_in_memory() as base:
                url = f"sqlite:///{base}/office.db"
                rows = prepare(url, version)
                tables = MetaData()
                if rows:
                    engine = open_engine(url)
                    tables = tables_of(engine)
                    engine.dispose()
                yield on, version, base, rows, tables


def cut_the_power(step: int = 1, ways: int = WAYS) -> Tally:
    """After each op (or each `step`-th) of each migration."""
    tally = Tally()
    for on, version, base, rows, tables in _cases():
        chance = random.Random(version)
        with machine(on) as disk, folder_in_memory() as found:
            with disk.watched(base) as log:
                migrate(f"sqlite:///{base}/office.db", THURSDAY)
            platter, taken = Platter(log), 0
            for moment in range(0, len(log.ops) + 1, step):
                for op in log.ops[taken:moment]:
                    platter.take(op)
                taken = moment
                for _ in range(ways):
                    write_image(found, platter.image(chance))
                    tally.add("power", again(found, rows, tables), f"{on}, from {version}, op {moment}")
    return tally


def kill_everywhere(step: int = 1) -> Tally:
    """Before each statement (or each `step`-th) of each migration."""
    tally = Tally()
    for on, version, base, rows, tables in _cases():
        for at in count(1, step):
            with machine(on), folder_in_memory() as work:
                shutil.copytree(base, work, dirs_exist_ok=True)
                victim = CONTEXT.Process(target=die_at, args=(on, f"sqlite:///{work}/office.db", at))
                victim.start()
                victim.join()
                if victim.exitcode == 0:
                    break  # it came to its end
                assert victim.exitcode == -signal.SIGKILL, victim.exitcode
                tally.add("SIGKILL", again(work, rows, tables), f"{on}, from {version}, statement {at}")
    return tally


def refuse_everywhere(step: int = 1, kinds: Iterable[str] = ("full", "once")) -> Tally:
    """The disk gets full, or fails once, at each write (or each `step`-th): a clean word, and then all is well."""
    tally = Tally()
    for on, version, base, rows, tables in _cases():
        for kind in kinds:
            for at in count(1, step):
                fault, wrong = Fault(kind, at), []
                with machine(on) as disk, folder_in_memory() as work:
                    shutil.copytree(base, work, dirs_exist_ok=True)
                    with disk.watched(work, fault):
                        try:
                            migrate(f"sqlite:///{work}/office.db", THURSDAY)
                        except DatabaseError as error:
                            wrong += [] if error.kind == fault.named() else [f"says: {error}"]
                        except Exception as error:
                            wrong.append(f"unclean {type(error).__name__}")
                    if not fault.struck:
                        break
                    tally.add(kind, wrong + again(work, rows, tables), f"{on}, from {version}, {kind}, op {at}")
    return tally


def die_at(on: str, url: str, at: int) -> None:
    """Migrate; die before the `at`-th statement, commit included."""
    left = iter(range(at - 1, -1, -1))

    def statement(*_: object) -> None:
        if next(left) == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", statement)
    event.listen(Engine, "commit", statement)
    with machine(on):
        migrate(url, THURSDAY)


def break_all() -> Tally:
    """Every step, in every way."""
    return cut_the_power() + kill_everywhere() + refuse_everywhere()
