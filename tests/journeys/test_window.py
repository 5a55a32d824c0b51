"""The same visit in a real window, touched from outside: `kiosk screen` under Xvfb, a pointer moved by xdotool."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageGrab

from kiosk.screens.theme import Box, Theme
from kiosk.settings import places
from tests.printing.decoder import decode
from tests.printing.fake_printer import PrinterProcess
from tests.until import until

WIDTH, HEIGHT = 1080, 1920
THEME = Theme(WIDTH, HEIGHT, 21.5)


class Window:
    """A display of our own, its pixels and its pointer."""

    def __init__(self) -> None:
        reader, writer = os.pipe()
        command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp"]
        command += ["-noreset"]  # else the server begins anew, and refuses, when a look is the only client and ends
        self._server = subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL)
        os.close(writer)
        with os.fdopen(reader) as told:
            self.display = f":{told.readline().strip()}"
        assert self.display != ":", "Xvfb did not start"

    def picture(self) -> Image.Image:
        return ImageGrab.grab(xdisplay=self.display)

    def changes(self, before: Image.Image) -> bool:
        """Most of the content is another one."""
        box = (0, 500, WIDTH, THEME.bar.y)
        difference = ImageChops.difference(before.crop(box).convert("L"), self.picture().crop(box).convert("L"))
        return sum(difference.histogram()[40:]) > 0.03 * WIDTH * (THEME.bar.y - 500)

    def click(self, x: float, y: float) -> None:
        command = ["xdotool", "mousemove", str(round(x)), str(round(y)), "click", "1"]
        subprocess.run(command, env={**os.environ, "DISPLAY": self.display}, check=True)

    def press(self, x: float, y: float) -> None:
        """Click until the screen has changed: a click on a screen that has just come does not count."""
        before = self.picture()

        def changed() -> bool:
            if self.changes(before):
                return True
            self.click(x, y)
            return False

        pressed = 0.0
        while not changed():
            pressed += 1
            assert pressed < 12, "the screen did not change"
            try:
                until(lambda: self.changes(before), 6, pause=0.2)  # a busy machine answers late
            except AssertionError:
                continue

    def close(self) -> None:
        self._server.terminate()
        self._server.wait()


@pytest.fixture
def window() -> Iterator[Window]:
    opened = Window()
    yield opened
    opened.close()


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[PrinterProcess]:
    process = PrinterProcess(tmp_path / "printer")
    yield process
    process.close()


def always_open(config: Path, address: str) -> None:
    """The shipped settings, for an office that is open at whatever hour the test runs."""
    config.mkdir()
    every_day = '["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]'
    changes = {
        'service_weekdays = ["thursday"]': f"service_weekdays = {every_day}",
        'hours = [["07:00", "11:30"], ["13:30", "17:00"]]': 'hours = [["00:00", "23:59:59.999999"]]',
        "holidays = true": "holidays = false",
        'address = "virtual:"': f'address = "{address}"',
        "reduced_motion = false": "reduced_motion = true",  # attract's loop is no answer to a touch
    }
    for file in places().config.glob("*.toml"):
        text = file.read_text(encoding="utf-8")
        for old, new in changes.items():
            text = text.replace(old, new)
        (config / file.name).write_text(text, encoding="utf-8")


def middle(column: int, row: float) -> tuple[float, float]:
    """A place in the content: column 0 or 1, row 0 (top) to 1 (bottom)."""
    box: Box = THEME.content
    return box.x + box.width * (0.25 + 0.5 * column), box.y + box.height * row


@pytest.mark.window
def test_a_visit_in_a_real_window(tmp_path: Path, window: Window, printer: PrinterProcess) -> None:
    always_open(tmp_path / "config", printer.address)
    environment = {
        "KIOSK_CONFIG": str(tmp_path / "config"), "KIOSK_HOME": str(tmp_path / "home"), "DISPLAY": window.display,
        "PATH": "/usr/bin:/bin", "SDL_AUDIODRIVER": "dummy",
    }  # fmt: skip
    kiosk = [sys.executable, "-m", "kiosk"]
    subprocess.run([*kiosk, "migrate"], env=environment, check=True, capture_output=True)
    with (
        (tmp_path / "log").open("w") as log,
        subprocess.Popen([*kiosk, "screen"], env=environment, stderr=log) as app,
    ):
        try:
            black = Image.new("RGB", (WIDTH, HEIGHT))
            until(lambda: app.poll() is not None or window.changes(black), 60, "nothing was drawn", pause=0.2)
            assert app.poll() is None, (tmp_path / "log").read_text()
            until(lambda: "printer: ok" in (tmp_path / "log").read_text(), 30)
            window.press(WIDTH / 2, 1200)  # attract: anywhere
            window.press(*middle(0, 0.15))  # the first tile: birth
            window.press(*middle(0, 0.72))  # the birth slip: in hand
            window.press(*middle(0, 0.72))  # the ID card: in hand
            window.press(*middle(0, 0.85))  # right
            (job,) = printer.wait_for(1)
        finally:
            app.terminate()
            assert app.wait(30) == 0, (tmp_path / "log").read_text()
    (code,) = zxingcpp.read_barcodes(decode(job, 576).image())
    assert code.text.startswith("http://192.168.8.10:8080/t/")
    assert "Traceback" not in (tmp_path / "log").read_text()
