from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from kiosk.voice import clips, sound
from kiosk.voice.batch import TOLERANCE
from kiosk.voice.clips import ClipStore
from kiosk.voice.render import Renderer
from kiosk.voice.spelling import Spelling
from tests.voice.conftest import vi
from tests.voice.speakers import agreed

NUMBER = vi("ticket-number?number=A012", "Số của ông bà là: A012.")
WAIT = vi("ticket-wait", "Ngồi chờ.")


def test_ready_renders_nothing_and_fetch_does(own_store: ClipStore) -> None:
    assert own_store.ready(NUMBER) is None
    clip = own_store.fetch(NUMBER)
    assert clip and clip == own_store.ready(NUMBER)
    assert clip.prompt == NUMBER and 2.5 < clip.seconds < 5.0
    assert sound.pcm_hash(sound.read_wav(clip.path)) == clip.pcm_hash
    assert own_store.spelled(NUMBER) == "Số của ông bà là: a, không, một, hai."


def test_prepare_tells_how_far_it_is(own_store: ClipStore) -> None:
    steps: list[tuple[int, int]] = []
    prompts = [vi(f"count-{n}", f"Trước ông bà có {n} người.") for n in range(1, 25)]
    assert own_store.prepare(prompts, lambda done, total: steps.append((done, total))) == []
    assert steps == [(done, 24) for done in range(25)]
    assert own_store.prepare(prompts, lambda done, total: steps.append((done, total))) == []
    assert steps[25:] == [(24, 24)]


def test_other_words_voice_or_rate_are_another_clip(
    own_store: ClipStore, tmp_path: Path, spellings: dict[str, Spelling]
) -> None:
    first = own_store.fetch(WAIT)
    slower = ClipStore(tmp_path / "pack", tmp_path / "cache", Renderer({"vi": "vi"}, rate=120), spellings)
    female = ClipStore(tmp_path / "pack", tmp_path / "cache", Renderer({"vi": "vi+f2"}), spellings)
    found = [first, own_store.fetch(vi("ticket-wait", "Ngồi đây.")), slower.fetch(WAIT), female.fetch(WAIT)]
    assert len({clip.path for clip in found if clip}) == 4
    assert slower.fetch(WAIT).seconds > first.seconds  # type: ignore[union-attr]


@pytest.mark.parametrize("damage", ["half", "empty", "header", "text", "stereo"])
def test_a_damaged_file_is_noticed_and_made_again(own_store: ClipStore, damage: str) -> None:
    clip = own_store.fetch(WAIT)
    assert clip
    whole = clip.path.read_bytes()
    header = bytearray(whole)
    header[24:28] = (44100).to_bytes(4, "little")
    stereo = bytearray(whole)
    stereo[22:24] = (2).to_bytes(2, "little")
    bad = {
        "half": whole[: len(whole) // 2],
        "empty": b"",
        "header": bytes(header),
        "text": b"hello",
        "stereo": bytes(stereo),
    }
    clip.path.write_bytes(bad[damage])
    assert own_store.ready(WAIT) is None
    again = own_store.fetch(WAIT)
    assert again and again.path == clip.path and again.path.read_bytes() != bad[damage]
    # The engine may say the same words a few milliseconds longer (batch.TOLERANCE is what the renderer lets pass)
    assert again.seconds == pytest.approx(clip.seconds, rel=TOLERANCE)
    assert own_store.ready(WAIT) == again


def test_a_recorded_clip_goes_first(own_store: ClipStore, tmp_path: Path) -> None:
    rendered = own_store.fetch(WAIT)
    agreed(tmp_path / "pack" / "vi")
    recording = sound.silence(0.5) + sound.tone(300, 1.0, 0.5, -20) + sound.silence(0.5)
    sound.write_wav(tmp_path / "pack" / "vi" / "ticket-wait.wav", recording)
    clip = own_store.fetch(WAIT)
    assert clip and rendered and clip.pcm_hash != rendered.pcm_hash
    assert clip.seconds == pytest.approx(1.05, abs=0.1)  # trimmed
    assert sound.loudness(sound.read_wav(clip.path)) == pytest.approx(sound.TARGET_DB, abs=1.0)


def test_a_bad_recording_leaves_the_word_to_the_engine(own_store: ClipStore, tmp_path: Path) -> None:
    agreed(tmp_path / "pack" / "vi")
    (tmp_path / "pack" / "vi" / "ticket-wait.wav").write_bytes(b"not a sound")
    assert own_store.fetch(WAIT)


def test_unused_files_are_pruned_oldest_first(own_store: ClipStore, tmp_path: Path) -> None:
    prompts = [vi(f"count-{n}", f"Có {n} người.") for n in range(6)]
    own_store.prepare(prompts)
    for age, prompt in enumerate(prompts):
        clip = own_store.ready(prompt)
        assert clip
        os.utime(clip.path, (time.time() - age * 3600,) * 2)
    left = tmp_path / "cache" / "x.part"
    left.write_bytes(b"")
    os.utime(left, (0, 0))
    assert own_store.prune(most_files=4) == 3
    assert [bool(own_store.ready(prompt)) for prompt in prompts] == [True] * 4 + [False] * 2
    assert own_store.prune(most_bytes=0) == 4


def test_what_is_used_is_marked_so_once_a_day(own_store: ClipStore) -> None:
    clip = own_store.fetch(WAIT)
    assert clip
    os.utime(clip.path, (time.time() - 2 * clips.TOUCH_AFTER,) * 2)
    assert own_store.ready(WAIT)
    assert time.time() - clip.path.stat().st_mtime < 60


def test_no_engine_is_a_state_and_not_an_error(tmp_path: Path, spellings: dict[str, Spelling]) -> None:
    store = ClipStore(tmp_path, tmp_path / "cache", Renderer({}, command="no-such-engine"), spellings)
    assert store.ready(WAIT) is None
    assert store.fetch(WAIT) is None
    assert store.prepare([WAIT]) == [WAIT]
    assert "apt install espeak-ng" in store.problem
    assert store.chime().seconds > 0.5


def test_chime_and_click_are_soft_and_kept(own_store: ClipStore) -> None:
    chime, click = own_store.chime(), own_store.click()
    assert (chime.prompt, click.prompt) == (clips.CHIME, clips.CLICK)
    assert 0.8 < chime.seconds < 1.5 and click.seconds < 0.05
    assert sound.peak(sound.read_wav(chime.path)) < -9 and sound.peak(sound.read_wav(click.path)) < -9
    assert own_store.chime() == chime
