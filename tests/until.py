"""Waiting for what another thread or process does: never longer than needed, never for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

DEADLINE = 20.0


def until(
    condition: Callable[[], object], within: float = DEADLINE, what: str = "it never came true", *,
    pause: float = 0.005,
) -> float:
    """Wait for `condition`, looked at each `pause` seconds; the seconds it took. Fails after `within` seconds."""
    start, rest = time.monotonic(), threading.Event()
    while not condition():
        assert time.monotonic() - start < within, what
        rest.wait(pause)
    return time.monotonic() - start
