"""Sets up Kivy before it is imported, for it reads its environment then; so nothing of it stands at the top here."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.pool import Pool

from kiosk.settings import Settings


@contextmanager
def screens_apart(count: int) -> Iterator[Pool]:
    """`count` processes at a time, a fresh one for each task: Kivy has one window in its life."""
    with multiprocessing.get_context("spawn").Pool(count, maxtasksperchild=1) as pool:
        yield pool
        # Leaving a pool ends its idle workers by SIGTERM, which SDL keeps for itself: now and then one never ended
        pool.close()
        pool.join()


def prepare_environment(settings: Settings, *, offscreen: bool, windowed: bool) -> None:
    """`offscreen` draws without any display; `windowed` is a trial in a frame on somebody's desk."""
    home = settings.places.cache / "kivy"
    home.mkdir(parents=True, exist_ok=True)
    os.environ["KIVY_HOME"] = str(home)
    os.environ["KIVY_NO_ARGS"] = "1"
    os.environ["KIVY_NO_CONFIG"] = "1"
    os.environ["KIVY_NO_FILELOG"] = "1"
    os.environ["KIVY_NO_CONSOLELOG"] = "1"
    os.environ["KIVY_LOG_MODE"] = "PYTHON"
    if offscreen:
        os.environ["SDL_VIDEODRIVER"] = "offscreen"
    from kivy.config import Config

    Config.set("kivy", "log_level", "warning")
    Config.set("graphics", "width", str(settings.screen.width))
    Config.set("graphics", "height", str(settings.screen.height))
    Config.set("graphics", "resizable", "0")
    Config.set("graphics", "multisamples", "0")
    Config.set("kivy", "exit_on_escape", "0")
    Config.set("kivy", "allow_screensaver", "0")
    Config.set("input", "mouse", "mouse,disable_multitouch")
    # On Linux Kivy adds probesysfs beside SDL's own touch provider, and every tap counts twice (facts).
    Config.remove_option("input", "%(name)s")
    if windowed and not offscreen:
        Config.set("graphics", "position", "custom")
        Config.set("graphics", "left", "0")
        Config.set("graphics", "top", "0")
    elif not offscreen:
        Config.set("graphics", "fullscreen", "auto")
        Config.set("graphics", "borderless", "1")
        Config.set("graphics", "show_cursor", "0")
