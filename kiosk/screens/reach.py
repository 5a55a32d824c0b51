"""Low mode: by one picture every target comes down into the lower half of the glass, for people in wheelchairs.

It ends with the visit. The picture stands where Back leads nowhere, and on the help screen, which the bar opens from
everywhere. Knows no pixels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.screens import leaving
from kiosk.screens.views import ClosedView, View
from kiosk.words import Prompt, Words

TARGET = "low"


@dataclass(frozen=True)
class Steps:
    """What the visit lends."""

    view: Callable[[], View]
    accepts: Callable[[], bool]
    lower: Callable[[bool], None]
    """The glass: targets down, or back."""
    swap: Callable[[View], None]
    """The same step, drawn anew."""
    say: Callable[[list[Prompt]], None]


class Reach:
    """Whether the targets are down. `possible`: this glass is so high that it matters."""

    def __init__(self, words: Words, possible: bool, steps: Steps) -> None:
        self._words, self._possible, self._steps = words, possible, steps
        self.low = False

    @property
    def offered(self) -> bool:
        """The picture stands on the glass now."""
        return self._possible and offers(self._steps.view())

    def readings(self) -> tuple[tuple[str, Prompt], ...]:
        """What is said of the picture, where it stands."""
        key = "low-undo" if self.low else "low-offer"
        return ((TARGET, self._words.prompt(key, self._steps.view().language)),) if self.offered else ()

    def switch(self) -> None:
        """The picture was touched: down, or back up."""
        if not self.offered or not self._steps.accepts():
            return
        self.low = not self.low
        self._steps.lower(self.low)
        view = self._steps.view()
        self._steps.swap(view)
        self._steps.say([self._words.prompt("low-on" if self.low else "low-off", view.language)])

    def forget(self) -> None:
        """The visit is over."""
        self.low = False
        self._steps.lower(False)


def offers(view: View) -> bool:
    """The screens that have a place for the picture."""
    if isinstance(view, ClosedView):
        return view.offers_exit
    return view.screen in ("attract", "help") or leaving.is_home(view)
