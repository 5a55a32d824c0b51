"""Loudspeakers: the silent one keeps time, the virtual one remembers, the real one plays through SDL."""

from __future__ import annotations

import subprocess
import sys
import threading
import wave
from pathlib import Path

import pytest

from kiosk.voice.clips import Clip, ClipStore
from kiosk.voice.player import PlayerError, RecordingPlayer, SilentPlayer, gain
from tests.until import until
from tests.voice.conftest import vi


@pytest.fixture
def clip(store: ClipStore) -> Clip:
    found = store.fetch(vi("yes", "Có."))
    assert found
    return found


def test_silence_takes_the_time_of_the_clip(clip: Clip) -> None:
    player, ended = SilentPlayer(), threading.Event()
    took = 0.0
    player.play(clip, ended.set)
    took = until(ended.is_set)
    assert took >= clip.seconds - 0.05
    assert not player.available
    player.close()


def test_a_stopped_clip_never_ends_by_itself(clip: Clip) -> None:
    player, ended = SilentPlayer(), threading.Event()
    player.play(clip, ended.set)
    player.stop()
    assert not ended.wait(clip.seconds + 0.1)
    player.close()


def test_the_virtual_speaker_keeps_what_was_said_in_order(store: ClipStore, tmp_path: Path) -> None:
    player = RecordingPlayer()
    clips = [store.fetch(vi(f"k{n}", text)) for n, text in enumerate(("Có.", "Chưa có."))]
    for clip in clips:
        assert clip
        player.play(clip)
    assert [(entry.key, entry.whole) for entry in player.spoken] == [("k0", True), ("k1", True)]
    player.write(tmp_path / "all.wav")
    with wave.open(str(tmp_path / "all.wav")) as sound:
        length = sound.getnframes() / sound.getframerate()
    assert length >= sum(clip.seconds for clip in clips if clip)
    player.close()


def test_a_cut_clip_is_kept_as_far_as_it_was_heard(clip: Clip, tmp_path: Path) -> None:
    player = RecordingPlayer(SilentPlayer())
    player.play(clip)
    player.stop()
    (entry,) = player.spoken
    assert not entry.whole
    player.write(tmp_path / "cut.wav")
    with wave.open(str(tmp_path / "cut.wav")) as sound:
        assert sound.getnframes() / sound.getframerate() < clip.seconds
    player.close()


PLAY = """
import sys, threading
from pathlib import Path
from kiosk.voice.clips import Clip
from kiosk.voice.player import PygamePlayer
from kiosk.words import Prompt
player, ended = PygamePlayer(), threading.Event()
player.play(Clip(Path(sys.argv[1]), Prompt("k", "vi", ""), float(sys.argv[2]), ""), ended.set)
assert ended.wait(10)
player.close()
"""


def test_the_real_player_hands_the_samples_to_the_device(clip: Clip, tmp_path: Path) -> None:
    """SDL's disk driver is a device that writes what it is given into a file."""
    out = tmp_path / "device.raw"
    environment = {"SDL_AUDIODRIVER": "disk", "SDL_DISKAUDIOFILE": str(out), "PATH": "/usr/bin:/bin"}
    subprocess.run(
        [sys.executable, "-c", PLAY, str(clip.path), str(clip.seconds)], env=environment, check=True, timeout=30
    )
    with wave.open(str(clip.path)) as sound:
        samples = sound.readframes(sound.getnframes())
    assert samples.strip(b"\0") in out.read_bytes()


def test_no_device_is_a_clear_state() -> None:
    program = "from kiosk.voice.player import open_player; p, why = open_player(); print(p.name, '|', why); p.close()"
    done = subprocess.run(
        [sys.executable, "-c", program], env={"SDL_AUDIODRIVER": "no-such-driver", "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, check=True, timeout=30,
    )  # fmt: skip
    assert done.stdout.startswith("silent: ")
    assert "| No sound:" in done.stdout


def test_a_clip_whose_file_is_gone_is_an_error_not_a_crash(clip: Clip, tmp_path: Path) -> None:
    from dataclasses import replace

    player = RecordingPlayer()
    player.play(replace(clip, path=tmp_path / "gone.wav"))
    player.write(tmp_path / "all.wav")
    assert (tmp_path / "all.wav").exists()
    assert PlayerError.__doc__


def test_decibels() -> None:
    assert gain(0) == 1.0
    assert gain(-6) == pytest.approx(0.5, abs=0.01)
    assert gain(3) == 1.0
