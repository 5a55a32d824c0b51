"""The web process: the application behind uvicorn, by HTTP and if wanted HTTPS, and what is said when it starts."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import uvicorn

from kiosk.clock import Clock, TrialClock
from kiosk.settings import Settings, SettingsError
from kiosk.web.server import create_app
from kiosk.wiring import build_web, open_keeper

if TYPE_CHECKING:
    from kiosk.authority.keeper import Secured

log = logging.getLogger(__name__)

Say = Callable[[str], None]
CERTIFICATES_ROUND = 30.0
"""Seconds between two looks at the certificates: a changed address or clock is soon noticed; a look is two files."""


def serve(settings: Settings, clock: Clock, say: Say) -> None:
    """Serve until told to end; with a trial's clock the pages say that it is one. `say` prints a line for the person
    who started it. Raises SettingsError when the port is taken; without HTTPS it goes on."""
    secure = _secure(settings, say)
    secured = secure[0] if secure else None
    rooms = build_web(settings, clock, trial=isinstance(clock, TrialClock), secured=secured)
    first_key = "" if rooms.officers.exist() else secrets.token_urlsafe(16)
    listener = _listen(settings, "port")
    here = f"http://localhost:{settings.web.port}"
    say(f"Counters:    {here}/counter")
    say(f"Lobby board: {here}/board")
    say(f"Phones:      {settings.office.public_url} (as the slips say it)")
    if secured:
        say(f"By HTTPS:    {secured.address('localhost')}/counter, once a counter trusts this office: {here}/trust")
        say(f"Authority:   {secured.title}, SHA-256 {secured.fingerprint}")
    if first_key:
        say(f"Nobody administers this office yet. Make the first administrator here, once: {here}/first/{first_key}")
    _Pages(create_app(rooms, first_key), secure).run(sockets=[listener])


def _secure(settings: Settings, say: Say) -> tuple[Secured, socket.socket] | None:
    """Certificates and listener for HTTPS; None = not wanted, or not to be had: said, and HTTP goes on."""
    if not settings.web.https:
        return None
    try:
        from kiosk.authority.certificates import AuthorityError
        from kiosk.authority.keeper import Secured
    except ImportError as error:
        say(f"HTTPS cannot be served, HTTP goes on: {error}. Run bin/setup.")
        return None
    try:
        return Secured(open_keeper(settings), settings.web.https_port), _listen(settings, "https_port")
    except (AuthorityError, SettingsError, OSError) as error:
        say(f"HTTPS cannot be served, HTTP goes on: {error}")
        return None


async def _renew(secured: Secured) -> None:
    """Look after the certificates. Files on a thread of their own, the listener's context on this one."""
    told = ""
    while True:
        await asyncio.sleep(CERTIFICATES_ROUND)
        try:
            await asyncio.to_thread(secured.keep)
            secured.show()
            told = ""
        except Exception as error:  # whatever it is: the present certificate is valid for months
            if str(error) != told:
                log.error("the certificates could not be renewed: %s", error)
            told = str(error)


class _Pages(uvicorn.Server):
    """The pages by HTTP; with `secure`, the same application by HTTPS beside them, from their start to their end."""

    def __init__(self, app: Any, secure: tuple[Secured, socket.socket] | None) -> None:
        super().__init__(_config(app))
        self._secure = secure
        self._beside: _Beside | None = None
        self._tasks: tuple[asyncio.Task[None], ...] = ()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._secure:
            secured, listener = self._secure
            # The application has started with HTTP; the context is ours, so that its certificate can be changed
            config = _config(self.config.app, lifespan="off", ssl_context_factory=lambda *_: secured.context)
            self._beside = _Beside(config)
            self._tasks = (asyncio.create_task(self._beside.run_on(listener)), asyncio.create_task(_renew(secured)))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        serving = self._tasks[:1]
        if self._beside:
            self._beside.should_exit = True
            self._tasks[1].cancel()
        await asyncio.gather(super().shutdown(sockets), *serving)


class _Beside(uvicorn.Server):
    """A server that leaves signals to the one beside it, and whose end is not that one's."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def run_on(self, listener: socket.socket) -> None:
        try:
            await self.serve([listener])
        except Exception as error:  # the counters still have HTTP
            log.error("HTTPS ended, HTTP goes on: %s", error)


def _config(app: Any, **more: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app, log_level="warning",
        access_log=False,  # the address of a slip is a secret
        timeout_graceful_shutdown=2,  # live pages never end by themselves
        server_header=False,
        **more,
    )  # fmt: skip


def _listen(settings: Settings, key: str) -> socket.socket:
    host, port = settings.web.host, getattr(settings.web, key)
    try:
        return socket.create_server((host, port), backlog=128)
    except OSError as error:
        problem = f"port {port} at {host} cannot be used: {os.strerror(error.errno or 0)}."
        hint = "End the other program that uses it, or choose another port."
        raise SettingsError("office.toml", f"web.{key}", problem, hint) from None
