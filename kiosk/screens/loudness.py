"""How loud the screen speaks: one key behind "listen again", three steps, forgotten when the visit ends. No Kivy.

Only what is said to the citizen follows it: calls into the lobby keep the office's own loudness, so that nobody at
the screen makes them unheard.
"""

from __future__ import annotations

from collections.abc import Callable

from kiosk.screens.asking import Desk

STEPS_DB = (-20.0, -10.0, 0.0)
"""Soft, usual, loud, below the office's own loudness: half as loud at each step, and a range of 18 dB (EN 301 549
8.2.1.1) also after SDL's 128 steps of volume [measured on samples at the device: 20.6]. Usual lies under the
calls: who stands at the screen is 16 dB nearer to the loudspeaker than the lobby's far chairs (0.6 m against 4 m)."""
USUAL = 1
OPEN_SECONDS = 8.0
"""So long after speech and touches the key stands."""


class Loudness:
    """The present step, and whether its key is on the screen."""

    def __init__(self, desk: Desk, show: Callable[[int | None], None]) -> None:
        """`show` draws the key with step 1 to 3 on it; None takes it away."""
        self._desk, self._show = desk, show
        self._step, self._told = USUAL, False
        self.is_open = False

    def open(self) -> bool:
        """Put the key on the screen. Whether it is to be explained: once in a visit is enough."""
        self.is_open = True
        self._show(self._step + 1)
        told, self._told = self._told, True
        return not told

    def next(self) -> None:
        """One step louder; after the loudest comes the softest."""
        self._set((self._step + 1) % len(STEPS_DB))
        self._show(self._step + 1)

    def close(self) -> None:
        """Take the key away; the step stays."""
        if self.is_open:
            self.is_open = False
            self._show(None)

    @property
    def changed(self) -> bool:
        """Somebody has chosen another loudness than the usual one."""
        return self._step != USUAL

    def look(self, idle: float) -> None:
        """Time passes: `idle` seconds without touch and speech."""
        if idle >= OPEN_SECONDS:
            self.close()

    def forget(self) -> None:
        """The visit is over: the next person hears the usual loudness."""
        self.close()
        self._told = False
        self._set(USUAL)

    def _set(self, step: int) -> None:
        if step != self._step:
            self._step = step
            self._desk.loudness(STEPS_DB[step])
