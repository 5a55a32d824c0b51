"""Pages that stay fresh: one look-out for changes, one rendering a change and topic, sent to all who watch it.

A topic ("counter 2", "board") is rendered into named fragments. A browser is sent those that differ from what it has,
and a beat every two seconds, so that it notices when the server is away.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool

from kiosk.office.changes import ChangeWatch
from kiosk.office.database import DatabaseError

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.1
BEAT_SECONDS = 2.0
OLD_SECONDS = 15.0
"""Minutes on the pages go by without anything being written: a topic is rendered anew after so long."""
CHECK_SECONDS = 8.0
"""So often a stream asks whether its browser may still look."""

Fragments = dict[str, str]


@dataclass(eq=False)
class _Topic:
    version: int = -1
    at: float = 0.0
    fragments: Fragments = field(default_factory=dict)
    broken: Exception | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Live:
    """The look-out and the streams of one web process."""

    def __init__(self, watch: ChangeWatch, look_seconds: float = LOOK_SECONDS) -> None:
        self._watch, self._look_seconds = watch, look_seconds
        self._topics: dict[str, _Topic] = {}
        self._version = 0
        self._stop = threading.Event()
        self._news: asyncio.Event | None = None
        self._looking: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look; inside the running event loop."""
        self._news = asyncio.Event()
        loop = asyncio.get_running_loop()
        self._looking = threading.Thread(target=self._look, args=(loop,), name="live", daemon=True)
        self._looking.start()

    @property
    def alive(self) -> bool:
        """Whether the look-out for changes runs."""
        return self._looking is not None and self._looking.is_alive()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()

    async def stream(
        self, topic: str, render: Callable[[], Fragments], may_look: Callable[[], bool] = lambda: True
    ) -> AsyncIterator[str]:
        """Server-sent events: `show` with the fragments that changed, `beat`, `trouble` when rendering failed.
        `render` runs on a worker thread, once a change for all who watch the same topic. The stream ends when
        `may_look` says so."""
        assert self._news is not None
        state = self._topics.setdefault(topic, _Topic())
        sent: Fragments = {}
        checked = time.monotonic()
        while not self._stop.is_set():
            news = self._news
            try:
                if time.monotonic() - checked > CHECK_SECONDS:
                    if not await run_in_threadpool(may_look):
                        return
                    checked = time.monotonic()
                fragments = await self._fresh(topic, state, render)
            except Exception:  # whatever it is: it is in the log, and the page says that it is not fresh
                yield _event("trouble", {})
            else:
                changed = {name: html for name, html in fragments.items() if sent.get(name) != html}
                sent.update(changed)
                yield _event("show", changed) if changed else _event("beat", {})
            # A browser that is slow holds up only itself: what it missed is in the next fragments
            try:
                await asyncio.wait_for(news.wait(), BEAT_SECONDS)
            except TimeoutError:
                continue

    async def _fresh(self, name: str, topic: _Topic, render: Callable[[], Fragments]) -> Fragments:
        """What the topic shows now. Raises what rendering raised, for all who watch; tried again with each beat."""
        async with topic.turn:
            old = BEAT_SECONDS / 2 if topic.broken else OLD_SECONDS
            if topic.version != self._version or time.monotonic() - topic.at > old:
                topic.version, topic.at = self._version, time.monotonic()
                was, topic.broken = topic.broken, None
                try:
                    topic.fragments = await run_in_threadpool(render)
                except Exception as error:
                    if was is None:
                        log.exception("%s could not be rendered", name)
                    topic.broken = error
            if topic.broken is not None:
                raise topic.broken
            return topic.fragments

    def _changed(self) -> None:
        self._version += 1
        news, self._news = self._news, asyncio.Event()
        if news is not None:
            news.set()

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        told = False
        while not self._stop.wait(self._look_seconds):
            try:
                changed, told = self._watch.changed(), False
            except DatabaseError as error:
                changed = not told
                if not told:
                    log.error("the look-out for changes: %s", error)
                told = True
            if changed:
                try:
                    loop.call_soon_threadsafe(self._changed)
                except RuntimeError:
                    return  # the loop has ended
        self._watch.close()


def _event(name: str, data: Fragments) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
