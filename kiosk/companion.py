"""The web process beside the screen, for an office of one machine and for trials: started, started again, ended."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from kiosk.settings import Settings

log = logging.getLogger(__name__)

PAUSES = (1.0, 2.0, 5.0, 15.0)
"""Seconds before the web process is started again, longer each time."""
PATIENCE = 5.0
"""Seconds to end in."""


@contextmanager
def pages(settings: Settings, say: Callable[[str], None], environment: Mapping[str, str]) -> Iterator[None]:
    """The pages for counters, board and phones, in a process of their own with `environment` added to ours. They do
    without when something else answers at their address."""
    web = settings.web
    if not _free(web.host, web.port):
        say(f"Port {web.port} is in use by another program: this goes on without the pages for counters and phones.")
        say("End the other program, or choose another port in office.toml ([web]), to see them.")
        yield
        return
    stop = threading.Event()
    watchman = threading.Thread(target=_keep_up, args=(stop, {**os.environ, **environment}), name="companion")
    watchman.start()
    try:
        yield
    finally:
        stop.set()
        watchman.join()


def _keep_up(stop: threading.Event, environment: Mapping[str, str]) -> None:
    starts = 0
    while not stop.is_set():
        process = subprocess.Popen([sys.executable, "-m", "kiosk", "web"], env=dict(environment))
        while process.poll() is None and not stop.wait(0.2):
            pass
        if not stop.is_set():
            # 2 = a mistake in the files: it has been told, trying again would only repeat it
            if process.returncode == 2:
                return
            log.error("the web process ended (%s) and is started again", process.returncode)
            stop.wait(PAUSES[min(starts, len(PAUSES) - 1)])
            starts += 1
            continue
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:  # a page that never ends its answer
            process.kill()
            process.wait()


def _free(host: str, port: int) -> bool:
    """Whether nobody listens there. Reuse is asked for as the server does: what only lingers is free."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with socket.socket(found[0], socket.SOCK_STREAM) as door:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind(found[4])
    except OSError:
        return False
    return True
