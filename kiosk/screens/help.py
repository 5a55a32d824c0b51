"""Help is called: somebody walks towards the citizen. "Comes" is said only once a counter has answered."""

from __future__ import annotations

from kivy.factory import Factory
from kivy.properties import BooleanProperty

from kiosk.screens.base import StagedScreen
from kiosk.screens.pieces import app
from kiosk.screens.views import HelpView


class HelpScreen(StagedScreen):
    """Waiting together: on with the visit, or no help needed any more; the wheelchair for who cannot reach."""

    answered = BooleanProperty(False)

    def show(self, view: HelpView) -> None:
        super().show(view)
        self.pictogram = "help-coming" if view.answered else "help"
        self.answered = view.answered
        if not self.ids.lower.children and app().theme.lowers:
            self.ids.lower.add_widget(Factory.LowKey(mark="selected" if app().theme.is_low else "normal"))
