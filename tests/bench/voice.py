"""Rendering prompts, and finding one that is ready."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from kiosk.settings import load, places
from kiosk.wiring import check, open_clips
from tests.bench.figure import Figure, p, timed


def voice(folder: Path) -> list[Figure]:
    """Rendering prompts, checked, against the bare command; and finding one that is ready."""
    settings = load(places(home=folder))
    prompts = check(settings)[:60]
    clips = open_clips(settings)
    start = time.perf_counter()
    assert clips.prepare(prompts) == []
    ours = time.perf_counter() - start
    texts = [clips.spelled(prompt) for prompt in prompts]
    start = time.perf_counter()
    for number, words in enumerate(texts):
        command = ["espeak-ng", "-v", "vi", "-s", "145", "-w", str(folder / f"{number}.wav"), words]
        subprocess.run(command, check=True)
    floor = time.perf_counter() - start
    found = timed(lambda number: clips.ready(prompts[number % 60]), 600)
    read = timed(lambda number: (folder / f"{number % 60}.wav").stat(), 600)
    return [
        Figure("render a prompt, checked", ours / 60 * 1000, "ms", floor / 60 * 1000, "the bare espeak-ng command"),
        Figure("find a clip that is ready", p(50, found), "ms", p(50, read), "one stat() of a file"),
    ]
