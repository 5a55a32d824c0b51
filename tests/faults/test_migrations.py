"""Whatever stops a migration, the next one brings all there, and the copy is whole. Every step: make torture."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import text

from kiosk.office.database import open_engine
from tests.faults import migrations
from tests.faults.machines import folder_in_memory
from tests.faults.tally import Tally


@pytest.mark.parametrize(
    "run",
    [
        partial(migrations.cut_the_power, 29, 1),
        partial(migrations.kill_everywhere, 19),
        partial(migrations.refuse_everywhere, 61),
    ],
    ids=["power cut", "killed", "full disk"],
)
def test_the_next_migration_brings_everything(run: Callable[[], Tally]) -> None:
    tally = run()
    assert not tally.failed, tally.line()
    assert tally.tried.total() > 6


@pytest.mark.parametrize("version", [start for start in migrations.starts() if start != migrations.NOTHING])
def test_what_is_missing_is_found(version: str) -> None:
    """The check can fail: a row is gone, and a copy is only half there."""
    with folder_in_memory() as folder:
        url = f"sqlite:///{folder}/office.db"
        rows = migrations.prepare(url, version)
        engine = open_engine(url)
        with engine.execution_options(writes=True).begin() as connection:
            connection.execute(text("DELETE FROM print_job WHERE id = 'key-7'"))
        tables = migrations.tables_of(engine)
        engine.dispose()
        whole = (folder / "office.db").read_bytes()
        (folder / "office-1.bak").write_bytes(whole[: len(whole) // 2])
        assert set(migrations.again(folder, rows, tables)) == {"rows", "half a copy"}
