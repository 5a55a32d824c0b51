"""How was it? Faces, all alike; beside the first question the number's own code for a phone."""

from __future__ import annotations

from kivy.factory import Factory
from kivy.properties import NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.screens.base import KioskScreen
from kiosk.screens.pieces import Key, Picture, app
from kiosk.screens.views import Choice, RateView


class FaceKey(Key):
    """A face to press. Where its word stands `under` it, a touch on the word counts too."""

    pictogram = StringProperty("")
    name = StringProperty("")
    under = NumericProperty(0)

    def collide_point(self, x: float, y: float) -> bool:
        return bool(self.x <= x <= self.right and self.y - self.under <= y <= self.top)

    def _near(self, touch) -> bool:  # type: ignore[no-untyped-def]
        slack = app().theme.mm(self.SLACK_MM)
        return bool(
            self.x - slack <= touch.x <= self.right + slack
            and self.y - self.under - slack <= touch.y <= self.top + slack
        )


class FaceColumn(BoxLayout):
    """A face with its word under it, for low screens: the word may be wider than the key."""

    pictogram = StringProperty("")
    name = StringProperty("")
    target = StringProperty("")


class Scan(BoxLayout):
    """Whose code this is, and what to do with it."""

    letter = StringProperty("")
    digits = StringProperty("")


class RateScreen(KioskScreen):
    """The wall with code or officer and the question; below it the faces, "skip", "I do not know", and the way to a
    number."""

    def show(self, view: RateView) -> None:
        super().show(view)
        theme, wall, below = app().theme, self.ids.wall, self.ids.below
        tall = theme.tall
        wall.clear_widgets()
        below.clear_widgets()
        keys = [Factory.SkipKey()]
        if view.unknown:
            keys.append(Factory.UnknownKey())
        if view.takes:
            keys.append(Factory.TakeKey())
        code = wall
        if theme.is_low and view.payload:  # the wall is high: the code above, the officer and her question below
            code = Factory.CodeRow()
            wall.add_widget(code)
        if view.payload:
            code.add_widget(_made("CodeCard", payload=view.payload))
            code.add_widget(_scan(view))
            if tall:
                below.add_widget(_made("QuestionRow", says=self.says, about=view.pictogram))
        asking = Factory.AskingRow() if theme.is_low else wall
        if theme.is_low or not view.payload:
            asking.add_widget(Factory.AskingOfficer())
        if not (tall and view.payload):
            narrow = bool(view.payload) and not theme.is_low  # beside the code: words or picture, not both
            about = view.pictogram if theme.text_off or not (narrow or theme.is_small) else ""
            asking.add_widget(_made("QuestionBubble", says=self.says, about=about, narrow=narrow))
        if theme.is_low:
            wall.add_widget(Widget())
            wall.add_widget(asking)
        for choice in view.faces if tall else ():
            below.add_widget(_row(choice))
        if not tall:
            below.add_widget(_columns(view.faces))
        if theme.lowers and view.joins_wifi:
            keys.insert(len(keys) - view.takes, Factory.JoinedHere())
        # Four in a row would be too narrow for their words
        rows = [keys[:2], keys[2:]] if theme.lowers and len(keys) > 3 else [keys]
        for row in rows:
            holder = _made("KeyRow", whole=len(rows) == 1) if theme.lowers else Factory.KeyColumn()
            for key in row:
                holder.add_widget(key)
            (below if theme.lowers else wall).add_widget(holder)


def _made(name: str, **values: str | bool) -> Widget:
    """A piece that only the rules know, with its values."""
    piece: Widget = Factory.get(name)()
    for key, value in values.items():
        setattr(piece, key, value)
    return piece


def _scan(view: RateView) -> Scan:
    """In portrait nothing can be pressed up here; on a low screen the way on stands where the phone's picture was."""
    scan = Scan(letter=view.code[:1], digits=view.code[1:])
    purpose = scan.ids.purpose
    if app().theme.lowers:
        purpose.add_widget(Picture(name="wifi-join" if view.joins_wifi else "phone-scans-QR"))
        hint = "exit-touch-or-join" if view.joins_wifi else "exit-touch-or-scan"
        purpose.add_widget(_made("ScanHint", says=app().text(hint, view.language)))
    else:
        joins = Factory.JoinedHere(beside=False) if view.joins_wifi else Picture(name="phone-scans-QR")
        purpose.add_widget(joins)
    return scan


def _pressed(key: FaceKey) -> None:
    app().visit.leaving.rate(key.target)


def _row(choice: Choice) -> FaceKey:
    key: FaceKey = Factory.FaceRow(target=choice.key, pictogram=choice.pictogram, name=choice.name)
    key.bind(on_choose=_pressed)
    return key


def _columns(faces: tuple[Choice, ...]) -> BoxLayout:
    row = BoxLayout()
    for choice in faces:
        column = FaceColumn(target=choice.key, pictogram=choice.pictogram, name=choice.name)
        column.ids.key.bind(on_choose=_pressed)
        row.add_widget(column)
    return row
