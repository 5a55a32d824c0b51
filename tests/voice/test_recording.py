"""What a phone or a recorder saved → a clip of ours, or one sentence why it must be made again."""

from __future__ import annotations

import math
import random
from array import array
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.voice import recording, sound
from kiosk.voice.sound import SoundError
from tests.voice.speakers import extensible, save, speech

RATE = sound.RATE


@pytest.mark.parametrize(
    ("rate", "channels", "width", "gain_db"),
    [(RATE, 1, 2, 0.0), (2 * RATE, 2, 2, -6.0), (2 * RATE, 1, 3, -12.0), (4 * RATE, 2, 3, -3.0), (RATE, 1, 4, -20.0)],
)
def test_any_common_wav_becomes_the_same_clip(
    tmp_path: Path, rate: int, channels: int, width: int, gain_db: float
) -> None:
    said = speech("Số của ông bà là")
    path = save(tmp_path / "x.wav", said, rate=rate, channels=channels, width=width, gain_db=gain_db)
    clip = recording.fit("x.wav", recording.read(path), sound.TARGET_DB)
    assert sound.loudness(clip) == pytest.approx(sound.TARGET_DB, abs=0.5)
    assert sound.peak(clip) <= sound.PEAK_DB + 0.1
    plain = recording.fit("plain", said, sound.TARGET_DB)
    assert sound.seconds(clip) == pytest.approx(sound.seconds(plain), abs=0.06)
    # The same sound: at the place where they fit best, they are as good as one
    assert max(_likeness(plain, clip, shift) for shift in range(-1400, 1400, 3)) > 0.97


def _likeness(first: array[int], second: array[int], shift: int) -> float:
    a, b = first[4000:12000], second[4000 + shift : 12000 + shift]
    return sum(x * y for x, y in zip(a[::2], b[::2], strict=True)) / math.sqrt(
        sum(x * x for x in a[::2]) * sum(y * y for y in b[::2])
    )


def test_the_long_form_of_a_head_is_read(tmp_path: Path) -> None:
    said = speech("một")
    plain = recording.read(save(tmp_path / "plain.wav", said, width=3))
    assert recording.read(extensible(save(tmp_path / "long.wav", said, width=3))) == plain


@pytest.mark.parametrize("rate", [8000, 16000, 44100, 48000, 96000])
def test_another_rate_keeps_the_tone_and_folds_nothing_back(rate: int) -> None:
    def sine(pitch: float, at: int) -> array[int]:
        return array("h", (round(10000 * math.sin(math.tau * pitch * i / at)) for i in range(at // 4)))

    wanted = sine(1000, RATE)
    found = recording.resampled(sine(1000, rate), rate)
    assert len(found) == len(wanted)
    assert max(abs(a - b) for a, b in zip(wanted[300:-300], found[300:-300], strict=True)) < 10
    if rate > 30_000:  # 14 kHz cannot be held at our rate: it goes, and comes back as no other tone
        assert max(map(abs, recording.resampled(sine(14000, rate), rate)[300:-300])) < 30


def _short() -> array[int]:
    return sound.silence(0.5) + sound.tone(400, 0.06, 1.0, -10) + sound.silence(0.5)


def _silent() -> array[int]:
    return array("h", (random.Random(1).randint(-9, 9) for _ in range(RATE)))


def _noisy() -> array[int]:
    noise = random.Random(2)
    return array("h", (value // 2 + round(noise.gauss(0, 250)) for value in speech("Số của ông bà là")))


def _clipped() -> array[int]:
    return array("h", (max(-32768, min(32767, value * 8)) for value in speech("Số của ông bà là")))


@pytest.mark.parametrize(
    ("make", "reason"),
    [(_short, "too short"), (_silent, "silent"), (_noisy, "noisy"), (_clipped, "clipped")],
)
def test_what_must_be_made_again_is_told_in_one_sentence(
    tmp_path: Path, make: Callable[[], array[int]], reason: str
) -> None:
    path = save(tmp_path / "digit-1.wav", make())
    with pytest.raises(SoundError, match=rf"^digit-1\.wav: is .*{reason}"):
        recording.fit(path.name, recording.read(path), sound.TARGET_DB)


def test_one_channel_that_is_cut_off_is_found(tmp_path: Path) -> None:
    left, right = _clipped(), speech("Số của ông bà là")
    both = array("h", (sample for pair in zip(left, right, strict=True) for sample in pair))
    path = save(tmp_path / "x.wav", both)
    data = bytearray(path.read_bytes())
    data[22:24], data[32:34] = (2).to_bytes(2, "little"), (4).to_bytes(2, "little")
    path.write_bytes(data)
    with pytest.raises(SoundError, match="clipped"):
        recording.read(path)


@pytest.mark.parametrize("data", [b"", b"hello", b"RIFF\x10\0\0\0WAVEfmt "])
def test_what_is_no_wav_is_told_so(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.wav").write_bytes(data)
    with pytest.raises(SoundError, match=r"^x\.wav: is no WAV"):
        recording.read(tmp_path / "x.wav")


def test_a_hiss_in_the_room_is_trimmed_away() -> None:
    """35 dB below the speech, which passes; its peaks must not be taken for speech."""
    noise, word = random.Random(3), speech("một")
    room = 10 ** ((sound.loudness(word) - 35) / 20) * sound.FULL
    noisy = array("h", (max(-32768, min(32767, round(value + noise.gauss(0, room)))) for value in word))
    clip = recording.fit("x", noisy, sound.TARGET_DB)
    plain = recording.fit("x", word, sound.TARGET_DB)
    assert sound.seconds(clip) == pytest.approx(sound.seconds(plain), abs=0.1)
