"""The general way out, without a number: the survey's QR for a phone; before it, if there is one, the network's."""

from __future__ import annotations

from kivy.factory import Factory
from kivy.properties import StringProperty

from kiosk.screens.base import StagedScreen
from kiosk.screens.pieces import Picture, app
from kiosk.screens.views import ExitView


class ExitScreen(StagedScreen):
    """One QR at a time, large; beside it the way to a number."""

    payload = StringProperty("")

    def show(self, view: ExitView) -> None:
        super().show(view)
        self.payload = view.payload
        self.pictogram = "wifi-join" if view.joins_wifi else "survey"
        theme, beside = app().theme, self.ids.beside
        content = beside.parent
        for key in [widget for widget in content.children if getattr(widget, "target", "") == "ticket"]:
            content.remove_widget(key)
        beside.clear_widgets()
        beside.add_widget(Picture(name="phone-scans-QR"))
        beside.add_widget(Factory.JoinedKey() if view.joins_wifi else Factory.ScanWords())
        if view.takes:
            key = Factory.TakeKey(size_hint_y=None, height=theme.by_form(44, 34, 21))
            (content if theme.tall else beside).add_widget(key)
