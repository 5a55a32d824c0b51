"""When numbers are given, why not now, and when next."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.clock import ZONE
from kiosk.office.days import Days
from kiosk.settings import CalendarFile

HOURS = [["07:00", "11:30"], ["13:30", "17:00"]]


def days(**changes: object) -> Days:
    values: dict[str, object] = {
        "service_weekdays": ["thursday"],
        "hours": HOURS,
        "capacity": {"counters_open": 3},
        **changes,
    }
    return Days(CalendarFile.model_validate(values))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("moment", "reason", "following"),
    [
        ("2026-11-26 08:00", "open", None),
        ("2026-11-26 06:59", "before-hours", "2026-11-26 07:00"),
        ("2026-11-26 07:00", "open", None),
        ("2026-11-26 11:30", "lunch", "2026-11-26 13:30"),
        ("2026-11-26 17:00", "after-hours", "2026-12-03 07:00"),
        ("2026-11-23 10:00", "not-service-day", "2026-11-26 07:00"),
        ("2027-04-29 10:00", "open", None),
        ("2027-04-30 10:00", "holiday", "2027-05-06 07:00"),
        ("2027-02-04 10:00", "holiday", "2027-02-11 07:00"),
        ("2026-12-31 18:00", "after-hours", "2027-01-07 07:00"),
    ],
)
def test_a_thursday_office(moment: str, reason: str, following: str | None) -> None:
    opening = days().opening(at(moment))
    assert opening.reason == reason
    assert opening.open == (reason == "open")
    assert opening.next_open == (at(following) if following else None)


def test_the_hours_still_to_come_are_told() -> None:
    at_lunch = days().opening(at("2026-11-26 12:00"))
    assert [f"{start:%H:%M}" for start, _ in at_lunch.next_hours] == ["13:30"]
    on_monday = days().opening(at("2026-11-23 12:00"))
    assert [f"{start:%H:%M}" for start, _ in on_monday.next_hours] == ["07:00", "13:30"]


def test_a_cancelled_thursday_is_skipped_and_says_why() -> None:
    calendar = days(cancelled_day=[{"date": "2026-12-03", "reason": "Tập huấn"}])
    assert calendar.opening(at("2026-11-26 18:00")).next_open == at("2026-12-10 07:00")
    closed = calendar.opening(at("2026-12-03 09:00"))
    assert (closed.reason, closed.name["vi"]) == ("cancelled", "Tập huấn")


def test_an_extra_day_has_its_own_hours() -> None:
    calendar = days(extra_day=[{"date": "2026-12-01", "reason": "Làm bù", "hours": [["08:00", "10:00"]]}])
    assert calendar.opening(at("2026-11-26 18:00")).next_open == at("2026-12-01 08:00")
    assert calendar.opening(at("2026-12-01 09:00")).open
    assert calendar.opening(at("2026-12-01 10:00")).reason == "after-hours"


def test_own_holidays_and_working_holidays() -> None:
    calendar = days(holiday=[{"date": "2026-12-10", "name": "Nghỉ"}], working_holidays=["2027-02-04"])
    assert calendar.opening(at("2026-12-10 09:00")).reason == "holiday"
    assert calendar.opening(at("2027-02-04 09:00")).open


def test_other_days_may_give_tickets_too_but_not_at_the_weekend() -> None:
    calendar = days(other_days="tickets")
    monday = calendar.opening(at("2026-11-23 10:00"))
    assert monday.open
    assert not monday.service_day
    assert calendar.opening(at("2026-11-28 10:00")).next_open == at("2026-11-30 07:00")


def test_an_office_that_never_opens_ends_the_search() -> None:
    calendar = days(
        cancelled_day=[
            {"date": (date(2026, 11, 26) + timedelta(weeks=week)).isoformat(), "reason": "x"} for week in range(60)
        ]
    )
    assert calendar.opening(at("2026-11-26 09:00")).next_open is None


def test_a_trial_begins_at_eight_on_the_next_service_day() -> None:
    assert days().trial_start(at("2026-11-23 15:00")) == at("2026-11-26 08:00")
    assert days().trial_start(at("2026-11-26 15:00")) == at("2026-11-26 08:00")
    assert days(hours=[["13:00", "17:00"]]).trial_start(at("2026-11-23 15:00")) == at("2026-11-26 13:00")


def test_lunch_is_not_counted_as_time_left() -> None:
    assert days().minutes_left(at("2026-11-26 11:00")) == 30 + 210
    assert days().minutes_left(at("2026-11-26 12:00")) == 210
    assert days().minutes_left(at("2026-11-26 18:00")) == 0


moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31)).map(lambda m: m.replace(tzinfo=ZONE))


@given(moments)
def test_the_next_opening_is_later_and_open(moment: datetime) -> None:
    calendar = days()
    following = calendar.next_opening(moment)
    assert following is not None
    assert following > moment
    assert calendar.opening(following).open
    assert not calendar.opening(following - timedelta(seconds=1)).open


@given(moments)
def test_open_means_a_service_day_within_its_hours(moment: datetime) -> None:
    calendar = days()
    opening = calendar.opening(moment)
    inside = any(start <= moment.time() < end for start, end in calendar.hours_on(moment.date()))
    assert opening.open == inside
    if opening.open:
        assert calendar.is_service_day(moment.date())
