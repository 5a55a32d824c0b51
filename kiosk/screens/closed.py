"""Not now: when to come, on a calendar leaf and as nights to sleep; somebody who has finished may still rate."""

from __future__ import annotations

from datetime import timedelta

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.base import StagedScreen
from kiosk.screens.pieces import app
from kiosk.screens.views import ClosedView

MOST_NIGHTS = 6


class DayCell(BoxLayout):
    """One day of the strip: weekday, date; today has a person, the open day an open door; a moon for each night."""

    weekday = StringProperty("")
    day = StringProperty("")
    is_today = BooleanProperty(False)
    is_open = BooleanProperty(False)
    moon = BooleanProperty(False)


class ClosedScreen(StagedScreen):
    """The next open day on a picture calendar."""

    month = StringProperty("")
    day = StringProperty("")
    weekday = StringProperty("")
    hours = StringProperty("")
    later_hours = StringProperty("")
    nights = NumericProperty(0)
    today_words = StringProperty("")
    offers_exit = BooleanProperty(False)

    def show(self, view: ClosedView) -> None:
        super().show(view)
        opening, words, language = view.opening, app().words, view.language
        self.pictogram = "office-closed"
        self.offers_exit = view.offers_exit
        today = opening.today
        self.today_words = words.shown(
            "closed-today", language, weekday=words.shown(f"weekday-{today.weekday()}", language),
            day=f"{today.day}/{today.month}",
        )  # fmt: skip
        strip = self.ids.strip
        strip.clear_widgets()
        if opening.next_open is None:
            self.month = self.day = self.weekday = self.hours = ""
            return
        moment = opening.next_open
        self.nights = (moment.date() - today).days
        self.month = words.shown("month", language, month=moment.month)
        self.day = str(moment.day)
        self.weekday = words.shown(f"Weekday-{moment.weekday()}", language)
        spans = [f"{_short(start)} – {_short(end)}" for start, end in opening.next_hours]
        self.hours = spans[0] if spans else ""
        self.later_hours = spans[1] if len(spans) > 1 else ""
        # Seven days from today when the open day is among them, else the seven that end with it.
        first = today if self.nights <= MOST_NIGHTS else moment.date() - timedelta(days=MOST_NIGHTS)
        for offset in range(7):
            day = first + timedelta(days=offset)
            strip.add_widget(
                DayCell(
                    weekday=words.shown(f"weekday-short-{day.weekday()}", language), day=str(day.day),
                    is_today=day == today, is_open=day == moment.date(), moon=today < day <= moment.date(),
                )
            )  # fmt: skip


def _short(moment) -> str:  # type: ignore[no-untyped-def]
    return f"{moment.hour}:{moment.minute:02d}"
