"""What a visit may ask of the house and of the glass, and the call for help that it may have open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, Protocol

from kiosk.clock import Clock
from kiosk.office.types import Crowd, Opening, Ticket, TicketOrder
from kiosk.screens.views import View
from kiosk.words import Prompt

Answerless = Literal["skipped", "unknown"]
"""What is written down in place of a value."""
LOOK_SECONDS = 1.0
"""How often the counters' answer is looked for."""


class Desk(Protocol):
    """What a visit may ask. Answers come back on the screen's own thread; the desk sees to that."""

    def opening(self) -> Opening: ...
    def crowd(self, done: Callable[[Crowd | None], None]) -> None: ...
    def issue(self, touch_id: str, order: TicketOrder, done: Callable[[Ticket | None, int], None]) -> None: ...
    def finished(self, done: Callable[[list[Ticket]], None]) -> None: ...
    def rate(
        self, token: str, response: str, criterion: str, answer: int | Answerless, done: Callable[[str], None]
    ) -> None: ...
    def printer_ready(self) -> bool: ...
    def call_help(self, done: Callable[[str], None]) -> None: ...
    def help_answered(self, call_id: str, done: Callable[[bool], None]) -> None: ...
    def withdraw_help(self, call_id: str) -> None: ...
    def say(self, prompts: Sequence[Prompt], on_start: Callable[[int], None] | None = None) -> None: ...
    def announce(self, prompts: Sequence[Prompt]) -> None: ...
    def hush(self) -> None: ...
    def loudness(self, decibels: float) -> None: ...
    def click(self) -> None: ...
    def speaking(self) -> bool: ...


class Surface(Protocol):
    """What a visit may do to the screen."""

    def show(self, view: View) -> None:
        """Draw `view`."""

    def light(self, target: str) -> None:
        """Light one target ("" = none; a hand goes too)."""

    def point(self, target: str) -> None:
        """A hand comes from below and taps this target, once."""

    def ask(self, left: int | None) -> None:
        """ "Are you still there?", `left` seconds to go; None = away."""

    def louden(self, step: int | None) -> None:
        """The key for the loudness with step 1 to 3 on it; None takes it away."""

    def dim(self, dark: bool) -> None:
        """Darken everything, or brighten it again."""

    def lower(self, low: bool) -> None:
        """Targets into the lower half from the next view drawn, or back."""


class HelpLine:
    """The help call of one visit: made loudly, looked after, withdrawn or left open for whoever comes."""

    def __init__(self, desk: Desk, announcement: Prompt, clock: Clock) -> None:
        self._desk, self._announcement, self._clock = desk, announcement, clock
        self._call = ""
        self._generation, self._unwanted = 0, -1
        self._looked_at = 0.0

    def call(self) -> None:
        """The lobby hears it, the counters see it."""
        self._generation += 1
        generation = self._generation
        self._unwanted = -1  # the office keeps one call a place: this one revives the one before it

        def called(call_id: str) -> None:
            if generation == self._generation:
                self._call = call_id
            elif generation == self._unwanted and call_id:
                self._desk.withdraw_help(call_id)

        self._desk.announce([self._announcement])
        self._desk.call_help(called)

    def look(self, coming: Callable[[], None]) -> None:
        """Ask now and then whether a counter has answered; `coming` is told when it has."""
        now = self._clock.monotonic()
        if not self._call or now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        generation = self._generation

        def answered(yes: bool) -> None:
            if yes and generation == self._generation:
                coming()

        self._desk.help_answered(self._call, answered)

    def withdraw(self) -> None:
        """No help is needed any more: also of a call whose key is still on its way."""
        if self._call:
            self._desk.withdraw_help(self._call)
        else:
            self._unwanted = self._generation

    def forget(self) -> None:
        """This visit has nothing more to do with the call; it stays open at the counters."""
        self._call = ""
        self._generation += 1
