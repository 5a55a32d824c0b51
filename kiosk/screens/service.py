"""What do you need? Pictures to choose: the first page, a group's page, a following page."""

from __future__ import annotations

from kivy.properties import ListProperty

from kiosk.screens.base import StagedScreen
from kiosk.screens.pieces import Tile, app
from kiosk.screens.views import Choice, LanguageView, ServiceView


class TileGrid:
    """Draws choices as tiles of one size in `ids.grid`, in the columns of the form."""

    def _lay(self, choices: tuple[Choice, ...], chosen) -> None:  # type: ignore[no-untyped-def]
        theme, grid = app().theme, self.ids.grid
        grid.clear_widgets()
        count = len(choices)
        # Four or fewer stand in two columns, larger; the grid keeps its cells when a page is not full.
        grid.cols = 1 if count == 1 else (2 if count <= 4 else theme.sizes.columns)
        for choice in choices:
            tile = Tile(
                target=choice.key, pictogram=choice.pictogram, name=choice.name, short=choice.short,
                beside=theme.is_small, share=0.46, em=theme.sizes.label + (0.6 if theme.tall else 0.2),
                lines=2 if theme.is_small else 1,
            )  # fmt: skip
            tile.bind(on_choose=lambda pressed: chosen(pressed.target))
            grid.add_widget(tile)


class ServiceScreen(TileGrid, StagedScreen):
    """The choice of what to do."""

    def show(self, view: ServiceView) -> None:
        super().show(view)
        self.pictogram = view.group.pictogram if view.group else "point-tile"
        self._lay(view.tiles, app().visit.choose)


class LanguageScreen(TileGrid, StagedScreen):
    """The choice of a language: each tile speaks its own name in its own language."""

    languages = ListProperty()

    def show(self, view: LanguageView) -> None:
        super().show(view)
        self.pictogram = "language"
        self._lay(view.languages, app().visit.speak)
