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
        theme, content, beside, tell = app().theme, self.ids.content, self.ids.beside, self.ids.tell
        for holder in (tell, beside):
            holder.clear_widgets()
        tell.add_widget(Factory.ScanFirst() if view.joins_wifi else Picture(name="phone-scans-QR"))
        tell.add_widget(Factory.JoinedKey() if view.joins_wifi else Factory.ScanWords())
        beside.add_widget(self._tell)
        if self._way_in.parent:
            self._way_in.parent.remove_widget(self._way_in)
        if view.takes:
            self._way_in.size_hint_y, self._way_in.height = None, theme.by_form(44, 34, 21)
            (content if theme.tall else beside).add_widget(self._way_in)

    def on_kv_post(self, base_widget) -> None:  # type: ignore[no-untyped-def]
        """Hold the parts that come and go."""
        self._tell, self._way_in = self.ids.tell.__self__, Factory.TakeKey()
