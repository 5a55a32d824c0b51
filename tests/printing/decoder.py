"""ESC/POS bytes → the dots on paper, written from the command reference and from nothing of ours.

Knows only what a slip may hold: ESC @, GS v 0 in its four modes, ESC J n, ESC d n, GS V, GS r, DLE EOT; ESC a, GS ( k
for QR codes; ASCII letters with ESC E, GS !, GS B and LF. Anything else is an error: a printer would print it as
letters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import qrcode
from PIL import Image

LINE = 34
"""Dots of a line feed on common clones (4.25 mm)."""


CELL = 12, 24
"""Dots of a letter of font A."""
LEVELS = {48: 1, 49: 0, 50: 3, 51: 2}
"""GS ( k's error correction L, M, Q, H → what the QR standard calls it."""


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
    letter: Callable[[str], Image.Image] | None = None
    """How this printer's own letters look, 12 × 24 dots each, 0 is ink."""
    centred: bool = False
    size: tuple[int, int] = (1, 1)
    reverse: bool = False
    line: list[tuple[str, tuple[int, int], bool]] = field(default_factory=list)
    """Letters that wait for the line feed: which, how large, reverse or not."""
    module: int = 3
    level: int = 48
    stored: str = ""
    codes: list[str] = field(default_factory=list)
    """What the QR codes say that the printer drew itself."""

    def put(self, dots: bytes) -> None:
        """One row of dots, placed; what is beyond the paper's edge must be blank."""
        left = max(self.width - len(dots), 0) // 2 if self.centred else 0
        if any(dots[self.width :]):
            raise NotUnderstood("ink beyond the paper's edge")
        self.rows.append((bytes(left) + dots[: self.width]).ljust(self.width, b"\0"))

    def image(self) -> Image.Image:
        """The paper: 0 is ink, 255 is paper."""
        ink = b"".join(bytes(0 if dot else 255 for dot in row) for row in self.rows)
        return Image.frombytes("L", (self.width, max(len(self.rows), 1)), ink or bytes([255]) * self.width)


def decode(data: bytes, width: int, letter: Callable[[str], Image.Image] | None = None) -> Paper:
    """Print `data` on paper of `width` dots, with letters as `letter` draws them. Raises NotUnderstood."""
    paper, at = Paper(width, letter=letter), 0
    while at < len(data):
        at += _command(data, at, paper)
    return paper


def _command(data: bytes, at: int, paper: Paper) -> int:
    head = data[at : at + 2]
    if head == b"\x1b@":
        paper.initialised += 1
        paper.centred, paper.size, paper.reverse = False, (1, 1), False
        paper.line.clear()
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
        if paper.line:
            raise NotUnderstood("a raster behind letters in one line: a printer ignores it")
        return _raster(data, at, paper)
    if head == b"\x1ba" and data[at + 2] in (0, 1):
        if paper.line:
            raise NotUnderstood("ESC a counts at the start of a line only")
        paper.centred = data[at + 2] == 1
        return 3
    if head == b"\x1bE":
        return 3
    if head == b"\x1d!":
        paper.size = (data[at + 2] >> 4) + 1, (data[at + 2] & 15) + 1
        return 3
    if head == b"\x1dB":
        paper.reverse = data[at + 2] & 1 == 1
        return 3
    if data[at : at + 3] == b"\x1d(k":
        length = data[at + 3] + 256 * data[at + 4]
        _code(data[at + 5 : at + 5 + length], paper)
        return 5 + length
    if 32 <= data[at] < 127:
        paper.line.append((chr(data[at]), paper.size, paper.reverse))
        return 1
    if data[at] == 10:
        _print_line(paper)
        return 1
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
        for _ in range(high):
            paper.put(bytes(dots))
    return 8 + columns * rows


def _code(function: bytes, paper: Paper) -> None:
    """GS ( k with cn 49, a QR code."""
    if function[:1] != b"1":
        raise NotUnderstood(f"GS ( k of kind {function[:1].hex()}")
    number, rest = function[1], function[2:]
    if number == 65 and rest == b"2\0":
        return
    if number == 67 and 1 <= rest[0] <= 16:
        paper.module = rest[0]
    elif number == 69 and rest[0] in LEVELS:
        paper.level = rest[0]
    elif number == 80 and rest[0] == 48:
        paper.stored = rest[1:].decode("utf-8")
    elif number == 81 and rest == b"0":
        code = qrcode.QRCode(error_correction=LEVELS[paper.level], border=0)
        code.add_data(paper.stored)
        for row in code.get_matrix():
            dots = b"".join(bytes([dark]) * paper.module for dark in row)
            for _ in range(paper.module):
                paper.put(dots)
        paper.codes.append(paper.stored)
    else:
        raise NotUnderstood(f"GS ( k function {function.hex(' ')}")


def _print_line(paper: Paper) -> None:
    """The letters, standing on one line; the line is as high as the highest, and no less than a line feed."""
    tall = max((high for _, (_, high), _ in paper.line), default=0) * CELL[1]
    _feed(paper, max(LINE - tall, 0))
    if not paper.line:
        return
    if paper.letter is None:
        raise NotUnderstood("letters, and nobody said how this printer draws them")
    cells = [(paper.letter(which), size, reverse) for which, size, reverse in paper.line]
    for row in range(tall):
        dots = bytearray()
        for cell, (wide, high), reverse in cells:
            y = (row - (tall - CELL[1] * high)) // high
            for x in range(CELL[0]):
                ink = y >= 0 and (cell.getpixel((x, y)) == 0) != reverse
                dots += bytes([ink]) * wide
        paper.put(bytes(dots))
    paper.line.clear()
