"""An injected hand and a camera: drives the real application without a person, for trials, the album and tests.

A shipped stand-in with its own name.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from kivy.base import EventLoop
from kivy.core.window import Window
from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glReadPixels
from PIL import Image

from kiosk.screens.app import KioskApp
from kiosk.screens.pieces import Key
from kiosk.screens.touch import InjectedTouch


class NothingHappened(AssertionError):
    """What was waited for did not come in time."""


class Hand:
    """Touches, waits and looks. Coordinates are window pixels, y from the bottom, as Kivy has them."""

    def __init__(self, app: KioskApp) -> None:
        self._app = app
        self._number = 0

    def pump(self, rounds: int = 1) -> None:
        """Let the application run some rounds of its loop."""
        for _ in range(rounds):
            self._app.step()

    def until(self, condition: Callable[[], bool], seconds: float = 15.0, what: str = "") -> None:
        """Run the application until `condition` holds; NothingHappened after `seconds`."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise NothingHappened(what or f"still on {self._app.visit.view.screen} after {seconds} s")
            self._app.step()

    def on(self, screen: str, seconds: float = 15.0) -> None:
        """Wait until `screen` stands and takes touches."""
        self.until(lambda: self._app.visit.view.screen == screen, seconds, f"screen {screen} did not come")
        self.settle()

    def settle(self) -> None:
        """Wait until the screen is old enough for a touch to count, and drawn."""
        self.until(self._app.visit.settled, 5, "the screen did not settle")
        self.pump(2)

    def down(self, x: float, y: float) -> InjectedTouch:
        """Put a finger on the glass; it is felt in the next round of the loop, as a real one."""
        self._number += 1
        touch = InjectedTouch(self._number, x, y)
        EventLoop.input_events.append(("begin", touch))
        return touch

    def up(self, touch: InjectedTouch) -> None:
        """Lift it again."""
        EventLoop.input_events.append(("end", touch))

    def tap(self, x: float, y: float) -> None:
        """One short touch."""
        touch = self.down(x, y)
        self.pump()
        self.up(touch)
        self.pump()

    def key(self, target: str) -> Key:
        """The key on the glass with this target."""
        for widget in self._app.glass.walk():
            if isinstance(widget, Key) and widget.target == target:
                return widget
        raise NothingHappened(f'no key "{target}" on {self._app.visit.view.screen}')

    def press(self, target: str) -> None:
        """Touch the middle of the key with this target, once the screen takes touches."""
        self.settle()
        key = self.key(target)
        self.tap(*key.center)

    def targets(self) -> list[str]:
        """Every key that can be pressed now."""
        return [
            widget.target for widget in self._app.glass.walk()
            if isinstance(widget, Key) and widget.usable and widget.target
        ]  # fmt: skip

    def picture(self) -> Image.Image:
        """The pixels on the screen."""
        self.pump(2)
        width, height = Window.system_size
        raw = glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE)
        image = Image.frombytes("RGBA", (width, height), bytes(raw)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        return image.convert("RGB")

    def photograph(self, path: Path) -> Path:
        """Save the screen as PNG."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.picture().save(path)
        return path
