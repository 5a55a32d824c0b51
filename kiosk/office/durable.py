"""A file gets its name only when it is whole, and both outlast a power cut."""

from __future__ import annotations

import os
from pathlib import Path


def put_in_place(half: Path, file: Path) -> None:
    """Give what was written as `half` its name, in place of what had it. Raises OSError."""
    _sync(half)
    half.rename(file)
    _sync(file.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
