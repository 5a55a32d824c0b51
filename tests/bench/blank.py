"""The floor of the screen's figures: a Kivy application of one button, in a process of its own.

python -m tests.bench.blank WIDTH HEIGHT taps COUNT     answers taps, then one line of JSON
python -m tests.bench.blank WIDTH HEIGHT idle SECONDS   stands there, then one line of JSON
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from typing import Any


def prepare(width: int, height: int) -> None:
    """Kivy off-screen with nothing but SDL; the window as the kiosk's (kiosk.screens.environment)."""
    os.environ |= {
        "KIVY_HOME": tempfile.mkdtemp(prefix="kiosk-blank-"), "KIVY_NO_ARGS": "1", "KIVY_NO_CONFIG": "1",
        "KIVY_NO_FILELOG": "1", "KIVY_NO_CONSOLELOG": "1", "KIVY_LOG_MODE": "PYTHON", "SDL_VIDEODRIVER": "offscreen",
    }  # fmt: skip
    from kivy.config import Config

    for key, value in {"width": width, "height": height, "resizable": 0, "multisamples": 0}.items():
        Config.set("graphics", key, str(value))
    Config.remove_option("input", "%(name)s")


def taps(app: Any, size: tuple[int, int], count: int) -> dict[str, Any]:
    """Each tap is answered by the button's other colour; the first one ends the start."""
    from tests.bench.glass import Glass, rss

    app._run_prepare()
    glass, middle = Glass(), (size[0] / 2, size[1] / 2)
    answered, found = 0.0, []
    for _ in range(count):
        touch, took = glass.down(middle, middle)
        answered = answered or time.monotonic()
        found.append(took)
        pressed = glass.look(middle)
        glass.up(touch)
        glass.until(lambda pressed=pressed: glass.look(middle) != pressed)  # type: ignore[misc]
    return {"answered": answered, "pixels": found, "rss": rss()}


def idle(app: Any, seconds: float) -> dict[str, Any]:
    """The share of a core that Kivy's own loop takes."""
    from kivy.clock import Clock

    begun: list[float] = []

    def begin(_: float) -> None:
        begun.extend((time.process_time(), time.monotonic()))

    Clock.schedule_once(begin, 3.0)
    Clock.schedule_once(lambda _: app.stop(), 3.0 + seconds)
    app.run()
    return {"cpu": (time.process_time() - begun[0]) / (time.monotonic() - begun[1]) * 100}


def main(words: list[str]) -> None:
    size = int(words[0]), int(words[1])
    prepare(*size)
    from kivy.app import App
    from kivy.uix.button import Button

    class Blank(App):
        def build(self) -> Button:
            return Button(text="OK")

    found = taps(Blank(), size, int(words[3])) if words[2] == "taps" else idle(Blank(), float(words[3]))
    print(json.dumps(found), flush=True)
    os._exit(0)  # nothing of the end is measured


if __name__ == "__main__":
    main(sys.argv[1:])
