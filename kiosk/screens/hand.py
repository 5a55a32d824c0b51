"""A hand that shows what to do: it comes from below and taps the lit target, in three poses, in 1.6 s."""

from __future__ import annotations

from typing import Any

from kivy.clock import Clock
from kivy.uix.widget import Widget

from kiosk.screens.pieces import Key, Picture, app

POSES = (("hand-points", 0.5), ("hand-points", 0.12), ("hand-tap", 0.0))
"""Picture, and how far below its place it stands, in its own heights: comes, is there, taps."""
POSE_SECONDS = 0.54
"""Two poses a second at most (software GL); three of them last 1.6 s."""
FINGERTIP = (0.36, 0.86)
"""Where the finger's tip lies in the pictures, as shares of their width and height from the lower left."""
SIZE_MM = {"portrait": 60, "low": 52, "landscape": 44, "small": 28}


class PointingHand(Picture):
    """Added to the glass while it is seen; touches go through it."""

    def tap(self, key: Key, glass: Widget) -> None:
        """Come to `key`, tap, go. With reduced motion it stands there, tapping, until it is sent away."""
        self.away()
        theme = app().theme
        side = theme.mm(SIZE_MM[theme.form])
        self.size_hint, self.size = (None, None), (side, side)
        self._at = (key.center_x - FINGERTIP[0] * side, key.center_y - (FINGERTIP[1] - 0.06) * side)
        glass.add_widget(self)
        self._pose = len(POSES) - 1 if theme.reduced_motion else 0
        self._stand()
        if not theme.reduced_motion:
            self._event = Clock.schedule_interval(self._next, POSE_SECONDS)

    def away(self) -> None:
        """No hand."""
        if self._event is not None:
            self._event.cancel()
            self._event = None
        if self.parent is not None:
            self.parent.remove_widget(self)

    def _next(self, *_: Any) -> None:
        self._pose += 1
        if self._pose == len(POSES):
            self.away()
        else:
            self._stand()

    def _stand(self) -> None:
        self.name, below = POSES[self._pose]
        self.pos = (self._at[0], self._at[1] - below * self.height)

    def on_touch_down(self, touch) -> bool:  # type: ignore[no-untyped-def]
        return False

    _event = None
    _pose = 0
    _at = (0.0, 0.0)
