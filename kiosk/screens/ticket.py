"""The number, giant: on the slip, or on a plain board when nothing was printed; what to do now; who is before."""

from __future__ import annotations

from kivy.clock import Clock
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.base import EndsByTouch, KioskScreen
from kiosk.screens.pieces import Picture, Text, app
from kiosk.screens.views import TicketView

TEETH = 18
MOST_DRAWN, MOST_BESIDE = 5, 3
"""Seated people drawn; the digits tell the whole number."""


class SeriesTab(Text):
    """The series letter, white on its dark tab. `tab`: the tab's height in px."""

    tab = NumericProperty(0)


class Plate(BoxLayout):
    """The number plate: the series letter on a dark tab, the digits beside it, as on slip, board and phone."""

    letter = StringProperty("")
    digits = StringProperty("")
    pictogram = StringProperty("")
    paper = BooleanProperty(True)
    tooth = NumericProperty(1)
    teeth = ListProperty()
    edge = ListProperty()

    def __init__(self, **kwargs) -> None:  # type: ignore[no-untyped-def]
        # A trigger, for place and size come one after the other
        self._tear_soon = Clock.create_trigger(self._tear, -1)
        super().__init__(**kwargs)
        for name in ("size", "pos"):
            self.fbind(name, self._tear_soon)

    def _tear(self, *args) -> None:  # type: ignore[no-untyped-def]
        """The torn lower edge: a zigzag, as outline points and as white triangles (x, y, u, v each)."""
        inset = app().theme.mm(5)
        left, right, count = self.x + inset, self.right - inset, TEETH
        step = (right - left) / count
        self.tooth = step * 0.5
        high = self.y + self.tooth
        edge, teeth = [left, self.top - inset, left, high], []
        for index in range(count):
            start = left + index * step
            edge += [start + step / 2, self.y, start + step, high]
            teeth += [start, high, 0, 0, start + step / 2, self.y, 0, 0, start + step, high, 0, 0]
        self.edge, self.teeth = [*edge, right, self.top - inset], teeth


class TicketScreen(EndsByTouch, KioskScreen):
    """The end of the visit: goes home by itself, or by a touch anywhere."""

    lowers = False

    letter = StringProperty("")
    digits = StringProperty("")
    people = StringProperty("0")
    paper = BooleanProperty(True)
    counter = NumericProperty(1)

    def show(self, view: TicketView) -> None:
        super().show(view)
        self.pictogram = view.tile.pictogram
        self.letter, self.digits = view.code[:1], view.code[1:]
        self.paper = view.paper
        self.people = str(view.people_ahead)
        row = self.ids.row
        row.clear_widgets()
        row.add_widget(Picture(name="counter"))
        for _ in range(min(view.people_ahead, MOST_DRAWN if app().theme.tall else MOST_BESIDE)):
            row.add_widget(Picture(name="seated-grey"))
        row.add_widget(Picture(name="seated"))
