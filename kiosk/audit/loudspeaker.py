"""Rows of the one loudspeaker itself: clips, interruption, overlap. The real Speaker over the virtual one.

Row 10 (loudness) belongs here: its range in dB, and its default after each visit. It is measured once there is a key
for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from kiosk.audit.rows import Measure, Reading, Row
from kiosk.audit.walk import Walk
from kiosk.voice.clips import Clip
from kiosk.voice.player import BUFFER, RecordingPlayer, SilentPlayer
from kiosk.voice.sound import RATE
from kiosk.voice.speaker import Speaker
from kiosk.wiring import open_clips
from kiosk.words import Prompt

STOPS_IN = 0.2
TRIES = 5
PATIENCE = 5.0
SECONDS = 0.4
SAYING, CALL = Prompt("a sentence", "vi", ""), Prompt("a call", "vi", "")


def clips(walk: Walk) -> Iterator[Reading]:
    """Every sentence that was said has a sound: recorded, or rendered by the engine."""
    prompts = list(dict.fromkeys(prompt for seen in walk.seen for prompt in (*seen.prompts, *seen.again)))
    store = open_clips(walk.settings)
    missing = set(store.prepare(prompts))
    for prompt in prompts:
        there = prompt not in missing
        scene = next(seen.name for seen in walk.seen if prompt in (*seen.prompts, *seen.again))
        yield Reading(0 if there else 1, there, f"{prompt.key}: {prompt.text} {store.problem}".strip(), scene)


def stops(walk: Walk) -> Iterator[Reading]:
    """From the screen's hush to the device's silence, the best of some tries: a busy machine is not the program's
    fault. What the device has already taken plays on: one buffer."""
    with _speaker() as (speaker, player):
        taken = []
        for _ in range(TRIES):
            speaker.say([SAYING])
            _until(lambda: _playing(player))
            start = time.monotonic()
            speaker.hush()
            _until(lambda: not _playing(player))
            taken.append(time.monotonic() - start if not _playing(player) else PATIENCE)
    value = min(taken) + BUFFER / RATE
    yield Reading(value, value <= STOPS_IN, f"best of {TRIES}, with the device's buffer")


def overlaps(walk: Walk) -> Iterator[Reading]:
    """A call for the lobby during a sentence, a sentence during a call: how often two sounded at once."""
    with _speaker() as (speaker, player):
        speaker.say([SAYING])
        _until(lambda: _playing(player))
        speaker.announce([CALL])
        speaker.say([SAYING])
        speaker.say([SAYING])
        _until(lambda: any(one.key == CALL.key for one in player.spoken))
        speaker.hush()
        _until(lambda: any(one.key == CALL.key and one.stopped for one in player.spoken))
        spoken = player.spoken
    both = sum(
        before.stopped is None or before.stopped > after.started + 0.001
        for before, after in zip(spoken, spoken[1:], strict=False)
    )
    called = any(one.key == CALL.key and one.whole for one in spoken)
    yield Reading(both, not both, "a sentence over a sentence")
    yield Reading(0 if called else 1, called, "the call was spoken whole")


class Tones:
    """A stand-in for the clips: every prompt has a sound of the same length, ready at once."""

    problem = ""

    def ready(self, prompt: Prompt) -> Clip:
        """The clip of any prompt."""
        return Clip(Path(prompt.key), prompt, SECONDS, prompt.key)

    def prepare(self, prompts: Sequence[Prompt], progress: object = None) -> list[Prompt]:
        """Nothing is ever missing."""
        return []

    def click(self) -> Clip:
        """The sound of a tap."""
        return Clip(Path("click"), Prompt("click", "", ""), 0.03, "click")

    def chime(self) -> Clip:
        """The bells."""
        return Clip(Path("chime"), Prompt("chime", "", ""), SECONDS, "chime")


@contextmanager
def _speaker() -> Iterator[tuple[Speaker, RecordingPlayer]]:
    player = RecordingPlayer(SilentPlayer())
    speaker = Speaker(Tones(), player)  # type: ignore[arg-type]  (it needs no more of a store than this)
    try:
        yield speaker, player
    finally:
        speaker.close()


def _playing(player: RecordingPlayer) -> bool:
    return bool(player.spoken) and player.spoken[-1].stopped is None


def _until(condition: Callable[[], bool]) -> bool:
    """Wait for `condition`; whether it came."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.001)
    return True


MEASURES = (
    Measure(Row("8 clips", "Every sentence has a sound", "all", "silent", "most"), clips, once="size"),
    Measure(Row("9 device", "The loudspeaker stops", "≤ 0.2 s", "s", "most"), stops, once="walk"),
    Measure(Row("11", "No sound over another", "0", "overlaps", "most"), overlaps, once="walk"),
)
