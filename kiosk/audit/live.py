"""The real application under the audit's own clock: nothing depends on how fast this machine is.

Kivy's clock and the visit's clock are one here, and stand still until they are moved. Touches go through the window
as a real finger's do. A frame is drawn only when it is looked at.
"""

from __future__ import annotations

from typing import Any

from kivy.base import EventLoop, ExceptionManager
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics import Rectangle
from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glFinish, glReadPixels
from kivy.lang import Builder
from PIL import Image

from kiosk.audit.desk import AuditDesk, Day
from kiosk.audit.looks import Look
from kiosk.audit.tour import COMES, FAIL, OPEN, THURSDAY, WARN, Stop, a_ticket
from kiosk.clock import ManualClock
from kiosk.pictures import Pictures
from kiosk.screens.app import KioskApp
from kiosk.screens.driver import Hand, NothingHappened
from kiosk.screens.pieces import Picture, Text
from kiosk.screens.touch import InjectedTouch
from kiosk.settings import Settings
from kiosk.words import Words

BEAT = 0.1
"""Seconds between two rounds of the loop while the walk waits."""
LONGEST_WAIT = 300.0


class Live:
    """One application, its desk, and the hand that touches it."""

    def __init__(self, settings: Settings, words: Words, pictures: Pictures, look: Look) -> None:
        self.settings, self.words, self.look = settings, words, look
        self.clock = ManualClock(THURSDAY)
        self.desk = AuditDesk(OPEN, self.clock, a_ticket())
        self._path: tuple[str, ...] = ()
        self._day: Day = OPEN
        self._own_kivys_clock()
        for child in list(Window.children):  # an application that was audited before this one
            Window.remove_widget(child)
        self.app = KioskApp(settings, words, pictures, self.desk, self.clock)
        self.app.open()
        self.hand = Hand(self.app)
        self.beat(3)

    def _own_kivys_clock(self) -> None:
        """Kivy's time is ours from now on, and no round of its loop sleeps."""
        zero = Clock.time()
        Clock.time = lambda: zero + self.clock.monotonic()
        Clock._max_fps = 0

    def close(self) -> None:
        """Take the application off the window: another one may follow in this process."""
        Clock.unschedule(self.app._tick)
        self.app.holder.clear_widgets()  # its screen's loop ends
        self.app.dispatch("on_stop")  # the rules look for the running application anew
        Window.remove_widget(self.app.root)
        ExceptionManager.handlers.clear()

    # ---- time --------------------------------------------------------------------------------------

    def beat(self, rounds: int = 1) -> None:
        """Rounds of Kivy's loop without drawing: clock, touches, rules, layout."""
        for _ in range(rounds):
            try:
                Clock.tick()
                EventLoop.dispatch_input()
                Builder.sync()
                Clock.tick_draw()
                Builder.sync()
            except Exception as error:  # as Kivy's own loop does it
                if ExceptionManager.handle_exception(error) == ExceptionManager.RAISE:
                    raise

    def wait(self, seconds: float) -> None:
        """Let time go by, nobody touching."""
        for _ in range(max(1, round(seconds / BEAT))):
            self.clock.advance(BEAT)
            self.desk.pass_time()
            self.beat()

    def until_warned(self) -> float:
        """Wait for the question "are you still there?"; the seconds it took. NothingHappened if it never comes."""
        waited = 0.0
        while not self.app.visit.warning:
            self.wait(0.5)
            waited += 0.5
            if waited > LONGEST_WAIT:
                raise NothingHappened(f"no question on {self.screen} in {LONGEST_WAIT:.0f} s")
        return waited

    # ---- touches -----------------------------------------------------------------------------------

    @property
    def screen(self) -> str:
        """The screen that stands."""
        return str(self.app.visit.view.screen)

    def down(self, x: float, y: float) -> InjectedTouch:
        """A finger on the glass, felt at once."""
        touch = self.hand.down(x, y)
        self.beat()
        return touch

    def move(self, touch: InjectedTouch, x: float, y: float) -> None:
        """Slide it."""
        touch.move((x, y))
        EventLoop.input_events.append(("update", touch))
        self.beat()

    def up(self, touch: InjectedTouch) -> None:
        """Lift it."""
        self.hand.up(touch)
        self.beat()

    def tap(self, x: float, y: float) -> None:
        """One short touch."""
        self.up(self.down(x, y))

    def settle(self) -> None:
        """Until a touch counts again."""
        self.clock.advance(1.0)
        self.desk.pass_time()
        self.beat(2)

    def middle(self, target: str) -> tuple[float, float]:
        """Where a finger goes for a target: the middle of it, or of the sign that stands for the whole screen."""
        return tuple(self.hand.key("start" if target == "everywhere" else target).center)

    def touch(self, target: str) -> None:
        """Touch the middle of a target, once the screen takes touches."""
        self.settle()
        if target not in self.hand.targets():
            raise NothingHappened(f'"{target}" cannot be touched on {self.screen}')
        self.tap(*self.middle(target))

    # ---- the way to a stop -------------------------------------------------------------------------

    def home(self, day: Day) -> None:
        """Somebody new before the first screen, on such a day."""
        self._path = ()
        self.desk.day = day
        self.desk.let_go()
        self.app.visit.home()
        self.desk.forget()
        self.wait(0.5)
        for act in self.look.acts:
            if act in self.hand.targets():  # where nothing can be brought down, nothing is up
                self.touch(act)

    def act(self, act: str) -> None:
        """One act of a stop."""
        if act == WARN:
            self.until_warned()
        elif act == COMES:
            self.desk.help_comes = True
        elif act == FAIL:
            self.settle()
            Clock.schedule_once(_break, 0)
            self.beat(2)
        elif act.startswith("~"):
            self.wait(float(act[1:]))
        else:
            self.touch(act)

    def go(self, stop: Stop) -> None:
        """From the first screen to a stop. NothingHappened when a target is not there, or it leads elsewhere."""
        done, way = len(self._path), stop.acts[:-1]
        # Waiting begins with a fresh screen: "listen again", touched at each stop, has left its key there
        waits = stop.acts[done : done + 1] and stop.acts[done].startswith("~")
        if not done or waits or self._day is not stop.day or way[:done] != self._path:
            self.home(stop.day)
            done = 0
        ahead = way[done:]
        self._path = ()
        for act in ahead:
            self.act(act)
        self.settle()
        if stop.acts:
            self.desk.said.clear()
            self.act(stop.acts[-1])
        if self.screen != stop.screen:
            raise NothingHappened(f"{stop.name}: {self.screen} stands, not {stop.screen}")
        self.beat(3)

    def goes_on(self, stop: Stop) -> None:
        """Nothing has changed since `stop` was reached: a stop that lies behind it may be reached from there."""
        if not any(act.startswith(("~", "!")) for act in stop.acts) and stop.acts[-1:] != ("listen",):
            self._path, self._day = stop.acts, stop.day

    # ---- looking -----------------------------------------------------------------------------------

    def picture(self) -> Image.Image:
        """The pixels as they are now."""
        self.beat(2)
        Window.dispatch("on_draw")
        glFinish()
        width, height = Window.system_size
        raw = glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE)
        Window.dispatch("on_flip")
        return Image.frombytes("RGB", (width, height), bytes(raw), "raw", "RGB", 0, -1)  # from the lowest line up

    def without(self, kind: type[Text] | type[Picture]) -> Image.Image:
        """The pixels with the words, or the pictures, taken away; everything else stays."""
        moved: list[tuple[Any, tuple[float, float]]] = []
        for widget in self.app.glass.walk():
            if isinstance(widget, kind):
                for shape in widget.canvas.children:
                    if type(shape) is Rectangle:
                        moved.append((shape, shape.pos))
                        shape.pos = (-9999, -9999)
        image = self.picture()
        for shape, place in moved:
            shape.pos = place
        return image


def _break(*args: object) -> None:
    raise RuntimeError("planted by the audit's walk")
