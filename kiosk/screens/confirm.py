"""Right? The choice, large; what it costs and when it is ready; the priority row; yes and choose again."""

from __future__ import annotations

from kivy.properties import StringProperty

from kiosk.screens.base import StagedScreen
from kiosk.screens.pieces import Tile, app
from kiosk.screens.views import ConfirmView

_LIMIT_PICTURES = {"limit-same-day": "same-day", "limit-next-day": "next-day", "limit-later": "days-later"}


class ConfirmScreen(StagedScreen):
    """The last look before the number is taken."""

    fee = StringProperty("")
    limit = StringProperty("")
    limit_picture = StringProperty("")

    def show(self, view: ConfirmView) -> None:
        super().show(view)
        self.pictogram = view.tile.pictogram
        self.fee = view.fee
        self.limit = app().text(view.when, view.language) if view.when else ""
        self.limit_picture = _LIMIT_PICTURES.get(view.when, "")
        row, theme = self.ids.priorities, app().theme
        drawn = [tile.target for tile in row.children]
        if drawn != [choice.key for choice in reversed(view.priorities)] or self._language_drawn != view.language:
            self._language_drawn = view.language
            row.clear_widgets()
            for choice in view.priorities:
                tile = Tile(
                    target=choice.key, pictogram=choice.pictogram, name=choice.name, toggles=True,
                    em=theme.sizes.label, lines=2, inner=0.8,
                    beside=theme.is_small, share=0.6,
                )  # fmt: skip
                tile.bind(on_choose=lambda pressed: app().visit.prefer(pressed.target))
                row.add_widget(tile)
        for tile in row.children:
            tile.mark = "selected" if tile.target == view.priority else "normal"

    _language_drawn = ""
