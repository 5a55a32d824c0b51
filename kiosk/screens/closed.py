"""Not now: when to come, on a calendar leaf and as nights to sleep; somebody who has finished may still rate."""

from __future__ import annotations

from datetime import time, timedelta

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.base import StagedScreen
from kiosk.screens.pieces import app
from kiosk.screens.views import ClosedView

MOST_NIGHTS = 6
NOON = time(12, 0)
PARTS = ("content", "row", "leaf", "hour", "opening", "panel", "way_out")


class DayCell(BoxLayout):
    """One day of the strip: weekday, date; today has a person, the open day an open door; a moon for each night."""

    weekday = StringProperty("")
    day = StringProperty("")
    is_today = BooleanProperty(False)
    is_open = BooleanProperty(False)
    moon = BooleanProperty(False)


class ClosedScreen(StagedScreen):
    """The next open day on a picture calendar; the one key is the lowest thing on a high glass anyway."""

    lowers = False

    month = StringProperty("")
    day = StringProperty("")
    weekday = StringProperty("")
    hours = StringProperty("")
    hours_picture = StringProperty("")
    """The morning or the afternoon: after lunch only that is left."""
    later_hours = StringProperty("")
    nights = NumericProperty(0)
    roomy = BooleanProperty(True)
    later_picture = StringProperty("")
    later_today = StringProperty("")
    """The hour when it opens again, if that is today."""
    today_words = StringProperty("")

    def on_kv_post(self, base_widget) -> None:  # type: ignore[no-untyped-def]
        """Hold the parts: those that a view does not need are taken off the screen."""
        self._parts = {name: self.ids[name].__self__ for name in PARTS}

    def on_touch_up(self, touch) -> bool:  # type: ignore[no-untyped-def]
        if super().on_touch_up(touch):
            return True
        if touch.y > app().theme.free_from:
            app().visit.ask_when()
            return True
        return False

    def _arrange(self, row: list[str], content: list[str]) -> None:
        """Put only these parts on the screen, in this order."""
        holders = (("row", row), ("content", content))
        for holder, _ in holders:  # both first: the way out changes from one to the other
            self._parts[holder].clear_widgets()
        for holder, names in holders:
            for name in names:
                self._parts[holder].add_widget(self._parts[name])

    def show(self, view: ClosedView) -> None:
        super().show(view)
        opening, words, language = view.opening, app().words, view.language
        self.pictogram = "office-closed"
        way_out = ["way_out"] if view.offers_exit else []
        self.roomy = app().theme.tall or not view.offers_exit
        under, beside = (way_out, []) if app().theme.tall else ([], way_out)
        today = opening.today
        self.today_words = words.shown(
            "closed-today", language, weekday=words.shown(f"weekday-{today.weekday()}", language),
            day=f"{today.day}/{today.month}",
        )  # fmt: skip
        strip = self.ids.strip
        strip.clear_widgets()
        if opening.next_open is None:
            self.month = self.day = self.weekday = ""
            self.hours = self.hours_picture = self.later_hours = self.later_today = ""
            self.nights = 0
            self._arrange(beside, ["row", *under])
            return
        moment = opening.next_open
        self.nights = (moment.date() - today).days
        if self.nights:
            self._arrange(["leaf", "opening", *beside], ["row", "panel", *under])
        else:
            self._arrange(["hour", "opening", *beside], ["row", *under])
        self.later_today = "" if self.nights else _short(moment)
        shown = "lunch" if opening.reason == "lunch" else "clock"
        self.later_picture = f"{shown}@{_short(moment)}"
        self.month = words.shown("month", language, month=moment.month)
        self.day = str(moment.day)
        self.weekday = words.shown(f"Weekday-{moment.weekday()}", language)
        spans = [f"{_short(start)} – {_short(end)}" for start, end in opening.next_hours]
        self.hours = spans[0] if spans else ""
        morning = bool(spans) and opening.next_hours[0][0] < NOON
        self.hours_picture = ("sunrise" if morning else "sun") if spans else ""
        self.later_hours = spans[1] if len(spans) > 1 else ""
        # Seven days from today when the open day is among them, else the seven that end with it.
        first = today if self.nights <= MOST_NIGHTS else moment.date() - timedelta(days=MOST_NIGHTS)
        for offset in range(7 if self.nights else 0):
            day = first + timedelta(days=offset)
            strip.add_widget(
                DayCell(
                    weekday=words.shown(f"weekday-short-{day.weekday()}", language), day=str(day.day),
                    is_today=day == today, is_open=day == moment.date(), moon=today < day <= moment.date(),
                )
            )  # fmt: skip


def _short(moment) -> str:  # type: ignore[no-untyped-def]
    return f"{moment.hour}:{moment.minute:02d}"
