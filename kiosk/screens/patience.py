"""Time before the glass: when to speak again, when to ask "are you still there?", when to go home, when to darken.

Idle time starts with the last touch, with a new screen, and again when a speech has ended. Knows no pixels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.clock import Clock
from kiosk.screens import leaving
from kiosk.screens.views import View
from kiosk.settings import Settings

REREAD_SECONDS = 5.0
"""So long nobody touches: the targets are read out, each lit in step (facts/accessibility, flow)."""
HAND_SECONDS = 10.0
"""So long nobody touches: a hand taps each target as it is lit."""
REREADS = 2
"""At most so many re-prompts a screen."""
WARNING_SECONDS = 20
"""How long "are you still there?" stands (facts row 21)."""
STANDING_SECONDS = {"ticket": 25.0, "trouble": 30.0, "thanks": 8.0}
"""Screens that say their last word, and how long they stand."""
SCAN_SECONDS = 90.0
LOOK_IDLE_SECONDS = 5.0
"""So long after a touch a screen of tiles at the exit stands still: none moves away under a finger."""
HOURS_IDLE_SECONDS = 2.0
"""So long after a touch the first screen is not turned by the hours."""


@dataclass(frozen=True)
class Means:
    """What the visit lends to its patience."""

    view: Callable[[], View]
    speaking: Callable[[], bool]
    busy: Callable[[], bool]
    """The office is being asked."""
    changed: Callable[[], bool]
    """Somebody has brought the targets down, or chosen a loudness."""
    read: Callable[[], None]
    """Every target of this screen is read out, lit in step."""
    ask: Callable[[], None]
    """ "Are you still there?" is spoken."""
    home: Callable[[], None]
    hours: Callable[[], None]
    """The first screen as the hours want it."""
    look: Callable[[float], None]
    """A machine at the exit looks for numbers."""
    light: Callable[[str], None]
    warn: Callable[[int | None], None]
    dim: Callable[[bool], None]


class Patience:
    """Counts the idle seconds of the screen that stands."""

    def __init__(self, clock: Clock, settings: Settings, means: Means) -> None:
        self._clock, self._means = clock, means
        self._screen, self._place = settings.screen, settings.office.place
        self._idle_since = self._alone_since = -1e9
        self._rereads = 0
        self._warned_at: float | None = None
        self._spoke = False
        self.dark = False
        """The first screen is darkened: the touch that wakes it does nothing else."""

    @property
    def warning(self) -> bool:
        """ "Are you still there?" stands over the screen."""
        return self._warned_at is not None

    @property
    def pointing(self) -> bool:
        """Nobody has touched for so long that a hand shows how."""
        return self._rereads > 0 and self._clock.monotonic() - self._alone_since >= HAND_SECONDS

    @property
    def idle(self) -> float:
        """Seconds without touch and speech."""
        return self._clock.monotonic() - self._idle_since

    def restart(self) -> None:
        """A touch, or a new screen: all waiting begins anew, and what was dark is bright."""
        self._idle_since = self._alone_since = self._clock.monotonic()
        self._rereads = 0
        self._darken(False)

    def calm(self) -> None:
        """The question goes away."""
        self._warned_at = None
        self._means.warn(None)

    def tick(self) -> None:
        """Time passes: called a few times a second."""
        now, view = self._clock.monotonic(), self._means.view()
        self._listen(now)
        idle = self.idle
        if view.screen in ("attract", "closed") or leaving.is_home(view):
            self._watch_the_first_screen(view, idle, now)
        elif view.screen in STANDING_SECONDS:
            if idle >= STANDING_SECONDS[view.screen]:
                self._means.home()
        else:
            self._watch_the_person(view, idle, now)

    def _listen(self, now: float) -> None:
        """Idle time starts when the speech has ended; with the speech the light goes out."""
        if self._means.speaking():
            self._spoke = True
            self._idle_since = max(self._idle_since, now - 0.01)
            if not self._rereads:
                self._alone_since = now
        elif self._spoke:
            self._spoke = False
            self._means.light("")

    def _watch_the_first_screen(self, view: View, idle: float, now: float) -> None:
        """Nobody is there, or somebody who has only changed how the glass looks or sounds."""
        if self._means.changed() and idle >= self._screen.idle_warning_seconds:
            self._means.home()
        elif leaving.is_home(view):
            if idle >= LOOK_IDLE_SECONDS:
                self._means.look(now)
        elif idle >= HOURS_IDLE_SECONDS:
            self._means.hours()
        closed = self._means.view().screen == "closed"
        wanted = self._screen.dim == "always" or (self._screen.dim == "closed" and closed)
        if wanted and now - self._idle_since >= 60 * self._screen.dim_after_minutes:
            self._darken(True)

    def _watch_the_person(self, view: View, idle: float, now: float) -> None:
        patience = SCAN_SECONDS if view.screen == "exit" else float(self._screen.idle_warning_seconds)
        if self._warned_at is not None:
            left = WARNING_SECONDS - int(now - self._warned_at)
            if left <= 0:
                self._means.home()
            else:
                self._means.warn(left)
        elif idle >= patience and self._yields(view):
            self._means.home()
        elif idle >= patience:
            self._warned_at = now
            self._means.light("")
            self._means.warn(WARNING_SECONDS)
            self._means.ask()
        elif view.readings and idle >= REREAD_SECONDS and self._rereads < REREADS and not self._means.busy():
            self._rereads += 1
            self._means.read()

    def _yields(self, view: View) -> bool:
        """On the way out nothing is lost, and others may want a number: no question stands in their way."""
        return view.screen in leaving.SCREENS and self._place == "both"

    def _darken(self, dark: bool) -> None:
        if dark != self.dark:
            self.dark = dark
            self._means.dim(dark)
