"""Which number was mine? The numbers that were finished lately, as on their slips."""

from __future__ import annotations

from kivy.factory import Factory
from kivy.properties import NumericProperty, StringProperty

from kiosk.screens.base import StagedScreen
from kiosk.screens.pieces import Key, Tile, app
from kiosk.screens.views import Choice, NumbersView

COLUMNS = 2


class NumberTile(Key):
    """A number to press: the letter on its dark tab, the digits beside it, as on slip, board and phone."""

    letter = StringProperty("")
    digits = StringProperty("")


class NumbersScreen(StagedScreen):
    """Numbers, "more", "not here"; beside them the way to a number."""

    lines = NumericProperty(1)

    def show(self, view: NumbersView) -> None:
        super().show(view)
        self.pictogram = "my-number"
        theme, grid, side = app().theme, self.ids.grid, self.ids.side
        grid.clear_widgets()
        for choice in view.tiles:
            tile = _number(choice) if not choice.pictogram else _tile(choice)
            tile.bind(on_choose=lambda pressed: app().visit.leaving.pick(pressed.target))
            grid.add_widget(tile)
        side.clear_widgets()
        if view.takes:
            side.add_widget(Factory.TakeKey(beside=theme.tall))
        side.size_hint = (1, None) if theme.tall else (None, 1)
        side.size = (theme.by_form(0, 56, 41), theme.mm(44)) if view.takes else (0, 0)
        self.lines = -(-len(view.tiles) // COLUMNS)


def _number(choice: Choice) -> NumberTile:
    return NumberTile(target=choice.key, letter=choice.key[:1], digits=choice.key[1:])


def _tile(choice: Choice) -> Tile:
    theme = app().theme
    return Tile(
        target=choice.key, pictogram=choice.pictogram, name=choice.name, short=choice.short, beside=not theme.tall,
        share=0.5, em=theme.sizes.label + (0.6 if theme.tall else 0.2), lines=1 if theme.tall else 2,
    )  # fmt: skip
