"""The office's days: when numbers are given, why not now, and when next. Pure; nothing is read from a database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

import holidays

from kiosk.clock import ZONE, business_day
from kiosk.office.types import Opening, OpeningReason
from kiosk.settings import WEEKDAYS, CalendarFile, Hours

LOOK_AHEAD = 400
"""Days to search for the next opening: more than a year finds any weekly day."""
TRIAL_HOUR = time(8, 0)
_WEEKEND = (5, 6)


class Days:
    """The calendar of one office."""

    def __init__(self, calendar: CalendarFile) -> None:
        self._calendar = calendar
        self._weekdays = {WEEKDAYS.index(name) for name in calendar.service_weekdays}
        self._extra = {day.date: day for day in calendar.extra_day}
        self._cancelled = {day.date: day for day in calendar.cancelled_day}
        self._own_holidays = {day.date: day.name for day in calendar.holiday}
        self._public: dict[int, dict[date, dict[str, str]]] = {}

    def is_service_day(self, day: date) -> bool:
        """Walk-ins are served on `day`."""
        if day in self._extra:
            return True
        if day in self._cancelled or self.holiday(day) is not None:
            return False
        return day.weekday() in self._weekdays

    def holiday(self, day: date) -> Mapping[str, str] | None:
        """The holiday's name by language, None on other days. The office's own entries go before Viet Nam's."""
        if day in self._calendar.working_holidays:
            return None
        if day in self._own_holidays:
            return self._own_holidays[day]
        return self._public_holidays(day.year).get(day) if self._calendar.holidays else None

    def hours_on(self, day: date) -> tuple[Hours, ...]:
        """When numbers are given on `day`; empty = not at all."""
        if self.is_service_day(day):
            own = self._extra[day].hours if day in self._extra else []
            return tuple(own or self._calendar.hours)
        closed = day in self._cancelled or self.holiday(day) is not None or day.weekday() in _WEEKEND
        if self._calendar.other_days == "tickets" and not closed:
            return tuple(self._calendar.hours)
        return ()

    def opening(self, now: datetime) -> Opening:
        """Whether numbers are given at `now`. Closing stops the giving of numbers, not the serving."""
        day, moment = business_day(now), now.astimezone(ZONE).time()
        hours, service = self.hours_on(day), self.is_service_day(day)
        if any(start <= moment < end for start, end in hours):
            return Opening(True, "open", day, service)
        following = self.next_opening(now)
        rest: tuple[Hours, ...] = ()
        if following is not None:
            later = following.time()
            rest = tuple(span for span in self.hours_on(following.date()) if span[1] > later)
        reason, name = self._why_not(day, moment, hours)
        return Opening(False, reason, day, service, following, rest, name)

    def _why_not(self, day: date, moment: time, hours: tuple[Hours, ...]) -> tuple[OpeningReason, Mapping[str, str]]:
        if not hours:
            if day in self._cancelled:
                return "cancelled", self._cancelled[day].reason
            holiday = self.holiday(day)
            return ("holiday", holiday) if holiday is not None else ("not-service-day", {})
        if moment < hours[0][0]:
            return "before-hours", {}
        return ("lunch", {}) if moment < hours[-1][0] else ("after-hours", {})

    def closed_for_today(self, now: datetime) -> bool:
        """Whether the last hours of the day have passed, or there were none."""
        hours = self.hours_on(business_day(now))
        return not hours or now.astimezone(ZONE).time() >= hours[-1][1]

    def next_opening(self, now: datetime) -> datetime | None:
        """The first moment after `now` at which the giving of numbers begins; None = not within a year."""
        local = now.astimezone(ZONE)
        for offset in range(LOOK_AHEAD):
            day = local.date() + timedelta(days=offset)
            for start, _ in self.hours_on(day):
                moment = datetime.combine(day, start, ZONE)
                if moment > local:
                    return moment
        return None

    def is_working_day(self, day: date) -> bool:
        """The office works on `day`: an ordinary weekday, or an extra day of its own."""
        if day in self._extra:
            return True
        return day.weekday() not in _WEEKEND and self.holiday(day) is None

    def working_day_after(self, day: date, count: int) -> date:
        """The working day that lies `count` working days after `day`."""
        while count > 0:
            day += timedelta(days=1)
            count -= self.is_working_day(day)
        return day

    def next_service_day(self, day: date) -> date:
        """The first service day after `day`; a week later when the calendar has none within a year."""
        following = (day + timedelta(days=offset) for offset in range(1, LOOK_AHEAD))
        return next((one for one in following if self.is_service_day(one)), day + timedelta(days=7))

    def after_closing(self, now: datetime) -> bool:
        """The last opening hour of today has passed; on a day without any, that of an ordinary one."""
        hours = self.hours_on(business_day(now)) or tuple(self._calendar.hours)
        return now.astimezone(ZONE).time() >= hours[-1][1]

    def last_closing(self, now: datetime) -> datetime:
        """The newest closing hour that has passed: today's or yesterday's; on days without any, that of an ordinary
        one."""
        day = business_day(now) if self.after_closing(now) else business_day(now) - timedelta(days=1)
        hours = self.hours_on(day) or tuple(self._calendar.hours)
        return datetime.combine(day, hours[-1][1], ZONE)

    def minutes_left(self, now: datetime) -> float:
        """Opening minutes that are left today, lunch not counted."""
        local = now.astimezone(ZONE)
        left = timedelta()
        for start, end in self.hours_on(local.date()):
            begins = max(local, datetime.combine(local.date(), start, ZONE))
            left += max(datetime.combine(local.date(), end, ZONE) - begins, timedelta())
        return left.total_seconds() / 60

    def trial_start(self, now: datetime) -> datetime:
        """When a trial's day begins: 08:00 of the next service day, today included (or its first opening)."""
        for offset in range(LOOK_AHEAD):
            day = business_day(now) + timedelta(days=offset)
            if self.is_service_day(day):
                hours = self.hours_on(day)
                inside = any(start <= TRIAL_HOUR < end for start, end in hours)
                return datetime.combine(day, TRIAL_HOUR if inside else hours[0][0], ZONE)
        return datetime.combine(business_day(now), TRIAL_HOUR, ZONE)

    def _public_holidays(self, year: int) -> dict[date, dict[str, str]]:
        """Viet Nam's holidays, days off in lieu included; built when first asked for, 5 ms a year."""
        if year not in self._public:
            found: dict[date, dict[str, str]] = {}
            for language, name in (("vi", "vi"), ("en", "en_US")):
                for day, label in holidays.country_holidays("VN", years=year, language=name).items():
                    found.setdefault(day, {})[language] = label
            self._public[year] = found
        return self._public[year]
