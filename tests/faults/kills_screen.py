"""kill -9 of the real application, off-screen and touched by a hand: each life is a real start."""

from __future__ import annotations

from tests.faults.kills import Office
from tests.faults.lives import Order, Process

AIMS = {"": 4.0, "ready": 2.5, "touch": 0.05, "sends": 0.15, "asked": 0.1}


class ScreenOffice(Office):
    """The office of the touch screen."""

    aims, longest, skips = AIMS, 30.0, (0,)

    def begin(self, order: Order) -> tuple[Process, int]:
        self._screen = Process("tests.faults.victim_screen", str(self.home))
        self._screen.order(order)
        return self._screen, self._screen.pid

    def kill_each(self) -> None:
        """A kill for each kind of moment, then a life that prints what is left."""
        for aim in AIMS:
            try:
                self.kill_once((aim,))
            finally:
                self._screen.close()
        self.last_life()
