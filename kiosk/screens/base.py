"""What all screens share: they are shown a view and draw it."""

from __future__ import annotations

from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from kiosk.screens.pieces import Key, app
from kiosk.screens.views import View


class KioskScreen(FloatLayout):
    """A screen. `show` draws a view; `keys` finds the targets that speech lights."""

    language = StringProperty("vi")
    says = StringProperty("")
    pictogram = StringProperty("")
    trail = ObjectProperty(None, allownone=True)
    lowers = True
    """Has targets that come down in low mode; without any it looks as ever."""

    def show(self, view: View) -> None:
        """Draw `view`: what every screen has; subclasses add their own."""
        self.language = view.language
        self.says = " ".join(view.says.split())
        self.trail = view.trail

    def turn(self, on: bool) -> None:
        """Move, or stand still: what moves by itself rests while nobody sees it."""

    def keys(self) -> list[Key]:
        """Every key on this screen, in the order they were drawn."""
        return [widget for widget in self.walk(restrict=True) if isinstance(widget, Key)]

    def light(self, target: str) -> None:
        """Light one target, and only that one ("" = none)."""
        for key in self.keys():
            key.lit = bool(target) and key.target == target


class EndsByTouch(Widget):
    """Mixed into the last screen of a visit: a touch anywhere above the bar ends it."""

    def on_touch_up(self, touch) -> bool:  # type: ignore[no-untyped-def]
        if super().on_touch_up(touch):
            return True
        if touch.y > app().theme.free_from:
            app().visit.dismiss()
            return True
        return False


class StagedScreen(KioskScreen):
    """A screen with the officer's wall and the woven band; its own business lies in Content."""


class Content(BoxLayout):
    """The place of a screen's own business."""
