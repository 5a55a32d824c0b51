"""The virtual printer, a stand-in for trials: takes a job's bytes and writes the slip as a picture.

`<folder>/003-slip.png` is the paper with a small white margin, `003-slip.bin` the bytes. A file `printer.txt`
beside them that says "absent" or "paper-out" makes it so; without it, or with any other text, it has paper.
It understands what `escpos.encode` and `status` send, and nothing else.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageOps

from kiosk.printing.links import LinkError
from kiosk.printing.native import Letters, NativeQr, Run

CONDITION = "printer.txt"
_MARGIN = 24
_NARROW = 384
_WIDE = 576

_COMMANDS = re.compile(
    rb"(?P<nothing>\x00+|\x1da.)|(?P<start>\x1b@)|(?P<cut>\x1dVB.)|(?P<barrier>\x1dr\x01)"
    rb"|(?P<query>\x10\x04(?P<number>[\x01-\x04]))"
    rb"|(?P<raster>\x1dv0(?P<mode>.)(?P<columns>..)(?P<rows>..))|(?P<code>\x1d\(k(?P<length>..))"
    rb"|(?P<align>\x1ba.)|(?P<bold>\x1bE.)|(?P<size>\x1d!.)|(?P<reverse>\x1dB.)|(?P<text>[ -~]+)|(?P<line>\n)",
    re.DOTALL,
)
_ANSWERS = {
    "ok": {1: b"\x12", 2: b"\x12", 3: b"\x12", 4: b"\x12"},
    "paper-out": {1: b"\x1a", 2: b"\x32", 3: b"\x12", 4: b"\x72"},
}


class VirtualLink:
    """A connection to the virtual printer."""

    can_read = True
    rate = 1_000_000.0

    def __init__(self, folder: Path) -> None:
        """`folder` is made when it is not there. Raises LinkError("absent") when printer.txt says so."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._waiting = b""
        self._answers = bytearray()
        self._job = bytearray()
        self._paper: list[tuple[bool, Image.Image]] = []
        """Everything printed since the last cut, and whether it stands in the middle."""
        self._settings = {"align": 0, "bold": 0, "size": 0, "reverse": 0}
        self._runs: list[Run] = []
        self._code = NativeQr("", 3)
        if self._condition() == "absent":
            raise LinkError("absent", f"{folder / CONDITION} says so")

    def write(self, data: bytes, timeout: float) -> None:
        self._waiting += data
        while (used := self._take(self._waiting)) > 0:
            self._waiting = self._waiting[used:]

    def read(self, timeout: float) -> bytes:
        answers = bytes(self._answers)
        self._answers.clear()
        return answers

    def close(self) -> None:
        """Nothing to let go of."""

    def _condition(self) -> str:
        try:
            return (self._folder / CONDITION).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return "ok"

    def _take(self, data: bytes) -> int:
        """Obey the command at the start of `data`; how many bytes it took, 0 when it is not whole yet."""
        command = _COMMANDS.match(data)
        if command is None:
            return 0
        end = command.end()
        if command["query"]:
            answers = _ANSWERS.get(self._condition(), _ANSWERS["ok"])
            self._answers += answers[command["number"][0]]
            return end
        if command["barrier"]:
            self._answers += b"\x00"
            return end
        if command["nothing"]:
            return end
        if command["raster"]:
            columns, rows = (int.from_bytes(command[name], "little") for name in ("columns", "rows"))
            end += columns * rows
            if len(data) < end:
                return 0
            self._print(data[command.end() : end], columns * 8, rows, command["mode"][0])
        if command["code"]:
            end += int.from_bytes(command["length"], "little")
            if len(data) < end:
                return 0
            self._know(data[command.end() : end])
        if command["start"]:
            self._job.clear()
            self._settings = dict.fromkeys(self._settings, 0)
        self._job += data[:end]
        if command.lastgroup in self._settings:
            self._settings[command.lastgroup] = data[end - 1]
        if command["text"]:
            size = self._settings["size"]
            text = command["text"].decode("ascii")
            self._runs.append(Run(text, (size >> 4) + 1, (size & 15) + 1, bool(self._settings["reverse"])))
        if command["line"] and self._runs:
            self._put(Letters(tuple(self._runs)).dots())
            self._runs.clear()
        if command["cut"]:
            self._cut()
        return end

    def _know(self, function: bytes) -> None:
        """GS ( k: cn, fn and what belongs to it. 67 size, 80 text, 81 print."""
        if function[1] == 67:
            self._code = replace(self._code, module=function[2])
        elif function[1] == 80:
            self._code = replace(self._code, text=function[3:].decode("utf-8"))
        elif function[1] == 81:
            self._put(self._code.dots())

    def _put(self, dots: Image.Image) -> None:
        self._paper.append((bool(self._settings["align"]), dots.convert("L")))

    def _print(self, payload: bytes, width: int, height: int, mode: int) -> None:
        inked = Image.frombytes("1", (width, height), payload)
        size = width * (1 + (mode & 1)), height * (1 + (mode >> 1 & 1))
        self._put(ImageOps.invert(inked.convert("L")).resize(size, Image.Resampling.NEAREST))

    def _cut(self) -> None:
        width = _NARROW if all(strip.width <= _NARROW for _, strip in self._paper) else _WIDE
        paper = Image.new("L", (width, sum(strip.height for _, strip in self._paper) or 1), 255)
        top = 0
        for centred, strip in self._paper:
            paper.paste(strip, ((width - strip.width) // 2 if centred else 0, top))
            top += strip.height
        taken = [int(path.name[:3]) for path in self._folder.glob("[0-9][0-9][0-9]-slip.*")]
        name = f"{max(taken, default=0) + 1:03d}-slip"
        (self._folder / f"{name}.bin").write_bytes(self._job)
        part = self._folder / f"{name}.part"
        ImageOps.expand(paper, _MARGIN, 255).save(part, "PNG")
        part.replace(self._folder / f"{name}.png")  # whoever watches the folder never sees half a picture
        self._paper.clear()
        self._job.clear()
