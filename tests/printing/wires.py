"""The fake printer's end of the cable: a TCP socket that takes one client, or a pseudo-terminal. Nothing blocks."""

from __future__ import annotations

import os
import select
import socket
import struct
import tty
from contextlib import suppress
from pathlib import Path
from typing import Protocol


class Wire(Protocol):
    """One cable."""

    address: str
    """As it would stand in office.toml."""
    session: int
    """Which connection this is: what was meant for the last one does not reach the next. A cable has only one."""

    def take(self) -> bytes:
        """What has come."""
        ...

    def give(self, data: bytes) -> None:
        """Send; lost when nobody is connected."""
        ...

    def wait(self, seconds: float) -> None:
        """Until something comes, or for so long."""
        ...

    def drop(self, how: str) -> None:
        """Lose the connection: "reset", "close", or for longer: "absent", "power-off"."""
        ...

    def listen(self) -> None:
        """Be there again."""
        ...

    def busy(self) -> bool:
        """Somebody is connected, or waits to be."""
        ...

    def narrow(self) -> None:
        """From the next connection on, take in no more than a little ahead of what is read."""
        ...

    def close(self) -> None:
        """The end."""
        ...


class TcpWire:
    """Port 9100: one client at a time."""

    def __init__(self) -> None:
        self._port = 0
        self.session = 0
        self._server: socket.socket | None = None
        self._client: socket.socket | None = None
        self.listen()
        self.address = f"tcp://127.0.0.1:{self._port}"

    def listen(self) -> None:
        if self._server is None:
            self._server = socket.create_server(("127.0.0.1", self._port), backlog=64)
            self._server.setblocking(False)
            self._port = self._server.getsockname()[1]

    def take(self) -> bytes:
        if self._client is None and self._server is not None:
            with suppress(BlockingIOError):
                self._client, _ = self._server.accept()
                self._client.setblocking(False)
                self.session += 1
        if self._client is None:
            return b""
        try:
            data = self._client.recv(4096)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        if not data:
            self._hang_up()
        return data

    def give(self, data: bytes) -> None:
        if self._client is not None:
            with suppress(OSError):
                self._client.send(data)

    def wait(self, seconds: float) -> None:
        watched = [one for one in (self._client or self._server,) if one]
        with suppress(OSError, ValueError):
            select.select(watched, [], [], seconds)

    def drop(self, how: str) -> None:
        if self._client is not None and how != "close":
            reset = struct.pack("ii", 1, 0)  # no goodbye: the other end sees a reset
            self._client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
        self._hang_up()
        if how in ("absent", "power-off") and self._server is not None:
            self._server.close()
            self._server = None

    def busy(self) -> bool:
        return self._client is not None or bool(self._server and select.select([self._server], [], [], 0)[0])

    def narrow(self) -> None:
        if self._server is not None:
            self._server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2304)

    def _hang_up(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def close(self) -> None:
        self.drop("absent")


class PtyWire:
    """A serial cable, named by a link that points to the terminal of the day, as udev would make it."""

    def __init__(self, name: Path) -> None:
        self._name = name
        self.session = 0
        self._ours = -1
        self._theirs = -1
        self.address = f"serial://{name}?baud=115200"
        self.listen()

    def listen(self) -> None:
        if self._ours < 0:
            # Their end stays open here as well, or ours would report an end at each closing of the port
            self._ours, self._theirs = os.openpty()
            tty.setraw(self._theirs)
            os.set_blocking(self._ours, False)
            self._name.unlink(missing_ok=True)
            self._name.symlink_to(os.ttyname(self._theirs))

    def take(self) -> bytes:
        if self._ours < 0:
            return b""
        try:
            return os.read(self._ours, 4096)
        except OSError:
            return b""

    def give(self, data: bytes) -> None:
        if self._ours >= 0:
            with suppress(OSError):
                os.write(self._ours, data)

    def wait(self, seconds: float) -> None:
        watched = [self._ours] if self._ours >= 0 else []
        with suppress(OSError, ValueError):  # dropped in this moment, by an order
            select.select(watched, [], [], seconds)

    def drop(self, how: str) -> None:
        self.close()
        if how in ("reset", "close"):
            self.listen()

    def busy(self) -> bool:
        return False  # a cable has no connections

    def narrow(self) -> None:
        pass  # a terminal holds 4 KB

    def close(self) -> None:
        self._name.unlink(missing_ok=True)
        for end in (self._ours, self._theirs):
            if end >= 0:
                os.close(end)
        self._ours = self._theirs = -1
