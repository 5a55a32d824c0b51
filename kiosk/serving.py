"""The web process: the application behind uvicorn, and what is said when it starts."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable

import uvicorn

from kiosk.clock import Clock, TrialClock
from kiosk.settings import Settings, SettingsError
from kiosk.web.server import create_app
from kiosk.wiring import build_web


def serve(settings: Settings, clock: Clock, say: Callable[[str], None]) -> None:
    """Serve until told to end; with a trial's clock the pages say that it is one. `say` prints a line for the person
    who started it. Raises SettingsError when the port is taken."""
    rooms = build_web(settings, clock, trial=isinstance(clock, TrialClock))
    first_key = "" if rooms.officers.exist() else secrets.token_urlsafe(16)
    listener = _listen(settings)
    here = f"http://localhost:{settings.web.port}"
    say(f"Counters:    {here}/counter")
    say(f"Lobby board: {here}/board")
    say(f"Phones:      {settings.office.public_url} (as the slips say it)")
    if first_key:
        say(f"Nobody administers this office yet. Make the first administrator here, once: {here}/first/{first_key}")
    config = uvicorn.Config(
        create_app(rooms, first_key), log_level="warning",
        access_log=False,  # the address of a slip is a secret
        timeout_graceful_shutdown=2,  # live pages never end by themselves
        server_header=False,
    )  # fmt: skip
    uvicorn.Server(config).run(sockets=[listener])


def _listen(settings: Settings) -> socket.socket:
    try:
        return socket.create_server((settings.web.host, settings.web.port), backlog=128)
    except OSError as error:
        problem = f"port {settings.web.port} at {settings.web.host} cannot be used: {os.strerror(error.errno or 0)}."
        hint = "End the other program that uses it, or choose another port."
        raise SettingsError("office.toml", "web.port", problem, hint) from None
