"""Every screen of one size and language as PNG: to be looked at, and to find words that do not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path

from kiosk.clock import ZONE, ManualClock
from kiosk.office.types import Crowd, Opening, Ticket, TicketOrder
from kiosk.screens.asking import Answerless
from kiosk.screens.environment import prepare_environment
from kiosk.screens.storyboard import Storyboard
from kiosk.screens.theme import Theme
from kiosk.screens.views import Choices, ConfirmView, HelpView, TicketView, View
from kiosk.screens.wayout import WayOut
from kiosk.settings import Settings, Wifi
from kiosk.wiring import load_pictures, load_words
from kiosk.words import Prompt, Words

SIZES = {"21": (1080, 1920, 21.5), "15": (1920, 1080, 15.6), "10": (1280, 800, 10.1)}
"""Name → width and height in px, diagonal in inches."""
THURSDAY = datetime(2026, 11, 26, 9, 5, tzinfo=ZONE)
_HOURS = ((time(7, 0), time(11, 30)), (time(13, 30), time(17, 0)))


@dataclass(frozen=True)
class Scene:
    """One picture of the album."""

    name: str
    view: View
    lit: str = ""
    warning: int | None = None
    loudness: int | None = None


class QuietDesk:
    """A desk that answers nothing: the album shows views that it makes itself."""

    def opening(self) -> Opening:
        return Opening(True, "open", THURSDAY.date(), True)

    def crowd(self, done: Callable[[Crowd | None], None]) -> None: ...
    def issue(self, touch_id: str, order: TicketOrder, done: Callable[[Ticket | None, int], None]) -> None: ...
    def finished(self, done: Callable[[list[Ticket]], None]) -> None: ...
    def rate(
        self, token: str, response: str, criterion: str, answer: int | Answerless, done: Callable[[str], None]
    ) -> None: ...
    def printer_ready(self) -> bool:
        return True

    def call_help(self, done: Callable[[str], None]) -> None: ...
    def help_answered(self, call_id: str, done: Callable[[bool], None]) -> None: ...
    def withdraw_help(self, call_id: str) -> None: ...
    def say(self, prompts: Sequence[Prompt], on_start: Callable[[int], None] | None = None) -> None: ...
    def announce(self, prompts: Sequence[Prompt]) -> None: ...
    def hush(self) -> None: ...
    def loudness(self, decibels: float) -> None: ...
    def click(self) -> None: ...
    def speaking(self) -> bool:
        return False


def for_size(settings: Settings, size: str, language: str) -> Settings:
    """The settings of an office with such a screen, whose first language is `language`."""
    width, height, diagonal = SIZES[size]
    screen = settings.screen.model_copy(update={"width": width, "height": height, "diagonal_inches": diagonal})
    others = [code for code in ("vi", "en") if code != language]
    office = settings.office.model_copy(update={"languages": [language, *others], "place": "both"})
    return replace(settings, screen=screen, office=office)


def scenes(settings: Settings, board: Storyboard, words: Words, language: str) -> Iterator[Scene]:
    """Every screen in every state that looks different."""
    yield from _visit_scenes(settings, board, language)
    yield from _closed_scenes(board)
    yield from _leaving_scenes(settings, board.way_out, words, language)
    yield Scene("still-there", board.service(language), warning=14)
    yield Scene("help", board.help(language))
    coming = words.shown("help-coming", language)
    asked = board.help(language)
    assert isinstance(asked, HelpView)
    yield Scene("help-coming", replace(asked, answered=True, says=coming))
    yield Scene("trouble", board.trouble(language, ""))
    yield Scene("trouble-with-number", board.trouble(language, "A012"))


def _visit_scenes(settings: Settings, board: Storyboard, language: str) -> Iterator[Scene]:
    opened = Opening(True, "open", THURSDAY.date(), True)
    yield Scene("attract", board.first(opened))
    yield Scene("crowded", board.crowded(language, Crowd(47, True), opened))
    yield Scene("language", board.languages())
    for index, page in enumerate(board.pages(language)):
        yield Scene(f"tiles-{index + 1}", page)
    yield Scene("tiles-lit", board.service(language), lit="marriage")
    yield Scene("tiles-loudness", board.service(language), loudness=2)
    first = next(tile for tile in settings.tiles.values() if len(tile.documents) > 1)
    chosen = Choices(language, tile=first.key)
    for index in range(len(first.documents)):
        yield Scene(f"bring-{index + 1}", board.bring(chosen, index))
    confirm = board.confirm(chosen)
    assert isinstance(confirm, ConfirmView)
    yield Scene("confirm", confirm)
    yield Scene("confirm-priority", replace(confirm, priority=settings.priorities[0].key))
    unsure = next(tile for tile in settings.tiles.values() if tile.unsure)
    yield Scene("confirm-loudness", confirm, loudness=3, lit="loudness")
    yield Scene("confirm-unsure", board.confirm(Choices(language, tile=unsure.key)))
    ticket = Ticket(
        id="album", day=THURSDAY.date(), series=first.series, number=12, tile=first.key, lane="ordinary", reason="",
        language=language, missing=(), state="waiting", token="album", issued_at=THURSDAY,  # noqa: S106
    )  # fmt: skip
    printed = board.ticket(language, ticket, 3, paper=True)
    assert isinstance(printed, TicketView)
    yield Scene("ticket", printed)
    yield Scene("ticket-loudness", printed, loudness=1)
    yield Scene("ticket-none-ahead", replace(printed, people_ahead=0))
    yield Scene("ticket-no-paper", replace(printed, paper=False, people_ahead=47))


def _leaving_scenes(settings: Settings, board: WayOut, words: Words, language: str) -> Iterator[Scene]:
    first = Ticket(
        id="A12", day=THURSDAY.date(), series="A", number=12, tile="birth", lane="ordinary", reason="",
        language=language, missing=(), state="done", token="0Fr8cXQ2mV7sYb1kPzA", issued_at=THURSDAY,  # noqa: S106
    )  # fmt: skip
    others = (("C", 7), ("A", 11), ("H", 3), ("A", 10), ("C", 6), ("A", 9))
    tickets = [first, *(replace(first, id=f"{letter}{n}", series=letter, number=n) for letter, n in others)]
    networked = WayOut(replace(settings, wifi=Wifi(ssid="Mot cua", password="khachhang")), words, board.per_page)  # noqa: S106
    yield Scene("numbers", board.numbers(language, tickets, takes=True))
    yield Scene("numbers-lit", board.numbers(language, tickets[:3], takes=True), lit="C007")
    yield Scene("numbers-one", board.numbers(language, tickets[:1]))
    yield Scene("rate-join", networked.rate(language, tickets[0], 0, takes=True))
    yield Scene("rate-scan", networked.rate(language, tickets[0], 0, joined=True, takes=True))
    yield Scene("rate-scan-lit", board.rate(language, tickets[0], 0), lit="4")
    yield Scene("rate-next", board.rate(language, tickets[0], 1, takes=True))
    yield Scene("thanks", board.thanks(language))
    yield Scene("exit-join", networked.general(language, back=True, takes=True))
    yield Scene("exit-survey", board.general(language, back=True, takes=True))
    yield Scene("exit-survey-home", board.general(language, back=False))


def _closed_scenes(board: Storyboard) -> Iterator[Scene]:
    monday, evening = THURSDAY - timedelta(days=3), THURSDAY.replace(hour=17, minute=20)
    morning = THURSDAY.replace(hour=7, minute=0)
    shut = Opening(False, "not-service-day", monday.date(), False, morning, _HOURS)
    yield Scene("closed", board.first(shut))
    yield Scene("closed-holiday", board.first(replace(shut, reason="holiday", today=THURSDAY.date() - timedelta(10))))
    afternoon = THURSDAY.replace(hour=13, minute=30)
    lunch = Opening(False, "lunch", THURSDAY.date(), True, afternoon, _HOURS[1:])
    yield Scene("closed-lunch", board.first(lunch))
    next_week = morning + timedelta(days=7)
    after = Opening(False, "after-hours", evening.date(), True, next_week, _HOURS)
    yield Scene("closed-after-hours", board.first(after))


def looks(size: str) -> tuple[bool, ...]:
    """The looks of a size: as ever, and where the glass is so high that it matters, low."""
    return (False, True) if Theme(*SIZES[size]).lowers else (False,)


def draw(settings: Settings, size: str, language: str, folder: Path, low: bool = False) -> list[str]:
    """Draw every scene into `folder`; needs a process of its own, for Kivy has one window. `low`: with every target
    in the lower half. Returns the words that do not fit their place, as sentences: empty is well."""
    settings = for_size(settings, size, language)
    prepare_environment(settings, offscreen=True, windowed=True)
    from kiosk.screens.app import KioskApp
    from kiosk.screens.driver import Hand

    words, clock = load_words(settings), ManualClock(THURSDAY)
    app = KioskApp(settings, words, load_pictures(settings), QuietDesk(), clock)
    app.open()
    app.lower(low)
    hand, problems, named = Hand(app), [], f"{size}low" if low else size
    for number, scene in enumerate(scenes(settings, app.visit.board, words, language), start=1):
        app.show(scene.view)
        app.louden(scene.loudness)
        app.light(scene.lit)
        app.ask(scene.warning)
        hand.photograph(folder / f"{number:02d}-{scene.name}-{named}-{language}.png")
        problems += [f"{named} {language} {scene.name}: {text!r} does not fit" for text in app.misfits()]
    return problems


def page(folder: Path) -> Path:
    """One page with all pictures in `folder`, a row a screen. Returns the HTML file."""
    rows: dict[str, list[str]] = {}
    for path in sorted(folder.glob("[0-9]*.png")):
        name = path.stem.split("-", 1)[1].rsplit("-", 2)[0]
        rows.setdefault(name, []).append(path.name)
    body = "".join(
        f"<h2>{name}</h2><p>" + "".join(f'<img src="{file}" alt="{file}">' for file in files) + "</p>"
        for name, files in rows.items()
    )
    style = "body{font:16px sans-serif;background:#DCE3E6;margin:24px}img{height:420px;margin:0 12px 12px 0}"
    target = folder / "index.html"
    target.write_text(
        f'<!doctype html><meta charset="utf-8"><title>Album</title><style>{style}</style><h1>Every screen</h1>{body}',
        encoding="utf-8",
    )
    return target
