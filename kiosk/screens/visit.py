"""A visit: one person's pass over the screens, step by step. Knows no Kivy and no pixels.

Touches come in as method calls, views go out through `show`. A touch counts only when the visit is not busy, the
screen has stood for 0.4 s and the last touch that counted lies 0.7 s back (EN 301 549 5.8); what is asked of the
office carries the visit's number, so that an answer that comes late, for somebody who has left, is dropped.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from kiosk import qr
from kiosk.clock import Clock
from kiosk.office.types import Crowd, Opening, Ticket, TicketOrder
from kiosk.screens import views
from kiosk.screens.views import Choice, Choices, Trail, View
from kiosk.settings import Settings, Tile
from kiosk.words import Prompt, Words

log = logging.getLogger(__name__)

YOUNG_SECONDS = 0.4
REPEAT_SECONDS = 0.7
REREAD_SECONDS = 5.0
REREADS = 2
WARNING_SECONDS = 20
TICKET_SECONDS = 25.0
TICKET_MIN_SECONDS = 6.0
TROUBLE_SECONDS = 30.0
SCAN_SECONDS = 90.0


class Desk(Protocol):
    """What a visit may ask. Answers come back on the screen's own thread; the desk sees to that."""

    def opening(self) -> Opening: ...
    def crowd(self, done: Callable[[Crowd | None], None]) -> None: ...
    def issue(self, touch_id: str, order: TicketOrder, done: Callable[[Ticket | None, int], None]) -> None: ...
    def printer_ready(self) -> bool: ...
    def call_help(self, done: Callable[[str], None]) -> None: ...
    def help_answered(self, call_id: str, done: Callable[[bool], None]) -> None: ...
    def withdraw_help(self, call_id: str) -> None: ...
    def say(self, prompts: Sequence[Prompt], on_start: Callable[[int], None] | None = None) -> None: ...
    def announce(self, prompts: Sequence[Prompt]) -> None: ...
    def hush(self) -> None: ...
    def click(self) -> None: ...
    def speaking(self) -> bool: ...


class Visit:
    """The state of the screen: which view stands, what was chosen, what happens on a touch and as time passes."""

    def __init__(
        self,
        desk: Desk,
        settings: Settings,
        words: Words,
        clock: Clock,
        *,
        choices_per_page: int,
        show: Callable[[View], None],
        light: Callable[[str], None],
        warn: Callable[[int | None], None],
    ) -> None:
        """`show` draws a view, `light` lights one target ("" = none), `warn` shows the seconds left (None = away)."""
        self._desk, self._settings, self._words, self._clock = desk, settings, words, clock
        self._per_page = choices_per_page
        self._show_view, self._light, self._warn = show, light, warn
        self._language = settings.office.languages[0]
        self._number = 0
        self._chosen = Choices(self._language)
        self._history: list[View] = []
        self._busy = False
        self._shown_at = self._touched_at = self._accepted_at = -1e9
        self._rereads = 0
        self._warning = False
        self._warned_at = 0.0
        self._help_call = ""
        self._help_asked_at = 0.0
        self.view: View = views.AttractView(self._language)

    # ---- touches ----------------------------------------------------------------------------------------------

    def touched(self) -> None:
        """Any touch at all, wherever: speech stops, the idle time starts again."""
        self._touched_at = self._clock.monotonic()
        self._rereads = 0
        self._light("")
        self._desk.hush()

    def start(self) -> None:
        """'Take a number' on the attract screen."""
        if not self._accepts("attract"):
            return
        if not self._desk.opening().open:
            self.home()
            return
        self._wait()
        number = self._number
        self._desk.crowd(lambda crowd: self._with_crowd(number, crowd))

    def _with_crowd(self, number: int, crowd: Crowd | None) -> None:
        if number != self._number:
            return
        self._busy = False
        if crowd is None:
            self.trouble()
        elif crowd.too_many:
            opening = self._desk.opening()
            self._go(views.CrowdedView(
                **self._common("crowded-ask"), waiting=crowd.waiting, opening=opening, back=True,
            ))  # fmt: skip
        else:
            self._enter()

    def take_anyway(self) -> None:
        """On the crowded screen: a number all the same."""
        if self._accepts("crowded"):
            self._enter()

    def leave(self) -> None:
        """On the crowded screen: another day."""
        if self._accepts("crowded"):
            self.home()

    def finished(self) -> None:
        """'I have finished' on the attract or the closed screen."""
        if self._accepts("attract", "closed"):
            self._go(self._exit(joining=self._settings.wifi is not None, back=True))

    def joined(self) -> None:
        """On the exit screen: the network is joined, now the survey."""
        if self._accepts("exit"):
            self._go(self._exit(joining=False, back=True))

    def speak(self, language: str) -> None:
        """A language was chosen by its picture."""
        if self._accepts("language"):
            self._chosen.language = language
            self._go(self._service())

    def choose(self, key: str) -> None:
        """A tile was chosen: a leaf goes on, a group opens its page, "more" turns the page."""
        if not self._accepts("service"):
            return
        if key.startswith("more:"):
            group, _, page = key.removeprefix("more:").partition(":")
            self._go(self._service(group, int(page)))
            return
        tile = self._settings.tiles[key]
        if tile.opens:
            self._go(self._service(key))
            return
        self._chosen.tile = key
        self._chosen.papers = {}
        self._go(self._bring(0) if tile.documents else self._confirm())

    def answer(self, there: bool) -> None:
        """The paper that is asked for is in hand, or not yet."""
        if not self._accepts("bring") or not isinstance(self.view, views.BringView):
            return
        self._chosen.papers[self.view.document.key] = there
        following = self.view.index + 1
        self._go(self._bring(following) if following < len(self.view.documents) else self._confirm())

    def prefer(self, key: str) -> None:
        """A picture of the priority row was touched: on, or off again. One reason is enough."""
        if not self._accepts("confirm") or not isinstance(self.view, views.ConfirmView):
            return
        self._chosen.priority = "" if self._chosen.priority == key else key
        self._replace(replace(self.view, priority=self._chosen.priority))
        if self._chosen.priority:
            chosen = next(choice for choice in self.view.priorities if choice.key == key)
            self._say([self._words.prompt("priority-on", self._chosen.language, name=chosen.name)])
        else:
            self._say([self._words.prompt("priority-off", self._chosen.language)])

    def confirm(self) -> None:
        """'Right': the number is taken."""
        if not self._accepts("confirm"):
            return
        self._wait()
        order = TicketOrder(
            tile=self._chosen.tile,
            series=self._settings.tiles[self._chosen.tile].series,
            lane="priority" if self._chosen.priority else "ordinary",
            reason=self._chosen.priority,
            language=self._chosen.language,
            missing=self._chosen.missing,
        )
        number = self._number
        self._desk.issue(self._chosen.touch_id, order, lambda ticket, ahead: self._issued(number, ticket, ahead))

    def _issued(self, number: int, ticket: Ticket | None, people_ahead: int) -> None:
        if number != self._number:
            return
        self._busy = False
        if ticket is None:
            self.trouble()
            return
        self._history.clear()
        self._show(self._ticket(ticket, people_ahead, self._desk.printer_ready()))

    def choose_again(self) -> None:
        """'Choose again' on the confirm screen: back to the pictures; nothing said so far is kept."""
        if self._accepts("confirm"):
            self._chosen = Choices(self._chosen.language, touch_id=self._chosen.touch_id)
            self._history = [view for view in self._history if view.screen in ("attract", "crowded", "language")]
            self._show(self._service())

    def back(self) -> None:
        """One step back; from the first step, home."""
        if not self._accepts():
            return
        if self.view.screen == "help":
            self._end_help(withdraw=False)
        elif self._history:
            self._show(self._refreshed(self._history.pop()))
        else:
            self.home()

    def listen(self) -> None:
        """'Listen again': everything this screen says, and each picture with its target lit."""
        if not self._accepts(settle=False):
            return
        prompts = list(self.view.prompts) or [self._words.prompt("attract-listen", self._chosen.language)]
        self._read(prompts, self.view.readings)

    def ask_help(self) -> None:
        """'Help': the lobby hears it, the counters see it; the screen waits with the citizen."""
        if not self._accepts() or self.view.screen == "help":
            return
        self._history.append(self.view)
        self._call_help()
        self._show(views.HelpView(**self._common("help-called"), back=True))

    def go_on(self) -> None:
        """On the help screen: on with the visit; the call stays open, somebody still comes."""
        if self._accepts("help"):
            self._end_help(withdraw=False)

    def cancel_help(self) -> None:
        """On the help screen: no help needed any more."""
        if self._accepts("help"):
            self._end_help(withdraw=True)

    def dismiss(self) -> None:
        """A touch anywhere on the ticket: home, once the number has stood long enough to be read."""
        if self.view.screen == "ticket" and self._clock.monotonic() - self._shown_at >= TICKET_MIN_SECONDS:
            self.home()

    def extend(self) -> None:
        """The citizen is still there."""
        self._warning = False
        self._warn(None)
        self.touched()
        self._desk.click()

    def settled(self) -> bool:
        """Whether a touch would count now."""
        now = self._clock.monotonic()
        young = now - self._shown_at < YOUNG_SECONDS or now - self._accepted_at < REPEAT_SECONDS
        return not (self._busy or young)

    @property
    def warning(self) -> bool:
        """The question "are you still there?" stands over the screen."""
        return self._warning

    # ---- what happens by itself -----------------------------------------------------------------------------------

    def home(self) -> None:
        """The visit ends: everything said is forgotten, the first screen stands."""
        self._number += 1
        self._chosen = Choices(self._language, touch_id=str(uuid.uuid4()))
        self._history.clear()
        self._busy = self._warning = False
        self._help_call = ""
        self._accepted_at = -1e9  # the next person's first touch is not a repeat of the last one's
        self._warn(None)
        self._desk.hush()
        self._show(self._first())

    def trouble(self) -> None:
        """Something went wrong: say so kindly, call somebody, never a dead end."""
        code = self.view.code if isinstance(self.view, views.TicketView) else ""
        self._number += 1
        self._busy = self._warning = False
        self._history.clear()
        self._warn(None)
        self._call_help()
        self._show(views.TroubleView(**self._common("trouble-wait"), code=code))

    def paper(self, ticket_id: str, came: bool) -> None:
        """The printer's news about a ticket: the slip came, or did not. News of another ticket is not for this screen."""
        view = self.view
        if isinstance(view, views.TicketView) and view.ticket_id == ticket_id and view.paper != came:
            prompts = self._ticket_prompts(view.code, view.people_ahead, came)
            changed = replace(view, paper=came, prompts=prompts)
            self._replace(changed)
            if not came:
                self._say([self._words.prompt("ticket-no-paper", view.language)])

    def tick(self) -> None:
        """Time passes: called a few times a second."""
        now = self._clock.monotonic()
        if self._desk.speaking():
            self._touched_at = max(self._touched_at, now - 0.01)  # idle time starts when the speech has ended
        idle = now - max(self._touched_at, self._shown_at)
        screen = self.view.screen
        if screen in ("attract", "closed"):
            self._watch_the_hours(idle)
        elif screen == "ticket":
            if idle >= TICKET_SECONDS:
                self.home()
        elif screen == "trouble":
            if idle >= TROUBLE_SECONDS:
                self.home()
        elif not self._is_home_exit():
            self._watch_the_person(idle, now)
        if screen == "help":
            self._watch_help(now)

    def _watch_the_hours(self, idle: float) -> None:
        """Opening and closing turn the first screen by themselves; a visit that has begun may go on."""
        if idle < 2.0:
            return
        fresh = self._first()
        if fresh.screen != self.view.screen or _differs(fresh, self.view):
            self._show(fresh)

    def _watch_the_person(self, idle: float, now: float) -> None:
        patience = SCAN_SECONDS if self.view.screen == "exit" else float(self._settings.screen.idle_warning_seconds)
        if self._warning:
            left = WARNING_SECONDS - int(now - self._warned_at)
            if left <= 0:
                self.home()
            else:
                self._warn(left)
        elif idle >= patience:
            self._warning = True
            self._warned_at = now
            self._light("")
            self._warn(WARNING_SECONDS)
            self._desk.say([self._words.prompt("timeout-ask", self._chosen.language)])
        elif self.view.readings and idle >= REREAD_SECONDS and self._rereads < REREADS and not self._busy:
            self._rereads += 1
            self._read([], self.view.readings)

    def _watch_help(self, now: float) -> None:
        view = self.view
        if (
            self._help_call
            and now - self._help_asked_at >= 1.0
            and isinstance(view, views.HelpView)
            and not view.answered
        ):
            self._help_asked_at = now
            number = self._number
            self._desk.help_answered(self._help_call, lambda answered: self._help_news(number, answered))

    def _help_news(self, number: int, answered: bool) -> None:
        view = self.view
        if number == self._number and answered and isinstance(view, views.HelpView) and not view.answered:
            prompt = self._words.prompt("help-coming", view.language)
            says = self._words.shown("help-coming", view.language)
            self._replace(replace(view, answered=True, says=says, prompts=(prompt,)))
            self._say([prompt])

    # ---- the views --------------------------------------------------------------------------------------------

    def _first(self) -> View:
        """What stands when nobody is there."""
        place = self._settings.office.place
        if place == "exit":
            return self._exit(joining=self._settings.wifi is not None, back=False)
        opening = self._desk.opening()
        if opening.open:
            return views.AttractView(self._language, today=opening.today, offers_exit=place == "both")
        prompts = tuple(self._closed_prompts(opening))
        return views.ClosedView(
            self._language,
            prompts,
            says=self._words.shown(f"closed-{opening.reason}", self._language),
            opening=opening,
            offers_exit=place == "both" and opening.service_day,
        )

    def _closed_prompts(self, opening: Opening) -> list[Prompt]:
        words, language = self._words, self._chosen.language
        reason = words.prompt(f"closed-{opening.reason}", language)
        if opening.next_open is None:
            return [reason]
        moment = f"{opening.next_open:%H:%M}".lstrip("0")
        if opening.next_open.date() == opening.today:
            return [reason, words.prompt("closed-today-again", language, time=moment)]
        day = f"{opening.next_open.day}/{opening.next_open.month}"
        nights = (opening.next_open.date() - opening.today).days
        weekday = words.shown(f"weekday-{opening.next_open.weekday()}", language)
        return [
            reason,
            words.prompt("closed-come", language, weekday=weekday, day=day, time=moment, nights=nights),
        ]

    def _enter(self) -> None:
        """Into the visit: the language if there is more than one, else the pictures."""
        languages = self._settings.office.languages
        if len(languages) == 1:
            self._go(self._service())
            return
        choices = tuple(
            Choice(code, f"language-{code}", name := self._words.shown("language-name", code), name,
                   self._words.prompt("language-choose", code))
            for code in languages
        )  # fmt: skip
        readings = tuple((choice.key, choice.prompt) for choice in choices if choice.prompt)
        says = self._words.shown("language-ask", self._language)
        self._go(views.LanguageView(self._language, says=says, readings=readings, languages=choices, back=True))

    def _service(self, group: str = "", page: int = 0) -> views.ServiceView:
        language = self._chosen.language
        keys = list(self._settings.tiles[group].opens if group else self._settings.home)
        pages = paged(keys, self._per_page)
        tiles = [self._choice(self._settings.tiles[key]) for key in pages[page]]
        if page + 1 < len(pages):
            more = self._words.shown("service-more", language)
            prompt = self._words.prompt("service-more", language)
            tiles.append(Choice(f"more:{group}:{page + 1}", "more", more, more, prompt))
        of = self._choice(self._settings.tiles[group]) if group else None
        common = self._common("service-ask-more" if page else ("service-ask-group" if group else "service-ask"))
        return views.ServiceView(
            **common,
            readings=tuple((tile.key, tile.prompt) for tile in tiles if tile.prompt),
            back=True,
            trail=Trail(0),
            tiles=tuple(tiles),
            group=of,
        )

    def _bring(self, index: int) -> views.BringView:
        language = self._chosen.language
        tile = self._settings.tiles[self._chosen.tile]
        papers = [self._settings.documents[key] for key in tile.documents]
        documents = tuple(
            Choice(paper.key, paper.pictogram, name := paper.called(language), name) for paper in papers
        )
        question = papers[index].ask.get(language) or self._words.shown(
            "bring-question", language, document=in_sentence(documents[index].name)
        )
        if index == 0:
            common = self._common("bring-ask-first", tile=tile.said(language), question=question)
        else:
            common = self._common("bring-ask", question=question)
        readings = (
            ("yes", self._words.prompt("bring-yes", language)),
            ("no", self._words.prompt("bring-no", language)),
        )
        return views.BringView(
            **common, readings=readings, back=True, trail=Trail(1, (tile.pictogram,)),
            tile=self._choice(tile), documents=documents, index=index,
        )  # fmt: skip

    def _confirm(self) -> views.ConfirmView:
        language = self._chosen.language
        tile = self._settings.tiles[self._chosen.tile]
        done = (tile.pictogram, *(self._settings.documents[key].pictogram for key in tile.documents[:1]))
        priorities = tuple(
            Choice(row.key, row.pictogram, name := row.name.get(language) or row.name["vi"], name,
                   self._words.prompt("priority-name", language, name=name))
            for row in self._settings.priorities
        )  # fmt: skip
        readings = tuple((choice.key, choice.prompt) for choice in priorities if choice.prompt)
        readings += (
            ("yes", self._words.prompt("confirm-yes", language)),
            ("no", self._words.prompt("confirm-no", language)),
        )
        if tile.unsure:
            common = self._common("confirm-ask-unsure")
        else:
            common = self._common("confirm-ask", tile=tile.called(language), said=tile.said(language))
        return views.ConfirmView(
            **common, readings=readings, back=True, trail=Trail(2, done), tile=self._choice(tile),
            fee=tile.fee.get(language) or tile.fee.get("vi", ""), when=self._limit(tile),
            priorities=priorities, priority=self._chosen.priority,
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

    def _ticket(self, ticket: Ticket, people_ahead: int, paper: bool) -> views.TicketView:
        tile = self._settings.tiles[ticket.tile]
        return views.TicketView(
            self._chosen.language,
            self._ticket_prompts(ticket.code, people_ahead, paper),
            ticket_id=ticket.id,
            code=ticket.code,
            tile=self._choice(tile),
            people_ahead=people_ahead,
            counter=self._settings.series[ticket.series].counters[0],
            paper=paper,
        )

    def _ticket_prompts(self, code: str, people_ahead: int, paper: bool) -> tuple[Prompt, ...]:
        """The number twice, in a sentence; then what to do; then how many are before (facts: say it twice)."""
        language = self._chosen.language
        number = self._words.prompt("ticket-number", language, number=code)
        step = self._words.prompt("ticket-take" if paper else "ticket-no-paper", language)
        ahead = self._words.prompt("ticket-ahead", language, count=people_ahead)
        return (number, number, step, ahead)

    def _exit(self, *, joining: bool, back: bool) -> views.ExitView:
        wifi = self._settings.wifi
        if joining and wifi is not None:
            payload = qr.wifi_join(wifi.ssid, wifi.password, wifi.hidden)
            return views.ExitView(**self._common("exit-join"), back=back, payload=payload, joins_wifi=True)
        payload = f"{self._settings.office.public_url.rstrip('/')}/s"
        return views.ExitView(**self._common("exit-scan"), back=back, payload=payload, again=wifi is not None)

    def _choice(self, tile: Tile) -> Choice:
        language = self._chosen.language
        prompt = Prompt(f"tile-{tile.key}", language, tile.said(language))
        return Choice(tile.key, tile.pictogram, tile.called(language), tile.label(language), prompt)

    # ---- the mechanics ----------------------------------------------------------------------------------------

    def _common(self, key: str, **values: str | int) -> dict:  # type: ignore[type-arg]
        """What a view says and shows for one message."""
        language = self._chosen.language
        return {
            "language": language,
            "prompts": (self._words.prompt(key, language, **values),),
            "says": self._words.shown(key, language, **values),
        }

    def _accepts(self, *screens: str, settle: bool = True) -> bool:
        """Whether a touch counts now; if it does, it is heard."""
        now = self._clock.monotonic()
        if self._busy or self._warning or (screens and self.view.screen not in screens):
            return False
        if now - self._shown_at < YOUNG_SECONDS or (settle and now - self._accepted_at < REPEAT_SECONDS):
            return False
        self._accepted_at = now
        self._desk.click()
        return True

    def _wait(self) -> None:
        """Nothing counts until the office has answered."""
        self._busy = True

    def _go(self, view: View) -> None:
        """One step on."""
        if self.view.screen not in ("ticket", "trouble", "help"):
            self._history.append(self.view)
        self._show(view)

    def _show(self, view: View) -> None:
        self._shown_at = self._clock.monotonic()
        self._rereads = 0
        self._replace(view)
        self._light("")
        if view.prompts and view.screen != "closed" and not self._is_home_exit():
            self._say(list(view.prompts))
        elif isinstance(view, views.LanguageView):
            self._read([], view.readings)

    def _replace(self, view: View) -> None:
        """The same screen with news on it: not a new screen, so touches go on counting."""
        self.view = view
        self._show_view(view)

    def _refreshed(self, view: View) -> View:
        """A view from the history, as it is now: hours and papers may have changed."""
        return self._first() if view.screen in ("attract", "closed") else view

    def _is_home_exit(self) -> bool:
        return self.view.screen == "exit" and not self.view.back

    def _say(self, prompts: list[Prompt]) -> None:
        self._desk.say(prompts)

    def _read(self, prompts: list[Prompt], readings: Sequence[tuple[str, Prompt]]) -> None:
        """Speak `prompts`, then each reading while its target is lit."""
        targets = [""] * len(prompts) + [target for target, _ in readings]
        number, view = self._number, self.view

        def lit(index: int) -> None:
            if number == self._number and self.view is view:
                self._light(targets[index] if index < len(targets) else "")

        self._desk.say([*prompts, *(prompt for _, prompt in readings)], lit)

    def _call_help(self) -> None:
        number = self._number

        def called(call_id: str) -> None:
            if number == self._number:
                self._help_call = call_id

        self._desk.announce([self._words.prompt("help-announce", self._language)])
        self._desk.call_help(called)

    def _end_help(self, *, withdraw: bool) -> None:
        if withdraw and self._help_call:
            self._desk.withdraw_help(self._help_call)
        self._help_call = ""
        self._show(self._refreshed(self._history.pop()) if self._history else self._first())


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


def in_sentence(name: str) -> str:
    """A name in the middle of a sentence: its capital goes, unless it is an abbreviation."""
    return name[0].lower() + name[1:] if name[1:2].islower() else name


def _differs(fresh: View, standing: View) -> bool:
    """Whether a first screen has to be drawn anew: another day, another reason."""
    if isinstance(fresh, views.AttractView) and isinstance(standing, views.AttractView):
        return fresh.today != standing.today
    if isinstance(fresh, views.ClosedView) and isinstance(standing, views.ClosedView):
        return fresh.opening != standing.opening
    return False
