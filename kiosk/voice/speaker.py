"""The one loudspeaker: prompts of the screen and calls for the lobby, one at a time, on a thread of its own.

- A say() takes the place of what the screen said before; a touch hushes it. Both within milliseconds.
- An announcement waits for a running say to end, but at most 8 s, and is then spoken whole: neither a say()
  nor a touch nor another announcement cuts it.
- A say() during an announcement waits its turn, and is dropped when it has grown stale: the screen has moved on.

Only this thread touches the player, and it holds no lock while it does, so callbacks may call back in.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from kiosk.voice.clips import Clip, ClipStore
from kiosk.voice.player import Player, PlayerError, gain
from kiosk.words import Prompt

log = logging.getLogger(__name__)

GAP = 0.25
"""Seconds between the prompts of one say."""
CLIP_WAIT = 1.5
"""Seconds to wait for a clip that is still being rendered; then the chime."""
CALL_WAIT = 8.0
"""Seconds that a call for the lobby waits for a prompt at most (docs/architecture.md)."""
STALE = 10.0
"""Seconds after which a say() that had to wait is not worth saying."""
OVERTIME = 2.0
"""Seconds past its length after which a clip counts as ended, whatever the device says."""

OnStart = Callable[[int], None]
OnDone = Callable[[], None]


@dataclass(eq=False)
class _Turn:
    """Something to be spoken as one. `cut` is set by whoever takes its place: that is the generation counter."""

    prompts: Sequence[Prompt]
    on_start: OnStart | None = None
    on_done: OnDone | None = None
    on_lost: OnDone | None = None
    loudness: float = 0.0
    """dB below the office's own loudness."""
    cuttable: bool = True
    urgent: bool = False
    asked: float = field(default_factory=time.monotonic)
    cut: bool = False
    ended: int = -1
    """Index of the last clip that came to its end."""
    lost: bool = False
    """Something of it was not heard."""


class Speaker:
    """The queue before the one loudspeaker. Every method returns at once and may be called from any thread."""

    def __init__(
        self,
        store: ClipStore,
        player: Player,
        gap: float = GAP,
        clip_wait: float = CLIP_WAIT,
        call_wait: float = CALL_WAIT,
        stale: float = STALE,
        loudness: float = 0.0,
    ) -> None:
        """Times in seconds; `loudness`: see there. The speaker owns `player` from now on and closes it."""
        self._store, self._player = store, player
        self._office_volume = player.volume
        self.loudness = loudness
        """dB, 0 or less: what is said from now on stands so far below an announcement; so does the sound of a tap."""
        self._gap, self._clip_wait, self._call_wait, self._stale = gap, clip_wait, call_wait, stale
        self._changed = threading.Condition()
        self._now: _Turn | None = None
        self._say: _Turn | None = None
        self._click: _Turn | None = None
        self._calls: deque[_Turn] = deque()
        self._closed = False
        self._sounds = {"click": store.click(), "chime": store.chime()}
        self._thread = threading.Thread(target=self._run, name="speaker", daemon=True)
        self._thread.start()

    @property
    def speaking(self) -> bool:
        """Is something spoken now, or about to be?"""
        with self._changed:
            return bool(self._now or self._say or self._calls)

    @property
    def saying(self) -> bool:
        """Is something said to the citizen, or about to be? Announcements do not count."""
        with self._changed:
            return bool(self._say or (self._now and self._now.cuttable))

    @property
    def player(self) -> Player:
        """For its name, `available` and `volume` only."""
        return self._player

    def say(
        self,
        prompts: Sequence[Prompt],
        on_start: OnStart | None = None,
        on_done: OnDone | None = None,
        urgent: bool = False,
    ) -> None:
        """Speak `prompts` one after another, in place of what a say() before this one speaks.

        `on_start(i)` is called when prompt i begins (also when only the chime stands in for it), `on_done()`
        after the last one, not when it was cut or dropped. Both come on the speaker's thread and must be quick.
        `urgent`: goes before calls that wait, and never grows stale (a ticket's number)."""
        self._put_say(_Turn(tuple(prompts), on_start, on_done, loudness=self.loudness, urgent=urgent))

    def announce(
        self, prompts: Sequence[Prompt], on_done: OnDone | None = None, on_lost: OnDone | None = None
    ) -> object:
        """Call into the lobby: spoken whole, in the order of the calls, a running say first, for CALL_WAIT at most.
        Begin with clips.CHIME to make heads turn.

        `on_done()` after the last prompt; `on_lost()` in its place when one of them could not be played or came too
        late from the engine, so that it may be called again. Without an engine the chime is all there can be, and
        done. Returns what withdraw() wants."""
        turn = _Turn(tuple(prompts), on_done=on_done, on_lost=on_lost, cuttable=False)
        self._fetch(turn)
        with self._changed:
            if not self._closed:
                self._calls.append(turn)
                self._changed.notify_all()
        return turn

    def withdraw(self, announcement: object) -> bool:
        """Take an announcement back; False when it has begun already: then it is spoken whole."""
        with self._changed:
            for turn in self._calls:
                if turn is announcement:
                    self._calls.remove(turn)
                    return True
            return False

    def drop(self, announcement: object) -> None:
        """Take an announcement back even if it has begun: something more important is to be called out. Neither its
        on_done nor its on_lost comes then, unless it was at its very end."""
        with self._changed:
            if self._now is announcement and self._now is not None:
                self._now.cut = True
                self._changed.notify_all()
            self._calls = deque(turn for turn in self._calls if turn is not announcement)

    def hush(self) -> None:
        """Stop what the screen says, and what it was about to say; an announcement goes on."""
        self._put_say(None)

    def click(self) -> None:
        """Hush, and the sound of a tap at once; none over an announcement (one sound at a time)."""
        with self._changed:
            self._drop_say()
            if not self._closed and (self._now is None or self._now.cuttable):
                self._click = _Turn(
                    (self._sounds["click"].prompt,), loudness=self.loudness, cuttable=False
                )
            self._changed.notify_all()

    def close(self) -> None:
        """Silence, the end of the thread, the device let go."""
        with self._changed:
            self._closed = True
            self._calls.clear()
            self._click = None
            self._drop_say()
            if self._now:
                self._now.cut = True
            self._changed.notify_all()
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout=5.0)

    # ---- who is next ---------------------------------------------------------------------------------------

    def _put_say(self, turn: _Turn | None) -> None:
        if turn:
            self._fetch(turn)
        with self._changed:
            self._drop_say()
            if not self._closed:
                self._say = turn
            self._changed.notify_all()

    def _drop_say(self) -> None:
        """With the lock held: nothing that the screen said before is spoken any more."""
        if self._say:
            self._say.cut = True
            self._say = None
        if self._now and self._now.cuttable:
            self._now.cut = True

    def _overdue(self) -> bool:
        return bool(self._calls) and time.monotonic() - self._calls[0].asked >= self._call_wait

    def _next(self) -> _Turn | None:
        """With the lock held: the tap's sound, then an overdue call, then the screen, then a call."""
        turn: _Turn | None = None
        if self._click:
            turn, self._click = self._click, None
            return turn
        if self._say and not self._say.urgent and time.monotonic() - self._say.asked > self._stale:
            self._say = None
        if self._say and (self._say.urgent or not self._overdue()):
            turn, self._say = self._say, None
        elif self._calls:
            turn = self._calls.popleft()
        return turn

    def _run(self) -> None:
        while True:
            with self._changed:
                self._now = None
                while not self._closed and (turn := self._next()) is None:
                    self._changed.wait()
                if self._closed:
                    break
                self._now = turn
            assert turn
            self._guarded(self._speak, turn)
            self._guarded(self._finish, turn)
        self._player.close()

    def _guarded(self, step: Callable[[_Turn], None], turn: _Turn) -> None:
        """The one loudspeaker must outlive any single prompt, and who waits for its end must hear of it."""
        try:
            step(turn)
        except Exception:
            log.exception("A prompt could not be spoken")
            turn.lost = True

    # ---- speaking ------------------------------------------------------------------------------------------

    def _speak(self, turn: _Turn) -> None:
        for index, prompt in enumerate(turn.prompts):
            if index:
                self._wait(turn, lambda: False, self._gap)
            clip = self._clip(turn, prompt)
            if turn.cut:
                break
            if turn.on_start:
                turn.on_start(index)
            if turn.cut:  # the callback itself, or a touch meanwhile
                break
            self._play(turn, index, clip)

    def _finish(self, turn: _Turn) -> None:
        if turn.cut:
            self._player.stop()
        elif ending := turn.on_lost if turn.lost and turn.on_lost else turn.on_done:
            ending()

    def _play(self, turn: _Turn, index: int, clip: Clip) -> None:
        def ended() -> None:
            with self._changed:
                turn.ended = index
                self._changed.notify_all()

        try:
            self._player.volume = self._office_volume * gain(turn.loudness)
            self._player.play(clip, ended)
        except PlayerError as error:
            log.warning("Not heard: %s", error)
            turn.lost = True
            self._wait(turn, lambda: False, clip.seconds)  # pictures still light up in step
            return
        self._wait(turn, lambda: turn.ended >= index, clip.seconds + OVERTIME)

    def _clip(self, turn: _Turn, prompt: Prompt) -> Clip:
        """The prompt's clip, waited for a little; else the chime."""
        if not prompt.language and prompt.key in self._sounds:
            return self._sounds[prompt.key]
        found: list[Clip] = []

        def there() -> bool:
            clip = self._store.ready(prompt)
            found.extend([clip] if clip else [])
            return bool(clip) or bool(self._store.problem)

        self._wait(turn, there, self._clip_wait)
        if not found and not turn.cut:
            log.warning("No clip for %s: %s", prompt.key, self._store.problem or "too late")
            turn.lost = turn.lost or not self._store.problem
        return found[0] if found else self._sounds["chime"]

    def _wait(self, turn: _Turn, over: Callable[[], bool], limit: float) -> None:
        """Until `over`, `turn` is cut, or `limit` seconds went by. An overdue call cuts a say here."""
        end = time.monotonic() + limit
        with self._changed:
            while not turn.cut and not over():
                now = time.monotonic()
                left = end - now
                if turn.cuttable and not turn.urgent and self._calls:
                    left = min(left, self._calls[0].asked + self._call_wait - now)
                    if self._overdue():
                        turn.cut = True
                        break
                if now >= end:
                    break
                self._changed.wait(max(0.0, left))

    def _fetch(self, turn: _Turn) -> None:
        """Render what is missing on a thread of its own; the speaker's wakes with each clip that comes."""
        missing = [prompt for prompt in turn.prompts if prompt.language and not self._store.ready(prompt)]
        if not missing or self._store.problem:
            return

        def make() -> None:
            try:
                self._store.prepare(missing, wake)
            except Exception:
                log.exception("Prompts could not be rendered")

        def wake(_done: int, _total: int) -> None:
            with self._changed:
                self._changed.notify_all()

        threading.Thread(target=make, name="voice-fetch", daemon=True).start()
