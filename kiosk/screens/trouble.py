"""Something went wrong: said kindly, help is called, the number stays readable if there is one."""

from __future__ import annotations

from kivy.properties import StringProperty

from kiosk.screens.base import StagedScreen
from kiosk.screens.views import TroubleView


class TroubleScreen(StagedScreen):
    """Never a dead end: somebody comes, then the first screen stands again."""

    code = StringProperty("")

    def show(self, view: TroubleView) -> None:
        super().show(view)
        self.pictogram = "trouble"
        self.code = view.code
