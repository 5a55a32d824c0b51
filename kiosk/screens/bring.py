"""What to bring, one paper at a time: in hand, or not yet. Not yet gets a number all the same."""

from __future__ import annotations

from kivy.properties import StringProperty

from kiosk.screens.base import StagedScreen
from kiosk.screens.pieces import Medal, app
from kiosk.screens.theme import RICE, WHITE
from kiosk.screens.views import BringView


class BringScreen(StagedScreen):
    """One paper, large, and two equal answers."""

    document = StringProperty("")
    document_name = StringProperty("")

    def show(self, view: BringView) -> None:
        super().show(view)
        self.document = view.document.pictogram
        self.document_name = view.document.name
        theme, steps = app().theme, self.ids.steps
        steps.clear_widgets()
        if len(view.documents) < 2:
            return
        for index, paper in enumerate(view.documents):
            now = index == view.index
            size = theme.by_form(32 if now else 26, 20 if now else 16, 13 if now else 10)
            fill = RICE if now else WHITE
            medal = Medal(name=paper.pictogram, fill=fill, size_hint=(None, None), size=(size, size))
            medal.pos_hint = {"center_x": 0.5, "center_y": 0.5}
            steps.add_widget(medal)
