"""One loudspeaker: the screen's last word wins, a touch silences it, a call into the lobby is spoken whole."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from kiosk.voice.clips import CHIME, Clip, ClipStore
from kiosk.voice.player import OnEnd, RecordingPlayer
from kiosk.voice.speaker import Speaker
from kiosk.words import Prompt
from tests.until import until
from tests.voice.conftest import vi

HELLO, NUMBER, CALL = vi("hello", "Mời ông bà."), vi("number", "Số của ông bà."), vi("call", "Mời cán bộ ra giúp.")


@dataclass
class Held:
    """A loudspeaker whose clips end when the test says so."""

    name: str = "held"
    available: bool = True
    volume: float = 1.0
    started: list[str] = field(default_factory=list)
    stopped: int = 0
    end: OnEnd | None = None
    closed: bool = False

    def play(self, clip: Clip, on_end: OnEnd | None = None) -> None:
        self.started.append(clip.prompt.key)
        self.end = on_end

    def stop(self) -> None:
        self.stopped += 1
        self.end = None

    def close(self) -> None:
        self.closed = True

    def finish(self) -> None:
        until(lambda: self.end)
        end, self.end = self.end, None
        if end:
            end()


@pytest.fixture
def ready(store: ClipStore) -> ClipStore:
    assert store.prepare([HELLO, NUMBER, CALL]) == []
    return store


@pytest.fixture
def held(ready: ClipStore) -> Iterator[tuple[Speaker, Held]]:
    player = Held()
    speaker = Speaker(ready, player, gap=0.0, call_wait=0.3, stale=0.3)
    yield speaker, player
    speaker.close()
    assert player.closed


def test_prompts_come_one_after_another_and_tell_when(held: tuple[Speaker, Held]) -> None:
    speaker, player = held
    begun: list[int] = []
    done = threading.Event()
    speaker.say([HELLO, NUMBER], begun.append, done.set)
    for _ in range(2):
        player.finish()
    until(done.is_set)
    assert player.started == ["hello", "number"]
    assert begun == [0, 1]
    until(lambda: not speaker.speaking)


def test_the_screens_last_word_wins(held: tuple[Speaker, Held]) -> None:
    speaker, player = held
    speaker.say([HELLO, HELLO])
    until(lambda: player.started == ["hello"])
    speaker.say([NUMBER])
    until(lambda: player.started == ["hello", "number"])
    player.finish()
    until(lambda: not speaker.speaking)
    assert player.started == ["hello", "number"]


def test_the_citizens_loudness_is_not_the_lobbys(ready: ClipStore) -> None:
    player = RecordingPlayer()
    player.volume = 0.5
    speaker = Speaker(ready, player, loudness=-9.0)
    speaker.say([HELLO])
    until(lambda: len(player.spoken) == 1 and not speaker.speaking)
    speaker.loudness = -18.0
    speaker.click()
    until(lambda: len(player.spoken) == 2)
    speaker.say([HELLO])
    until(lambda: len(player.spoken) == 3 and not speaker.speaking)
    speaker.announce([CALL])
    until(lambda: len(player.spoken) == 4 and not speaker.speaking)
    volumes = [round(20 * math.log10(entry.volume / 0.5), 2) for entry in player.spoken]
    assert volumes == [-9.0, -18.0, -18.0, 0.0]
    speaker.close()


def test_a_touch_silences_at_once(held: tuple[Speaker, Held]) -> None:
    speaker, player = held
    speaker.say([HELLO, NUMBER])
    until(lambda: player.started)
    speaker.hush()
    until(lambda: not speaker.speaking)
    assert player.stopped
    assert player.started == ["hello"]


def test_a_call_is_spoken_whole_whatever_is_touched(held: tuple[Speaker, Held]) -> None:
    speaker, player = held
    speaker.announce([CHIME, CALL])
    until(lambda: player.started == ["chime"])
    speaker.hush()
    speaker.click()
    speaker.say([HELLO])
    player.finish()
    until(lambda: player.started == ["chime", "call"])
    player.finish()
    until(lambda: "hello" in player.started)


def test_a_call_waits_for_a_prompt_but_not_for_ever(held: tuple[Speaker, Held]) -> None:
    speaker, player = held
    speaker.say([HELLO])
    until(lambda: player.started == ["hello"])
    speaker.announce([CALL])
    until(lambda: player.started == ["hello", "call"])
    player.finish()


def test_what_had_to_wait_too_long_is_not_said(held: tuple[Speaker, Held]) -> None:
    speaker, player = held
    speaker.announce([CALL])
    until(lambda: player.started == ["call"])
    speaker.say([HELLO])
    pause = threading.Event()
    pause.wait(0.4)
    player.finish()
    until(lambda: not speaker.speaking)
    assert player.started == ["call"]


def test_a_prompt_without_a_clip_is_the_chime(store: ClipStore) -> None:
    player = RecordingPlayer()
    speaker = Speaker(store, player, clip_wait=0.0, gap=0.0)
    speaker.say([Prompt("never", "vi", "Câu này chưa bao giờ được đọc cả đâu nhé.")])
    until(lambda: player.spoken)
    assert player.spoken[0].key == "chime"
    speaker.close()


def test_a_fault_in_a_callback_does_not_silence_the_office(held: tuple[Speaker, Held]) -> None:
    speaker, player = held

    def fault(_index: int) -> None:
        raise RuntimeError("a widget is gone")

    speaker.say([HELLO], fault)
    until(lambda: not speaker.speaking)
    speaker.say([NUMBER])
    until(lambda: player.started == ["number"])
    player.finish()


def test_two_hundred_touches_leave_it_sound(ready: ClipStore) -> None:
    player = RecordingPlayer()
    speaker = Speaker(ready, player, gap=0.0)
    for number in range(200):
        (speaker.hush if number % 3 else speaker.click)()
        speaker.say([HELLO, NUMBER])
    until(lambda: not speaker.speaking)
    assert [entry.key for entry in player.spoken][-2:] == ["hello", "number"]
    speaker.close()
