"""Spelled text → WAV files, by pyttsx3 and espeak-ng in a throw-away process (batch.py), checked.

A hung or crashed batch costs its unfinished prompts one more process, which uses the plain command only.
"""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import kiosk

log = logging.getLogger(__name__)

METHOD = 1
"""Counts up when batch.py or sound.py makes other samples of the same words: old cache files go unused."""

START_LIMIT, PROMPT_LIMIT = 10.0, 3.0
"""Seconds a batch may take: to start, and for each prompt (measured: 0.2 and 0.15)."""


class EngineMissing(Exception):
    """No speech engine on this machine. The message says what to install."""

    def __init__(self, command: str) -> None:
        super().__init__(f'No "{command}" command: prompts cannot be rendered. Install it: apt install espeak-ng')


def voices(command: str = "espeak-ng") -> list[str]:
    """The names by which the engine knows its voices; empty when it is not installed."""
    try:
        said = subprocess.run([command, "--voices"], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return []
    rows = [line.split() for line in said.stdout.splitlines()[1:]]
    return [row[1] for row in rows if len(row) > 1]


@dataclass(frozen=True)
class Job:
    """One file to make: spelled words in, WAV out (its folder must exist)."""

    language: str
    text: str
    path: Path


class Renderer:
    """Renders in the voices of one office. Holds no process between calls; any thread may use it."""

    def __init__(
        self, voices: Mapping[str, str], rate: int = 145, pitch: int = 50, command: str = "espeak-ng"
    ) -> None:
        """`voices`: language → espeak-ng voice (settings.voice.engine_voice); `rate`: espeak words a minute
        (145 gives about 180 syllables a minute with pauses); `pitch`: 0–99."""
        self._voices, self._rate, self._pitch, self._command = dict(voices), rate, pitch, command
        self._engine = ""

    @property
    def engine(self) -> str:
        """Engine and version, such as "espeak-ng 1.51". Raises EngineMissing."""
        if not shutil.which(self._command):
            raise EngineMissing(self._command)
        if not self._engine:
            try:
                asked = [self._command, "--version"]
                said = subprocess.run(asked, capture_output=True, text=True, timeout=10, check=False)
            except (OSError, subprocess.TimeoutExpired):
                raise EngineMissing(self._command) from None
            version = re.search(r"\d+(\.\d+)+", said.stdout)
            self._engine = f"espeak-ng {version[0] if version else '?'}"
        return self._engine

    def identity(self, language: str) -> str:
        """All that decides how words of `language` sound, for a clip's cache key. Raises EngineMissing."""
        return f"{language}|{self._voice(language)}|{self.engine}|{self._rate}|{self._pitch}|{METHOD}"

    def render(self, jobs: Sequence[Job], done: Callable[[Job], None] | None = None) -> dict[Path, str]:
        """Make the files of `jobs`; `done(job)` after each, on this thread. Returns problems by path: empty
        is well. Files appear whole or not at all. Raises EngineMissing."""
        _ = self.engine
        problems: dict[Path, str] = {}
        left = list(jobs)
        for pyttsx3 in (True, False):
            left = self._batch(left, pyttsx3, done, problems)
            if not left:
                break
            log.warning("A batch of prompts broke off: %d left", len(left))
        problems.update({job.path: "the engine did not answer" for job in left})
        return problems

    def _voice(self, language: str) -> str:
        return self._voices.get(language, language)

    def _batch(
        self, jobs: list[Job], pyttsx3: bool, done: Callable[[Job], None] | None, problems: dict[Path, str]
    ) -> list[Job]:
        """One process. Returns the jobs that it left undone."""
        order: dict[str, Any] = {"pyttsx3": pyttsx3, "jobs": [self._order(job) for job in jobs]}
        process = subprocess.Popen(
            [sys.executable, "-m", "kiosk.voice.batch"],
            cwd=Path(kiosk.__file__).parents[1],
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        # A watchdog, not a read time-out: reading lines cannot outlive the process then.
        watchdog = threading.Timer(START_LIMIT + PROMPT_LIMIT * len(jobs), process.kill)
        watchdog.daemon = True
        watchdog.start()
        left = list(jobs)
        try:
            with process:
                assert process.stdin and process.stdout
                try:
                    process.stdin.write(json.dumps(order))
                    process.stdin.close()
                except BrokenPipeError:
                    return left
                for line in process.stdout:
                    answer = json.loads(line)
                    job = left.pop(0)
                    if answer["problem"]:
                        problems[job.path] = answer["problem"]
                        log.warning("Not rendered: %s (%s)", job.text, answer["problem"])
                    if done:
                        done(job)
        finally:
            watchdog.cancel()
        return left

    def _order(self, job: Job) -> dict[str, Any]:
        return {
            "voice": self._voice(job.language),
            "rate": self._rate,
            "pitch": self._pitch,
            "text": job.text,
            "path": str(job.path.absolute()),
        }
