"""Thank you, and goodbye: goes home by itself, or by a touch anywhere."""

from __future__ import annotations

from kiosk.screens.base import StagedScreen
from kiosk.screens.pieces import app
from kiosk.screens.views import ThanksView


class ThanksScreen(StagedScreen):
    """The end of the way out."""

    def show(self, view: ThanksView) -> None:
        super().show(view)
        self.pictogram = "yes"

    def on_touch_up(self, touch) -> bool:  # type: ignore[no-untyped-def]
        if super().on_touch_up(touch):
            return True
        if touch.y > app().theme.bar.height:
            app().visit.dismiss()
            return True
        return False
