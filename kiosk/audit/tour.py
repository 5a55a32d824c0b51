"""Where the audit goes: every screen in every state that looks different, as touches from the first screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from kiosk.audit.desk import Day
from kiosk.clock import ZONE
from kiosk.office.types import Opening, Ticket
from kiosk.screens.wayout import paged
from kiosk.settings import Settings, Tile

THURSDAY = datetime(2026, 11, 26, 9, 5, tzinfo=ZONE)
_HOURS = ((time(7, 0), time(11, 30)), (time(13, 30), time(17, 0)))
OPEN = Day(Opening(True, "open", THURSDAY.date(), True))

WARN, COMES, FAIL = "~warn", "!comes", "!fail"
"""Wait for the question "are you still there?"; a counter answers the call for help; something breaks."""


@dataclass(frozen=True)
class Stop:
    """A place of the tour. `acts`: targets to touch, "~9" = nobody touches for 9 s, or one of the words above.
    `drawn`: looked at by pixels too; else only words, sizes and speech are taken."""

    name: str
    screen: str
    acts: tuple[str, ...] = ()
    day: Day = OPEN
    drawn: bool = True


def a_ticket(code: str = "A012") -> Ticket:
    """A number of this Thursday, with a letter and digits as `code` says."""
    return Ticket(
        id=code, day=THURSDAY.date(), series=code[0], number=int(code[1:]), tile="", lane="ordinary", reason="",
        language="", missing=(), state="waiting", token="0Fr8cXQ2mV7sYb1kPzA", issued_at=THURSDAY,  # noqa: S106
    )  # fmt: skip


def tour(settings: Settings, language: str, per_page: int) -> Iterator[Stop]:
    """All stops. `per_page`: how many tiles this glass shows at once."""
    many = len(settings.office.languages) > 1
    enter = ("everywhere", language) if many else ("everywhere",)
    yield Stop("attract", "attract")
    if many:
        yield Stop("language", "language", ("everywhere",))
    yield Stop("crowded", "crowded", ("everywhere",), replace(OPEN, crowded=True))
    yield from _tiles(settings, enter, per_page)
    yield Stop("still-there", "service", (*enter, WARN))
    yield Stop("tiles-loudness", "service", (*enter, "listen"))
    yield Stop("help", "help", (*enter, "help"))
    yield Stop("help-coming", "help", (*enter, "help", COMES, "~2"))
    yield from _tickets(settings, enter, per_page)
    yield from _closed()
    if settings.surveys_on(THURSDAY.date()):
        yield from _leaving(settings, language)
    yield Stop("exit", "exit", ("exit",))


def _tiles(settings: Settings, enter: tuple[str, ...], per_page: int) -> Iterator[Stop]:
    yield Stop("tiles-lit", "service", (*enter, "~8"))
    for group in ("", *(key for key in settings.home if settings.tiles[key].opens)):
        keys = settings.tiles[group].opens if group else settings.home
        into = (*enter, *way_to(settings, group, per_page)) if group else enter
        for page in range(len(paged(list(keys), per_page))):
            turns = tuple(f"more:{group}:{number}" for number in range(1, page + 1))
            yield Stop("-".join(filter(None, ("tiles", group, str(page + 1)))), "service", (*into, *turns))
    first = first_leaf(settings)
    for tile in leaves(settings):
        path = (*enter, *way_to(settings, tile.key, per_page))
        for index, paper in enumerate(tile.documents):
            name = f"bring-{tile.key}-{paper}"
            yield Stop(name, "bring", (*path, *["yes"] * index), drawn=tile is first)
        ready = (*path, *["yes"] * len(tile.documents))
        yield Stop(f"confirm-{tile.key}", "confirm", ready, drawn=tile is first or tile.unsure)
        if tile is first and settings.priorities:
            yield Stop("confirm-priority", "confirm", (*ready, settings.priorities[0].key))


def _tickets(settings: Settings, enter: tuple[str, ...], per_page: int) -> Iterator[Stop]:
    tile = first_leaf(settings)
    taken = (*enter, *way_to(settings, tile.key, per_page), *["yes"] * len(tile.documents), "yes")
    yield Stop("ticket", "ticket", taken)
    yield Stop("ticket-loudness", "ticket", (*taken, "listen"))
    yield Stop("ticket-none-ahead", "ticket", taken, replace(OPEN, ahead=0))
    yield Stop("ticket-no-paper", "ticket", taken, replace(OPEN, ahead=47, printer=False))
    yield Stop("trouble", "trouble", taken, replace(OPEN, silent=True))
    yield Stop("trouble-with-number", "trouble", (*taken, FAIL))


def _closed() -> Iterator[Stop]:
    today, morning = THURSDAY.date(), THURSDAY.replace(hour=7, minute=0)
    monday, week = today - timedelta(days=3), morning + timedelta(days=7)
    afternoon = THURSDAY.replace(hour=13, minute=30)
    shut = Opening(False, "not-service-day", monday, False, morning, _HOURS)
    for name, opening in {
        "closed": shut,
        "closed-holiday": replace(shut, reason="holiday", today=today - timedelta(10)),
        "closed-cancelled": Opening(False, "cancelled", today, False, week, _HOURS),
        "closed-before-hours": Opening(False, "before-hours", today, True, morning, _HOURS),
        "closed-lunch": Opening(False, "lunch", today, True, afternoon, _HOURS[1:]),
        "closed-after-hours": Opening(False, "after-hours", today, True, week, _HOURS),
    }.items():
        yield Stop(name, "closed", (), Day(opening))


def _leaving(settings: Settings, language: str) -> Iterator[Stop]:
    letters = list(settings.series)
    codes = [f"{letters[index % len(letters)]}{number:03d}" for index, number in enumerate((12, 7, 11, 3, 10, 6, 9))]
    served = tuple(replace(a_ticket(code), language=language, state="done") for code in codes)
    day, one = replace(OPEN, served=served), replace(OPEN, served=served[:1])
    yield Stop("numbers", "numbers", ("exit",), day)
    yield Stop("numbers-lit", "numbers", ("exit", "~8"), replace(OPEN, served=served[:3]))
    yield Stop("numbers-one", "numbers", ("exit",), one)
    first = ("exit", codes[0])
    joined = ("next",) if settings.wifi else ()
    yield Stop("rate", "rate", first, day)
    yield Stop("rate-lit", "rate", (*first, "~12"), day)
    if joined:
        yield Stop("rate-joined", "rate", (*first, "~1", *joined), day)
    profile = settings.survey.profile_on(THURSDAY.date())
    if profile and len(profile.core) > 1:
        yield Stop("rate-next", "rate", (*first, "5"), day)
    yield Stop("thanks", "thanks", (*first, *["5"] * min(2, len(profile.core) if profile else 1)), day)
    yield Stop("exit-not-here", "exit", ("exit", "not-here"), one)
    if joined:
        yield Stop("exit-joined", "exit", ("exit", "not-here", *joined), one)


def leaves(settings: Settings) -> list[Tile]:
    """Every tile that stands for work, not for a page of tiles."""
    return [tile for tile in settings.tiles.values() if not tile.opens]


def first_leaf(settings: Settings) -> Tile:
    """A tile with papers to bring, if there is one: its way shows every kind of screen."""
    all_of_them = leaves(settings)
    return next((tile for tile in all_of_them if len(tile.documents) > 1), all_of_them[0])


def way_to(settings: Settings, key: str, per_page: int) -> tuple[str, ...]:
    """The touches from the first page of tiles to a tile, and on it."""
    home = list(settings.home)
    if key in home:
        return (*_turns(home, "", key, per_page), key)
    for group in home:
        inner = list(settings.tiles[group].opens)
        if key in inner:
            return (*_turns(home, "", group, per_page), group, *_turns(inner, group, key, per_page), key)
    return (key,)


def _turns(keys: list[str], group: str, key: str, per_page: int) -> list[str]:
    pages = paged(keys, per_page)
    page = next(index for index, shown in enumerate(pages) if key in shown)
    return [f"more:{group}:{number}" for number in range(1, page + 1)]
