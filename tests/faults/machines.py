"""The machines that the product runs on, and a place for thousands of images."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from kiosk.office.database import sqlite_module
from tests.faults.disk import Disk, disk_of

MACHINES: dict[str, dict[str, None]] = {"x86_64": {}, "without pysqlite3": {"pysqlite3": None}}
"""Packages that are missing there: the product then takes the system's SQLite, and the journal that it bears."""


@contextmanager
def machine(name: str) -> Iterator[Disk]:
    """The product as on such a machine, and its disk. Rooms opened inside keep to it."""
    with mock.patch.dict(sys.modules, MACHINES[name]):
        yield disk_of(sqlite_module())


@contextmanager
def folder_in_memory() -> Iterator[Path]:
    """A folder for thousands of images: in memory where there is one, so that no disk of ours is worn out."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="kiosk-", dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder).resolve()
