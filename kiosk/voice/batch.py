"""The throw-away process that renders prompts: `python -m kiosk.voice.batch`, JSON in, JSON lines out.

pyttsx3 speaks through espeak-ng's library in this process, and only ever into files (facts/voice: when it
plays, it loses prompts and cannot be stopped). It races: some files are empty or of the wrong speed. So each
sentence is measured against the `espeak-ng` command's own rendering of the same words in the same voice, which
was the same to the bit in 200 of 200 runs and takes 10 ms: more than 15 % off and the sentence is said again,
then the command's is taken.
In:  {"pyttsx3": true, "jobs": [{"voice": "vi", "rate": 145, "pitch": 50, "text": "…", "path": "/…/x.wav"}]}
Out: {"job": 0, "engine": "pyttsx3" | "espeak-ng" | "", "problem": ""}  one line a job, in order
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from array import array
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from kiosk.voice import sound

AMPLITUDE = 70
"""Percent of espeak's own: at 100 its peaks are cut off at 0 dBFS [measured]."""

TOLERANCE = 0.15
SETTLE = 0.05
"""Seconds after the finish event before pyttsx3 is given the next sentence (facts/voice)."""

SETTINGS = 10
"""How often voice and rate are set before it is left at that. 14 of 14 processes then spoke at the right one, 8 of
them under load; 4 of 6 had not."""

SENTENCE_PAUSE = 0.55
"""Seconds of silence between sentences, in place of espeak's 0.40: slow by pauses, never by stretching."""

COMMAND_LIMIT = 20.0
"""Seconds that one sentence may take before the engine counts as hung."""


class Library:
    """espeak-ng through pyttsx3. The first utterance of a process is the unsafe one, so it is thrown away."""

    def __init__(self, folder: Path) -> None:
        import pyttsx3

        self._file = folder / "pyttsx3.wav"
        self._finished = threading.Event()
        self._quiet_from = 0.0
        self._engine = pyttsx3.init("espeak")
        self._engine.connect("finished-utterance", lambda **_: self._finished.set())
        self._voice: tuple[str, int, int] | None = None
        self.render("a", "en", 200, 50)

    def mistrust(self) -> None:
        """What was set may have got lost: set it again before the next sentence."""
        self._voice = None

    def render(self, text: str, voice: str, rate: int, pitch: int) -> array[int] | None:
        """The trimmed sound of one sentence; None when it did not come or cannot be read."""
        time.sleep(max(0.0, self._quiet_from - time.monotonic()))
        if self._voice != (voice, rate, pitch):
            self._set(voice, rate, pitch)
        self._file.unlink(missing_ok=True)
        self._finished.clear()
        self._engine.save_to_file(text, str(self._file))
        self._engine.runAndWait()
        done = self._finished.wait(2.0)
        self._quiet_from = time.monotonic() + SETTLE
        try:
            return sound.trim(sound.read_wav(self._file)) if done else None
        except (sound.SoundError, FileNotFoundError):
            return None


    def _set(self, voice: str, rate: int, pitch: int) -> None:
        """Set until it is taken: espeak's own thread sometimes puts the former rate back, and then every sentence of
        the process would be spoken at it."""
        self._voice = (voice, rate, pitch)
        for _ in range(SETTINGS):
            self._engine.setProperty("voice", voice)
            self._engine.setProperty("rate", rate)
            self._engine.setProperty("pitch", pitch)
            self._engine.setProperty("volume", AMPLITUDE / 100)
            time.sleep(SETTLE)
            if self._engine.getProperty("rate") == rate and self._engine.getProperty("pitch") == pitch:
                return


def command(text: str, voice: str, rate: int, pitch: int) -> array[int]:
    """The trimmed sound of one sentence by the command. Raises SoundError with the engine's own words."""
    options = ["-v", voice, "-s", str(rate), "-p", str(pitch), "-a", str(AMPLITUDE), "--stdin", "--stdout"]
    try:
        done = subprocess.run(
            ["espeak-ng", *options],
            input=text.encode(),
            capture_output=True,
            timeout=COMMAND_LIMIT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise sound.SoundError(f"espeak-ng: {error}") from None
    start = done.stdout.find(b"data")  # a stream: the header's lengths are not filled in
    if done.returncode or start < 0:
        raise sound.SoundError(f"espeak-ng: {done.stderr.decode(errors='replace').strip() or 'no sound'}")
    data = done.stdout[start + 8 :]
    return sound.trim(sound.from_bytes(data[: len(data) // 2 * 2]))


def sentence(text: str, voice: str, rate: int, pitch: int, library: Library | None) -> tuple[array[int], str]:
    """One sentence, checked, and who made it."""
    reference = command(text, voice, rate, pitch)
    for _ in range(2 if library else 0):
        assert library
        samples = library.render(text, voice, rate, pitch)
        if samples is not None and abs(len(samples) / len(reference) - 1) <= TOLERANCE:
            return samples, "pyttsx3"
        library.mistrust()
    return reference, "espeak-ng"


def render(job: Mapping[str, Any], library: Library | None) -> str:
    """One prompt into its file: sentence by sentence, pauses between, levelled. Returns the engine's name."""
    samples, engine = array("h"), "pyttsx3"
    for text in re.split(r"(?<=[.?!])\s+", job["text"].strip()):
        if samples:
            samples += sound.silence(SENTENCE_PAUSE)
        spoken, by = sentence(text, job["voice"], job["rate"], job["pitch"], library)
        samples += spoken
        engine = by if by != "pyttsx3" else engine
    sound.write_wav(Path(job["path"]), sound.level(samples))
    return engine


def main(requests: TextIO, answers: TextIO) -> None:
    """Render every job of `requests`, answering each as soon as it is done."""
    order = json.load(requests)
    library: Library | None = None
    with tempfile.TemporaryDirectory(prefix="kiosk-voice-") as folder:
        if order["pyttsx3"]:
            try:
                library = Library(Path(folder))
            except (ImportError, OSError, RuntimeError, ValueError):
                library = None  # no shared library: the command alone does as well
        for index, job in enumerate(order["jobs"]):
            answer = {"job": index, "engine": "", "problem": ""}
            try:
                answer["engine"] = render(job, library)
            except (sound.SoundError, OSError) as error:
                answer["problem"] = str(error)
            print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    # pyttsx3 prints to stdout on its own: keep that pipe for the answers alone.
    pipe = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    main(io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8"), pipe)
    pipe.flush()
    os._exit(0)  # espeak's own thread may still run; there is nothing left to lose
