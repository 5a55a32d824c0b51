"""A recording as it comes from a phone or a recorder → samples of our own, or the reason why it must be made again.

Any common WAV: 16 to 32 bit, mono or stereo, 8 to 192 kHz. Plain Python like sound.py: four times real time, which is
a minute for a whole pack, once.
"""

from __future__ import annotations

import io
import math
import struct
import wave
from array import array
from collections.abc import Sequence
from operator import mul
from pathlib import Path

from kiosk.voice import sound
from kiosk.voice.sound import SoundError

LEAST_SECONDS = 0.15
"""Shorter is no word: the shortest digits that espeak-ng says last 0.25 s, a quick speaker's 0.2 [measured]."""
MOST_SECONDS = 20.0
"""Longer is several sentences in one file, or a recorder that was forgotten."""
SILENT_DB = -55.0
"""dBFS. Softer than this is a microphone that was off or far away."""
CUT_RUN, CUT_RUNS = 3, 3
"""So many samples in a row at full scale are a cut peak; so many cut peaks rasp."""
QUIET_ROOM_DB = 30.0
"""Speech must stand so far above the room's own noise: at 30 dB it is heard as a faint hiss in the pauses."""

ABOVE_ROOM_DB = 6.0
"""A frame so much louder than the room belongs to the speech."""

_FRAME = sound.RATE // 50
_TAPS = 16
"""Half width of the resampling filter, in samples of the slower rate: what it folds back lies 50 dB down."""


def read(path: Path) -> array[int]:
    """The samples of any common WAV file, at our rate, mono, 16 bit. Raises SoundError naming what is wrong."""
    try:
        with wave.open(io.BytesIO(_plain_header(path.read_bytes())), "rb") as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            data = file.readframes(file.getnframes())
    except (wave.Error, EOFError, OSError, struct.error) as error:
        raise SoundError(f"{path.name}: is no WAV file that can be read ({error}). Save it as WAV, 16 bit.") from None
    if width not in (2, 3, 4) or not 8000 <= rate <= 192_000 or channels > 2:
        found = f"{width * 8} bit, {channels} channels, {rate} Hz"
        raise SoundError(f"{path.name}: is {found}. Save it as WAV, 16 or 24 bit, mono or stereo, 44100 or 48000 Hz.")
    samples = _sixteen_bits(data, width)
    if any(_cut(samples[channel::channels]) for channel in range(channels)):
        raise SoundError(f"{path.name}: is clipped, its peaks are cut off. Record it again, softer or farther away.")
    if channels == 2:
        samples = array("h", ((left + right) // 2 for left, right in zip(samples[::2], samples[1::2], strict=False)))
    return resampled(samples, rate)


def fit(name: str, samples: array[int], level_db: float) -> array[int]:
    """Trimmed and at `level_db`, ready for a pack. `name`: the file's. Raises SoundError if it must be made anew."""
    if sound.loudness(samples) < SILENT_DB:
        raise SoundError(f"{name}: is silent. Was the microphone on, and near the mouth?")
    floor = _noise(samples)
    if sound.loudness(samples) - floor < QUIET_ROOM_DB:
        raise SoundError(
            f"{name}: is noisy: the speech is only {sound.loudness(samples) - floor:.0f} dB louder than the room. "
            f"Record it in a quiet room, with half a second of silence before and after."
        )
    kept = sound.trim(sound.level(_spoken(samples, floor), level_db))
    if sound.seconds(kept) < LEAST_SECONDS:
        raise SoundError(f"{name}: is too short ({sound.seconds(kept):.2f} s). Say the whole word.")
    if sound.seconds(kept) > MOST_SECONDS:
        raise SoundError(f"{name}: is too long ({sound.seconds(kept):.0f} s). One sentence in each file.")
    return sound.level(kept, level_db)


def resampled(samples: array[int], rate: int) -> array[int]:
    """From `rate` to sound.RATE, by a windowed sinc for each place between two samples that occurs."""
    if rate == sound.RATE:
        return samples
    common = math.gcd(rate, sound.RATE)
    up, down = sound.RATE // common, rate // common
    cutoff = min(1.0, up / down) * 0.95
    half = math.ceil(_TAPS / cutoff)
    filters = [_filter(phase / up, cutoff, half) for phase in range(up)]
    padded = array("h", bytes(2 * half)) + samples + array("h", bytes(2 * (half + 1)))
    count = len(samples) * up // down
    result = array("h", bytes(2 * count))
    for index in range(count):
        start, phase = divmod(index * down, up)
        value = round(sum(map(mul, padded[start : start + 2 * half + 1], filters[phase])))
        result[index] = max(-sound.FULL, min(sound.FULL - 1, value))
    return result


def _filter(offset: float, cutoff: float, half: int) -> Sequence[float]:
    """Weights of the samples around a place `offset` behind one of them; together one."""
    weights = []
    for tap in range(-half, half + 1):
        at = (tap - offset) * cutoff
        sinc = math.sin(math.pi * at) / (math.pi * at) if at else 1.0
        weights.append(sinc * (0.5 + 0.5 * math.cos(math.pi * min(1.0, abs(tap - offset) / (half + 1)))))
    total = sum(weights)
    return [weight / total for weight in weights]


def _plain_header(data: bytes) -> bytes:
    """A WAV whose head has the "extensible" form, as with 24 bit, given a plain one: Python 3.11 reads no other."""
    at = data.find(b"fmt ")
    if at < 0 or len(data) < at + 34:
        return data
    form, inner = struct.unpack_from("<H", data, at + 8)[0], struct.unpack_from("<H", data, at + 32)[0]
    return data[: at + 8] + struct.pack("<H", 1) + data[at + 10 :] if (form, inner) == (0xFFFE, 1) else data


def _sixteen_bits(data: bytes, width: int) -> array[int]:
    """The upper two bytes of each sample."""
    data = data[: len(data) // width * width]
    if width > 2:
        kept = bytearray(len(data) // width * 2)
        kept[::2], kept[1::2] = data[width - 2 :: width], data[width - 1 :: width]
        data = bytes(kept)
    return sound.from_bytes(data)


def _cut(samples: array[int]) -> bool:
    """Whether peaks were cut off: several runs of samples at full scale."""
    runs = length = 0
    top = sound.FULL - 8
    if max(samples, default=0) < top and min(samples, default=0) > -top:
        return False
    for sample in samples:
        length = length + 1 if abs(sample) >= top else 0
        runs += length == CUT_RUN
    return runs >= CUT_RUNS


def _powers(samples: array[int]) -> list[float]:
    """Of each whole frame, as a share of full scale."""
    frames = (samples[at : at + _FRAME] for at in range(0, len(samples) - _FRAME + 1, _FRAME))
    return [sum(map(mul, frame, frame)) / _FRAME / sound.FULL**2 for frame in frames]


def _noise(samples: array[int]) -> float:
    """dBFS of the room: the quietest tenth of the recording."""
    powers = sorted(_powers(samples))
    quietest = powers[: max(1, len(powers) // 10)]
    mean = sum(quietest) / len(quietest) if quietest else 0.0
    return 10 * math.log10(mean) if mean else -math.inf


def _spoken(samples: array[int], floor: float) -> array[int]:
    """From a frame before to three frames after what stands out of the room's noise: its peaks do not, its power is
    steady."""
    least = 10 ** ((floor + ABOVE_ROOM_DB) / 10)
    loud = [at for at, power in enumerate(_powers(samples)) if power > least]
    return samples[max(0, loud[0] - 1) * _FRAME : (loud[-1] + 4) * _FRAME] if loud else samples
