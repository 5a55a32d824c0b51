"""Thank you, and goodbye: goes home by itself, or by a touch anywhere."""

from __future__ import annotations

from kiosk.screens.base import EndsByTouch, StagedScreen
from kiosk.screens.views import ThanksView


class ThanksScreen(EndsByTouch, StagedScreen):
    """The end of the way out."""

    def show(self, view: ThanksView) -> None:
        super().show(view)
        self.pictogram = "yes"
