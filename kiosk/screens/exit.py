"""The way out: the survey's QR for the citizen's own phone; before it, if there is one, the office's network."""

from __future__ import annotations

from kivy.factory import Factory
from kivy.properties import BooleanProperty, StringProperty

from kiosk.screens.base import StagedScreen
from kiosk.screens.views import ExitView


class ExitScreen(StagedScreen):
    """One QR at a time, large."""

    payload = StringProperty("")
    joins = BooleanProperty(False)

    def show(self, view: ExitView) -> None:
        super().show(view)
        self.payload = view.payload
        self.joins = view.joins_wifi
        beside = self.ids.beside
        beside.clear_widgets()
        beside.add_widget(Factory.JoinedKey() if self.joins else Factory.ScanWords())
        self.pictogram = "wifi-join" if view.joins_wifi else "survey"
