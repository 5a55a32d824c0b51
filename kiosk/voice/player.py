"""Clip → air. One clip at a time; a new one takes the place of the old. Kivy's own sound is not used: it freezes.

Shipped stand-ins, named as such: SilentPlayer (no sound device: keeps the time a clip would take) and
RecordingPlayer (the "virtual speaker": keeps what was spoken, for trials and tests).
"""

from __future__ import annotations

import logging
import os
import threading
import time
from array import array
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from kiosk.voice import sound
from kiosk.voice.clips import Clip

log = logging.getLogger(__name__)

OnEnd = Callable[[], None]

BUFFER = 512
"""Samples (23 ms): tap to first sound at the device 21 ms, at most 31 (facts/voice)."""


class PlayerError(Exception):
    """A clip that cannot be played: its file is gone or the device refuses."""


class Player(Protocol):
    """A loudspeaker. Used by one thread at a time (the Speaker's)."""

    name: str
    available: bool
    """Can anybody hear it?"""
    volume: float
    """0.0–1.0, linear."""

    def play(self, clip: Clip, on_end: OnEnd | None = None) -> None:
        """Start `clip`, in place of what is playing. `on_end` is called once, from any thread, when the clip has
        come to its own end, and not when stop() or another play() came before. Raises PlayerError."""
        ...

    def stop(self) -> None:
        """Silence, at once."""
        ...

    def close(self) -> None:
        """Let go of the device. Nothing may be called afterwards."""
        ...


def gain(decibels: float) -> float:
    """dB (0 or less) → volume 0.0–1.0."""
    return float(min(1.0, 10 ** (decibels / 20)))


class Alarm:
    """One thread that calls back after a delay; a new delay takes the place of the old. `busy` puts the call
    off, asked at most 20 times a second."""

    def __init__(self, name: str) -> None:
        self._changed = threading.Condition()
        self._due: float | None = None
        self._then: OnEnd | None = None
        self._busy: Callable[[], bool] | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def set(self, delay: float, then: OnEnd | None, busy: Callable[[], bool] | None = None) -> None:
        """Call `then` in `delay` seconds."""
        with self._changed:
            self._due, self._then, self._busy = time.monotonic() + delay, then, busy
            self._changed.notify()

    def clear(self) -> None:
        """Forget the call, if it has not been made."""
        with self._changed:
            self._due = None
            self._changed.notify()

    def close(self) -> None:
        """End the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join(timeout=2.0)

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._closed and (self._due is None or self._due > time.monotonic()):
                    self._changed.wait(None if self._due is None else self._due - time.monotonic())
                if self._closed:
                    return
                if self._busy and self._busy():
                    self._due = time.monotonic() + 0.05
                    continue
                then, self._due = self._then, None
            if then:
                then()


class PygamePlayer:
    """SDL's mixer by pygame-ce: no window, no event loop, nothing else of pygame."""

    available = True

    def __init__(self) -> None:
        """Open the default device. Raises PlayerError saying why it cannot."""
        os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
        try:
            from pygame import error as pygame_error
            from pygame import mixer
        except ImportError as error:
            raise PlayerError(f"pygame-ce is not usable: {error}") from None
        try:
            # allowedchanges=0: SDL converts for the device, and what we hand over is what is played.
            mixer.init(sound.RATE, -16, 1, BUFFER, allowedchanges=0)
        except pygame_error as error:
            raise PlayerError(str(error)) from None
        self._mixer: Any = mixer
        self._error: type[Exception] = pygame_error
        self._channel: Any = mixer.Channel(0)
        self._alarm = Alarm("voice-end")
        self._volume = 1.0
        self.name = f"pygame ({os.environ.get('SDL_AUDIODRIVER', 'default device')})"

    @property
    def volume(self) -> float:
        return self._volume

    @volume.setter
    def volume(self, value: float) -> None:
        self._volume = max(0.0, min(1.0, value))
        self._channel.set_volume(self._volume)

    def play(self, clip: Clip, on_end: OnEnd | None = None) -> None:
        self._alarm.clear()
        try:
            played = self._mixer.Sound(buffer=sound.to_bytes(_samples(clip)))
            self._channel.play(played)
            self._channel.set_volume(self._volume)  # SDL sets it back at every play
        except self._error as error:
            raise PlayerError(str(error)) from None
        self._alarm.set(clip.seconds, on_end, self._channel.get_busy)

    def stop(self) -> None:
        self._alarm.clear()
        self._channel.stop()

    def close(self) -> None:
        self.stop()
        self._alarm.close()
        self._mixer.quit()


class SilentPlayer:
    """No sound, but the time a clip would take: pictures still light up in step when there is no device."""

    available = False

    def __init__(self, name: str = "silent") -> None:
        self.name = name
        self.volume = 1.0
        self._alarm = Alarm("voice-silence")

    def play(self, clip: Clip, on_end: OnEnd | None = None) -> None:
        self._alarm.set(clip.seconds, on_end)

    def stop(self) -> None:
        self._alarm.clear()

    def close(self) -> None:
        self._alarm.close()


@dataclass(frozen=True)
class Spoken:
    """One clip as it was heard. Times by time.monotonic(); `stopped` is None while it plays."""

    clip: Clip
    started: float
    stopped: float | None = None
    whole: bool = False
    """Came to its own end."""
    volume: float = 1.0
    """The player's at its start."""

    @property
    def key(self) -> str:
        return self.clip.prompt.key

    @property
    def text(self) -> str:
        return self.clip.prompt.text

    @property
    def pcm_hash(self) -> str:
        return self.clip.pcm_hash


class RecordingPlayer:
    """The virtual speaker: keeps what was spoken and when. `through` also plays it: a SilentPlayer gives it
    real time, a PygamePlayer sound; without one a clip ends the moment it starts."""

    def __init__(self, through: Player | None = None, keep: int = 5000) -> None:
        """`keep`: how many clips are remembered, the oldest going first."""
        self._through = through
        self._lock = threading.Lock()
        self._spoken: deque[Spoken] = deque(maxlen=keep)
        self._volume = through.volume if through else 1.0
        self.name = "virtual speaker" + (f" over {through.name}" if through else "")
        self.available = through.available if through else False

    @property
    def volume(self) -> float:
        return self._volume

    @volume.setter
    def volume(self, value: float) -> None:
        self._volume = value
        if self._through:
            self._through.volume = value

    @property
    def spoken(self) -> list[Spoken]:
        """All that was spoken, in order."""
        with self._lock:
            return list(self._spoken)

    def play(self, clip: Clip, on_end: OnEnd | None = None) -> None:
        self._end(None, whole=False)
        with self._lock:
            self._spoken.append(Spoken(clip, time.monotonic(), volume=self._volume))

        def ended() -> None:
            self._end(clip, whole=True)
            if on_end:
                on_end()

        if self._through:
            self._through.play(clip, ended)
        else:
            ended()

    def stop(self) -> None:
        if self._through:
            self._through.stop()
        self._end(None, whole=False)

    def close(self) -> None:
        self.stop()
        if self._through:
            self._through.close()

    def write(self, path: Path, longest_gap: float = 0.6) -> None:
        """All that was spoken as one WAV, as loud as it was; cut clips as far as they were heard, pauses shortened to
        `longest_gap` seconds. A clip whose file is gone becomes silence."""
        result, last = array("h"), None
        for entry in self.spoken:
            if last is not None:
                result += sound.silence(min(longest_gap, max(0.05, entry.started - last)))
            try:
                samples = _samples(entry.clip)
            except PlayerError:
                samples = sound.silence(entry.clip.seconds)
            if entry.volume < 1.0:
                samples = array("h", (round(sample * entry.volume) for sample in samples))
            last = entry.stopped or entry.started + entry.clip.seconds
            result += samples if entry.whole else samples[: round((last - entry.started) * sound.RATE)]
        sound.write_wav(path, result or sound.silence(0.1))

    def _end(self, clip: Clip | None, whole: bool) -> None:
        """What plays now ends; with `clip`, only if that is it."""
        with self._lock:
            last = self._spoken[-1] if self._spoken else None
            if last and last.stopped is None and (clip is None or clip is last.clip):
                self._spoken[-1] = replace(self._spoken[-1], stopped=time.monotonic(), whole=whole)


def open_player(volume_db: float = 0.0, record: bool = False) -> tuple[Player, str]:
    """The best loudspeaker there is, and one sentence on which and why (for log and health row). `record` puts
    the virtual speaker before it."""
    player: Player
    try:
        player = PygamePlayer()
        why = f"Sound by {player.name}."
    except PlayerError as error:
        player = SilentPlayer(f"silent: {error}")
        why = f"No sound: {error}. Prompts are shown only; check the sound device and start again."
    player.volume = gain(volume_db)
    log.info("%s", why)
    return (RecordingPlayer(player) if record else player), why


def _samples(clip: Clip) -> array[int]:
    try:
        return sound.read_wav(clip.path)
    except (sound.SoundError, OSError) as error:
        raise PlayerError(f"{clip.prompt.key}: {error}") from None
