"""What a printer says of itself: its bytes sorted by their fixed bits, and the picture they add up to.

Pure: bytes in, replies and a PrinterStatus out. Never raises, whatever a printer sends.

    0xx1xx10               answer to DLE EOT n: which n is known only from the order of asking
    0xx1xx00 + 3 bytes     automatic status (ASB)
    0xx0xxxx               answer to GS r: the barrier
    11 / 13                XON / XOFF
    1xxxxxxx               nothing a printer says: a wrong baud rate, a bad cable
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import Literal

BARRIER = b"\x1dr\x01"
"""GS r 1: answered only after everything before it was printed, and not while paper is out."""
ENABLE_ASB, DISABLE_ASB = b"\x1da\xff", b"\x1da\x00"
"""GS a 255: the printer tells every change by itself, until GS a 0 or ESC @."""
INITIALISE = b"\x1b@"
"""ESC @: forget every setting."""
RECOVER = b"\x10\x05\x02"
"""DLE ENQ 2: clear the buffer and leave a recoverable error (the cutter's); what was in the buffer is gone."""

Paper = Literal["unknown", "ok", "near-end", "out"]
Trouble = Literal["", "cover-open", "paper-out", "error", "offline"]
Fault = Literal["", "cutter", "hot", "broken"]
"""Which error: a jammed cutter, a head that cools down by itself, anything else."""
ReplyKind = Literal["status", "automatic", "barrier", "xon", "xoff", "unknown", "garbage"]


def query(number: int) -> bytes:
    """DLE EOT n, answered even while offline: 1 printer, 2 why offline, 3 which error, 4 paper."""
    return bytes([0x10, 0x04, number])


@dataclass(frozen=True)
class Reply:
    """One thing the printer said."""

    kind: ReplyKind
    data: bytes
    number: int = 0
    """For "status": the n of the DLE EOT that it answers."""


@dataclass(frozen=True)
class PrinterStatus:
    """All that is known so far. Paper "ok" means that no sensor complained; many lack the near-end one."""

    paper: Paper = "unknown"
    stopped_by_paper: bool = False
    cover_open: bool = False
    offline: bool = False
    error: bool = False
    fault: Fault = ""
    """Which error, where it was told: DLE EOT 2 only says that there is one."""

    @property
    def trouble(self) -> Trouble:
        """What somebody must mend first; "" when nothing was complained of. An open cover goes before the
        empty paper sensor that it causes, and everything before "offline", which only follows from it."""
        if self.cover_open:
            return "cover-open"
        if self.paper == "out" or self.stopped_by_paper:
            return "paper-out"
        if self.error:
            return "error"
        return "offline" if self.offline else ""

    @property
    def near_end(self) -> bool:
        """The paper will soon run out."""
        return self.paper == "near-end"


class StatusReader:
    """Collects what comes from the printer over one connection."""

    def __init__(self) -> None:
        self.status = PrinterStatus()
        self.garbled = False
        """Something came that no printer says: nothing that is heard here can be believed."""
        self._asked: deque[int] = deque()
        self._automatic = bytearray()

    def asked(self, number: int) -> None:
        """Tell that DLE EOT `number` was sent: its answer carries no number of its own."""
        self._asked.append(number)

    def forget(self) -> None:
        """No answer is expected any more: what was asked has timed out."""
        self._asked.clear()

    def feed(self, data: bytes) -> list[Reply]:
        """Sort more bytes; `status` takes up what they say. Replies may be cut anywhere between two calls."""
        return [reply for byte in data if (reply := self._sort(byte)) is not None]

    def _sort(self, byte: int) -> Reply | None:
        one = bytes([byte])
        if byte & 0x80:
            self.garbled = True
            return Reply("garbage", one)
        if byte in (0x11, 0x13):
            return Reply("xon" if byte == 0x11 else "xoff", one)
        if byte & 0x93 == 0x12:
            return self._answered(byte)
        if byte & 0x93 == 0x10:
            self._automatic[:] = one
            return None
        if byte & 0x90 == 0x00:
            if not self._automatic:
                return self._barrier(byte)
            self._automatic.append(byte)
            return self._changed() if len(self._automatic) == 4 else None
        return Reply("unknown", one)

    def _answered(self, byte: int) -> Reply:
        if not self._asked:
            return Reply("unknown", bytes([byte]))
        number = self._asked.popleft()
        if number == 1:
            self.status = replace(self.status, offline=bool(byte & 0x08))
        elif number == 2:
            stopped, cover, error = bool(byte & 0x20), bool(byte & 0x04), bool(byte & 0x40)
            fault = self.status.fault if error else ""
            self.status = replace(
                self.status, cover_open=cover, stopped_by_paper=stopped, error=error, fault=fault
            )
        elif number == 3:
            self.status = replace(self.status, error=bool(byte & 0x6C), fault=_fault(byte))
        elif number == 4:
            self.status = replace(self.status, paper=_paper(byte, 0x60, 0x0C))
        return Reply("status", bytes([byte]), number)

    def _barrier(self, byte: int) -> Reply:
        if byte not in _BARRIERS:
            return Reply("unknown", bytes([byte]))
        self.status = replace(self.status, paper=_paper(byte, 0x0C, 0x03))
        return Reply("barrier", bytes([byte]))

    def _changed(self) -> Reply:
        first, second, third, _ = self._automatic
        paper = _paper(third, 0x0C, 0x03)
        self.status = PrinterStatus(
            paper=paper,
            stopped_by_paper=paper == "out",
            cover_open=bool(first & 0x20),
            offline=bool(first & 0x08),
            error=bool(second & 0x68),
            fault=_fault(second & 0x68),
        )
        data = bytes(self._automatic)
        self._automatic.clear()
        return Reply("automatic", data)


_BARRIERS = (0x00, 0x03, 0x0C, 0x0F)
"""GS r 1 answers two bits a sensor, both alike."""


def _fault(byte: int) -> Fault:
    """The error bits, the same in DLE EOT 3 and in ASB's second byte: 3 cutter, 5 for good, 6 goes by itself."""
    if byte & 0x08:
        return "cutter"
    if byte & 0x40:
        return "hot"
    return "broken" if byte & 0x24 else ""


def _paper(byte: int, end: int, near: int) -> Paper:
    if byte & end:
        return "out"
    return "near-end" if byte & near else "ok"
