"""A visit without pixels: real words, settings and storyboard; a desk that answers when the test lets it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from kiosk.clock import ZONE, ManualClock
from kiosk.office.days import Days
from kiosk.office.types import Crowd, Opening, Ticket, TicketOrder
from kiosk.screens.views import View
from kiosk.screens.visit import Visit
from kiosk.settings import Settings, load, places
from kiosk.wiring import load_words
from kiosk.words import Prompt

THURSDAY = datetime(2026, 11, 26, 8, 0, tzinfo=ZONE)


@dataclass
class SlowDesk:
    """The visit's protocol, held in the test's hand: answers wait in `waiting` until they are let go."""

    days: Days
    clock: ManualClock
    ready: bool = True
    too_many: bool = False
    broken: bool = False
    talking: bool = False
    waiting: list[Callable[[], None]] = field(default_factory=list)
    orders: list[tuple[str, TicketOrder]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    announced: list[str] = field(default_factory=list)
    clicks: int = 0
    hushes: int = 0
    loudnesses: list[float] = field(default_factory=list)
    help_is_coming: bool = False
    withdrawn: list[str] = field(default_factory=list)
    served: list[Ticket] = field(default_factory=list)
    rated: list[tuple[str, str, str, object]] = field(default_factory=list)
    on_start: Callable[[int], None] | None = None

    def opening(self) -> Opening:
        return self.days.opening(self.clock.now())

    def crowd(self, done: Callable[[Crowd | None], None]) -> None:
        self.waiting.append(lambda: done(None if self.broken else Crowd(47, self.too_many)))

    def issue(self, touch_id: str, order: TicketOrder, done: Callable[[Ticket | None, int], None]) -> None:
        self.orders.append((touch_id, order))
        ticket = Ticket(
            id=f"id-{touch_id}", day=THURSDAY.date(), series=order.series, number=12, tile=order.tile,
            lane=order.lane, reason=order.reason, language=order.language, missing=order.missing,
            state="waiting", token="x", issued_at=THURSDAY,
        )  # fmt: skip
        self.waiting.append(lambda: done(None, 0) if self.broken else done(ticket, 3))

    def printer_ready(self) -> bool:
        return self.ready

    def finished(self, done: Callable[[list[Ticket]], None]) -> None:
        self.waiting.append(lambda: done(list(self.served)))

    def rate(self, token: str, response: str, criterion: str, answer: object, done: Callable[[str], None]) -> None:
        self.rated.append((token, response, criterion, answer))
        self.waiting.append(lambda: done("" if self.broken else "response"))

    def call_help(self, done: Callable[[str], None]) -> None:
        self.waiting.append(lambda: done("call"))

    def help_answered(self, call_id: str, done: Callable[[bool], None]) -> None:
        done(self.help_is_coming)

    def withdraw_help(self, call_id: str) -> None:
        self.withdrawn.append(call_id)

    def say(self, prompts: Sequence[Prompt], on_start: Callable[[int], None] | None = None) -> None:
        self.said += [prompt.key for prompt in prompts]
        self.on_start = on_start

    def announce(self, prompts: Sequence[Prompt]) -> None:
        self.announced += [prompt.key for prompt in prompts]

    def hush(self) -> None:
        self.hushes += 1

    def loudness(self, decibels: float) -> None:
        self.loudnesses.append(decibels)

    def click(self) -> None:
        self.clicks += 1

    def speaking(self) -> bool:
        return self.talking

    def answer(self) -> None:
        """Let every waiting answer go."""
        answers, self.waiting = self.waiting, []
        for give in answers:
            give()


@dataclass
class Glassy:
    """The glass as a notebook: what was shown, lit, tapped by the hand, asked, darkened, brought down."""

    views: list[View] = field(default_factory=list)
    lit: list[str] = field(default_factory=list)
    hands: list[str] = field(default_factory=list)
    warnings: list[int | None] = field(default_factory=list)
    dark: bool = False
    low: bool = False
    loudness: int | None = None

    def show(self, view: View) -> None:
        self.views.append(view)

    def light(self, target: str) -> None:
        self.lit.append(target)

    def point(self, target: str) -> None:
        self.hands.append(target)

    def ask(self, left: int | None) -> None:
        self.warnings.append(left)

    def louden(self, step: int | None) -> None:
        self.loudness = step

    def dim(self, dark: bool) -> None:
        self.dark = dark

    def lower(self, low: bool) -> None:
        self.low = low


@dataclass
class Stage:
    """The visit and what it showed."""

    visit: Visit
    desk: SlowDesk
    clock: ManualClock
    views: list[View]
    lit: list[str]
    warnings: list[int | None]
    glass: Glassy

    @property
    def screen(self) -> str:
        return self.visit.view.screen

    def settle(self) -> None:
        """Let the screen grow old enough for a touch to count."""
        self.clock.advance(1)

    def pass_time(self, seconds: float) -> None:
        """Let time go by in ticks, as the application's clock does."""
        for _ in range(int(seconds * 2)):
            self.clock.advance(0.5)
            self.visit.tick()

    def to_service(self) -> None:
        self.settle()
        self.visit.start()
        self.desk.answer()
        self.settle()

    def to_confirm(self, tile: str = "birth") -> None:
        self.to_service()
        self.visit.choose(tile)
        while self.screen == "bring":
            self.settle()
            self.visit.answer(True)
        self.settle()

    def to_ticket(self) -> None:
        self.to_confirm()
        self.visit.confirm()
        self.desk.answer()


def stage_for(settings: Settings, moment: datetime = THURSDAY, choices: int = 6) -> Stage:
    clock = ManualClock(moment)
    desk = SlowDesk(Days(settings.calendar), clock)
    glass = Glassy()
    visit = Visit(desk, settings, load_words(settings), clock, choices_per_page=choices, lowers=True, glass=glass)
    visit.home()
    return Stage(visit, desk, clock, glass.views, glass.lit, glass.warnings, glass)


@pytest.fixture(scope="session")
def settings() -> Settings:
    return load(places())


@pytest.fixture
def stage(settings: Settings) -> Stage:
    return stage_for(settings)


def with_office(settings: Settings, **changes: object) -> Settings:
    return replace(settings, office=settings.office.model_copy(update=changes))
