"""Rows of the one loudspeaker: clips, loudness, interruption, overlap. The real Speaker before the virtual device."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from kiosk.audit.rows import Measure, Reading, Row
from kiosk.audit.walk import Walk
from kiosk.screens.loudness import STEPS_DB, USUAL
from kiosk.voice.clips import Clip
from kiosk.voice.player import BUFFER, RecordingPlayer, SilentPlayer
from kiosk.voice.sound import RATE
from kiosk.voice.speaker import Speaker
from kiosk.wiring import open_clips
from kiosk.words import Prompt

STOPS_IN = 0.2
RANGE_DB = 18.0
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


def loudness(walk: Walk) -> Iterator[Reading]:
    """The range behind the one key, by touching it until it comes round, at the device."""
    live = walk.live
    stop = next((seen.stop for seen in walk.seen if seen.name == "tiles-loudness"), None)
    if stop is None:
        return
    live.go(stop)
    live.desk.louder.clear()
    for _ in range(3):
        live.touch("loudness")
    heard = []
    with _speaker() as (speaker, player):
        for decibels in live.desk.louder:
            before = len(player.spoken)
            speaker.loudness = decibels
            speaker.say([SAYING])
            _until(lambda before=before: len(player.spoken) > before)  # type: ignore[misc]
            heard.append(20 * math.log10(player.volume) if player.volume else -99.0)
    span = max(heard, default=0.0) - min(heard, default=0.0)
    yield Reading(span, span >= RANGE_DB, "softest to loudest", stop.name)


def usual_again(walk: Walk) -> Iterator[Reading]:
    """After each visit the loudness is the usual one, however the visit ended: at the latest a minute later."""
    live = walk.live
    stop = next((seen.stop for seen in walk.seen if seen.name == "tiles-loudness"), None)
    if stop is None:
        return
    for end in ("time-out", "back"):
        live.go(stop)
        live.desk.louder.clear()
        live.touch("loudness")
        changed = list(live.desk.louder)
        if end == "time-out":
            live.until_warned()
            live.wait(30.0)
        else:
            while live.screen != "attract":
                live.touch("back")
            live.wait(60.0)
        away = abs(live.desk.louder[-1] - STEPS_DB[USUAL]) if len(live.desk.louder) > len(changed) else 99.0
        yield Reading(away, away == 0, f"after the {end}", stop.name)


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
    both = sum(before.stopped is None or before.stopped > after.started + 0.001 for before, after in pairwise(spoken))
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
    speaker = Speaker(Tones(), player)  # type: ignore[arg-type]
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
    Measure(Row("10", "Loudness, softest to loudest", "≥ 18 dB", "dB"), loudness, once="language"),
    Measure(
        Row("10 usual", "Loudness back to the usual after a visit", "0 dB", "dB away", "most"),
        usual_again,
        once="language",
    ),
    Measure(Row("9 device", "The loudspeaker stops", "≤ 0.2 s", "s", "most"), stops, once="walk"),
    Measure(Row("11", "No sound over another", "0", "overlaps", "most"), overlaps, once="walk"),
)
