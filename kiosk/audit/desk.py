"""A stand-in for the house behind the screen: answers as a day's circumstances say, speaks in the walk's own time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kiosk.clock import ManualClock
from kiosk.office.types import Crowd, Opening, Ticket, TicketOrder
from kiosk.words import Prompt

PROMPT_SECONDS = 2.0
"""How long the stand-in takes over a sentence."""


@dataclass(frozen=True)
class Day:
    """What the house would answer."""

    opening: Opening
    crowded: bool = False
    printer: bool = True
    ahead: int = 3
    silent: bool = False
    """The office does not answer when a number is asked for."""
    served: tuple[Ticket, ...] = ()


class AuditDesk:
    """The screen's desk for an audit. Keeps all that was said, and when the screen asked for silence."""

    def __init__(self, day: Day, clock: ManualClock, ticket: Ticket) -> None:
        """`ticket`: what every order gets, with the order's own series and tile."""
        self.day, self._clock, self._ticket = day, clock, ticket
        self.help_comes = self.held = False
        self.forget()

    def forget(self) -> None:
        """A new walk: nothing was said or ordered yet."""
        self.said: list[tuple[float, Prompt]] = []
        self.announced: list[Prompt] = []
        self.clicks: list[float] = []
        self.hushes: list[float] = []
        self.orders: list[TicketOrder] = []
        self.louder: list[float] = []
        self._speech: list[tuple[float, Callable[[], None]]] = []
        self._until = -1.0
        self.help_comes = False
        self._waiting: list[Callable[[], None]] = []

    # ---- what the screen asks ----------------------------------------------------------------------

    def opening(self) -> Opening:
        return self.day.opening

    def crowd(self, done: Callable[[Crowd | None], None]) -> None:
        self._answer(lambda: done(Crowd(47, self.day.crowded)))

    def issue(self, touch_id: str, order: TicketOrder, done: Callable[[Ticket | None, int], None]) -> None:
        self.orders.append(order)
        ticket = replace(self._ticket, series=order.series, tile=order.tile, language=order.language)
        silent, ahead = self.day.silent, self.day.ahead
        self._answer(lambda: done(None, 0) if silent else done(ticket, ahead))

    def finished(self, done: Callable[[list[Ticket]], None]) -> None:
        self._answer(lambda: done(list(self.day.served)))

    def rate(self, token: str, response: str, criterion: str, answer: Any, done: Callable[[str], None]) -> None:
        self._answer(lambda: done("response"))

    def printer_ready(self) -> bool:
        return self.day.printer

    def call_help(self, done: Callable[[str], None]) -> None:
        self._answer(lambda: done("call"))

    def help_answered(self, call_id: str, done: Callable[[bool], None]) -> None:
        done(self.help_comes)

    def withdraw_help(self, call_id: str) -> None: ...

    def say(self, prompts: Sequence[Prompt], on_start: Callable[[int], None] | None = None) -> None:
        now = self._clock.monotonic()
        self.said += [(now, prompt) for prompt in prompts]
        self._until = now + PROMPT_SECONDS * len(prompts)
        starts = on_start or (lambda index: None)
        self._speech = [
            (now + PROMPT_SECONDS * index, lambda index=index: starts(index))  # type: ignore[misc]
            for index in range(len(prompts))
        ]

    def announce(self, prompts: Sequence[Prompt]) -> None:
        self.announced += prompts

    def hush(self) -> None:
        self.hushes.append(self._clock.monotonic())
        self._speech, self._until = [], -1.0

    def click(self) -> None:
        self.clicks.append(self._clock.monotonic())

    def loudness(self, decibels: float) -> None:
        self.louder.append(decibels)

    def speaking(self) -> bool:
        return self._clock.monotonic() < self._until

    # ---- what the walk lets happen -----------------------------------------------------------------

    def pass_time(self) -> None:
        """Begin the sentences whose time has come."""
        now = self._clock.monotonic()
        while self._speech and self._speech[0][0] <= now:
            self._speech.pop(0)[1]()

    def let_go(self) -> None:
        """Give the answers that were held back."""
        self.held = False
        waiting, self._waiting = self._waiting, []
        for give in waiting:
            give()

    def _answer(self, give: Callable[[], None]) -> None:
        if self.held:
            self._waiting.append(give)
        else:
            give()
