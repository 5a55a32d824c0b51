"""Tells systemd that this process is ready and still alive (sd_notify), from the very loop that must not hang.

A thread of its own would hide a hang, so `pat` is called by the screen's clock, or by the web's event loop, and says
"alive" only while everything that it was told to mind answers too. Without systemd all of it does nothing.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Mapping

PAT_SECONDS = 5.0
"""A third of the units' WatchdogSec=15."""


class Watchdog:
    """One process's word to systemd."""

    def __init__(self, minds: Mapping[str, Callable[[], bool]] | None = None, address: str | None = None) -> None:
        """`minds`: name → whether it is still alive; asked at every pat. `address`: $NOTIFY_SOCKET unless given."""
        self._minds = dict(minds or {})
        self._address = os.environ.get("NOTIFY_SOCKET", "") if address is None else address
        self._patted = -1e9

    def pat(self) -> list[str]:
        """Ready and alive, unless something that is minded is not: its names. Cheap; call it as often as you like."""
        now = time.monotonic()
        if now - self._patted < PAT_SECONDS:
            return []
        silent = [name for name, alive in self._minds.items() if not alive()]
        if silent:
            self._tell(f"STATUS=no answer from: {', '.join(silent)}")
            return silent
        self._patted = now
        self._tell("READY=1\nWATCHDOG=1\nSTATUS=alive")
        return []

    def stopping(self) -> None:
        """The process ends by itself: not a hang."""
        self._tell("STOPPING=1")

    def _tell(self, text: str) -> None:
        if not self._address:
            return
        # A leading @ names an abstract socket
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as letterbox:
            try:
                letterbox.sendto(text.encode(), address)
            except OSError:
                return  # systemd is gone or full: nothing of ours fails by that


class Heartbeat:
    """Whether a thread that takes tasks still takes them: a task is put in, and must come out in time."""

    def __init__(self, put: Callable[[Callable[[], None]], None], patience: float) -> None:
        """`put` hands a task to the thread; `patience`: seconds it may take (a locked database: ten)."""
        self._put, self._patience = put, patience
        self._asked: float | None = None

    def alive(self) -> bool:
        """Whether the last question was answered, or may still be."""
        if self._asked is None:
            self._asked = time.monotonic()
            self._put(self._answer)
            return True
        return time.monotonic() - self._asked < self._patience

    def _answer(self) -> None:
        self._asked = None
