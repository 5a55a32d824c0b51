"""Everything the screen may say, in the order in which it is likely to be needed: made before anybody comes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import get_args

from kiosk.office.types import Opening, OpeningReason, Ticket
from kiosk.screens.storyboard import Storyboard
from kiosk.screens.views import Choices, View
from kiosk.screens.wayout import WayOut
from kiosk.settings import Settings
from kiosk.words import Prompt, Words

NUMBERS = 40
"""Numbers of each series that are ready before the first visitor; later ones are made when they are given."""

_DRAWN = re.compile(r"app\.text\(([^)]*)\)")
_NAME = re.compile(r'"([a-z][a-z0-9-]*)"')


def words_drawn() -> set[str]:
    """The messages that the drawing rules (*.kv) name."""
    rules = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("*.kv"))
    return {name for call in _DRAWN.findall(rules) for name in _NAME.findall(call)}


def rehearse(settings: Settings, words: Words, board: Storyboard, opening: Opening) -> list[Prompt]:
    """Every prompt, each once. Raises WordsError for a message that is missing or cannot be filled."""
    found: dict[Prompt, None] = {}
    for language in settings.office.languages:
        for view in _views(settings, board, opening, language):
            found.update(dict.fromkeys((*view.prompts, *(prompt for _, prompt in view.readings))))
        found.update(dict.fromkeys(_asides(settings, words, language)))
    for language in settings.office.languages:
        found.update(dict.fromkeys(_numbers(settings, words, board, language)))
    return list(found)


def _views(settings: Settings, board: Storyboard, opening: Opening, language: str) -> Iterator[View]:
    yield board.first(opening)
    if board.many_languages:
        yield board.languages()
    yield from board.pages(language)
    for tile in settings.tiles.values():
        if not tile.opens:
            chosen = Choices(language, tile=tile.key)
            for index in range(len(tile.documents)):
                yield board.bring(chosen, index)
            yield board.confirm(chosen)
    yield board.help(language)
    yield board.trouble(language, "")
    yield from _leaving(board.way_out, opening, language)


def _leaving(board: WayOut, opening: Opening, language: str) -> Iterator[View]:
    """The way out of somebody whose number was finished today."""
    ticket = Ticket(
        id="", day=opening.today, series="A", number=1, tile="", lane="ordinary", reason="", language=language,
        missing=(), state="done", token="", issued_at=datetime.min,
    )  # fmt: skip
    yield board.numbers(language, [ticket], takes=True)
    for joined in (False, True):
        for index in range(board.questions(ticket)):
            yield board.rate(language, ticket, index, joined=joined, takes=True)
        yield board.general(language, back=True, joined=joined)
    yield board.thanks(language)


def _asides(settings: Settings, words: Words, language: str) -> Iterator[Prompt]:
    """What is said without a new screen."""
    for key in (
        "attract-listen", "timeout-ask", "help-announce", "help-coming", "priority-off", "crowded-ask",
        "ticket-take", "ticket-no-paper", "low-offer", "low-undo", "low-on", "low-off", "loudness-change",
        "exit-unknown",
    ):  # fmt: skip
        yield words.prompt(key, language)
    for reason in get_args(OpeningReason):
        if reason != "open":
            yield words.prompt(f"closed-{reason}", language)
    for answer in ("crowded-take", "crowded-later"):
        yield words.prompt(answer, language)
    for row in settings.priorities:
        yield words.prompt("priority-on", language, name=row.called(language))


def _numbers(settings: Settings, words: Words, board: Storyboard, language: str) -> Iterator[Prompt]:
    for number in range(1, NUMBERS + 1):
        for series in settings.series:
            yield from board.ticket_prompts(language, f"{series}{number:03d}", number - 1, True)
            if settings.office.place != "entrance":
                yield words.prompt("exit-number", language, number=f"{series}{number:03d}")
