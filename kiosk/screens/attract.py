"""Nobody is there: the loop of a visit in five pictures, the way in, the way out."""

from __future__ import annotations

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty

from kiosk.screens.base import KioskScreen
from kiosk.screens.pieces import Key, app
from kiosk.screens.views import AttractView

SCENES = ("scene-walk", "touch-here", "take-slip", "wait", "go-to-counter")
SCENE_SECONDS = 3.0


class AttractScreen(KioskScreen):
    """The whole screen is "start", but for the bar and the way out with a quiet band around it. Both signs stand
    in the lower half of a high glass anyway."""

    lowers = False

    day = StringProperty("")
    weekday = StringProperty("")
    scene = NumericProperty(1)
    offers_exit = BooleanProperty(True)

    def show(self, view: AttractView) -> None:
        super().show(view)
        self.day = str(view.today.day)
        self.weekday = app().words.shown(f"Weekday-{view.today.weekday()}", view.language)
        self.offers_exit = view.offers_exit
        self.scene = 1

    def on_parent(self, *args) -> None:  # type: ignore[no-untyped-def]
        Clock.unschedule(self._next_scene)
        if self.parent and not app().theme.reduced_motion:
            Clock.schedule_interval(self._next_scene, SCENE_SECONDS)

    def _next_scene(self, *args) -> None:  # type: ignore[no-untyped-def]
        self.scene = (self.scene + 1) % len(SCENES)


class WholeScreenKey(Key):
    """Press anywhere: it draws nothing; the rice key is the sign of it."""

    guarded = ObjectProperty(None, allownone=True)

    def collide_point(self, x: float, y: float) -> bool:
        """Everywhere above the bar but the way out and 5 mm around it: a near miss must not start a visit."""
        if y <= app().theme.bar.height:
            return False
        way_out = self.guarded
        slack = app().theme.mm(5)
        inside = (
            way_out is not None
            and way_out.usable
            and way_out.x - slack <= x <= way_out.right + slack
            and way_out.y - slack <= y <= way_out.top + slack
        )
        return not inside
