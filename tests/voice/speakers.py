"""Synthetic speakers: recordings as they come from a phone or a recorder, and packs made of them."""

from __future__ import annotations

import wave
from array import array
from pathlib import Path

from kiosk.voice import batch, sound
from kiosk.voice.packs import read_pack, write_text

PACK = """language = "{language}"
name = "{language}"
dialect = ""
speaker = ""
consent = "" # when and how
licence = ""
level_db = -19.0
"""


def agreed(folder: Path, consent: str = "spoken, 2026-11-20") -> Path:
    """A pack.toml in `folder`, with the speaker's consent unless it is ""."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "pack.toml").exists():
        (folder / "pack.toml").write_text(PACK.format(language=folder.name), encoding="utf-8")
    write_text(folder, "consent", consent)
    assert read_pack(folder).consent == consent
    return folder


def speech(text: str, voice: str = "vi") -> array[int]:
    """What espeak-ng says, with half a second of room before and after."""
    return sound.silence(0.5) + batch.command(text, voice, 145, 50) + sound.silence(0.5)


def save(
    path: Path, samples: array[int], *, rate: int = sound.RATE, channels: int = 1, width: int = 2, gain_db: float = 0
) -> Path:
    """`samples` as a recorder would save them: `rate` a multiple of ours."""
    factor, gain = rate // sound.RATE, 10 ** (gain_db / 20) * 256 ** (width - 2)
    frames = bytearray()
    for here, following in zip(samples, [*samples[1:], 0], strict=True):
        for step in range(factor):
            value = round((here + (following - here) * step / factor) * gain)
            frames += value.to_bytes(width, "little", signed=True) * channels
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(bytes(frames))
    return path


def extensible(path: Path) -> Path:
    """The same file with the long form of its head, as ffmpeg and many recorders write 24 bit."""
    data = path.read_bytes()
    channels, rate = int.from_bytes(data[22:24], "little"), int.from_bytes(data[24:28], "little")
    bits = int.from_bytes(data[34:36], "little")
    block = channels * bits // 8
    head = (0xFFFE).to_bytes(2, "little") + channels.to_bytes(2, "little") + rate.to_bytes(4, "little")
    head += (rate * block).to_bytes(4, "little") + block.to_bytes(2, "little") + bits.to_bytes(2, "little")
    head += (22).to_bytes(2, "little") + bits.to_bytes(2, "little") + (4).to_bytes(4, "little")
    head += bytes.fromhex("0100000000001000800000aa00389b71")
    body = b"WAVEfmt " + len(head).to_bytes(4, "little") + head + data[36:]
    path.write_bytes(b"RIFF" + len(body).to_bytes(4, "little") + body)
    return path
