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

from kiosk.clock import Clock
from kiosk.office.types import Crowd, Ticket, TicketOrder
from kiosk.screens import leaving, reach, views
from kiosk.screens.asking import Desk, HelpLine, Surface
from kiosk.screens.loudness import Loudness
from kiosk.screens.patience import Means, Patience
from kiosk.screens.reach import Reach
from kiosk.screens.storyboard import Storyboard, differs
from kiosk.screens.views import Choices, View
from kiosk.settings import Settings
from kiosk.words import Prompt, Words

log = logging.getLogger(__name__)

YOUNG_SECONDS = 0.4
REPEAT_SECONDS = 0.7
LEAST_SECONDS = {"ticket": 6.0, "thanks": 2.0}
"""A touch anywhere ends these, but not before."""


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
        lowers: bool,
        glass: Surface,
    ) -> None:
        """`lowers`: this glass is so high that its targets can be brought down."""
        self._desk, self._settings, self._words, self._clock = desk, settings, words, clock
        self.board = Storyboard(settings, words, clock, choices_per_page)
        self._glass = glass
        self.loudness = Loudness(desk, glass.louden)
        self._number = 0
        self._chosen = Choices(self.board.home_language)
        self._history: list[View] = []
        self._busy = False
        self._shown_at = self._accepted_at = -1e9
        self._help = HelpLine(desk, words.prompt("help-announce", self.board.home_language), clock)
        self.view: View = views.AttractView(self.board.home_language)
        self.leaving = leaving.Leaving(
            desk, self.board.way_out, settings.office.languages,
            leaving.Steps(lambda: self.view, self._accepts, self._ask, self._go, self._replace, self._say),
        )  # fmt: skip
        self.reach = Reach(
            words, lowers, reach.Steps(lambda: self.view, self._accepts, glass.lower, self._replace, self._say)
        )
        self.patience = Patience(clock, settings, Means(
            view=lambda: self.view, speaking=desk.speaking, busy=lambda: self._busy,
            changed=lambda: self.reach.low or self.loudness.changed,
            read=lambda: self._read([], self.view.readings), ask=self._ask_who_is_there, home=self.home,
            hours=self._hours, look=lambda now: self.leaving.look(now, self.board.home_language, self._show),
            light=glass.light, warn=glass.ask, dim=glass.dim,
        ))  # fmt: skip

    # ---- touches ----------------------------------------------------------------------------------

    def touched(self) -> None:
        """Any touch at all, wherever: speech stops, the idle time starts again."""
        self.patience.restart()
        self._glass.light("")
        self._desk.hush()

    def start(self) -> None:
        """'Take a number' on the attract screen, and on the way out where both are offered."""
        if not self._accepts("attract", *leaving.SCREENS):
            return
        if self.view.screen != "attract" or not self._desk.opening().open:
            self.home()  # the survey yields to whoever wants a number
        if self.view.screen == "attract":
            self._ask(self._desk.crowd, self._with_crowd)

    def _with_crowd(self, crowd: Crowd | None) -> None:
        if crowd is None:
            self.trouble()
        elif crowd.too_many:
            self._go(self.board.crowded(self._chosen.language, crowd, self._desk.opening()))
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
            self.leaving.begin(self._chosen.language)

    def speak(self, language: str) -> None:
        """A language was chosen by its picture."""
        if self._accepts("language"):
            self._chosen.language = language
            self._go(self.board.service(self._chosen.language))

    def choose(self, key: str) -> None:
        """A tile was chosen: a leaf goes on, a group opens its page, "more" turns the page."""
        if not self._accepts("service"):
            return
        if key.startswith("more:"):
            group, _, page = key.removeprefix("more:").partition(":")
            self._go(self.board.service(self._chosen.language, group, int(page)))
            return
        tile = self._settings.tiles[key]
        if tile.opens:
            self._go(self.board.service(self._chosen.language, key))
            return
        self._chosen.tile = key
        self._chosen.papers = {}
        self._go(self.board.bring(self._chosen, 0) if tile.documents else self.board.confirm(self._chosen))

    def answer(self, there: bool) -> None:
        """The paper that is asked for is in hand, or not yet."""
        if not self._accepts("bring") or not isinstance(self.view, views.BringView):
            return
        self._chosen.papers[self.view.document.key] = there
        following = self.view.index + 1
        if following < len(self.view.documents):
            self._go(self.board.bring(self._chosen, following))
        else:
            self._go(self.board.confirm(self._chosen))

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
        order = TicketOrder(
            tile=self._chosen.tile,
            series=self._settings.tiles[self._chosen.tile].series,
            lane="priority" if self._chosen.priority else "ordinary",
            reason=self._chosen.priority,
            language=self._chosen.language,
            missing=self._chosen.missing,
        )
        touch_id = self._chosen.touch_id
        self._ask(lambda done: self._desk.issue(touch_id, order, done), self._issued)

    def _issued(self, ticket: Ticket | None, people_ahead: int) -> None:
        if ticket is None:
            self.trouble()
            return
        self._history.clear()
        self._show(self.board.ticket(self._chosen.language, ticket, people_ahead, self._desk.printer_ready()))

    def choose_again(self) -> None:
        """'Choose again' on the confirm screen: back to the pictures; nothing said so far is kept."""
        if self._accepts("confirm"):
            self._chosen = Choices(self._chosen.language, touch_id=self._chosen.touch_id)
            self._history = [view for view in self._history if view.screen in ("attract", "crowded", "language")]
            self._show(self.board.service(self._chosen.language))

    def back(self) -> None:
        """One step back; from the first step, home."""
        if not self._accepts():
            return
        if self.view.screen == "help":
            self._end_help(withdraw=False)
        elif self._history and not self._is_first(self._history[-1]):
            self._show(self._history.pop())
        else:
            self.home()  # whoever steps back to the first screen has ended the visit

    def listen(self) -> None:
        """'Listen again': everything this screen says, and each picture with its target lit."""
        if not self._accepts(settle=False):
            return
        hint = self._words.prompt("loudness-change", self._chosen.language)
        self._read_all((("loudness", hint),) if self.loudness.open() else ())

    def louder(self) -> None:
        """The loudness key: one step on, and what this screen says is heard at it."""
        if self.loudness.is_open and self._accepts():
            self.loudness.next()
            self._read_all()

    def _read_all(self, more: Sequence[tuple[str, Prompt]] = ()) -> None:
        prompts = list(self.view.prompts) or [self._words.prompt("attract-listen", self._chosen.language)]
        self._read(prompts, (*self.view.readings, *self.reach.readings(), *more))

    def ask_help(self) -> None:
        """'Help': the lobby hears it, the counters see it; the screen waits with the citizen."""
        if not self._accepts() or self.view.screen == "help":
            return
        self._history.append(self.view)
        self._help.call()
        self._show(self.board.help(self._chosen.language))

    def go_on(self) -> None:
        """On the help screen: on with the visit; the call stays open, somebody still comes."""
        if self._accepts("help"):
            self._end_help(withdraw=False)

    def cancel_help(self) -> None:
        """On the help screen: no help needed any more."""
        if self._accepts("help"):
            self._end_help(withdraw=True)

    def dismiss(self) -> None:
        """A touch anywhere on the ticket or the thanks: home, once they have stood long enough to be read."""
        least = LEAST_SECONDS.get(self.view.screen)
        if least is not None and self._clock.monotonic() - self._shown_at >= least:
            self.home()

    def ask_when(self) -> None:
        """A touch anywhere on the closed screen: when to come is said."""
        if self._accepts("closed"):
            self._say(list(self.view.prompts))

    def extend(self) -> None:
        """The citizen is still there."""
        self.patience.calm()
        self.touched()
        self._desk.click()

    def wake(self) -> None:
        """The first touch on a darkened screen: it only brightens."""
        self.patience.restart()
        self._desk.click()

    def settled(self) -> bool:
        """Whether a touch would count now."""
        now = self._clock.monotonic()
        young = now - self._shown_at < YOUNG_SECONDS or now - self._accepted_at < REPEAT_SECONDS
        return not (self._busy or young)

    @property
    def warning(self) -> bool:
        """The question "are you still there?" stands over the screen."""
        return self.patience.warning

    @property
    def dark(self) -> bool:
        """The screen is darkened."""
        return self.patience.dark

    # ---- what happens by itself -------------------------------------------------------------------

    def home(self) -> None:
        """The visit ends: everything said is forgotten, the first screen stands."""
        self._number += 1
        self._chosen = Choices(self.board.home_language, touch_id=str(uuid.uuid4()))
        self._history.clear()
        self._busy = False
        self._help.forget()
        self.leaving.forget()
        self.loudness.forget()
        self.reach.forget()
        self._accepted_at = -1e9  # the next person's first touch is not a repeat of the last one's
        self.patience.calm()
        self._desk.hush()
        self._show(self.board.first(self._desk.opening()))

    def trouble(self) -> None:
        """Something went wrong: say so kindly, call somebody, never a dead end."""
        code = self.view.code if isinstance(self.view, views.TicketView) else ""
        self._number += 1
        self._busy = False
        self._history.clear()
        self.patience.calm()
        self._help.call()
        self._show(self.board.trouble(self._chosen.language, code))

    def paper(self, ticket_id: str, came: bool) -> None:
        """The printer's news about a ticket: the slip came, or did not. Another ticket's news is not for us."""
        view = self.view
        if isinstance(view, views.TicketView) and view.ticket_id == ticket_id and view.paper != came:
            prompts = self.board.ticket_prompts(view.language, view.code, view.people_ahead, came)
            changed = replace(view, paper=came, prompts=prompts)
            self._replace(changed)
            if not came:
                self._say([self._words.prompt("ticket-no-paper", view.language)])

    def tick(self) -> None:
        """Time passes: called a few times a second."""
        self.patience.tick()
        self.loudness.look(self.patience.idle)
        if self.view.screen == "help":
            self._help.look(self._help_is_coming)

    def _hours(self) -> None:
        """Opening and closing turn the first screen by themselves; a visit that has begun may go on."""
        fresh = self.board.first(self._desk.opening())
        if fresh.screen != self.view.screen or differs(fresh, self.view):
            self._show(fresh)

    def _help_is_coming(self) -> None:
        view = self.view
        if isinstance(view, views.HelpView) and not view.answered:
            prompt = self._words.prompt("help-coming", view.language)
            says = self._words.shown("help-coming", view.language)
            self._replace(replace(view, answered=True, says=says, prompts=(prompt,)))
            self._say([prompt])

    def _enter(self) -> None:
        """Into the visit: the language if there is more than one, else the pictures."""
        if self.board.many_languages:
            self._go(self.board.languages())
        else:
            self._go(self.board.service(self._chosen.language))

    # ---- the mechanics ----------------------------------------------------------------------------

    def _accepts(self, *screens: str, settle: bool = True) -> bool:
        """Whether a touch counts now; if it does, it is heard."""
        now = self._clock.monotonic()
        if self._busy or self.warning or (screens and self.view.screen not in screens):
            return False
        if now - self._shown_at < YOUNG_SECONDS or (settle and now - self._accepted_at < REPEAT_SECONDS):
            return False
        self._accepted_at = now
        self._desk.click()
        return True

    def _ask(self, question: Callable[[Callable[..., None]], None], then: Callable[..., None]) -> None:
        """Nothing counts until the office has answered; an answer for somebody who has left is dropped."""
        self._busy, number = True, self._number

        def answered(*answer: object) -> None:
            if number == self._number:
                self._busy = False
                then(*answer)

        question(answered)

    def _go(self, view: View, first: Sequence[Prompt] = ()) -> None:
        """One step on; `first` is said before what the view says."""
        if self.view.screen not in ("ticket", "thanks", "trouble", "help"):
            self._history.append(self.view)
        self._show(view, first)

    def _show(self, view: View, first: Sequence[Prompt] = ()) -> None:
        self._shown_at = self._clock.monotonic()
        self.loudness.close()
        self.patience.restart()
        self._replace(view)
        self._glass.light("")
        if view.prompts and view.screen != "closed" and not leaving.is_home(view):
            self._say([*first, *view.prompts])
        elif isinstance(view, views.LanguageView):
            self._read([], view.readings)

    def _replace(self, view: View) -> None:
        """The same screen with news on it: not a new screen, so touches go on counting."""
        self.view = view
        self._glass.show(view)

    @staticmethod
    def _is_first(view: View) -> bool:
        return view.screen in ("attract", "closed") or leaving.is_home(view)

    def _ask_who_is_there(self) -> None:
        self._desk.say([self._words.prompt("timeout-ask", self._chosen.language)])

    def _say(self, prompts: list[Prompt]) -> None:
        self._desk.say(prompts)

    def _read(self, prompts: list[Prompt], readings: Sequence[tuple[str, Prompt]]) -> None:
        """Speak `prompts`, then each reading while its target is lit; a hand taps it if nobody has for long."""
        targets = [""] * len(prompts) + [target for target, _ in readings]
        number, view = self._number, self.view

        def lit(index: int) -> None:
            if number == self._number and self.view is view:
                target = targets[index] if index < len(targets) else ""
                self._glass.light(target)
                if target and self.patience.pointing:
                    self._glass.point(target)

        self._desk.say([*prompts, *(prompt for _, prompt in readings)], lit)

    def _end_help(self, *, withdraw: bool) -> None:
        if withdraw:
            self._help.withdraw()
        self._help.forget()
        last = self._history.pop() if self._history else None
        self._show(last if last and not self._is_first(last) else self.board.first(self._desk.opening()))
