"""Not all can be served today: said before a number is taken. A number all the same, or another day."""

from __future__ import annotations

from kivy.properties import StringProperty

from kiosk.screens.base import StagedScreen
from kiosk.screens.views import CrowdedView


class CrowdedScreen(StagedScreen):
    """How many wait, and two equal answers."""

    waiting = StringProperty("0")

    def show(self, view: CrowdedView) -> None:
        super().show(view)
        self.pictogram = "wait"
        self.waiting = str(view.waiting)
