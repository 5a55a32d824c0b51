"""The pieces every screen is made of: keys, pictures, text, panels. How they look stands in pieces.kv.

One rule: what is white, outlined and stands on a ledge can be pressed; everything else lies flat.
"""

from __future__ import annotations

import io
from pathlib import Path

from kivy.app import App
from kivy.clock import Clock
from kivy.core.image import Image as CoreImage
from kivy.graphics.texture import Texture
from kivy.lang import Builder
from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    OptionProperty,
    StringProperty,
)
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.label import Label
from kivy.uix.widget import Widget
from PIL import Image

from kiosk import fonts
from kiosk import qr as qr_codes
from kiosk.screens import theme as look
from kiosk.screens.typeset import LINE_SPACING, fit

BOLD, REGULAR = str(fonts.bold()), str(fonts.regular())

_HERE = Path(__file__).parent


def load_rules() -> None:
    """Read every .kv file beside this module, once: pieces first, for the screens are made of them."""
    names = ["pieces", "base", *sorted(path.stem for path in _HERE.glob("*.kv"))]
    for name in dict.fromkeys(names):
        path = str(_HERE / f"{name}.kv")
        if path not in Builder.files:
            Builder.load_file(path)


def app():  # type: ignore[no-untyped-def]
    """The running application, which holds theme, pixels and words."""
    return App.get_running_app()


class PixelStore:
    """Pictograms as textures, one for each name and size, kept for as long as the process lives."""

    def __init__(self, pictures) -> None:  # type: ignore[no-untyped-def]
        self._pictures = pictures
        self._kept: dict[tuple[str, int, int], Texture] = {}

    def texture(self, name: str, width: int, height: int) -> Texture:
        key = (name, width, height)
        if key not in self._kept:
            data = io.BytesIO(self._pictures.png(name, width, height))
            # nocache: Kivy's own cache grew by 290 MB (facts); ours knows exactly what is on the screens.
            image = CoreImage(data, ext="png", nocache=True)
            self._kept[key] = image.texture
        return self._kept[key]


class Picture(Widget):
    """One pictogram, as large as its box allows, drawn at exactly that many pixels."""

    name = StringProperty("")
    texture = ObjectProperty(None, allownone=True)
    faded = BooleanProperty(False)

    def __init__(self, **kwargs) -> None:  # type: ignore[no-untyped-def]
        self._redraw = Clock.create_trigger(self._draw, -1)
        super().__init__(**kwargs)
        self.fbind("size", self._redraw)
        self.fbind("name", self._redraw)
        self._redraw()

    def _draw(self, *args) -> None:  # type: ignore[no-untyped-def]
        width, height = int(self.width), int(self.height)
        if not self.name or width < 4 or height < 4:
            self.texture = None
            return
        self.texture = app().pixels.texture(self.name, width, height)


INK = {False: 1.15, True: 0.8}
"""Height in em of one line's letters, marks above and below included; of digits (True) alone."""


def is_figure(words: str) -> bool:
    """Whether somebody who cannot read knows it: digits, a time, a series letter with or without its number."""
    return not any(letter.isalpha() for letter in words.removeprefix(words[:1] if words[:1].isupper() else ""))


class Text(Label):
    """Text that fits its box: `em` is the wished size in mm, `least` the smallest allowed, `lines` the most lines.
    When the words do not fit, `short` stands instead: a label never shrinks its picture (LOOK)."""

    words = StringProperty("")
    short = StringProperty("")
    em = NumericProperty(12.0)
    least = NumericProperty(0.0)
    lines = NumericProperty(1)
    heavy = BooleanProperty(True)
    digits = BooleanProperty(False)
    fits = BooleanProperty(True)

    def __init__(self, **kwargs) -> None:  # type: ignore[no-untyped-def]
        # Bind before the first words come: the text must never be laid out in a size from nowhere.
        self._refit = Clock.create_trigger(self._fit, -1)
        super().__init__(**kwargs)
        for name in ("words", "short", "size", "em", "least", "lines", "heavy"):
            self.fbind(name, self._refit)
        self._refit()

    @property
    def written(self) -> str:
        """The words, or nothing where only figures are written."""
        return self.words if not app().theme.text_off or is_figure(self.words) else ""

    def _fit(self, *args) -> None:  # type: ignore[no-untyped-def]
        theme = app().theme
        font = BOLD if self.heavy else REGULAR
        least = theme.mm(self.least or min(theme.sizes.label, self.em))
        room = (
            theme.mm(self.em),
            least,
            # Kivy measures a hair wider, and would break what is given a width
            int(self.width * (1 if self.halign == "center" else 0.995)),
            int(self.height),
            int(self.lines),
            INK[self.digits],
        )
        words = self.written
        setting = fit(words, font, *room)
        if words and self.short and not setting.fits:
            setting = fit(self.short, font, *room)
        self.font_name = font
        self.font_size = setting.size
        # Noto's own line height is 1.36 em; LINE_SPACING is what we want from baseline to baseline.
        self.line_height = LINE_SPACING / 1.362
        self.fits = setting.fits or not words
        self.text = setting.text


def wanted(label: Label) -> str:
    """What a label is to say: a Text may say it shorter, in words of its own."""
    return str(getattr(label, "written", label.text))


def whole(label: Label, width: int, height: int) -> bool:
    """Whether a glass of width × height px shows every letter that `label` is to say. What was measured is not asked
    alone: a label that is given a height, a number of lines or leave to shorten drops words without a sign."""
    if not wanted(label):
        return True
    lines = label._label._cached_lines
    drawn = "".join("".join(word.text for word in line.words) for line in lines)
    said = {"".join(one.split()) for one in (wanted(label), getattr(label, "short", ""))}
    wide, high = label.texture_size
    if len(lines) == 1:  # its texture is higher than its letters
        high = min(high, label.font_size * INK[bool(getattr(label, "digits", False))])
    inside = wide / 2 <= label.center_x <= width - wide / 2 and high / 2 <= label.center_y <= height - high / 2
    return getattr(label, "fits", True) and "".join(drawn.split()) in said and inside


class Panel(BoxLayout):
    """A flat surface: shown, not pressed."""

    fill = ColorProperty(look.RIVER_WASH)
    line_colour = ColorProperty(look.CLEAR)
    line_mm = NumericProperty(0.0)
    radius_mm = NumericProperty(7.0)


class Pressable:
    """Touch behaviour of everything that can be pressed: one finger, acts on release, sliding off cancels.

    The action comes on release inside the target plus 2.5 mm (WCAG 2.5.2 and the elders' mean offset of 3.4 mm,
    facts row 2). What the action does is idempotent anyway: see Visit.
    """

    SLACK_MM = 2.5

    def on_touch_down(self, touch) -> bool:  # type: ignore[no-untyped-def]
        if not self.usable or not self.collide_point(*touch.pos):
            return False
        touch.grab(self)
        self.pressed = True
        return True

    def on_touch_move(self, touch) -> bool:  # type: ignore[no-untyped-def]
        if touch.grab_current is not self:
            return False
        self.pressed = self._near(touch)
        return True

    def on_touch_up(self, touch) -> bool:  # type: ignore[no-untyped-def]
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        chosen = self._near(touch)
        self.pressed = False
        if chosen and self.usable:
            self.dispatch("on_choose")
        return True

    def _near(self, touch) -> bool:  # type: ignore[no-untyped-def]
        slack = app().theme.mm(self.SLACK_MM)
        return self.x - slack <= touch.x <= self.right + slack and self.y - slack <= touch.y <= self.top + slack


class Key(Pressable, BoxLayout):
    """The one pressable thing: a white face on a ledge. `mark`: normal, on (help was called), selected."""

    __events__ = ("on_choose",)

    target = StringProperty("")
    usable = BooleanProperty(True)
    pressed = BooleanProperty(False)
    lit = BooleanProperty(False)
    mark = OptionProperty("normal", options=["normal", "on", "selected"])
    toggles = BooleanProperty(False)
    base = ColorProperty(look.WHITE)
    fill = ColorProperty(look.WHITE)
    ledge_colour = ColorProperty(look.LEDGE)
    ring = ListProperty(look.CLEAR)
    inner = NumericProperty(4.0)
    ledge = NumericProperty(0)
    stroke = NumericProperty(1)
    rounding = NumericProperty(1)
    sink = NumericProperty(0)
    reach = NumericProperty(0)
    edge = NumericProperty(0)

    def __init__(self, **kwargs) -> None:  # type: ignore[no-untyped-def]
        for name in ("pressed", "lit", "mark", "base"):
            self.fbind(name, self._dress)
        super().__init__(**kwargs)
        self._dress()

    def _dress(self, *args) -> None:  # type: ignore[no-untyped-def]
        """State → fill and ring. Pressed and lit are shown by shape as well: colour is never the only cue."""
        if self.pressed or self.lit:
            self.fill = look.RICE_WASH
        elif self.mark == "selected":
            self.fill = look.RIVER_WASH
        else:
            self.fill = look.RICE if self.mark == "on" else self.base
        if self.lit:
            self.ring = look.RICE
        else:
            self.ring = look.RIVER if self.mark == "selected" else look.CLEAR

    def on_choose(self) -> None:
        """What happens on release: bound by the screen."""


class Tile(Key):
    """A picture with its name: the picture above, or at the left where the screen is low."""

    pictogram = StringProperty("")
    name = StringProperty("")
    short = StringProperty("")
    em = NumericProperty(12.6)
    beside = BooleanProperty(False)
    share = NumericProperty(0.4)
    """How much of the width the name takes when it stands beside."""
    lines = NumericProperty(1)


class SideKey(Key):
    """A key beside the screen's own business: picture and word, one `beside` the other or one over the other. `short`
    stands in place of a word that does not fit."""

    pictogram = StringProperty("")
    name = StringProperty("")
    short = StringProperty("")
    beside = BooleanProperty(True)


class BarKey(Key):
    """One of the three keys of the bar."""

    pictogram = StringProperty("")
    name = StringProperty("")


class Medal(Widget):
    """A picture in a white disc: a step that is done."""

    name = StringProperty("")
    fill = ColorProperty(look.WHITE)


class TrailLine(FloatLayout):
    """Four steps: done ones show the picture chosen, the present one is a rice dot, the end is the slip."""

    trail = ObjectProperty(None, allownone=True)
    medal_mm = NumericProperty(22.0)

    def __init__(self, **kwargs) -> None:  # type: ignore[no-untyped-def]
        self._redraw = Clock.create_trigger(self._draw, -1)
        super().__init__(**kwargs)
        for name in ("trail", "pos", "size"):
            self.fbind(name, self._redraw)

    def _draw(self, *args) -> None:  # type: ignore[no-untyped-def]
        self.clear_widgets()
        if self.trail is None:
            return
        theme = app().theme
        large = theme.mm(self.medal_mm)
        for index in range(4):
            done = index < self.trail.step and index < len(self.trail.done)
            name, fill, size = "", look.WHITE, large * 0.42
            if done:
                name, size = self.trail.done[index], large
            elif index == 3:
                name, size = "slip-small", large
                fill = look.RICE if index == self.trail.step else look.WHITE
            elif index == self.trail.step:
                fill, size = look.RICE, large * 0.62
            elif index < self.trail.step:
                fill = look.RIVER
            centre = self.x + large / 2 + index * (self.width - large) / 3
            medal = Medal(name=name, fill=fill, size_hint=(None, None), size=(size, size))
            medal.center = (centre, self.center_y)
            self.add_widget(medal)


LONG_SENTENCE = 26


class Stage(FloatLayout):
    """The wall: the officer, what she says, and the trail."""

    says = StringProperty("")
    pictogram = StringProperty("")
    trail = ObjectProperty(None, allownone=True)
    talking = BooleanProperty(False)
    face = StringProperty("officer-smile")
    long = BooleanProperty(False)
    """Long sentences take more of a narrow wall, and the officer stands back."""

    def on_says(self, *args) -> None:  # type: ignore[no-untyped-def]
        self.long = len(self.says) > LONG_SENTENCE

    def on_talking(self, *args) -> None:  # type: ignore[no-untyped-def]
        Clock.unschedule(self._move_mouth)
        self.face = "officer-talk-1" if self.talking else "officer-smile"
        if self.talking and not app().theme.reduced_motion:
            Clock.schedule_interval(self._move_mouth, 0.5)  # two key poses a second at most: software GL (DESIGN)

    def _move_mouth(self, *args) -> None:  # type: ignore[no-untyped-def]
        self.face = "officer-talk-2" if self.face == "officer-talk-1" else "officer-talk-1"


class Band(Widget):
    """The woven strip, one small texture repeated."""

    upright = BooleanProperty(False)
    texture = ObjectProperty(None, allownone=True)

    def __init__(self, **kwargs) -> None:  # type: ignore[no-untyped-def]
        super().__init__(**kwargs)
        self.fbind("size", self._draw)
        self._draw()

    def _draw(self, *args) -> None:  # type: ignore[no-untyped-def]
        thick = int(self.width if self.upright else self.height)
        if thick < 4:
            return
        length = int(self.height if self.upright else self.width)
        count = max(1, round(length / (thick * 2)))
        tile = app().pictures.image("band", round(length / count), thick)
        # One strip, not a repeating texture: OpenGL ES 2 repeats only sizes that are powers of two.
        strip = Image.new("RGBA", (length, thick))
        for index in range(count):
            strip.paste(tile, (round(index * length / count), 0))
        if self.upright:
            strip = strip.rotate(90, expand=True)
        texture = Texture.create(size=strip.size, colorfmt="rgba")
        texture.blit_buffer(strip.tobytes(), colorfmt="rgba", bufferfmt="ubyte")
        texture.flip_vertical()
        self.texture = texture


class QrCode(Widget):
    """A QR symbol in whole pixels a module, dark on white, with its quiet zone of four modules."""

    payload = StringProperty("")
    texture = ObjectProperty(None, allownone=True)
    symbol_px = NumericProperty(0)
    module_px = NumericProperty(0)

    def __init__(self, **kwargs) -> None:  # type: ignore[no-untyped-def]
        self._redraw = Clock.create_trigger(self._draw, -1)
        super().__init__(**kwargs)
        self.fbind("payload", self._redraw)
        self.fbind("size", self._redraw)

    def _draw(self, *args) -> None:  # type: ignore[no-untyped-def]
        if not self.payload or min(self.size) < 30:
            return
        rows = qr_codes.modules(self.payload)
        count = len(rows)
        self.module_px = int(min(self.size) // (count + 2 * qr_codes.QUIET_ZONE))
        self.symbol_px = self.module_px * count
        texture = Texture.create(size=(count, count), colorfmt="luminance")
        texture.blit_buffer(
            bytes(30 if cell else 255 for row in rows for cell in row),
            colorfmt="luminance",
            bufferfmt="ubyte",
        )
        texture.mag_filter = texture.min_filter = "nearest"
        texture.flip_vertical()
        self.texture = texture


class Leaf(BoxLayout):
    """A leaf of the block calendar that hangs in every home: weekday, day, month."""

    month = StringProperty("")
    day = StringProperty("")
    weekday = StringProperty("")
    head_mm = NumericProperty(16.0)
