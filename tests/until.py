"""Waiting for what another thread or process does: never longer than needed, never for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

DEADLINE = 20.0


def until(condition: Callable[[], object], within: float = DEADLINE, what: str = "it never came true") -> float:
    """Wait for `condition`; the seconds it took. Fails after `within` seconds."""
    start, pause = time.monotonic(), threading.Event()
    while not condition():
        assert time.monotonic() - start < within, what
        pause.wait(0.005)
    return time.monotonic() - start
