"""The Kivy application: one window, the screens, the bar, the question "are you still there?"."""

from __future__ import annotations

import logging
from collections.abc import Callable

from kivy.app import App
from kivy.base import EventLoop, ExceptionHandler, ExceptionManager
from kivy.clock import Clock, mainthread
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk import fonts
from kiosk.clock import Clock as OfficeClock
from kiosk.pictures import Pictures
from kiosk.screens import theme as look
from kiosk.screens.asking import Desk
from kiosk.screens.attract import AttractScreen
from kiosk.screens.base import KioskScreen
from kiosk.screens.bring import BringScreen
from kiosk.screens.closed import ClosedScreen
from kiosk.screens.confirm import ConfirmScreen
from kiosk.screens.crowded import CrowdedScreen
from kiosk.screens.exit import ExitScreen
from kiosk.screens.help import HelpScreen
from kiosk.screens.numbers import NumbersScreen
from kiosk.screens.pieces import PixelStore, Text, load_rules
from kiosk.screens.rate import RateScreen
from kiosk.screens.service import LanguageScreen, ServiceScreen
from kiosk.screens.thanks import ThanksScreen
from kiosk.screens.theme import Theme
from kiosk.screens.ticket import TicketScreen
from kiosk.screens.trouble import TroubleScreen
from kiosk.screens.views import View
from kiosk.screens.visit import WARNING_SECONDS, Visit
from kiosk.settings import Settings
from kiosk.words import Words

log = logging.getLogger(__name__)

TICKS_PER_SECOND = 5

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
    """Listen again, Help, Back: the same pixels on every screen. Back's place is empty where it leads nowhere."""

    language = StringProperty("vi")
    back = BooleanProperty(False)
    helping = BooleanProperty(False)


class StillThere(FloatLayout):
    """The question over the screen, with ten grains that empty in twenty seconds. Any touch extends."""

    language = StringProperty("vi")
    left = NumericProperty(WARNING_SECONDS)


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
        self.theme = Theme(
            screen.width, screen.height, screen.diagonal_inches,
            reduced_motion=screen.reduced_motion, text_off=screen.text_off,
        )  # fmt: skip
        self.pixels = PixelStore(pictures)
        self.bold_font = str(fonts.bold())
        self.office_name, self.office_authority = settings.office.name, settings.office.authority
        self.trial = trial
        self.desk = desk
        self.on_tick: Callable[[], object] = lambda: None  # told that this loop turns: the watchdog listens
        self.on_view: Callable[[View], None] | None = None  # told of every view drawn: the trial's script listens
        self.visit = Visit(
            desk, settings, words, clock,
            choices_per_page=self.theme.sizes.choices, show=self.show, light=self.light, warn=self.ask,
        )  # fmt: skip
        self._screens: dict[str, KioskScreen] = {}
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
        self.question = StillThere()
        self.glass.add_widget(self.holder)
        self.glass.add_widget(self.bar)
        if self.trial:
            from kivy.factory import Factory

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
        screen = self._screens.get(view.screen)
        if screen is None:
            screen = self._screens[view.screen] = SCREENS[view.screen]()
        self.language = self.bar.language = self.question.language = view.language
        self.bar.back = view.back
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
        if (self._current is not None and target != self._lit) or target:
            self._lit = target
            if self._current is not None:
                self._current.light(target)

    def ask(self, left: int | None) -> None:
        """ "Are you still there?", `left` seconds to go; None takes the question away."""
        if left is None:
            self.glass.remove_widget(self.question)
            return
        self.question.left = left
        if self.question.parent is None:
            self.glass.add_widget(self.question)

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
        """Words on the glass that do not fit their place."""

        def seen(widget) -> bool:  # type: ignore[no-untyped-def]
            while widget is not self.glass and widget is not None:
                if not widget.opacity:
                    return False
                widget = widget.parent
            return True

        texts = [widget for widget in self.glass.walk() if isinstance(widget, Text)]
        return [text.words for text in texts if text.words and not text.fits and seen(text)]

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
