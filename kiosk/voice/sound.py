"""Samples: read and write WAV, trim, level, pause, tone. One format everywhere: mono, 16 bit, 22050 Hz.

Plain Python on purpose: audioop left with Python 3.13 and numpy is not needed at run time for this. A whole
sample is touched only by C code (map over a table, sum of products): 6 ms for one second of speech, measured.
"""

from __future__ import annotations

import hashlib
import math
import os
import sys
import uuid
import wave
from array import array
from collections.abc import Sequence
from operator import mul
from pathlib import Path

RATE = 22050
"""Samples a second: what espeak-ng makes, and what the mixer is opened with (facts/voice)."""

FULL = 32768
TARGET_DB = -19.0
"""Loudness of every clip (see `loudness`): as high as espeak's own peaks (12–15 dB above) leave room for."""
PEAK_DB = -3.0
"""No sample of a clip is louder (dBFS; facts/voice)."""

JOIN_GAP = 0.04
"""Seconds of silence between joined clips. With the 10 and 40 ms that trim() leaves, and up to 40 ms of its frames,
no join is silent for more than 0.13 s; beyond 0.15 a number falls apart into digits."""

_FRAME = RATE // 50
_QUIET = round(FULL * 10 ** (-46 / 20))
_LEAD, _TAIL, _FADE = RATE // 100, RATE * 4 // 100, RATE * 4 // 1000


class SoundError(Exception):
    """A sound file that cannot be used: half written, of another format, or silent."""


def read_wav(path: Path) -> array[int]:
    """The samples of a WAV file. Raises SoundError when it is damaged or not mono, 16 bit, 22050 Hz;
    FileNotFoundError when it is not there."""
    try:
        with wave.open(str(path), "rb") as file:
            shape = (file.getnchannels(), file.getsampwidth(), file.getframerate())
            promised, data = file.getnframes(), file.readframes(file.getnframes())
    except FileNotFoundError:
        raise
    except (wave.Error, EOFError, OSError) as error:
        raise SoundError(f"{path.name}: not a sound file ({error}).") from None
    if shape != (1, 2, RATE):
        raise SoundError(f"{path.name}: has channels, bytes, rate {shape}; needed: (1, 2, {RATE}).")
    if not promised or len(data) != promised * 2:
        raise SoundError(f"{path.name}: holds {len(data) // 2} of {promised} samples.")
    return from_bytes(data)


def write_wav(path: Path, samples: array[int]) -> None:
    """Write whole or not at all, also when the power goes: a file of its own name, synced, then renamed."""
    part = path.with_name(f"{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        with part.open("wb") as raw:
            with wave.open(raw, "wb") as file:
                file.setnchannels(1)
                file.setsampwidth(2)
                file.setframerate(RATE)
                file.writeframes(to_bytes(samples))
            raw.flush()
            os.fsync(raw.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def from_bytes(data: bytes) -> array[int]:
    """Little-endian 16-bit samples, as in a WAV file."""
    samples = array("h", data)
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def to_bytes(samples: array[int]) -> bytes:
    """The inverse of `from_bytes`."""
    if sys.byteorder == "big":
        samples = array("h", samples)
        samples.byteswap()
    return samples.tobytes()


def seconds(samples: array[int]) -> float:
    return len(samples) / RATE


def pcm_hash(samples: array[int]) -> str:
    """A short name of the sound itself: equal samples, equal hash."""
    return hashlib.sha256(to_bytes(samples)).hexdigest()[:16]


def silence(length: float) -> array[int]:
    """`length` seconds of nothing."""
    return array("h", bytes(2 * round(length * RATE)))


def loudness(samples: array[int]) -> float:
    """dBFS: mean power of the 20 ms frames within 20 dB of the loudest one, so that pauses do not count.
    -inf for silence."""
    powers = [sum(map(mul, frame, frame)) / len(frame) for frame in _frames(samples)]
    heard = [power for power in powers if power > max(powers) / 100]
    return 10 * math.log10(sum(heard) / len(heard) / FULL**2) if heard else -math.inf


def peak(samples: array[int]) -> float:
    """dBFS of the largest sample; -inf for silence."""
    largest = max(max(samples), -min(samples)) if samples else 0
    return 20 * math.log10(largest / FULL) if largest else -math.inf


def trim(samples: array[int]) -> array[int]:
    """Without the silence before and after (below -46 dBFS), but for 10 and 40 ms, faded over 4 ms so that
    nothing clicks. espeak-ng leaves 15 ms before and about 0.4 s after. Raises SoundError for silence."""
    frames = _frames(samples)
    loud = [at for at, frame in enumerate(frames) if max(frame) > _QUIET or min(frame) < -_QUIET]
    if not loud:
        raise SoundError("There is nothing but silence.")
    kept = samples[max(0, loud[0] * _FRAME - _LEAD) : (loud[-1] + 1) * _FRAME + _TAIL]
    for step in range(min(_FADE, len(kept) // 2)):
        kept[step] = kept[step] * step // _FADE
        kept[-1 - step] = kept[-1 - step] * step // _FADE
    return kept


def join(pieces: Sequence[array[int]], target_db: float = TARGET_DB) -> array[int]:
    """Trimmed clips as one sentence: each ends and begins in silence, so nothing clicks; as loud as each was."""
    result = array("h")
    for piece in pieces:
        result += silence(JOIN_GAP if result else 0.0) + piece
    return kept_level(result, target_db)


def kept_level(samples: array[int], target_db: float) -> array[int]:
    """level(), but what stands within 0.5 dB of `target_db` stays as it is: what was levelled once is not changed."""
    return samples if abs(loudness(samples) - target_db) < 0.5 else level(samples, target_db)


def level(samples: array[int], target_db: float = TARGET_DB) -> array[int]:
    """At `target_db`, no sample above PEAK_DB: the few that would be are bent under it, not cut: that rasps."""
    measured = loudness(samples)
    if measured == -math.inf:
        return samples
    result = samples
    for _ in range(3):  # bending takes a little loudness away: give it back
        gain = 10 ** ((target_db - measured) / 20)
        result = array("h", map(_bend(gain).__getitem__, samples))
        missing = target_db - loudness(result)
        if abs(missing) < 0.2:
            break
        measured -= missing
    return result


def tone(pitch: float, length: float, decay: float, peak_db: float) -> array[int]:
    """A struck bell: a sine of `pitch` Hz and its octave, dying by `decay` (1/s), over `length` seconds."""
    top, attack = FULL * 10 ** (peak_db / 20) / 1.3, RATE * 3 // 1000
    count = round(length * RATE)
    return array(
        "h",
        (
            round(
                top
                * min(1.0, i / attack, (count - i) / attack)
                * math.exp(-decay * i / RATE)
                * (math.sin(math.tau * pitch * i / RATE) + 0.3 * math.sin(2 * math.tau * pitch * i / RATE))
            )
            for i in range(count)
        ),
    )


def mix(first: array[int], second: array[int], offset: float) -> array[int]:
    """`second` laid over `first`, `offset` seconds in."""
    start = round(offset * RATE)
    result = first + array("h", bytes(2 * max(0, start + len(second) - len(first))))
    for index, value in enumerate(second, start):
        result[index] = max(-FULL, min(FULL - 1, result[index] + value))
    return result


def _frames(samples: array[int]) -> list[array[int]]:
    return [samples[at : at + _FRAME] for at in range(0, len(samples), _FRAME)]


def _bend(gain: float) -> list[int]:
    """A table from sample to sample. A negative sample finds its place from the end, as lists do."""
    top = FULL * 10 ** (PEAK_DB / 20) - 1
    knee = top * 0.7
    room = top - knee
    straight = int(min(FULL, knee / gain))
    half = [round(x * gain) for x in range(straight + 1)]
    half += [round(knee + room * math.tanh((x * gain - knee) / room)) for x in range(straight + 1, FULL + 1)]
    return half[:FULL] + [-value for value in reversed(half[1:])]
