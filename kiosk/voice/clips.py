"""Prompt → clip: recorded by a person, or rendered and cached, or rendered now, or none (picture and chime).

A cache file is named by all that decides its sound, so nothing in it ever goes stale; what is not asked for
any more grows old and is pruned. Every file is checked before it is first used and when it has changed: a
damaged one counts as absent and is made again.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
import time
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kiosk.text import nfc
from kiosk.voice import sound
from kiosk.voice.packs import Recordings, Take
from kiosk.voice.render import METHOD, EngineMissing, Job
from kiosk.voice.spelling import Spelling
from kiosk.words import Prompt

log = logging.getLogger(__name__)

MOST_FILES, MOST_BYTES = 3000, 300_000_000
"""The cache's limits: ten times what one office says (some 200 prompts of 150 kB, and a day's tickets)."""

JOIN_METHOD = 1
"""Counts up when recordings are trimmed, levelled or joined otherwise: old cache files go unused."""

FALLBACK = "vi"
"""What is spoken when a language has neither the recording nor an engine."""

TOUCH_AFTER = 86_400.0
"""Seconds. A file in use is marked as such once a day, not at every tap: kiosks live on flash."""

BATCH = 20
"""Prompts per process: what is lost when one hangs."""

CHIME, CLICK = Prompt("chime", "", ""), Prompt("click", "", "")
"""The kiosk's own sounds, as prompts: they belong to no language."""


@dataclass(frozen=True)
class Clip:
    """A sound ready to be played: a checked WAV file (mono, 16 bit, 22050 Hz), its length and its samples' name."""

    path: Path
    prompt: Prompt
    seconds: float
    pcm_hash: str


class Renders(Protocol):
    """What the store needs of a renderer (kiosk.voice.render.Renderer)."""

    def identity(self, language: str) -> str: ...

    def render(self, jobs: Sequence[Job], done: Callable[[Job], None] | None = None) -> dict[Path, str]: ...


class ClipStore:
    """The clips of one office. Safe for several threads and processes: files appear whole or not at all."""

    def __init__(self, pack: Path, cache: Path, renderer: Renders, spellings: Mapping[str, Spelling]) -> None:
        """`pack`: assets/voice, with packs and their script; `cache`: a folder of our own, made here; `spellings`: of
        the languages that the renderer speaks. Raises PackError for a script that cannot be read."""
        self._recordings = Recordings(pack)
        self._cache, self._renderer, self._spellings = cache, renderer, spellings
        self._cache.mkdir(parents=True, exist_ok=True)
        self._problem = ""
        self._pruning = threading.Lock()
        self._unusable: set[Path] = set()
        self._spelled: dict[Prompt, str] = {}
        self._checked: dict[Path, tuple[tuple[int, int], float, str]] = {}

    @property
    def problem(self) -> str:
        """Why nothing can be rendered, and what to do; empty = well. For the health row and the technician."""
        return self._problem

    def spelled(self, prompt: Prompt) -> str:
        """The words that an engine would be given."""
        if prompt not in self._spelled:
            if len(self._spelled) > MOST_FILES:
                self._spelled.clear()
            spelling = self._spellings.get(self._engine_language(prompt))
            self._spelled[prompt] = spelling.spell(prompt.text) if spelling else nfc(prompt.text)
        return self._spelled[prompt]

    def recorded(self, prompt: Prompt) -> str:
        """The language in which somebody has recorded it; "" = an engine speaks."""
        take = self._take(prompt)
        return take.files[0][0].parent.name if take else ""

    def ready(self, prompt: Prompt) -> Clip | None:
        """The clip, if it can be played at once. Renders nothing: 1 ms at first, 0.05 ms when known."""
        path = self._place(prompt)
        return self._open(path, prompt) if path else None

    def fetch(self, prompt: Prompt) -> Clip | None:
        """The clip, made now if need be (0.2 s and more: for a worker thread). None = picture and chime."""
        clip = self.ready(prompt)
        if clip is None:
            self.prepare([prompt])
            clip = self.ready(prompt)
        return clip

    def prepare(self, prompts: Sequence[Prompt], progress: Callable[[int, int], None] | None = None) -> list[Prompt]:
        """Make all clips that are missing, ahead of use; `progress(done, total)` after each, on this thread.
        Returns the prompts that have no clip in the end: empty is well; see `problem`."""
        missing = [prompt for prompt in dict.fromkeys(prompts) if self.ready(prompt) is None]
        jobs: dict[Path, Job] = {}
        for prompt in missing:
            recorded = self._take_recording(prompt)
            if not recorded and (path := self._place(prompt)) and (text := self.spelled(prompt)):
                jobs[path] = Job(self._engine_language(prompt), text, path)
        waiting = list(jobs.values())
        total, done = len(prompts), len(prompts) - len(waiting)

        def step(_: object = None) -> None:
            nonlocal done
            done += 1
            if progress:
                progress(done, total)

        if progress:
            progress(done, total)
        for start in range(0, len(waiting), BATCH):
            try:
                self._renderer.render(waiting[start : start + BATCH], step)
            except EngineMissing as error:
                self._problem = str(error)
                break
        if missing:
            self.prune()
        return [prompt for prompt in missing if self.ready(prompt) is None]

    def chime(self) -> Clip:
        """Two soft bells: "something is said that you cannot hear now, look here", and the head of a call."""
        return self._own(CHIME, _chime)

    def click(self) -> Clip:
        """The sound of a tap."""
        return self._own(CLICK, _click)

    def prune(self, most_files: int = MOST_FILES, most_bytes: int = MOST_BYTES) -> int:
        """Remove what was not used for longest, down to the limits, and what broken-off writers left behind.
        Returns how many files went."""
        removed = 0
        with self._pruning:
            now, kept = time.time(), []
            for path in self._cache.iterdir():
                try:
                    state = path.stat()
                except FileNotFoundError:
                    continue
                if path.suffix == ".part" and now - state.st_mtime > 3600:
                    path.unlink(missing_ok=True)
                    removed += 1
                elif path.suffix == ".wav":
                    kept.append((state.st_mtime, state.st_size, path))
            size = sum(bytes_ for _, bytes_, _ in kept)
            kept.sort(key=lambda entry: entry[0], reverse=True)
            while kept and (len(kept) > most_files or size > most_bytes):
                _, bytes_, path = kept.pop()
                path.unlink(missing_ok=True)
                size -= bytes_
                removed += 1
        return removed

    # ---- files ---------------------------------------------------------------------------------------------

    def _engine_language(self, prompt: Prompt) -> str:
        """The language in which an engine says it: its own, or Vietnamese for one that only people speak."""
        known = prompt.language in self._spellings or FALLBACK not in self._spellings
        return prompt.language if known else FALLBACK

    def _take(self, prompt: Prompt) -> Take | None:
        """The best recording there is, in its language, else in the one that an engine would use."""
        for language in dict.fromkeys((prompt.language, self._engine_language(prompt))):
            for take in self._recordings.takes(language, prompt.key):
                if self._take_place(take) not in self._unusable:
                    return take
        return None

    def _place(self, prompt: Prompt) -> Path | None:
        """Where the clip lies in the cache, there or not. A recording is cached too, trimmed, levelled and joined."""
        if take := self._take(prompt):
            return self._take_place(take)
        try:
            identity = self._renderer.identity(self._engine_language(prompt))
        except EngineMissing as error:
            self._problem = str(error)
            return None
        self._problem = ""
        return self._named(f"{identity}|{self.spelled(prompt)}")

    def _take_place(self, take: Take) -> Path:
        return self._named(f"{take.files}|{take.level_db}|{JOIN_METHOD}|{METHOD}")

    def _named(self, key: str) -> Path:
        return self._cache / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.wav"

    def _take_recording(self, prompt: Prompt) -> bool:
        """Bring the recording into the cache; one that cannot be used makes room for the next best."""
        while take := self._take(prompt):
            place = self._take_place(take)
            try:
                sound.write_wav(place, self._joined(take))
            except (sound.SoundError, OSError) as error:
                log.warning("A recording cannot be used, another voice speaks instead: %s", error)
                self._unusable.add(place)
            else:
                return True
        return False

    def _joined(self, take: Take) -> array[int]:
        """The samples of a take. Each clip is trimmed and levelled once and kept, for digits are in many numbers."""
        pieces = []
        for file in take.files:
            place = self._take_place(Take((file,), take.level_db))
            try:
                samples = sound.read_wav(place)
            except (sound.SoundError, OSError):
                samples = sound.kept_level(sound.trim(sound.read_wav(file[0])), take.level_db)
                if len(take.files) > 1:
                    sound.write_wav(place, samples)
            pieces.append(samples)
        return sound.join(pieces, take.level_db)

    def _open(self, path: Path, prompt: Prompt) -> Clip | None:
        try:
            state = path.stat()
            version = (state.st_mtime_ns, state.st_size)
            known = self._checked.get(path)
            if known is None or known[0] != version:
                samples = sound.read_wav(path)
                known = self._checked[path] = (version, sound.seconds(samples), sound.pcm_hash(samples))
            if time.time() - state.st_mtime > TOUCH_AFTER:
                os.utime(path)
        except FileNotFoundError:
            self._checked.pop(path, None)
            return None
        except (sound.SoundError, OSError) as error:
            log.warning("Damaged clip, made again: %s", error)
            path.unlink(missing_ok=True)
            return None
        return Clip(path, prompt, known[1], known[2])

    def _own(self, prompt: Prompt, make: Callable[[], array[int]]) -> Clip:
        path = self._named(f"{prompt.key}|{METHOD}")
        clip = self._open(path, prompt)
        if clip is None:
            samples = make()
            sound.write_wav(path, samples)
            clip = Clip(path, prompt, sound.seconds(samples), sound.pcm_hash(samples))
        return clip


def _chime() -> array[int]:
    """A falling third, E5 to C5, at -14 dBFS: softer than speech, and not the tone of an alarm."""
    return sound.mix(sound.tone(659.3, 0.8, 5.0, -14.0), sound.tone(523.3, 1.0, 5.0, -14.0), 0.3)


def _click() -> array[int]:
    """A dry knock of 30 ms: felt with the tap, over before speech begins."""
    return sound.tone(900.0, 0.03, 140.0, -10.0)
