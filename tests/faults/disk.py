"""Below SQLite, above the disk: what the product's own SQLite writes is noted down, or refused.

The library that the product has loaded (pysqlite3's own, or the system's) is asked for its file system; a copy of it
with some methods of ours is made the standard one while a folder is watched. So nothing of the product is replaced:
the same library, driver, engine and files as at work. `-shm` is shared memory, which no power cut keeps: not noted.
"""

from __future__ import annotations

import ctypes
import functools
import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

FULL, WRITE_ERROR, SYNC_ERROR, TRUNCATE_ERROR = 13, 10 | 3 << 8, 10 | 4 << 8, 10 | 6 << 8
"""SQLite's numbers for what a disk may answer."""
_TO_CREATE = 4

Number, Big, Text, Pointer = ctypes.c_int, ctypes.c_int64, ctypes.c_char_p, ctypes.c_void_p
Open = ctypes.CFUNCTYPE(Number, Pointer, Pointer, Pointer, Number, Pointer)
"""The name as an address: SQLite keeps it, and reads on behind its end."""
Delete = ctypes.CFUNCTYPE(Number, Pointer, Text, Number)
Write = ctypes.CFUNCTYPE(Number, Pointer, Pointer, Number, Big)
Truncate = ctypes.CFUNCTYPE(Number, Pointer, Big)
Sync = ctypes.CFUNCTYPE(Number, Pointer, Number)
OpenFolder = ctypes.CFUNCTYPE(Number, Text, Pointer)


class Methods(ctypes.Structure):
    """sqlite3_io_methods."""

    _fields_ = [("version", Number)] + [
        (name, Pointer)
        for name in (
            "close", "read", "write", "truncate", "sync", "size", "lock", "unlock", "reserved", "control", "sector",
            "characteristics", "shm_map", "shm_lock", "shm_barrier", "shm_unmap", "fetch", "unfetch",
        )
    ]  # fmt: skip


class FileSystem(ctypes.Structure):
    """sqlite3_vfs."""

    _fields_ = [
        ("version", Number), ("file_size", Number), ("longest_path", Number), ("next", Pointer), ("name", Text),
        ("data", Pointer), ("open", Pointer), ("delete", Pointer), ("access", Pointer), ("full_path", Pointer),
        ("dl_open", Pointer), ("dl_error", Pointer), ("dl_sym", Pointer), ("dl_close", Pointer), ("random", Pointer),
        ("sleep", Pointer), ("time", Pointer), ("last_error", Pointer), ("time64", Pointer),
        ("set_system_call", ctypes.CFUNCTYPE(Number, Pointer, Text, Pointer)),
        ("get_system_call", ctypes.CFUNCTYPE(Pointer, Pointer, Text)), ("next_system_call", Pointer),
    ]  # fmt: skip


class Op(NamedTuple):
    """One thing that the disk was asked to do. `file` numbers contents, not names: a name may get new contents."""

    kind: str
    """create, delete (of a name); write, truncate, sync (of contents); folder: the names themselves are synced."""
    file: int = 0
    name: str = ""
    at: int = 0
    data: bytes = b""


Refuse = Callable[[Op], int]
"""Asked before each write, truncate and sync: 0 = do it, else SQLite's number of the error."""


class Log:
    """What happened in a folder: the contents at the start, then every op in order."""

    def __init__(self, folder: Path, refuse: Refuse) -> None:
        self.folder, self.refuse = folder, refuse
        self.ops: list[Op] = []
        self.start = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if _is_data(path)}
        self.files = {name: number for number, name in enumerate(self.start, start=1)}
        self.handles: dict[int, int] = {}
        self._contents = len(self.files)

    def opened(self, handle: int, path: Path, new: bool) -> None:
        """A file was opened; `new`: it was not there."""
        if new:
            self._contents += 1
            self.files[path.name] = self._contents
            self.ops.append(Op("create", self._contents, path.name))
        self.handles[handle] = self.files[path.name]

    def deleted(self, path: Path) -> None:
        if self.files.pop(path.name, None):
            self.ops.append(Op("delete", name=path.name))

    def renamed(self, old: Path, new: Path) -> None:
        self.ops += [Op("delete", name=old.name), Op("create", self.files[old.name], new.name)]
        self.files[new.name] = self.files.pop(old.name)

    def asked(self, handle: int, kind: str, at: int = 0, data: bytes = b"") -> int:
        """Note an op on an open file; SQLite's number of an error when the disk refuses."""
        op = Op(kind, self.handles[handle], "", at, data)
        answer = self.refuse(op)
        if not answer:
            self.ops.append(op)
        return answer


class Disk:
    """One SQLite library's way to the disk."""

    def __init__(self, module: ModuleType) -> None:
        package = "pysqlite3." if module.__name__.startswith("pysqlite3") else ""
        driver = importlib.import_module(f"{package}_sqlite3")
        library = ctypes.CDLL(getattr(driver, "__file__", None))  # None: built into the interpreter
        library.sqlite3_vfs_find.restype = ctypes.POINTER(FileSystem)
        library.sqlite3_vfs_find.argtypes = (Text,)
        library.sqlite3_vfs_register.argtypes = (Pointer, Number)
        self._register = library.sqlite3_vfs_register
        self._own = library.sqlite3_vfs_find(None)
        self._tables: dict[int, Methods] = {}
        self._log: Log | None = None
        # SQLite opens a folder only to sync it: fsync itself cannot be seen
        folder_call = b"openDirectory"
        self._open_folder = OpenFolder(self._own.contents.get_system_call(self._own, folder_call))
        # Kept for good: SQLite holds these addresses as long as a connection lives
        self._ours = FileSystem.from_buffer_copy(self._own.contents)
        self._callbacks = (
            Open(self._on_open), Delete(self._on_delete), OpenFolder(self._on_folder),
            Write(self._on_write), Truncate(self._on_truncate), Sync(self._on_sync),
        )  # fmt: skip
        self._ours.name, self._ours.open, self._ours.delete = b"watched", *map(_address, self._callbacks[:2])
        self._own.contents.set_system_call(self._own, folder_call, _address(self._callbacks[2]))

    @contextmanager
    def watched(self, folder: Path, refuse: Refuse = lambda _: 0) -> Iterator[Log]:
        """Note what this library writes in `folder`. Connections opened inside must be closed before the end."""
        self._log = Log(folder.resolve(), refuse)
        self._register(ctypes.byref(self._ours), 1)
        _listen_to_python()
        _logs.append(self._log)
        try:
            yield self._log
        finally:
            _logs.clear()
            self._register(self._own, 1)
            self._log = None

    # ---- the file system's methods -------------------------------------------------------------------------

    def _on_open(self, _: int, name: int | None, handle: int, flags: int, flags_out: int) -> int:
        path = self._watches(ctypes.string_at(name) if name else None)
        new = path is not None and flags & _TO_CREATE and not path.exists()
        own = self._own.contents
        answer = int(Open(own.open)(ctypes.addressof(own), name, handle, flags, flags_out))
        if path is not None and answer == 0 and self._log:
            self._log.opened(handle, path, bool(new))
            methods = Pointer.from_address(handle)  # a sqlite3_file begins with the address of its methods
            methods.value = ctypes.addressof(self._table(methods.value or 0))
        return answer

    def _table(self, original: int) -> Methods:
        if original not in self._tables:
            table = Methods.from_buffer_copy(Methods.from_address(original))
            self._real_write, self._real_truncate = Write(table.write), Truncate(table.truncate)
            self._real_sync = Sync(table.sync)
            table.write, table.truncate, table.sync = map(_address, self._callbacks[3:])
            self._tables[original] = table
        return self._tables[original]

    def _on_delete(self, _: int, name: bytes, sync_folder: int) -> int:
        path = self._watches(name)
        if path is not None and self._log:
            self._log.deleted(path)
        return int(Delete(self._own.contents.delete)(ctypes.addressof(self._own.contents), name, sync_folder))

    def _on_folder(self, name: bytes, opened: int) -> int:
        if self._watches(name) and self._log:
            self._log.ops.append(Op("folder"))
        return int(self._open_folder(name, opened))

    def _on_write(self, handle: int, data: int, amount: int, at: int) -> int:
        refused = self._log.asked(handle, "write", at, ctypes.string_at(data, amount)) if self._log else 0
        # What is refused has half come: a disk gets full in the middle of a write
        done = int(self._real_write(handle, data, amount // 2 if refused else amount, at))
        return refused or done

    def _on_truncate(self, handle: int, size: int) -> int:
        refused = self._log.asked(handle, "truncate", size) if self._log else 0
        return refused or int(self._real_truncate(handle, size))

    def _on_sync(self, handle: int, flags: int) -> int:
        refused = self._log.asked(handle, "sync") if self._log else 0
        return refused or int(self._real_sync(handle, flags))

    def _watches(self, name: bytes | None) -> Path | None:
        """The path, when it lies in the watched folder."""
        path = Path(name.decode()) if name else None
        return path if path and self._log and path.parent == self._log.folder else None


def _address(callback: object) -> int | None:
    return ctypes.cast(callback, Pointer).value  # type: ignore[arg-type]


# ---- what the product does without SQLite ------------------------------------------------------------------

_logs: list[Log] = []
"""The one that is kept now."""


@functools.cache
def _listen_to_python() -> None:
    sys.addaudithook(_on_python)  # once and for good: a hook cannot be taken away


def _on_python(happened: str, about: tuple[Any, ...]) -> None:
    """A file gets another name; the folder is opened, which as in SQLite is only done to sync it."""
    if _logs and happened == "os.rename":
        old, new = Path(about[0]), Path(about[1])
        if old.parent == _logs[0].folder and old.name in _logs[0].files:
            _logs[0].renamed(old, new)
    elif _logs and happened == "open" and str(about[0]) == str(_logs[0].folder):
        _logs[0].ops.append(Op("folder"))


def _is_data(path: Path) -> bool:
    return not path.name.endswith(("-shm", ".lock", ".use"))


@functools.cache
def disk_of(module: ModuleType) -> Disk:
    """The disk below a driver: one for each, for SQLite holds its address."""
    return Disk(module)
