"""The Kivy application: one window, the screens, the bar, the question "are you still there?"."""

from __future__ import annotations

import logging
from collections.abc import Callable

from kivy.app import App
from kivy.base import EventLoop, ExceptionHandler, ExceptionManager
from kivy.clock import Clock, mainthread
from kivy.factory import Factory
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.label import Label
from kivy.uix.widget import Widget

from kiosk import fonts
from kiosk.clock import Clock as OfficeClock
from kiosk.pictures import Pictures
from kiosk.screens import reach
from kiosk.screens import theme as look
from kiosk.screens.asking import Desk
from kiosk.screens.attract import AttractScreen
from kiosk.screens.base import KioskScreen
from kiosk.screens.bring import BringScreen
from kiosk.screens.closed import ClosedScreen
from kiosk.screens.confirm import ConfirmScreen
from kiosk.screens.crowded import CrowdedScreen
from kiosk.screens.exit import ExitScreen
from kiosk.screens.hand import PointingHand
from kiosk.screens.help import HelpScreen
from kiosk.screens.numbers import NumbersScreen
from kiosk.screens.patience import WARNING_SECONDS
from kiosk.screens.pieces import PixelStore, load_rules, wanted, whole
from kiosk.screens.rate import RateScreen
from kiosk.screens.service import LanguageScreen, ServiceScreen
from kiosk.screens.thanks import ThanksScreen
from kiosk.screens.theme import Theme
from kiosk.screens.ticket import TicketScreen
from kiosk.screens.trouble import TroubleScreen
from kiosk.screens.views import View
from kiosk.screens.visit import Visit
from kiosk.settings import Settings
from kiosk.words import Words

log = logging.getLogger(__name__)

TICKS_PER_SECOND = 5
GRAINS = 10

SCREENS: dict[str, type[KioskScreen]] = {
    "attract": AttractScreen,
    "language": LanguageScreen,
    "service": ServiceScreen,
    "bring": BringScreen,
    "crowded": CrowdedScreen,
    "confirm": ConfirmScreen,
    "ticket": TicketScreen,
    "closed": ClosedScreen,
    "trouble": TroubleScreen,
    "help": HelpScreen,
    "exit": ExitScreen,
    "numbers": NumbersScreen,
    "rate": RateScreen,
    "thanks": ThanksScreen,
}


class Bar(FloatLayout):
    """Listen again, Help, Back: the same pixels on every screen. Where Back leads nowhere its place is empty, or on a
    high glass that of the wheelchair."""

    language = StringProperty("vi")
    back = BooleanProperty(False)
    helping = BooleanProperty(False)
    lowers = BooleanProperty(False)
    low = BooleanProperty(False)

    def on_kv_post(self, base_widget) -> None:  # type: ignore[no-untyped-def]
        """Hold the two keys of the third place; only the one that is seen is on the glass, for an unseen one is drawn
        all the same."""
        self.thirds = {"back": self.ids.back.__self__, "lowers": self.ids.low.__self__}
        for name, key in self.thirds.items():
            self.fbind(name, self._fill_the_third_place)
            self.remove_widget(key)

    def _fill_the_third_place(self, *args) -> None:  # type: ignore[no-untyped-def]
        for name, key in self.thirds.items():
            wanted = getattr(self, name)
            if wanted and key.parent is None:
                self.add_widget(key)
            elif not wanted:
                self.remove_widget(key)


class Grain(Widget):
    """One of the grains that count the question's seconds down."""

    full = BooleanProperty(True)
    side = NumericProperty(0)
    stroke = NumericProperty(1)


class LoudnessKey(FloatLayout):
    """One key for the loudness, above Listen again. Touches beside it go to the screen and take it away."""

    pictogram = StringProperty("loudness-2")
    name = StringProperty("")
    rim = NumericProperty(0)

    def on_touch_down(self, touch) -> bool:  # type: ignore[no-untyped-def]
        if self.collide_point(*touch.pos):
            super().on_touch_down(touch)
            return True  # a near miss chooses nothing of what lies below
        App.get_running_app().visit.loudness.close()
        return False


class StillThere(FloatLayout):
    """The question over the screen, with ten grains that empty in twenty seconds. Any touch extends."""

    language = StringProperty("vi")
    left = NumericProperty(WARNING_SECONDS)

    def on_kv_post(self, base_widget) -> None:  # type: ignore[no-untyped-def]
        for _ in range(GRAINS):
            self.ids.grains.add_widget(Grain())

    def on_left(self, *args) -> None:  # type: ignore[no-untyped-def]
        full = -(-int(self.left) * GRAINS // WARNING_SECONDS)
        for index, grain in enumerate(reversed(self.ids.grains.children)):
            grain.full = index < full


class Glass(FloatLayout):
    """The surface that is touched: one finger at a time, and every touch silences the speech."""

    def __init__(self, visit: Visit, **kwargs) -> None:  # type: ignore[no-untyped-def]
        super().__init__(**kwargs)
        self._visit = visit
        self._finger = None

    def on_touch_down(self, touch) -> bool:  # type: ignore[no-untyped-def]
        if getattr(touch, "is_mouse_scrolling", False):
            return True
        if self._finger is not None:
            touch.ud["ignored"] = True  # a second finger, or a palm: only the first touch counts
            return True
        self._finger = touch
        if self._visit.dark:
            touch.ud["ignored"] = True
            self._visit.wake()
            return True
        if self._visit.warning:
            touch.ud["ignored"] = True
            self._visit.extend()
            return True
        self._visit.touched()
        return super().on_touch_down(touch)

    def on_touch_move(self, touch) -> bool:  # type: ignore[no-untyped-def]
        return True if touch.ud.get("ignored") else super().on_touch_move(touch)

    def on_touch_up(self, touch) -> bool:  # type: ignore[no-untyped-def]
        if touch is self._finger:
            self._finger = None
        return True if touch.ud.get("ignored") else super().on_touch_up(touch)


class _NeverBlank(ExceptionHandler):
    """Any exception on the screen's thread ends on the trouble screen, and the application goes on."""

    def __init__(self, to_trouble: Callable[[], None]) -> None:
        self._to_trouble = to_trouble

    def handle_exception(self, exception: BaseException):  # type: ignore[no-untyped-def]
        if not isinstance(exception, Exception):
            return ExceptionManager.RAISE
        # The type only: a message could hold something personal.
        log.error("the screen failed: %s", type(exception).__name__, exc_info=exception)
        self._to_trouble()
        return ExceptionManager.PASS


class KioskApp(App):
    """Draws the views of the visit. Handed everything it needs; owns only widgets."""

    language = StringProperty("vi")
    speaking = BooleanProperty(False)
    voice_ready = NumericProperty(1.0)

    def __init__(
        self,
        settings: Settings,
        words: Words,
        pictures: Pictures,
        desk: Desk,
        clock: OfficeClock,
        *,
        trial: bool = False,
    ) -> None:
        super().__init__()
        self.settings, self.words, self.pictures = settings, words, pictures
        screen = settings.screen
        self._themes = [
            Theme(
                screen.width, screen.height, screen.diagonal_inches,
                reduced_motion=screen.reduced_motion, text_off=screen.text_off, low=low,
            )
            for low in (False, True)
        ]  # fmt: skip
        self.theme = self._themes[0]
        self.pixels = PixelStore(pictures)
        self.bold_font = str(fonts.bold())
        self.office_name, self.office_authority = settings.office.name, settings.office.authority
        self.trial = trial
        self.desk = desk
        self.on_tick: Callable[[], object] = lambda: None  # told that this loop turns: the watchdog listens
        self.on_view: Callable[[View], None] | None = None  # told of every view drawn: the trial's script listens
        self.visit = Visit(
            desk, settings, words, clock,
            choices_per_page=self.theme.sizes.choices, lowers=self.theme.lowers, glass=self,
        )  # fmt: skip
        self._low = False
        self._screens: dict[tuple[str, bool], KioskScreen] = {}
        self._current: KioskScreen | None = None
        self._lit = ""

    # ---- building ---------------------------------------------------------------------------------

    def build(self) -> Glass:
        from kivy.core.window import Window  # it opens the window: only now

        load_rules()
        Window.clearcolor = look.PAPER  # the paper behind everything costs no drawing
        self.title = self.settings.office.name
        self.glass = Glass(self.visit, size_hint=(None, None), size=(self.theme.width, self.theme.height))
        self.holder = FloatLayout()
        self.bar = Bar()
        self.loudness = LoudnessKey()
        self.hand = PointingHand()
        self._questions: dict[bool, StillThere] = {}
        self.glass.add_widget(self.holder)
        self.glass.add_widget(self.bar)
        self.night = Factory.Night()
        if self.trial:
            self.glass.add_widget(Factory.TrialMark())
        return self.glass

    def on_start(self) -> None:
        ExceptionManager.add_handler(_NeverBlank(self._in_trouble))
        self.visit.home()
        Clock.schedule_interval(self._tick, 1 / TICKS_PER_SECOND)

    def open_settings(self, *args) -> None:  # type: ignore[no-untyped-def]
        """Kivy's own settings page (F1) is a way out of the kiosk: there is none."""

    def text(self, key: str, language: str) -> str:
        """Words for a label; the rules use it so that a change of language redraws them."""
        return " ".join(self.words.shown(key, language).split())

    # ---- what the visit tells ---------------------------------------------------------------------

    def show(self, view: View) -> None:
        """Draw `view`."""
        kind = SCREENS[view.screen]
        low = self._low and kind.lowers
        self.theme = self._themes[low]  # the rules read it as they build, so each look has its own widgets
        screen = self._screens.get((view.screen, low))
        if screen is None:
            screen = self._screens[view.screen, low] = kind()
        self.language = self.bar.language = view.language
        self.bar.back = view.back
        self.bar.lowers = self.theme.lowers and reach.offers(view) and not view.back
        self.bar.low = self._low
        self.bar.helping = view.screen == "help"
        screen.show(view)
        if screen is not self._current:
            self.holder.clear_widgets()
            self.holder.add_widget(screen)
            self._current = screen
        if self.on_view:
            self.on_view(view)

    def light(self, target: str) -> None:
        """Light one target of the screen ("" = none)."""
        self.hand.away()
        if (self._current is not None and target != self._lit) or target:
            self._lit = target
            self.loudness.ids.key.lit = target == "loudness"
            self.bar.thirds["lowers"].lit = target == reach.TARGET
            if self._current is not None:
                self._current.light(target)

    def point(self, target: str) -> None:
        """A hand comes from below and taps `target`, once."""
        keys = self._current.keys() if self._current is not None else []
        for key in keys:
            if key.target == target:
                self.hand.tap(key, self.glass)

    def dim(self, dark: bool) -> None:
        """Darken everything, or brighten it."""
        self.glass.remove_widget(self.night)
        if self._current is not None:
            self._current.turn(not dark)
        if dark:
            self.glass.add_widget(self.night)

    def lower(self, low: bool) -> None:
        """Targets into the lower half from the next view drawn, or back."""
        self._low = low and self.theme.lowers

    def ask(self, left: int | None) -> None:
        """ "Are you still there?", `left` seconds to go; None takes the question away."""
        if left is None:
            for question in self._questions.values():
                self.glass.remove_widget(question)
            return
        if self.theme.is_low not in self._questions:
            self._questions[self.theme.is_low] = StillThere()
        question = self._questions[self.theme.is_low]
        question.left, question.language = left, self.language
        if question.parent is None:
            self.glass.add_widget(question)

    def louden(self, step: int | None) -> None:
        """The key for the loudness with step 1 to 3 on it; None takes it away."""
        self.glass.remove_widget(self.loudness)
        if step is not None:
            self.loudness.pictogram = f"loudness-{step}"
            self.loudness.name = "" if self.theme.is_small else self.text(f"loudness-{step}", self.language)
            self.glass.add_widget(self.loudness)

    # ---- time and threads -------------------------------------------------------------------------

    def _tick(self, *args) -> None:  # type: ignore[no-untyped-def]
        self.speaking = self.desk.speaking()
        self.bar.ids.listen.lit = self.speaking
        self.visit.tick()
        self.on_tick()

    def on_ui(self, action: Callable[[], None]) -> None:
        """Run `action` on the screen's thread: widgets and visit belong to it alone."""
        Clock.schedule_once(lambda _: action(), 0)

    @mainthread
    def paper(self, ticket_id: str, came: bool) -> None:
        """The printer's news about a ticket, from the printer's thread."""
        self.visit.paper(ticket_id, came)

    def prepared(self, done: int, total: int) -> None:
        """How many prompts are ready to be spoken, from any thread; a thin line shows it until all are."""
        self.on_ui(lambda: setattr(self, "voice_ready", done / total if total else 1.0))

    def misfits(self) -> list[str]:
        """Words on the glass that do not fit their place, or of which it shows only a part."""

        def seen(widget) -> bool:  # type: ignore[no-untyped-def]
            while widget is not self.glass and widget is not None:
                if not widget.opacity:
                    return False
                widget = widget.parent
            return True

        texts = [widget for widget in self.glass.walk() if isinstance(widget, Label) and seen(widget)]
        return [wanted(text) for text in texts if not whole(text, self.theme.width, self.theme.height)]

    def _in_trouble(self) -> None:
        try:
            self.visit.trouble()
        except Exception:
            log.exception("the trouble screen failed as well")

    # ---- stepping, for trials and tests -----------------------------------------------------------

    def open(self) -> None:
        """Build and show without entering Kivy's loop; then call `step` again and again."""
        self._run_prepare()

    @staticmethod
    def step() -> None:
        """One round of Kivy's loop. glFinish, or software GL queues frames without end (1.6 GB, facts)."""
        from kivy.graphics.opengl import glFinish

        try:
            EventLoop.idle()
        except Exception as error:  # as Kivy's own loop does it
            if ExceptionManager.handle_exception(error) == ExceptionManager.RAISE:
                raise
        glFinish()
