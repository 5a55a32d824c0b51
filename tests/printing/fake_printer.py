"""A printer on TCP in a process of its own, with a second port by which a test opens its cover or takes its paper.

    python -m tests.printing.fake_printer FOLDER     prints {"port": …, "control": …}, then serves until it is killed

It keeps the bytes of each job up to the cut in FOLDER/001.bin. Conditions, one a line on the control port, each
answered "ok": ready · paper-out · paper-out-at N (after N raster bytes of the next job) · cover-open · mute ·
vanish-at N (the connection dies after N bytes) · refuse (nobody listens) · listen.
"""

from __future__ import annotations

import json
import select
import socket
import subprocess
import sys
import threading
from pathlib import Path

from tests.until import until


class FakePrinter:
    """The printer itself: sockets in, files out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.condition = "ready"
        self.limit = 0
        self.changed = threading.Condition()
        self.server: socket.socket | None = None
        self.port = 0
        self.listen()

    def listen(self) -> None:
        server = socket.socket()
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", self.port))
        server.listen(1)
        self.server, self.port = server, server.getsockname()[1]

    def obey(self, line: str) -> None:
        word, _, number = line.partition(" ")
        with self.changed:
            if word == "refuse" and self.server:
                self.server.close()
                self.server = None
            elif word == "listen" and not self.server:
                self.listen()
            elif word not in ("refuse", "listen"):
                self.condition, self.limit = word, int(number or 0)
            self.changed.notify_all()

    def serve(self) -> None:
        while True:
            with self.changed:
                while self.server is None:
                    self.changed.wait()
                server = self.server
            try:
                if select.select([server], [], [], 0.1)[0]:
                    client, _ = server.accept()
                    with client:
                        Session(self, client).run()
            except (OSError, ValueError):
                continue


class Session:
    """One connection."""

    def __init__(self, printer: FakePrinter, client: socket.socket) -> None:
        self.printer, self.client = printer, client
        self.taken = 0
        self.buffer = b""
        self.job = b""

    def run(self) -> None:
        while data := self._receive():
            self.taken += len(data)
            if self.printer.condition == "vanish-at" and self.taken > self.printer.limit:
                linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"  # reset, as a pulled cable does in the end
                self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.printer.obey("ready")
                return
            self.buffer += data
            self._work()

    def _receive(self) -> bytes:
        try:
            return self.client.recv(4096)
        except OSError:
            return b""

    def _work(self) -> None:
        self._answer_at_once()
        while used := self._command():
            self.job += self.buffer[:used]
            self.buffer = self.buffer[used:]

    def _answer_at_once(self) -> None:
        """A stopped printer still answers DLE EOT, which stands behind what it holds back."""
        if self.printer.condition in ("paper-out", "cover-open") and not self.buffer.startswith(b"\x10\x04"):
            found = self.buffer.rfind(b"\x10\x04")
            if found >= 0 and len(self.buffer) == found + 3:
                self._status(self.buffer[-1])
                self.buffer = self.buffer[:found]
            self._wait_for_paper()

    def _wait_for_paper(self) -> None:
        """Held until the paper is back, answering status requests meanwhile."""
        while self.printer.condition in ("paper-out", "cover-open"):
            if not select.select([self.client], [], [], 0.02)[0]:
                continue
            data = self._receive()
            if not data:
                return
            while data.startswith(b"\x10\x04"):
                self._status(data[2])
                data = data[3:]
            self.buffer += data

    def _command(self) -> int:
        data, printer = self.buffer, self.printer
        if data[:2] == b"\x10\x04" and len(data) >= 3:
            self._status(data[2])
            self.buffer = data[3:]
            return self._command()
        if data[:2] == b"\x1b@":
            self.job = b""
            return 2
        if data[:2] == b"\x1bJ" and len(data) >= 3:
            return 3
        if data[:2] == b"\x1dr" and len(data) >= 3:
            self._say(b"\x00")
            self.buffer = data[3:]
            return self._command()
        if data[:2] == b"\x1dV" and len(data) >= 4:
            self._cut(data[:4])
            return 4
        if data[:3] == b"\x1dv0" and len(data) >= 8:
            size = 8 + (data[4] + 256 * data[5]) * (data[6] + 256 * data[7])
            if len(data) < size:
                return 0
            if printer.condition == "paper-out-at" and len(self.job) > printer.limit:
                printer.obey("paper-out")
                self._wait_for_paper()
            return size
        return 0

    def _cut(self, command: bytes) -> None:
        number = len(list(self.printer.folder.glob("*.bin"))) + 1
        part = self.printer.folder / f"{number:03d}.part"
        part.write_bytes(self.job + command)
        part.rename(part.with_suffix(".bin"))

    def _status(self, number: int) -> None:
        normal = {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}
        out = {1: 0x1A, 2: 0x32, 3: 0x12, 4: 0x72}
        cover = {1: 0x1A, 2: 0x16, 3: 0x12, 4: 0x12}
        answers = {"paper-out": out, "cover-open": cover}.get(self.printer.condition, normal)
        self._say(bytes([answers.get(number, 0x12)]))

    def _say(self, data: bytes) -> None:
        if self.printer.condition != "mute":
            self.client.sendall(data)


def main(folder: Path) -> None:
    printer = FakePrinter(folder)
    control = socket.socket()
    control.bind(("127.0.0.1", 0))
    control.listen(1)
    print(json.dumps({"port": printer.port, "control": control.getsockname()[1]}), flush=True)
    threading.Thread(target=printer.serve, daemon=True).start()
    while True:
        client, _ = control.accept()
        with client, client.makefile("rw") as lines:
            for line in lines:
                printer.obey(line.strip())
                lines.write("ok\n")
                lines.flush()


class PrinterProcess:
    """The test's side: starts the printer in another process and turns its screws."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.printing.fake_printer", str(folder)], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout
        ports = json.loads(self._process.stdout.readline())
        self.port = ports["port"]
        self._control = socket.create_connection(("127.0.0.1", ports["control"]))
        self._lines = self._control.makefile("rw")

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def set(self, condition: str) -> None:
        """Bring the printer into a condition; it holds when this returns."""
        self._lines.write(condition + "\n")
        self._lines.flush()
        assert self._lines.readline() == "ok\n"

    def jobs(self) -> list[bytes]:
        """The bytes of every slip that was printed and cut."""
        return [path.read_bytes() for path in sorted(self.folder.glob("*.bin"))]

    def wait_for(self, count: int) -> list[bytes]:
        """Wait until `count` slips have been cut."""
        until(lambda: len(self.jobs()) >= count, what=f"{len(self.jobs())} of {count} slips were printed")
        return self.jobs()

    def close(self) -> None:
        self._lines.close()
        self._control.close()
        self._process.kill()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
