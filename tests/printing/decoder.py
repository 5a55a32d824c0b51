"""ESC/POS bytes → the dots on paper, written from the command reference and from nothing of ours.

Knows only what a slip may hold: ESC @, GS v 0 in its four modes, ESC J n, ESC d n, GS V, GS r, DLE EOT. Anything else
is an error: a printer would print it as letters.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from PIL import Image

LINE = 34
"""Dots of a line feed on common clones (4.25 mm)."""


class NotUnderstood(Exception):
    """Bytes that are no command of the reference."""


@dataclass
class Paper:
    """What a good printer would have made of the bytes."""

    width: int
    rows: list[bytes] = field(default_factory=list)
    """One byte a dot: 1 = ink."""
    cuts: list[int] = field(default_factory=list)
    """At which row the paper was cut."""
    asked: list[bytes] = field(default_factory=list)
    """Status requests, as sent."""
    initialised: int = 0

    def image(self) -> Image.Image:
        """The paper: 0 is ink, 255 is paper."""
        ink = b"".join(bytes(0 if dot else 255 for dot in row) for row in self.rows)
        return Image.frombytes("L", (self.width, max(len(self.rows), 1)), ink or bytes([255]) * self.width)


def decode(data: bytes, width: int) -> Paper:
    """Print `data` on paper of `width` dots. Raises NotUnderstood."""
    paper, at = Paper(width), 0
    while at < len(data):
        at += _command(data, at, paper)
    return paper


def _command(data: bytes, at: int, paper: Paper) -> int:
    head = data[at : at + 2]
    if head == b"\x1b@":
        paper.initialised += 1
        return 2
    if head == b"\x1bJ":
        _feed(paper, data[at + 2])
        return 3
    if head == b"\x1bd":
        _feed(paper, data[at + 2] * LINE)
        return 3
    if head == b"\x1dV":
        paper.cuts.append(len(paper.rows))
        return 4 if data[at + 2] in (65, 66) else 3
    if head in (b"\x10\x04", b"\x1dr"):
        paper.asked.append(data[at : at + 3])
        return 3
    if data[at : at + 3] == b"\x1dv0":
        return _raster(data, at, paper)
    raise NotUnderstood(f"at {at}: {data[at : at + 8].hex(' ')}")


def _feed(paper: Paper, dots: int) -> None:
    paper.rows.extend([bytes(paper.width)] * dots)


def _raster(data: bytes, at: int, paper: Paper) -> int:
    mode = data[at + 3]
    if mode in b"0123":
        mode -= 48
    if mode > 3:
        raise NotUnderstood(f"raster mode {mode}")
    columns = data[at + 4] + 256 * data[at + 5]
    rows = data[at + 6] + 256 * data[at + 7]
    body = data[at + 8 : at + 8 + columns * rows]
    if len(body) != columns * rows:
        raise NotUnderstood("a raster that ends before its size")
    wide, high = 2 if mode & 1 else 1, 2 if mode & 2 else 1
    for row in range(rows):
        dots = bytearray()
        for byte in body[row * columns : (row + 1) * columns]:
            for bit in range(7, -1, -1):
                dots += bytes([byte >> bit & 1]) * wide
        if len(dots) > paper.width:
            if any(dots[paper.width :]):
                raise NotUnderstood("ink beyond the paper's edge")
            dots = dots[: paper.width]
        line = bytes(dots) + bytes(paper.width - len(dots))
        paper.rows.extend([line] * high)
    return 8 + columns * rows
