"""A finger that the software holds: a Kivy MotionEvent that goes through the window like any other."""

from __future__ import annotations

from kivy.core.window import Window
from kivy.input.motionevent import MotionEvent


class InjectedTouch(MotionEvent):
    """One finger. Coordinates are window pixels, y from the bottom, as Kivy has them."""

    def __init__(self, number: int, x: float, y: float) -> None:
        super().__init__("injected", number, (x, y), is_touch=True, type_id="touch")

    def depack(self, args) -> None:  # type: ignore[no-untyped-def]
        self.sx, self.sy = args[0] / Window.width, args[1] / Window.height
        self.profile = ["pos"]
        super().depack(args)
