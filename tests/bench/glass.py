"""A finger and an eye on one patch of pixels: what the kiosk and its floor are measured with alike.

Touches are put into Kivy's own queue of input, and the pixels are read back from the frame that was drawn. A finger
comes at any moment of a frame, so each touch waits for a part of one first.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

from kivy.base import EventLoop
from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glFinish, glReadPixels

from kiosk.screens.touch import InjectedTouch

SIDE = 24
PATIENCE = 10.0
Point = tuple[float, float]


def round_of_kivy() -> None:
    """One round of Kivy's loop, drawn to its end (kiosk.screens.app does the same)."""
    EventLoop.idle()
    glFinish()


def rss() -> int:
    """Bytes of this process in memory now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Glass:
    """The pixels and the finger."""

    def __init__(self, step: Callable[[], None] = round_of_kivy) -> None:
        self._step = step
        self._random = random.Random(1)
        self._number = 1_000_000  # no other finger's

    def look(self, at: Point) -> bytes:
        """The patch that begins at this point."""
        return bytes(glReadPixels(int(at[0]), int(at[1]), SIDE, SIDE, GL_RGBA, GL_UNSIGNED_BYTE))

    def down(self, at: Point, patch: Point) -> tuple[InjectedTouch, float]:
        """Put a finger down; the touch, and the milliseconds until the patch had other pixels."""
        before = self.look(patch)
        time.sleep(self._random.random() / 60)
        self._number += 1
        touch = InjectedTouch(self._number, *at)
        start = time.perf_counter()
        EventLoop.input_events.append(("begin", touch))
        self.until(lambda: self.look(patch) != before)
        return touch, (time.perf_counter() - start) * 1000

    def up(self, touch: InjectedTouch) -> float:
        """Lift the finger; the moment (time.monotonic) when it left the glass."""
        time.sleep(self._random.random() / 60)
        EventLoop.input_events.append(("end", touch))
        return time.monotonic()

    def until(self, seen: Callable[[], bool]) -> None:
        """Run the application until `seen`."""
        end = time.monotonic() + PATIENCE
        while not seen():
            if time.monotonic() > end:
                raise TimeoutError("what was waited for did not come")
            self._step()
