"""From received to returned: when a result is promised, what is kept meanwhile, and what is late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest
from sqlalchemy import select

from kiosk.clock import ZONE, ManualClock
from kiosk.office.counters import Refused
from kiosk.office.days import Days
from kiosk.office.dossiers import Dossiers, promise
from kiosk.office.tables import TicketEvent
from kiosk.settings import CalendarFile, Procedure
from tests.office.conftest import SITE, THURSDAY, Office
from tests.office.test_days import HOURS

CALENDAR = CalendarFile.model_validate(
    {"service_weekdays": ["thursday"], "hours": HOURS, "capacity": {"counters_open": 3}, "fifteen_rule": "15:00"}
)
DAYS = Days(CALENDAR)


def procedure(**changes: object) -> Procedure:
    values: dict[str, object] = {
        "key": "birth", "name": "x", "fee": "0", "limit": "x", "same_day": "yes", "fifteen_rule": True,
        "source": "x", "effective_from": "2020-01-01", **changes,
    }  # fmt: skip
    return Procedure.model_validate(values)


BIRTH = procedure()
COPY = procedure(key="copy", fifteen_rule=False)
BUSINESS = procedure(key="business", same_day="no", working_days=3)
SUPPORT = procedure(key="support", same_day="no")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.fixture
def dossiers(office: Office, clock: ManualClock) -> Iterator[Dossiers]:
    yield Dossiers(office.database, SITE, clock, DAYS, CALENDAR)


def refused(step: object, *args: object) -> bool:
    try:
        step(*args)
    except Refused as found:
        return found.key == "changed-since"
    return False


# ---- the promise -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "kind", "same_day", "due"),
    [
        ("2026-11-26 14:59:59.999999", BIRTH, True, "2026-11-26"),
        ("2026-11-26 15:00:00", BIRTH, False, "2026-11-27"),
        ("2026-11-27 14:59:59", BIRTH, True, "2026-11-27"),
        ("2026-11-27 15:00:00", BIRTH, False, "2026-11-30"),  # Friday → Monday
        ("2026-12-31 15:00:00", BIRTH, False, "2027-01-04"),  # New Year's Day and the weekend after it
        ("2027-04-29 16:00:00", BIRTH, False, "2027-05-04"),  # 30 April, 1 May on a Saturday, its day off in lieu
        ("2026-11-26 16:30:00", COPY, True, "2026-11-26"),  # the rule does not hold for it
        ("2026-11-26 08:00:00", BUSINESS, False, "2026-12-01"),
        ("2026-11-26 16:00:00", BUSINESS, False, "2026-12-01"),
        ("2026-11-26 08:00:00", SUPPORT, False, "2026-12-03"),  # no limit set: the next service day
        ("2027-04-22 08:00:00", SUPPORT, False, "2027-04-29"),
        ("2027-01-28 08:00:00", SUPPORT, False, "2027-02-11"),  # the Thursday of Tet is left out
    ],
)
def test_when_a_result_is_promised(moment: str, kind: Procedure, same_day: bool, due: str) -> None:
    promised = promise(kind, at(moment), DAYS, CALENDAR, None)
    assert (promised.same_day, promised.due) == (same_day, date.fromisoformat(due))


@pytest.mark.parametrize(("usual", "same_day"), [("yes", True), ("often", True), ("sometimes", False), ("no", False)])
def test_what_the_procedure_says_counts_unless_the_officer_says_other(usual: str, same_day: bool) -> None:
    kind = procedure(same_day=usual, working_days=2)
    assert promise(kind, THURSDAY, DAYS, CALENDAR, None).same_day is same_day
    assert promise(kind, THURSDAY, DAYS, CALENDAR, True).due == THURSDAY.date()
    assert promise(kind, THURSDAY, DAYS, CALENDAR, False).due == date(2026, 11, 30)


def test_a_limit_of_no_days_is_still_another_day(dossiers: Dossiers, office: Office) -> None:
    found = dossiers.receive(office.give().id, procedure(same_day="no", working_days=0), None)
    assert (found.same_day, found.due) == (False, date(2026, 11, 27))


def test_a_promise_made_again_goes_by_the_time_of_receipt(
    dossiers: Dossiers, office: Office, clock: ManualClock
) -> None:
    clock.set(at("2026-11-26 14:50"))
    found = dossiers.receive(office.give().id, BIRTH, "lan", same_day=False)
    clock.set(at("2026-11-26 15:10"))
    again = dossiers.promise_again(found.id, BIRTH, True)
    assert (again.same_day, again.due) == (True, date(2026, 11, 26))


# ---- its way -----------------------------------------------------------------------------------------------


def test_received_ready_returned_and_each_is_an_event(dossiers: Dossiers, office: Office, clock: ManualClock) -> None:
    ticket = office.give()
    found = dossiers.receive(ticket.id, BIRTH, "lan")
    assert (found.code, found.state, found.ready_at) == ("A001", "received", None)
    clock.advance(600)
    dossiers.ready(found.id)
    assert dossiers.ready_of_ticket(ticket.id)
    dossiers.call(found.id, 2)
    assert [(call.kind, call.code, call.counter) for call in office.calls.pending()] == [("result", "A001", 2)]
    clock.advance(60)
    dossiers.returned(found.id)
    (end,) = dossiers.of_ticket(ticket.id)
    assert (end.state, end.ready_at, end.returned_at) == ("returned", clock.now().replace(minute=10), clock.now())
    assert not dossiers.ready_of_ticket(ticket.id)
    with office.database.read() as session:
        kinds = [event.kind for event in session.execute(select(TicketEvent).order_by(TicketEvent.id)).scalars()]
    assert kinds == ["issued", "dossier-received", "result-ready", "result-called", "result-returned"]


def test_a_result_is_returned_straight_away_while_they_wait(dossiers: Dossiers, office: Office) -> None:
    found = dossiers.receive(office.give().id, COPY, None)
    dossiers.returned(found.id)
    (end,) = dossiers.of_ticket(found.ticket_id)
    assert end.ready_at == end.returned_at == office.clock.now()


def test_what_has_gone_on_since_is_refused(dossiers: Dossiers, office: Office) -> None:
    found = dossiers.receive(office.give().id, BIRTH, None)
    assert refused(dossiers.take_back, found.id), "received is the first step"
    assert refused(dossiers.call, found.id, 1), "nothing to fetch yet"
    dossiers.ready(found.id)
    assert refused(dossiers.ready, found.id)
    assert refused(dossiers.remove, found.id)
    assert refused(dossiers.promise_again, found.id, BIRTH, False)
    dossiers.returned(found.id)
    assert refused(dossiers.returned, found.id)
    assert refused(dossiers.note, found.id)
    assert refused(dossiers.ready, "no-such-key")


def test_one_step_back_at_a_time(dossiers: Dossiers, office: Office) -> None:
    found = dossiers.receive(office.give().id, BIRTH, None)
    dossiers.ready(found.id)
    dossiers.returned(found.id)
    dossiers.take_back(found.id)
    assert [(one.state, one.returned_at) for one in dossiers.of_ticket(found.ticket_id)] == [("ready", None)]
    dossiers.take_back(found.id)
    assert dossiers.of_ticket(found.ticket_id) == [found]


def test_one_written_down_by_mistake_is_gone_but_not_from_the_log(dossiers: Dossiers, office: Office) -> None:
    found = dossiers.receive(office.give().id, BIRTH, None)
    dossiers.remove(found.id)
    assert dossiers.of_ticket(found.ticket_id) == []
    with office.database.read() as session:
        assert "dossier-removed" in session.execute(select(TicketEvent.kind)).scalars().all()


def test_two_dossiers_of_one_ticket_go_their_own_ways(dossiers: Dossiers, office: Office) -> None:
    ticket = office.give()
    birth, business = dossiers.receive(ticket.id, BIRTH, None), dossiers.receive(ticket.id, BUSINESS, None)
    dossiers.ready(birth.id)
    dossiers.returned(birth.id)
    assert [(one.procedure, one.state) for one in dossiers.of_ticket(ticket.id)] == [
        ("birth", "returned"), ("business", "received"),
    ]  # fmt: skip
    assert dossiers.carried_over() == [business]


def test_what_the_officer_adds_is_kept_and_the_rest_stays(dossiers: Dossiers, office: Office) -> None:
    found = dossiers.receive(office.give().id, BIRTH, None)
    dossiers.note(found.id, national_code=" H26.12 ", missing=("id-card", "birth-slip"), fee_taken=True)
    dossiers.note(found.id, contact="0912 345 678", due=date(2026, 11, 30))
    (kept,) = dossiers.of_ticket(found.ticket_id)
    assert (kept.national_code, kept.missing, kept.fee_taken) == ("H26.12", ("id-card", "birth-slip"), True)
    assert (kept.contact, kept.due, kept.same_day) == ("0912 345 678", date(2026, 11, 30), False)
    dossiers.note(found.id, contact="x" * 500, due=date(2026, 11, 26))
    (kept,) = dossiers.of_ticket(found.ticket_id)
    assert (len(kept.contact), kept.same_day) == (120, True)


def test_a_contact_is_kept_no_longer_than_the_result(dossiers: Dossiers, office: Office, url: str) -> None:
    found = dossiers.receive(office.give().id, BIRTH, None)
    dossiers.note(found.id, contact="0912 345 678")
    dossiers.returned(found.id)
    assert dossiers.of_ticket(found.ticket_id)[0].contact == ""


def test_contacts_of_results_that_nobody_fetched_are_forgotten(
    dossiers: Dossiers, office: Office, clock: ManualClock
) -> None:
    old = dossiers.receive(office.give().id, BIRTH, None)
    new = dossiers.receive(office.give().id, SUPPORT, None)
    for one in (old, new):
        dossiers.note(one.id, contact="0912 345 678")
    assert dossiers.forget_contacts(date(2026, 11, 26)) == 0
    assert dossiers.forget_contacts(date(2026, 11, 27)) == 1
    assert [one.contact for one in dossiers.carried_over()] == ["", "0912 345 678"]


# ---- lists -------------------------------------------------------------------------------------------------


def test_late_is_another_day_or_after_closing(dossiers: Dossiers, office: Office, clock: ManualClock) -> None:
    found = dossiers.receive(office.give().id, BIRTH, None)
    for moment, late in (("26 16:59", False), ("26 17:00", True), ("27 08:00", True)):
        clock.set(at(f"2026-11-{moment}"))
        assert dossiers.is_late(found) is late, moment
    dossiers.returned(found.id)
    assert not dossiers.is_late(dossiers.of_ticket(found.ticket_id)[0])
    clock.set(THURSDAY)
    later = dossiers.receive(office.give().id, BUSINESS, None)
    clock.set(at("2026-11-30 23:00"))
    assert not dossiers.is_late(later)


def test_what_is_to_return_and_what_is_carried_over(dossiers: Dossiers, office: Office, clock: ManualClock) -> None:
    support, business, birth = (
        dossiers.receive(office.give().id, kind, None) for kind in (SUPPORT, BUSINESS, BIRTH)
    )
    assert [one.id for one in dossiers.to_return()] == [birth.id]
    assert [one.id for one in dossiers.carried_over()] == [birth.id, business.id, support.id]
    dossiers.ready(support.id)
    assert [one.id for one in dossiers.to_return()] == [birth.id, support.id], "a ready one may be fetched before"
    dossiers.returned(birth.id)
    clock.set(at("2026-12-02 08:00"))
    assert [one.id for one in dossiers.to_return()] == [business.id, support.id], "an overdue one stays on the list"


def test_another_office_sees_and_receives_nothing_of_ours(
    dossiers: Dossiers, office: Office, clock: ManualClock
) -> None:
    found = dossiers.receive(office.give().id, BIRTH, None)
    theirs = Dossiers(office.database, "ba-vi", clock, DAYS, CALENDAR)
    assert theirs.carried_over() == []
    assert refused(theirs.ready, found.id)
    with pytest.raises(Refused, match="nobody-here"):
        theirs.receive(found.ticket_id, BIRTH, None)


def test_a_result_handed_back_by_mistake_can_be_taken_back_for_a_while(
    dossiers: Dossiers, office: Office, clock: ManualClock
) -> None:
    ticket = office.give()
    dossier = dossiers.receive(ticket.id, BIRTH, None)
    dossiers.ready(dossier.id)
    dossiers.returned(dossier.id)
    assert [one.id for one in dossiers.just_returned()] == [dossier.id]
    dossiers.take_back(dossier.id)
    assert dossiers.just_returned() == []
    assert [one.state for one in dossiers.to_return()] == ["ready"]
    dossiers.returned(dossier.id)
    clock.advance(181)
    assert dossiers.just_returned() == []
