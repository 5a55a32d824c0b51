"""What is known of a visit's papers: one file a visit, in memory only, gone when the visit ends.

The files lie on a tmpfs (systemd's RUNTIME_DIRECTORY, else /dev/shm), readable by us alone, so that a restart of the
web process loses nothing and switching the machine off leaves nothing. One folder an office: a trial beside the
service touches nobody else's.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MEMORY = ("tmpfs", "ramfs")
SERVICE = Path("/run/kiosk-papers")
"""Where kiosk-web.service keeps them, for a command that runs beside it."""
_KEY = re.compile(r"^[A-Za-z0-9-]{1,64}$")


class ShelfError(Exception):
    """Papers cannot be kept as they must be; the text says what to do."""


def shelf_folder(office: str) -> Path:
    """Where the files of an office lie. `office`: what tells it from others, its database's address."""
    given = os.environ.get("RUNTIME_DIRECTORY", "").split(":")[0]
    base = Path(given) if given else SERVICE
    if not os.access(base, os.W_OK):
        base = Path("/dev/shm") / f"kiosk-papers-{os.getuid()}"  # noqa: S108  (ours alone, 0700)
    return base / hashlib.sha256(office.encode()).hexdigest()[:12]


class Shelf:
    """The files of one office's visits. Nothing is made before the first value is kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._turn = threading.Lock()

    @property
    def folder(self) -> Path:
        return self._folder

    @contextmanager
    def visit(self, ticket_id: str) -> Iterator[dict[str, Any]]:
        """What is known of a visit; what it holds at the end is kept, unless an exception comes. One at a time."""
        with self._turn:
            known = self._read(ticket_id)
            before = json.dumps(known, ensure_ascii=False)
            yield known
            if (after := json.dumps(known, ensure_ascii=False)) != before:
                self._write(ticket_id, after)

    def peek(self, ticket_id: str) -> dict[str, Any]:
        """What is known of a visit, to look at."""
        with self._turn:
            return self._read(ticket_id)

    def forget(self, ticket_id: str) -> bool:
        """The visit has ended. Whether anything was there."""
        with self._turn:
            return self._unlink(self._file(ticket_id))

    def keep_only(self, ticket_ids: Collection[str]) -> int:
        """Forget every other visit; how many there were."""
        with self._turn:
            there = list(self._folder.glob("*")) if self._folder.is_dir() else []
            return sum(self._unlink(path) for path in there if path.stem not in ticket_ids)

    def __len__(self) -> int:
        return len(list(self._folder.glob("*.json"))) if self._folder.is_dir() else 0

    # ---- files -------------------------------------------------------------------------------------------

    def _file(self, ticket_id: str) -> Path:
        if not _KEY.match(ticket_id):
            raise ValueError("not a ticket's key")
        return self._folder / f"{ticket_id}.json"

    def _read(self, ticket_id: str) -> dict[str, Any]:
        path = self._file(ticket_id)
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):  # a file that power cut in half holds nothing to rely on
            return {}
        return found if isinstance(found, dict) else {}

    def _write(self, ticket_id: str, text: str) -> None:
        self._prepare()
        path = self._file(ticket_id)
        fresh = path.with_suffix(".new")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        fresh.replace(path)

    def _prepare(self) -> None:
        for folder in (self._folder.parent, self._folder):
            folder.mkdir(mode=0o700, exist_ok=True)
        found = self._folder.lstat()
        if found.st_uid != os.getuid() or found.st_mode & 0o077 or not self._folder.is_dir():
            raise ShelfError(f"{self._folder} belongs to somebody else or is open to others. Remove it.")
        if file_system(self._folder) not in MEMORY:
            raise ShelfError(f"{self._folder} is not in memory (tmpfs): papers would be left on a disk.")

    def _unlink(self, path: Path) -> bool:
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        return True


def file_system(path: Path) -> str:
    """The kind of file system that holds `path`: "tmpfs", "ext4", …; "" when it cannot be told."""
    real, best, kind = path.resolve(), Path(), ""
    for line in Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace").splitlines():
        _, point, found = line.split(" ")[:3]
        mounted = Path(point.encode().decode("unicode_escape"))
        if real.is_relative_to(mounted) and len(mounted.parts) >= len(best.parts):
            best, kind = mounted, found
    return kind
