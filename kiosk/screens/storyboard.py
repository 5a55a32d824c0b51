"""What the visit shows and says, put together from settings and words: one function for each screen's view."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kiosk.clock import Clock
from kiosk.office.types import Crowd, Opening, Ticket
from kiosk.screens import views
from kiosk.screens.views import Choice, Choices, Trail, View
from kiosk.screens.wayout import WayOut, paged
from kiosk.settings import Document, Settings, Tile
from kiosk.words import Prompt, Words


class Storyboard:
    """Makes views; keeps nothing of anybody's visit."""

    def __init__(self, settings: Settings, words: Words, clock: Clock, choices_per_page: int) -> None:
        """`choices_per_page`: how many tiles this glass can show at once."""
        self._settings, self._words, self._clock = settings, words, clock
        self._per_page = choices_per_page
        self.way_out = WayOut(settings, words, choices_per_page)

    @property
    def home_language(self) -> str:
        """The language of the first screen: the office's first."""
        return self._settings.office.languages[0]

    @property
    def many_languages(self) -> bool:
        return len(self._settings.office.languages) > 1

    def first(self, opening: Opening) -> View:
        """What stands when nobody is there."""
        place = self._settings.office.place
        language = self.home_language
        if place == "exit":
            return self.way_out.general(language, back=False)
        if opening.open:
            return views.AttractView(language, today=opening.today, offers_exit=place == "both")
        return views.ClosedView(
            language,
            tuple(self._closed_prompts(opening, language)),
            says=self._words.shown(f"closed-{opening.reason}", language),
            opening=opening,
            offers_exit=place == "both" and opening.service_day,
        )

    def _closed_prompts(self, opening: Opening, language: str) -> list[Prompt]:
        words = self._words
        reason = words.prompt(f"closed-{opening.reason}", language)
        if opening.next_open is None:
            return [reason]
        moment = f"{opening.next_open:%H:%M}".lstrip("0")
        if opening.next_open.date() == opening.today:
            return [reason, words.prompt("closed-today-again", language, time=moment)]
        day = f"{opening.next_open.day}/{opening.next_open.month}"
        nights = (opening.next_open.date() - opening.today).days
        weekday = words.shown(f"weekday-{opening.next_open.weekday()}", language)
        come = words.prompt("closed-come", language, weekday=weekday, day=day, time=moment, nights=nights)
        return [reason, come]

    def crowded(self, language: str, crowd: Crowd, opening: Opening) -> View:
        """Not all who wait can be served today."""
        common = self._common("crowded-ask", language)
        readings = self._answers(("yes", "crowded-take"), ("no", "crowded-later"), language=language)
        return views.CrowdedView(**common, readings=readings, waiting=crowd.waiting, opening=opening, back=True)

    def languages(self) -> View:
        """Which language; each says its own name."""
        choices = []
        for code in self._settings.office.languages:
            name = self._words.shown("language-name", code)
            choices.append(Choice(code, f"language-{code}", name, name, self._words.prompt("language-choose", code)))
        says = self._words.shown("language-ask", self.home_language)
        return views.LanguageView(
            self.home_language, says=says, readings=_readings(choices), languages=tuple(choices), back=True
        )

    def service(self, language: str, group: str = "", page: int = 0) -> View:
        """A page of tiles: those of the first page, or of a group."""
        keys = list(self._settings.tiles[group].opens if group else self._settings.home)
        pages = paged(keys, self._per_page)
        tiles = [self._choice(self._settings.tiles[key], language) for key in pages[page]]
        if page + 1 < len(pages):
            more = self._words.shown("service-more", language)
            prompt = self._words.prompt("service-more", language)
            tiles.append(Choice(f"more:{group}:{page + 1}", "more", more, more, prompt))
        question = "service-ask-more" if page else ("service-ask-group" if group else "service-ask")
        return views.ServiceView(
            **self._common(question, language),
            readings=_readings(tiles),
            back=True,
            trail=Trail(0),
            tiles=tuple(tiles),
            group=self._choice(self._settings.tiles[group], language) if group else None,
        )

    def pages(self, language: str) -> Iterator[View]:
        """Every page of tiles there is."""
        groups = [key for key, tile in self._settings.tiles.items() if tile.opens]
        for group in ("", *groups):
            keys = self._settings.tiles[group].opens if group else self._settings.home
            for page in range(len(paged(keys, self._per_page))):
                yield self.service(language, group, page)

    def bring(self, chosen: Choices, index: int) -> View:
        """One paper of the chosen tile: in hand, or not yet."""
        language = chosen.language
        tile = self._settings.tiles[chosen.tile]
        papers = [self._settings.documents[key] for key in tile.documents]
        documents = [
            Choice(paper.key, paper.pictogram, paper.called(language), paper.called(language)) for paper in papers
        ]
        # The keys go into the prompt's name: a recorded sentence is found by them (assets/voice/script.toml)
        question, paper = self.asks(papers[index], language), papers[index].key
        if index == 0:
            common = self._common(
                "bring-ask-first", language, tile=tile.said(language), question=question, leaf=tile.key, paper=paper
            )
        else:
            common = self._common("bring-ask", language, question=question, paper=paper)
        readings = tuple((key, self._words.prompt(f"bring-{key}", language)) for key in ("yes", "no"))
        return views.BringView(
            **common, readings=readings, back=True, trail=Trail(1, (tile.pictogram,)),
            tile=self._choice(tile, language), documents=tuple(documents), index=index,
        )  # fmt: skip

    def asks(self, paper: Document, language: str) -> str:
        """The question for one paper."""
        name = in_sentence(paper.called(language))
        return paper.ask.get(language) or self._words.shown("bring-question", language, document=name)

    def confirm(self, chosen: Choices) -> View:
        """What was chosen, what it costs and when it is ready; the priority row; right or not."""
        language = chosen.language
        tile = self._settings.tiles[chosen.tile]
        done = (tile.pictogram, *(self._settings.documents[key].pictogram for key in tile.documents[:1]))
        priorities = []
        for row in self._settings.priorities:
            name = row.called(language)
            prompt = self._words.prompt("priority-name", language, name=name)
            priorities.append(Choice(row.key, row.pictogram, name, name, prompt))
        answers = tuple((key, self._words.prompt(f"confirm-{key}", language)) for key in ("yes", "no"))
        if tile.unsure:
            common = self._common("confirm-ask-unsure", language)
        else:
            named = {"tile": tile.called(language), "said": tile.said(language), "leaf": tile.key}
            common = self._common("confirm-ask", language, **named)
        return views.ConfirmView(
            **common, readings=_readings(priorities) + answers, back=True, trail=Trail(2, done),
            tile=self._choice(tile, language), fee=tile.fee.get(language) or tile.fee.get("vi", ""),
            when=self._limit(tile), priorities=tuple(priorities), priority=chosen.priority,
        )  # fmt: skip

    def _limit(self, tile: Tile) -> str:
        """When the result comes, as far as the tile's first procedure tells; the 15:00 rule is minded."""
        if not tile.procedures or tile.unsure:
            return ""
        procedure = self._settings.procedures[tile.procedures[0]]
        if procedure.same_day != "yes":
            return "limit-later" if procedure.same_day == "no" else ""
        late = self._clock.now().time() >= self._settings.calendar.fifteen_rule
        return "limit-next-day" if procedure.fifteen_rule and late else "limit-same-day"

    def ticket(self, language: str, ticket: Ticket, people_ahead: int, paper: bool) -> View:
        """The number. `paper`: a slip comes."""
        return views.TicketView(
            language,
            self.ticket_prompts(language, ticket.code, people_ahead, paper),
            ticket_id=ticket.id,
            code=ticket.code,
            tile=self._choice(self._settings.tiles[ticket.tile], language),
            people_ahead=people_ahead,
            counter=self._settings.series[ticket.series].counters[0],
            paper=paper,
        )

    def ticket_prompts(self, language: str, code: str, people_ahead: int, paper: bool) -> tuple[Prompt, ...]:
        """The number twice, in a sentence; then what to do; then how many are before (facts: say it twice)."""
        number = self._words.prompt("ticket-number", language, number=code)
        step = self._words.prompt("ticket-take" if paper else "ticket-no-paper", language)
        ahead = self._words.prompt("ticket-ahead", language, count=people_ahead)
        return (number, number, step, ahead)

    def help(self, language: str) -> View:
        """Somebody was called."""
        readings = self._answers(("go-on", "help-go-on"), ("cancel", "help-cancel"), language=language)
        return views.HelpView(**self._common("help-called", language), readings=readings, back=True)

    def trouble(self, language: str, code: str) -> View:
        """Something went wrong; `code`: the number, when one was already given."""
        return views.TroubleView(**self._common("trouble-wait", language), code=code)

    def _choice(self, tile: Tile, language: str) -> Choice:
        prompt = Prompt(f"tile-{tile.key}", language, tile.said(language))
        return Choice(tile.key, tile.pictogram, tile.called(language), tile.label(language), prompt)

    def _answers(self, *answers: tuple[str, str], language: str) -> tuple[tuple[str, Prompt], ...]:
        """(target, message) → what is spoken while the target is lit."""
        return tuple((target, self._words.prompt(message, language)) for target, message in answers)

    def _common(self, key: str, language: str, **values: str | int) -> dict:  # type: ignore[type-arg]
        """What a view says and shows for one message."""
        return {
            "language": language,
            "prompts": (self._words.prompt(key, language, **values),),
            "says": self._words.shown(key, language, **values),
        }


def _readings(choices: Sequence[Choice]) -> tuple[tuple[str, Prompt], ...]:
    """Each choice's own sentence, to be spoken while it is lit."""
    return tuple((choice.key, choice.prompt) for choice in choices if choice.prompt)


def in_sentence(name: str) -> str:
    """A name in the middle of a sentence: its capital goes, unless it is an abbreviation."""
    return name[0].lower() + name[1:] if name[1:2].islower() else name


def differs(fresh: View, standing: View) -> bool:
    """Whether a first screen has to be drawn anew: another day, another reason."""
    if isinstance(fresh, views.AttractView) and isinstance(standing, views.AttractView):
        return fresh.today != standing.today
    if isinstance(fresh, views.ClosedView) and isinstance(standing, views.ClosedView):
        return fresh.opening != standing.opening
    return False
