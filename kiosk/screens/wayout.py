"""The way out as views: the numbers finished lately, one number's questions, thank-you, and the general code."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk import qr
from kiosk.office.types import Opening, Ticket
from kiosk.screens import views
from kiosk.screens.views import Choice, RateView, View
from kiosk.settings import Profile, Settings
from kiosk.words import Prompt, Words

MOST_QUESTIONS = 2
"""Core questions asked on this glass: with the numbers before them and thank-you after, it is four screens."""
ROOMY = 5
"""Tiles a page from which the glass has room for "I do not know" beside "skip", each as high as a finger needs."""
SKIP, UNKNOWN, NOT_HERE, MORE = "skip", "unknown", "not-here", "more:"


class WayOut:
    """Makes the views of the exit; keeps nothing of anybody."""

    def __init__(self, settings: Settings, words: Words, choices_per_page: int) -> None:
        """`choices_per_page`: how many tiles this glass can show at once."""
        self._settings, self._words = settings, words
        self.per_page = choices_per_page

    def offers_ticket(self, opening: Opening) -> bool:
        """Whether the survey shares its machine with those who want a number now."""
        return self._settings.office.place == "both" and opening.open

    def questions(self, ticket: Ticket) -> int:
        """How many questions a number is asked here; 0 = no survey on its day."""
        profile = self._profile(ticket)
        return min(MOST_QUESTIONS, len(profile.core)) if profile else 0

    def numbers(
        self, language: str, tickets: Sequence[Ticket], page: int = 0, *, back: bool = True, takes: bool = False
    ) -> View:
        """Whose number is it? `takes`: the way to a number is offered too."""
        words = self._words
        pages = paged([ticket.code for ticket in tickets], self.per_page - 1)
        tiles = [
            Choice(code, "", code, code, words.prompt("exit-number", language, number=code)) for code in pages[page]
        ]
        if page + 1 < len(pages):
            tiles.append(self._key(f"{MORE}{page + 1}", "more", "service-more", language))
        tiles.append(self._key(NOT_HERE, "dont-know", "exit-not-here", language))
        return views.NumbersView(
            language, (words.prompt("exit-whose", language),), words.shown("exit-whose", language),
            self._readings(tiles, language, takes), back, tiles=tuple(tiles), takes=takes,
        )  # fmt: skip

    def rate(
        self, language: str, ticket: Ticket, index: int, *, joined: bool = False, takes: bool = False
    ) -> RateView:
        """One question about a number; with the first one, the number's own code, and before that the network's."""
        profile, words = self._profile(ticket), self._words
        assert profile
        criterion = profile.criteria[profile.core[index]]
        name = f"survey-{profile.key}-{profile.version}-{criterion.key}"
        question = criterion.asked(language)
        prompts = [Prompt(name, language, question)]
        payload, joins = "", False
        if index == 0:
            payload, joins = self._code(f"t/{ticket.token}", joined)
            prompts.append(words.prompt("exit-touch-or-join" if joins else "exit-touch-or-scan", language))
        faces = tuple(
            Choice(str(degree.value), degree.face, word, word, Prompt(f"{name}-{degree.value}", language, word))
            for degree, word in zip(profile.scale, profile.words(criterion.key, language), strict=True)
        )
        passing = [self._key(SKIP, "skip", "exit-skip", language)]
        unknown = profile.dont_know and self.per_page >= ROOMY
        if unknown:
            passing.append(self._key(UNKNOWN, "dont-know", "exit-unknown", language))
        return RateView(
            language, tuple(prompts), question, self._readings([*faces, *passing], language, takes, joins), True,
            code=ticket.code, criterion=criterion.key, pictogram=criterion.pictogram, index=index, faces=faces,
            payload=payload, joins_wifi=joins, unknown=unknown, takes=takes,
        )  # fmt: skip

    def thanks(self, language: str) -> View:
        """The end: it was written down, goodbye."""
        words = self._words
        return views.ThanksView(
            language, (words.prompt("exit-thanks", language),), words.shown("exit-thanks", language)
        )

    def general(self, language: str, *, back: bool, joined: bool = False, takes: bool = False) -> View:
        """The survey's code for whoever has no number here; before it, if nobody `joined` yet, the network's."""
        payload, joins = self._code("s", joined)
        key = "exit-join" if joins else "exit-scan"
        readings = self._readings([], language, takes, joins)
        return views.ExitView(
            language, (self._words.prompt(key, language),), self._words.shown(key, language), readings, back,
            payload=payload, joins_wifi=joins, takes=takes,
        )  # fmt: skip

    def _code(self, path: str, joined: bool) -> tuple[str, bool]:
        """What the code says, and whether it joins the network."""
        wifi = self._settings.wifi
        if wifi is not None and not joined:
            return qr.wifi_join(wifi.ssid, wifi.password, wifi.hidden), True
        return f"{self._settings.office.public_url.rstrip('/')}/{path}", False

    def _profile(self, ticket: Ticket) -> Profile | None:
        return self._settings.survey.profile_on(ticket.day)

    def _key(self, target: str, pictogram: str, message: str, language: str) -> Choice:
        name = self._words.shown(message, language)
        return Choice(target, pictogram, name, name, self._words.prompt(message, language))

    def _readings(
        self, choices: Sequence[Choice], language: str, takes: bool, joins: bool = False
    ) -> tuple[tuple[str, Prompt], ...]:
        ways = {"next": "exit-join-next"} if joins else {}
        ways |= {"ticket": "exit-take"} if takes else {}
        told = ((target, self._words.prompt(message, language)) for target, message in ways.items())
        return (*((choice.key, choice.prompt) for choice in choices if choice.prompt), *told)


def paged(keys: Sequence[str], per_page: int) -> list[list[str]]:
    """Cut `keys` into pages; a page that has a following one gives its last place to "more"."""
    if len(keys) <= per_page:
        return [list(keys)]
    room = per_page - 1
    pages, rest = [], list(keys)
    while len(rest) > per_page:
        pages.append(rest[:room])
        rest = rest[room:]
    return [*pages, rest]
