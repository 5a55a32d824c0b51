"""The screen against a Kivy application of one button: each in a fresh process, off-screen, with the same window.

Kiosk and floor take turns. Of several starts the quickest counts, for both: what else the machine does only slows.
"""

from __future__ import annotations

import json
import selectors
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from kiosk.printing.addresses import TcpAddress, parse_address
from kiosk.settings import load, places
from tests.bench.figure import Figure, p
from tests.printing.fake_printer import PrinterProcess
from tests.quick_kiosk import new_home

BLANK = "a one-button Kivy app"
STARTS = 5
VISITS = 100
TAPS = 300
IDLE_SECONDS = 24


class Tap:
    """A wire to the fake printer at which somebody notes when each slip's first byte (ESC @) has passed."""

    def __init__(self, address: str) -> None:
        printer = parse_address(address)
        assert isinstance(printer, TcpAddress)
        self._printer = printer
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"tcp://127.0.0.1:{self._server.getsockname()[1]}"
        self.slips: list[float] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                kiosk, _ = self._server.accept()
            except OSError:
                return
            with kiosk, socket.create_connection((self._printer.host, self._printer.port)) as printer:
                self._pass_on(kiosk, printer)

    def _pass_on(self, kiosk: socket.socket, printer: socket.socket) -> None:
        ways = selectors.DefaultSelector()
        ways.register(kiosk, selectors.EVENT_READ, printer)
        ways.register(printer, selectors.EVENT_READ, kiosk)
        with ways:
            while True:
                for key, _ in ways.select():
                    data = key.fileobj.recv(65536)  # type: ignore[union-attr]
                    if not data:
                        return
                    if key.fileobj is kiosk and b"\x1b@" in data:
                        self.slips.append(time.monotonic())
                    key.data.sendall(data)

    def close(self) -> None:
        self._server.close()


@contextmanager
def printer(folder: Path) -> Iterator[Tap]:
    process = PrinterProcess(folder / "printer")
    try:
        wire = Tap(process.address)
        yield wire
        wire.close()
    finally:
        process.close()


def alone(module: str, *words: object) -> dict[str, Any]:
    """Run a module in a fresh process; what it found, with the seconds from its start to its first answered tap."""
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", f"tests.bench.{module}", *map(str, words)], capture_output=True, text=True, timeout=900
    )
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        raise RuntimeError(f"{module} {words}: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(lines[-1])
    if "answered" in found:
        found["seconds"] = found["answered"] - begun
    return found


def blank(what: str, count: int) -> dict[str, Any]:
    screen = load(places()).screen
    return alone("blank", screen.width, screen.height, what, count)


def kiosk(folder: Path, name: str, wire: Tap, *words: object) -> dict[str, Any]:
    """A kiosk with a database of its own, and the pictures and clips that this machine's kiosk has."""
    return alone("lobby", new_home(folder / name, places().cache), wire.address, *words)


def start(folder: Path) -> list[Figure]:
    """From the process's start to the first touch that has changed the pixels; and to the first next screen."""
    with printer(folder) as wire:
        kiosk(folder, "prepare", wire, "prepare", 1)
        floor, ours, led = [], [], []
        for number in range(STARTS):
            floor.append(blank("taps", 1)["seconds"])
            found = kiosk(folder, f"start-{number}", wire, "start")
            ours.append(found["seconds"])
            led.append(found["seconds"] + found["led"])
    return [
        Figure("start_to_answered_tap", min(ours), "s", min(floor), BLANK, 3.5),
        Figure("start to the next screen", min(led), "s", min(floor), f"a touch of {BLANK}"),
    ]


def visits(folder: Path) -> list[Figure]:
    """Whole visits: pixels, sound, the slip's first byte, memory."""
    with printer(folder) as wire:
        kiosk(folder, "prepare", wire, "prepare", VISITS)
        wire.slips.clear()
        floor = [blank("taps", TAPS)]
        ours = kiosk(folder, "visits", wire, "visits", VISITS)
        floor.append(blank("taps", TAPS))
        slips = list(wire.slips)
    taps = [took for run in floor for took in run["pixels"]]
    # The next one after each touch: ESC @ may stand inside a picture as well
    paper = [(next(byte for byte in slips if byte > at) - at) * 1000 for at in ours["confirmed"]]
    memory = median(run["rss"] for run in floor)
    return [
        Figure("tap_to_pixels, p95", p(95, ours["pixels"]), "ms", p(95, taps), BLANK, 1.3),
        Figure("tap to pixels, p50", p(50, ours["pixels"]), "ms", p(50, taps), BLANK),
        Figure("tap to the next screen, p95", p(95, ours["screens"]), "ms", p(95, taps), f"a touch of {BLANK}"),
        Figure("tap_to_sound, p95", p(95, ours["sounds"]), "ms", threshold=60, judged="value"),
        Figure("tap_to_printer_byte, p99", p(99, paper), "ms", threshold=300, judged="value"),
        Figure("rss_after_50_visits", ours["rss"] / 1e6, "MB", memory / 1e6, BLANK, 1.5),
    ]


def idle(folder: Path) -> list[Figure]:
    """Nobody is there: the attract loop turns."""
    with printer(folder) as wire:
        floor = blank("idle", IDLE_SECONDS)["cpu"]
        ours = kiosk(folder, "idle", wire, "idle", IDLE_SECONDS)["cpu"]
    return [Figure("idle_cpu", ours, "%", floor, BLANK, 15, "value")]
