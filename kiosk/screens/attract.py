"""Nobody is there: the loop of a visit in five scenes, the way in, the way out. Silent."""

from __future__ import annotations

from dataclasses import dataclass

from kivy.clock import Clock
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty

from kiosk.screens.base import KioskScreen
from kiosk.screens.pieces import Key, app
from kiosk.screens.views import AttractView

STAGE = (1080, 380)
"""Width and height of the lobby's drawing, in its own units; the actor's places are in the same ones."""


@dataclass(frozen=True)
class Scene:
    """One scene: its small sign in the row, and its key poses, one or two, each at its place on the stage (x, y from
    the top, width, height)."""

    sign: str
    poses: tuple[tuple[str, tuple[int, int, int, int]], ...]


_AT_MACHINE = (650, 24, 360, 358)
SCENES = (
    Scene("scene-walk", (("attract-walk-1", (440, 24, 290, 358)), ("attract-walk-2", (540, 24, 290, 358)))),
    Scene("touch-here", (("attract-tap-1", _AT_MACHINE), ("attract-tap-2", _AT_MACHINE))),
    Scene("take-slip", (("attract-slip-1", _AT_MACHINE), ("attract-slip-2", _AT_MACHINE))),
    Scene("wait", (("attract-sit", (440, 24, 370, 358)),)),
    Scene("go-to-counter", (("attract-called-1", (40, 24, 670, 358)), ("attract-called-2", (40, 24, 630, 358)))),
)
FIRST = 1
"""The loop begins with the touch, which whoever comes now has to do; with reduced motion it stays there."""
SCENE_SECONDS = 3.0
POSE_SECONDS = 1.0
"""So long a scene's first pose stands; then the second one, still until the next scene."""


class AttractScreen(KioskScreen):
    """The whole screen is "start", but for the bar and the way out with a quiet band around it. Both signs stand
    in the lower half of a high glass anyway."""

    lowers = False

    day = StringProperty("")
    weekday = StringProperty("")
    scene = NumericProperty(FIRST)
    actor = StringProperty("")
    actor_box = ListProperty(_AT_MACHINE)
    offers_exit = BooleanProperty(True)

    def show(self, view: AttractView) -> None:
        super().show(view)
        self.day = str(view.today.day)
        self.weekday = app().words.shown(f"Weekday-{view.today.weekday()}", view.language)
        self.offers_exit = view.offers_exit
        self._play(FIRST)

    def on_parent(self, *args) -> None:  # type: ignore[no-untyped-def]
        """On the glass the loop turns; off it, and in the dark, nothing is drawn."""
        self.turn(bool(self.parent))

    def turn(self, on: bool) -> None:
        """Let the loop turn, or stand still."""
        Clock.unschedule(self._next_scene)
        Clock.unschedule(self._next_pose)
        if on and not app().theme.reduced_motion:
            Clock.schedule_interval(self._next_scene, SCENE_SECONDS)
            self._pose_soon()

    def _next_scene(self, *args) -> None:  # type: ignore[no-untyped-def]
        self._play((int(self.scene) + 1) % len(SCENES))
        self._pose_soon()

    def _pose_soon(self) -> None:
        Clock.unschedule(self._next_pose)  # of the scene before: after a long frame both are due at once
        if len(SCENES[int(self.scene)].poses) > 1:
            Clock.schedule_once(self._next_pose, POSE_SECONDS)

    def _next_pose(self, *args) -> None:  # type: ignore[no-untyped-def]
        self._stand(int(self.scene), 1)

    def _play(self, scene: int) -> None:
        self.scene = scene
        self._stand(scene, 0)

    def _stand(self, scene: int, pose: int) -> None:
        name, box = SCENES[scene].poses[pose]
        self.actor_box, self.actor = box, name


class WholeScreenKey(Key):
    """Press anywhere: it draws nothing; the rice key is the sign of it."""

    guarded = ObjectProperty(None, allownone=True)

    def collide_point(self, x: float, y: float) -> bool:
        """Everywhere but the bar, the way out, and 5 mm around their keys: a near miss must not start a visit."""
        if y <= app().theme.free_from:
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

    def _near(self, touch) -> bool:  # type: ignore[no-untyped-def]
        """A finger that slides onto another key has left this one."""
        return self.collide_point(*touch.pos)
