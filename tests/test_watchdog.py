"""The word to systemd: from the loop itself, and only while everything answers."""

from __future__ import annotations

import os
import queue
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.watchdog import Heartbeat, Watchdog
from tests.own_office import settings_at_a_free_port
from tests.until import until


class Letterbox:
    """What systemd would hear."""

    def __init__(self, path: Path) -> None:
        self.address = str(path)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.address)
        self._socket.setblocking(False)
        self.heard = ""

    def read(self) -> str:
        try:
            while True:
                self.heard += self._socket.recv(4096).decode() + "\n"
        except BlockingIOError:
            return self.heard

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def letterbox(tmp_path: Path) -> Iterator[Letterbox]:
    box = Letterbox(tmp_path / "notify")
    yield box
    box.close()


def test_alive_is_said_while_everything_answers(letterbox: Letterbox) -> None:
    watchdog = Watchdog({"database": lambda: True}, letterbox.address)
    assert watchdog.pat() == []
    assert "READY=1" in letterbox.read() and "WATCHDOG=1" in letterbox.heard
    before = letterbox.heard
    assert watchdog.pat() == []
    assert letterbox.read() == before  # not at every turn of the loop


def test_nothing_is_said_while_something_is_silent(letterbox: Letterbox) -> None:
    watchdog = Watchdog({"database": lambda: True, "printer": lambda: False}, letterbox.address)
    assert watchdog.pat() == ["printer"]
    assert "WATCHDOG=1" not in letterbox.read() and "READY=1" not in letterbox.heard
    assert "no answer from: printer" in letterbox.heard


def test_without_systemd_nothing_happens(tmp_path: Path) -> None:
    Watchdog({}, "").pat()
    Watchdog({}, str(tmp_path / "gone")).pat()


def test_a_thread_that_hangs_is_noticed() -> None:
    tasks: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    heartbeat = Heartbeat(tasks.put, patience=0.2)
    assert heartbeat.alive()
    until(lambda: not heartbeat.alive(), 5)
    tasks.get()()  # it answers after all
    assert heartbeat.alive()
    worker = threading.Thread(target=lambda: tasks.get()(), daemon=True)
    worker.start()
    worker.join(5)
    assert heartbeat.alive()


def test_the_web_process_says_that_it_is_ready(letterbox: Letterbox, tmp_path: Path) -> None:
    config, _ = settings_at_a_free_port(tmp_path)
    environment = {**os.environ, "KIOSK_CONFIG": str(config), "KIOSK_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-m", "kiosk"]
    subprocess.run([*command, "migrate"], env=environment, check=True, capture_output=True, timeout=60)
    environment["NOTIFY_SOCKET"] = letterbox.address
    with subprocess.Popen([*command, "web"], env=environment, stdout=subprocess.DEVNULL) as process:
        until(lambda: "READY=1" in letterbox.read(), 30)
        process.terminate()
        process.wait(20)
