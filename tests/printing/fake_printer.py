"""A printer that can go wrong in every way we know of, on TCP or on a pseudo-terminal; in this process or in its own.

    python -m tests.printing.fake_printer FOLDER [tcp|pty]   prints {"address": …, "control": …}, serves until killed

It keeps the bytes of each slip from ESC @ to the cut in FOLDER/001.bin, and of one that was begun and never cut in
FOLDER/001.torn. Orders, one a line on the control port, each answered "ok":

    CONDITION                    one of CONDITIONS or of WIRES, now
    CONDITION @ BLOCK [N]        when half of the N-th such block has come (see BLOCKS; N = 1 if left out)
    freed                        the jam is out of the cutter; its error stays until DLE ENQ 2
    pace N                       "slow" takes N bytes a second, and the cable holds no more than a little of what is
                                 under way: who is killed in mid slip leaves a torn one
    show [N]                     answered with a Shown: what there is beyond the first N kept slips

As in a real one, a command that was cut off by a lost connection is still waited for; only "power-off" forgets it.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from tests.printing.wires import PtyWire, TcpWire, Wire
from tests.until import until

LATE = 0.9
"""Seconds by which a late printer answers late."""
SLOW = 40_000
"""Bytes a second that a slow printer takes."""
NOISE = bytes([0x8F, 0x00, 0xC3, 0x12, 0xFE, 0x03, 0x90, 0x0F])

REAL_TIME = re.compile(rb"\x10\x04([\x01-\x04])|\x10\x05\x02")
"""DLE EOT n and DLE ENQ 2."""
BEGINNINGS = (b"", b"\x1b", b"\x1d", b"\x1dv", b"\x1d(", b"\x10", b"\x10\x04", b"\x10\x05")
"""What may be the head of a command that is still on its way."""


@dataclass(frozen=True)
class Shown:
    """What the printer has before it at this moment."""

    busy: bool
    """Somebody is connected, or what they sent has not been taken yet."""
    begun: bytes
    """Of a slip that is neither cut nor given up, every byte so far; ESC @ alone when there is none."""
    kept: list[tuple[str, bool]]
    """Slips in their order: the file's name, and whether the question that ends a slip was answered after it."""


@dataclass(frozen=True)
class Condition:
    """What a printer says in it and whether it prints."""

    answers: tuple[int, int, int, int] = (0x12, 0x12, 0x12, 0x12)
    """To DLE EOT 1 to 4."""
    automatic: bytes = b"\x10\x00\x00\x0f"
    prints: bool = True
    barrier: bytes = b"\x00"


CONDITIONS = {
    "ready": Condition(),
    "near-end": Condition((0x12, 0x12, 0x12, 0x1E), b"\x10\x00\x03\x0f", barrier=b"\x03"),
    "paper-out": Condition((0x1A, 0x32, 0x12, 0x72), b"\x18\x00\x0f\x0f", prints=False),
    "cover-open": Condition((0x1A, 0x16, 0x12, 0x12), b"\x38\x00\x00\x0f", prints=False),
    "cutter": Condition((0x1A, 0x52, 0x1A, 0x12), b"\x18\x08\x00\x0f", prints=False),
    "hot": Condition((0x1A, 0x52, 0x52, 0x12), b"\x18\x40\x00\x0f", prints=False),
    "offline": Condition((0x1A, 0x12, 0x12, 0x12), b"\x18\x00\x00\x0f", prints=False),
    "mute": Condition(),
    "late": Condition(),
    "garbage": Condition(),
    "slow": Condition(),
    "hang": Condition(prints=False),
}
WIRES = ("reset", "close", "absent", "power-off")
"""The connection is lost: reset and close at once open for a new one, absent until "listen"."""
BLOCKS = ("start", "feed", "text", "coarse", "native", "cut", "barrier")
"""Kinds of command: ESC @; blank paper; lines of text; digits, pictures and QR; native ones; GS V; GS r."""


class Printer:
    """The printer itself, one thread: bytes in, bytes out, slips into the folder."""

    def __init__(self, folder: Path, wire: Wire) -> None:
        self.folder, self.wire = folder, wire
        self.condition = "ready"
        self.trigger: tuple[str, str, int] | None = None
        self.pace = SLOW
        self.jammed = self.ended = self.automatic = False
        self.inbox = self.slip = b""
        self.taken = 0
        """Bytes of the command at the head of the inbox that have been counted already: it was seen to begin."""
        self.kept: list[tuple[str, bool]] = []
        self.later: list[tuple[float, int, bytes]] = []
        self.lock = threading.RLock()
        folder.mkdir(parents=True, exist_ok=True)
        self.thread = threading.Thread(target=self._live, daemon=True)
        self.thread.start()

    def obey(self, order: str) -> None:
        """Do what a test says; it holds when this returns."""
        condition, _, block = order.partition(" @ ")
        with self.lock:
            if order.startswith("pace "):
                self.pace = int(order.removeprefix("pace "))
                self.wire.narrow()
            elif block:
                kind, _, count = block.partition(" ")
                assert kind in BLOCKS, kind
                self.trigger = (condition, kind, int(count or 1))
            elif condition == "freed":
                self.jammed = False
            elif condition == "listen":
                self.wire.listen()
            else:
                self._become(condition)

    def show(self, beyond: int = 0) -> Shown:
        """What is on paper and what lies in the printer now."""
        with self.lock:
            return Shown(self.wire.busy(), self.slip + self.inbox, self.kept[beyond:])

    def close(self) -> None:
        self.ended = True
        self.thread.join()
        self.wire.close()

    def _live(self) -> None:
        while not self.ended:
            with self.lock:
                hung = self.condition == "hang"
                if not hung:
                    self._hear(self.wire.take())
                    self._say_what_is_due()
            if hung:
                time.sleep(0.005)
            else:
                self.wire.wait(0.005 if self.inbox or self.later else 0.02)

    def _become(self, condition: str) -> None:
        if condition in WIRES:
            self._keep_torn()
            if condition == "power-off":
                self.inbox = self.slip = b""
                self.automatic = False
            self.wire.drop(condition)
            return
        assert condition in CONDITIONS, condition
        self.condition = condition
        self.jammed = condition == "cutter"
        if self.automatic:
            self._say(CONDITIONS[condition].automatic)

    # ---- hearing -----------------------------------------------------------------------------------------

    def _hear(self, data: bytes) -> None:
        if self.condition == "slow" and data:
            time.sleep(len(data) / self.pace)
        self.inbox += data
        while (at := self._real_time()) >= 0:
            self.inbox = self.inbox[:at] + self.inbox[at + 3 :]
        while CONDITIONS[self.condition].prints and self._obey_next():
            pass

    def _real_time(self) -> int:
        """Answer the first command that is executed as it comes in, whatever stands before it; where it was."""
        found = REAL_TIME.search(self.inbox)
        if found is None:
            return -1
        if found[1]:
            self._say(bytes([CONDITIONS[self.condition].answers[found[1][0] - 1]]))
        elif self.condition == "cutter" and not self.jammed:
            self.inbox = b""
            self._keep_torn()
            self._become("ready")
            return -1
        return found.start()

    def _obey_next(self) -> bool:
        """Execute the command at the head of the inbox; False when it is not whole, or something happens in it."""
        kind, size, needed = self._next()
        if not kind:
            return False
        if self._triggered(kind, size):
            return False
        if len(self.inbox) < size or not needed:
            return False
        command, self.inbox = self.inbox[:size], self.inbox[size:]
        self._execute(kind, command)
        return True

    def _next(self) -> tuple[str, int, bool]:
        """Kind and size of the next command, and whether its head is whole. ("", 0, False): nothing there."""
        data = self.inbox
        if len(data) < 3 and data in BEGINNINGS:
            return "", 0, False
        if data[:1] == b"\x00":
            return "nothing", len(data) - len(data.lstrip(b"\x00")), True
        sizes = {b"\x1b@": ("start", 2), b"\x1bJ": ("feed", 3), b"\x1dr": ("barrier", 3), b"\x1da": ("status", 3)}
        if data[:2] in (b"\x1ba", b"\x1bE", b"\x1d!", b"\x1dB"):  # placing, bold, size, reverse
            return "set", 3, True
        if data[:2] in sizes:
            return (*sizes[data[:2]], True)
        if data[:2] == b"\x1dV":
            return "cut", 4, True
        if data[:3] == b"\x1dv0":
            if len(data) < 8:
                return "text", 8, False
            columns, rows = data[4] + 256 * data[5], data[6] + 256 * data[7]
            blank = not any(data[8 : 8 + columns * rows])
            return ("feed" if blank else "coarse" if data[3] == 3 else "text"), 8 + columns * rows, True
        if data[:3] == b"\x1d(k":
            return "native", 5 + data[3] + 256 * data[4] if len(data) >= 5 else 5, len(data) >= 5
        return "other", 1, True

    def _triggered(self, kind: str, size: int) -> bool:
        """Something is to happen in this command, and half of it has come."""
        if self.trigger is None or self.trigger[1] != kind or len(self.inbox) * 2 < size:
            return False
        condition, _, count = self.trigger
        if count > 1:
            if len(self.inbox) >= size:
                self.trigger = (condition, kind, count - 1)
            return False
        self.trigger = None
        if condition in WIRES:
            self.inbox = self.inbox[: max(size // 2, 1)]  # the rest never came
        self._become(condition)
        return True

    def _execute(self, kind: str, command: bytes) -> None:
        if kind == "nothing":
            return
        if kind == "barrier":
            if self.kept and not self.slip:
                self.kept[-1] = (self.kept[-1][0], True)
            self._say(CONDITIONS[self.condition].barrier)
        elif kind == "status":
            self.automatic = command[2] != 0
            if self.automatic:
                self._say(CONDITIONS[self.condition].automatic)
        elif kind == "start":
            self.automatic = False
            self._keep_torn()
            self.slip = command
        else:
            self.slip += command
            if kind == "cut":
                self._keep("bin")

    # ---- saying and keeping ------------------------------------------------------------------------------

    def _say(self, data: bytes) -> None:
        if self.condition == "late":
            self.later.append((time.monotonic() + LATE, self.wire.session, data))
        elif self.condition == "garbage":
            self.wire.give(NOISE)
        elif self.condition not in ("mute", "hang"):
            self.wire.give(data)

    def _say_what_is_due(self) -> None:
        due = [one for one in self.later if one[0] <= time.monotonic()]
        self.later = self.later[len(due) :]
        for _, session, data in due:
            if session == self.wire.session:
                self.wire.give(data)

    def _keep_torn(self) -> None:
        if len(self.slip) > 2:
            self._keep("torn")

    def _keep(self, ending: str) -> None:
        number = len([path for path in self.folder.iterdir() if path.suffix != ".part"]) + 1
        part = self.folder / f"{number:03d}.part"
        part.write_bytes(self.slip)
        part.rename(part.with_suffix(f".{ending}"))
        self.kept.append((f"{part.stem}.{ending}", False))
        self.slip = b""


def main(folder: Path, kind: str) -> None:
    wire = PtyWire(folder / "tty") if kind == "pty" else TcpWire()
    printer = Printer(folder / "paper", wire)
    control = socket.create_server(("127.0.0.1", 0))
    print(json.dumps({"address": wire.address, "control": control.getsockname()[1]}), flush=True)
    while True:
        client, _ = control.accept()
        with client, client.makefile("rw") as lines:
            for line in lines:
                order, _, rest = line.strip().partition(" ")
                if order == "show":
                    seen = printer.show(int(rest or 0))
                    lines.write(json.dumps({**vars(seen), "begun": seen.begun.hex()}) + "\n")
                else:
                    printer.obey(line.strip())
                    lines.write("ok\n")
                lines.flush()


class Slips:
    """What came out of a printer that keeps its paper in `paper`."""

    paper: Path

    def jobs(self) -> list[bytes]:
        """The bytes of every slip that was printed and cut."""
        return [path.read_bytes() for path in sorted(self.paper.glob("*.bin"))]

    def torn(self) -> list[bytes]:
        """The bytes of every slip that was begun and never cut."""
        return [path.read_bytes() for path in sorted(self.paper.glob("*.torn"))]

    def wait_for(self, count: int) -> list[bytes]:
        """Wait until `count` slips have been cut."""
        until(lambda: len(self.jobs()) >= count, what=f"{len(self.jobs())} of {count} slips were printed")
        return self.jobs()


class PrinterProcess(Slips):
    """The test's side: starts the printer in another process and turns its screws."""

    def __init__(self, folder: Path, kind: str = "tcp") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.paper = folder / "paper"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.printing.fake_printer", str(folder), kind],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._process.stdout
        told = json.loads(self._process.stdout.readline())
        self.address: str = told["address"]
        self._control = socket.create_connection(("127.0.0.1", told["control"]))
        self._lines = self._control.makefile("rw")

    def set(self, order: str) -> None:
        """Bring the printer into a condition; it holds when this returns."""
        self._lines.write(order + "\n")
        self._lines.flush()
        assert self._lines.readline() == "ok\n"

    def show(self, beyond: int = 0) -> Shown:
        """What is on paper, beyond the first so many slips, and what lies in the printer now."""
        self._lines.write(f"show {beyond}\n")
        self._lines.flush()
        told = json.loads(self._lines.readline())
        return Shown(told["busy"], bytes.fromhex(told["begun"]), [(name, said) for name, said in told["kept"]])

    def close(self) -> None:
        self._lines.close()
        self._control.close()
        self._process.kill()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


class PrinterThread(Slips):
    """The same in this process, for tests that need many."""

    def __init__(self, folder: Path, kind: str = "tcp") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.paper = folder / "paper"
        wire = PtyWire(folder / "tty") if kind == "pty" else TcpWire()
        self.address = wire.address
        self._printer = Printer(self.paper, wire)
        self.set, self.close = self._printer.obey, self._printer.close


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "tcp")
