"""The way out, step by step: which number was mine, how was it, thank you. Four screens at most. Knows no pixels.

Each answer is written the moment it is given, so nothing is lost when somebody walks away, and the screen may go home
without asking. The key of what is being answered lives here, and is thrown away with the visit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from kiosk.office.types import Ticket
from kiosk.screens import views
from kiosk.screens.asking import Answerless, Desk
from kiosk.screens.views import RateView, View
from kiosk.screens.wayout import MORE, NOT_HERE, SKIP, UNKNOWN, WayOut
from kiosk.words import Prompt

SCREENS = ("numbers", "rate", "exit")
"""Where somebody who has finished may stand; thank-you needs nothing any more."""
LOOK_SECONDS = 2.0
"""How often a machine at the exit looks for numbers that were finished."""


@dataclass(frozen=True)
class Steps:
    """What a visit lends to the way out."""

    view: Callable[[], View]
    accepts: Callable[..., bool]
    ask: Callable[[Callable[..., Any], Callable[..., None]], None]
    """Ask the desk; nothing counts until it has answered, and an answer for somebody who has left is dropped."""
    go: Callable[..., None]
    """One step on; `first`: prompts that are said before the view's own."""
    swap: Callable[[View], None]
    """The same step, another picture."""
    say: Callable[[list[Prompt]], None]


class Leaving:
    """Somebody who has finished."""

    def __init__(self, desk: Desk, board: WayOut, languages: Sequence[str], steps: Steps) -> None:
        """`languages`: those of the office, the first one for whoever took a number in none of them."""
        self._desk, self._board, self._languages, self._steps = desk, board, languages, steps
        self._tickets: list[Ticket] = []
        self._ticket: Ticket | None = None
        self._response = ""
        self._looked_at = -1e9

    def forget(self) -> None:
        """The visit is over: nothing of it stays."""
        self._tickets, self._ticket, self._response = [], None, ""
        self._looked_at = -1e9

    # ---- touches ----------------------------------------------------------------------------------

    def begin(self, language: str) -> None:
        """'I have finished': the numbers of the last quarter of an hour, or the general code if there are none."""

        def offer(tickets: list[Ticket]) -> None:
            self._tickets = self._asked(tickets)
            takes = self._takes()
            if self._tickets:
                self._steps.go(self._board.numbers(language, self._tickets, takes=takes))
            else:
                self._steps.go(self._board.general(language, back=True, takes=takes))

        self._steps.ask(self._desk.finished, offer)

    def pick(self, target: str) -> None:
        """A number was touched, the next page, or "not here"."""
        if not self._steps.accepts("numbers"):
            return
        language, takes = self._steps.view().language, self._takes()
        if target.startswith(MORE):
            page = int(target.removeprefix(MORE))
            self._steps.go(self._board.numbers(language, self._tickets, page, takes=takes))
            return
        ticket = next((one for one in self._tickets if one.code == target), None)
        if target == NOT_HERE or ticket is None:
            self._steps.go(self._board.general(language, back=True, takes=takes))
            return
        if self._ticket is None or self._ticket.id != ticket.id:
            self._ticket, self._response = ticket, ""
        spoken = ticket.language if ticket.language in self._languages else self._languages[0]
        self._steps.go(self._board.rate(spoken, ticket, 0, takes=takes))

    def rate(self, target: str) -> None:
        """A face was touched, "skip", or "I do not know"."""
        view, ticket = self._steps.view(), self._ticket
        if not self._steps.accepts("rate") or not isinstance(view, RateView) or ticket is None:
            return
        passed: dict[str, Answerless] = {SKIP: "skipped", UNKNOWN: "unknown"}
        answer: int | Answerless = passed[target] if target in passed else int(target)
        first = [prompt for key, prompt in view.readings if key == target and target not in passed]

        def written(response: str) -> None:
            self._response = response
            if not response:  # answered elsewhere in this moment, or the office is silent: the phone's way stays
                self._steps.go(self._board.general(view.language, back=True, takes=view.takes))
            elif view.index + 1 < self._board.questions(ticket):
                following = self._board.rate(view.language, ticket, view.index + 1, takes=view.takes)
                self._steps.go(following, first=first)
            else:
                self._steps.go(self._board.thanks(view.language), first=first)

        self._steps.ask(
            lambda done: self._desk.rate(ticket.token, self._response, view.criterion, answer, done), written
        )

    def joined(self) -> None:
        """The phone is in the office's network: now the survey's code."""
        view = self._steps.view()
        if not self._steps.accepts("exit", "rate"):
            return
        if isinstance(view, RateView) and view.joins_wifi and self._ticket:
            self._steps.swap(self._board.rate(view.language, self._ticket, view.index, joined=True, takes=view.takes))
            self._steps.say(list(self._board.general(view.language, back=True, joined=True).prompts))
        elif isinstance(view, views.ExitView) and view.joins_wifi:
            self._steps.go(self._board.general(view.language, back=True, joined=True, takes=view.takes))

    # ---- a machine that stands at the exit only -----------------------------------------------------

    def look(self, now: float, language: str, show: Callable[[View], None]) -> None:
        """Nobody is there: `show` the numbers as they come and go, silently."""
        if now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now

        def found(tickets: list[Ticket]) -> None:
            if is_home(self._steps.view()):
                self._tickets = self._asked(tickets)
                fresh = (
                    self._board.numbers(language, self._tickets, back=False)
                    if self._tickets
                    else self._board.general(language, back=False)
                )
                if fresh != self._steps.view():
                    show(fresh)

        self._desk.finished(found)

    def _asked(self, tickets: Sequence[Ticket]) -> list[Ticket]:
        return [ticket for ticket in tickets if self._board.questions(ticket)]

    def _takes(self) -> bool:
        return self._board.offers_ticket(self._desk.opening())


def is_home(view: View) -> bool:
    """The first screen of a machine at the exit: nobody is there."""
    return view.screen in SCREENS and not view.back
