"""Real espeak-ng, real files; the loudspeaker is a stand-in unless a test says otherwise."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.voice.clips import ClipStore
from kiosk.voice.render import Renderer
from kiosk.voice.spelling import Spelling
from kiosk.words import Prompt

ASSETS = Path(__file__).parents[2] / "assets" / "voice"
DEADLINE = 10.0


def until(condition: Callable[[], bool], within: float = DEADLINE) -> float:
    """Wait for `condition`; the seconds it took. Fails after `within`."""
    start, pause = time.monotonic(), threading.Event()
    while not condition():
        assert time.monotonic() - start < within, "never came true"
        pause.wait(0.002)
    return time.monotonic() - start


def vi(key: str, text: str) -> Prompt:
    return Prompt(key, "vi", text)


@pytest.fixture(scope="session")
def spellings() -> dict[str, Spelling]:
    return {language: Spelling(ASSETS / language / "spelling.toml") for language in ("vi", "en")}


@pytest.fixture(scope="session")
def renderer() -> Renderer:
    return Renderer({"vi": "vi", "en": "en"})


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory, renderer: Renderer, spellings: dict[str, Spelling]) -> ClipStore:
    """One cache for all tests that only read it."""
    return ClipStore(ASSETS, tmp_path_factory.mktemp("clips"), renderer, spellings)


@pytest.fixture
def own_store(tmp_path: Path, renderer: Renderer, spellings: dict[str, Spelling]) -> Iterator[ClipStore]:
    """An empty pack and an empty cache."""
    (tmp_path / "pack" / "vi").mkdir(parents=True)
    yield ClipStore(tmp_path / "pack", tmp_path / "cache", renderer, spellings)
