"""Answers to the survey: one for each number and way, given in pieces, and nothing that leads back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from kiosk.office.counters import Refused
from kiosk.office.feedback import CODE_LENGTH, FeedbackBox
from kiosk.office.surveys import Surveys
from kiosk.office.tables import AnswerRow, FeedbackRow, ResponseRow, SpentToken
from kiosk.settings import load, places
from tests.office.conftest import Office

SURVEY = load(places()).survey


@pytest.fixture
def surveys(office: Office) -> Surveys:
    return Surveys(office.database, "an-tan", office.clock, SURVEY)


@pytest.fixture
def box(office: Office) -> FeedbackBox:
    return FeedbackBox(office.database, "an-tan", office.clock, SURVEY.petition_days)


def served(office: Office) -> str:
    """A number that was called, served and finished; its token."""
    ticket = office.give("A")
    office.call(1)
    office.counters.start(1)
    office.counters.finish(1)
    return ticket.token


def test_a_finished_number_answers_once(office: Office, surveys: Surveys) -> None:
    token = served(office)
    assert surveys.standing(token) == "open"
    answering = surveys.begin(token)
    assert answering and answering.profile.key == "sipas"
    for criterion in answering.profile.core:
        assert surveys.answer(answering.key, criterion, 5)
    assert surveys.standing(token) == "used"
    assert surveys.begin(token) is None
    found = surveys.answering(answering.key)
    assert found and set(found.answers.values()) == {5}
    assert list(found.answers) and set(found.answers) == set(answering.profile.core)


def test_who_is_not_served_yet_comes_too_early(office: Office, surveys: Surveys) -> None:
    ticket = office.give("A")
    assert surveys.standing(ticket.token) == "early"
    assert surveys.begin(ticket.token) is None
    office.clock.advance(timedelta(days=1).total_seconds())
    assert surveys.standing(ticket.token) == "expired"


def test_forged_foreign_and_old_addresses(office: Office, surveys: Surveys) -> None:
    token = served(office)
    assert surveys.standing("A" * 19) == "foreign"
    assert surveys.standing("") == "foreign"
    assert surveys.standing(token[:-1] + ("A" if token[-1] != "A" else "B")) == "foreign"
    office.clock.advance(timedelta(days=4).total_seconds())
    assert surveys.standing(token) == "expired"


def test_the_machine_spends_its_own_answer_only(office: Office, surveys: Surveys) -> None:
    token = served(office)
    assert [one.token for one in surveys.finished_lately()] == [token]
    assert surveys.begin(token, "kiosk")
    assert surveys.finished_lately() == []
    assert surveys.begin(token, "kiosk") is None
    assert surveys.standing(token) == "open"
    assert surveys.begin(token)


def test_a_number_leaves_the_machine_after_a_quarter_of_an_hour(office: Office, surveys: Surveys) -> None:
    served(office)
    office.clock.advance(14 * 60)
    assert len(surveys.finished_lately()) == 1
    office.clock.advance(2 * 60)
    assert surveys.finished_lately() == []


@pytest.mark.parametrize(
    ("criterion", "answer"), [("polite", 6), ("polite", 0), ("polite", "maybe"), ("no-such", 5), ("", 5)]
)
def test_what_was_not_asked_is_not_taken(office: Office, surveys: Surveys, criterion: str, answer: object) -> None:
    answering = surveys.begin(served(office))
    assert answering
    assert not surveys.answer(answering.key, criterion, answer)  # type: ignore[arg-type]
    assert not surveys.answer("no-such-key", "polite", 5)
    found = surveys.answering(answering.key)
    assert found and not found.answers


def test_a_changed_mind_holds(office: Office, surveys: Surveys) -> None:
    answering = surveys.begin(served(office))
    assert answering
    assert surveys.answer(answering.key, "polite", 2)
    assert surveys.answer(answering.key, "polite", "unknown")
    assert surveys.answer(answering.key, "clear", "skipped")
    found = surveys.answering(answering.key)
    assert found and found.answers == {"polite": "unknown", "clear": "skipped"}


def test_a_response_ends_with_the_address(office: Office, surveys: Surveys) -> None:
    """On its Sunday both still hold, on Monday neither."""
    token = served(office)
    answering = surveys.begin(served(office))
    assert answering and office.clock.now().weekday() == 3
    office.clock.advance(timedelta(days=3).total_seconds())
    assert surveys.standing(token) == "open"
    assert surveys.answer(answering.key, "polite", 4)
    office.clock.advance(timedelta(days=1).total_seconds())
    assert surveys.standing(token) == "expired"
    assert surveys.answering(answering.key) is None
    assert not surveys.answer(answering.key, "polite", 5)


def test_the_doors_code_is_marked_and_names_no_officer(office: Office, surveys: Surveys) -> None:
    answering = surveys.begin_at_door()
    assert answering and answering.officer_id is None
    with office.database.read() as session:
        row = session.get_one(ResponseRow, answering.key)
        assert (row.channel, row.series, row.officer_id) == ("door", "", None)


# ---- what is kept ------------------------------------------------------------------------------------------


def test_no_column_leads_back_to_a_number(office: Office, surveys: Surveys, box: FeedbackBox) -> None:
    """No key of a ticket, no time, no order: only what may be known, in tables without a row number."""
    allowed = {"key", "site", "profile", "version", "week", "officer_id", "series", "channel"}
    assert {column.name for column in ResponseRow.__table__.columns} == allowed
    assert {column.name for column in AnswerRow.__table__.columns} == {"response", "criterion", "value", "missing"}
    assert {column.name for column in SpentToken.__table__.columns} == {"site", "mark"}
    for row in (ResponseRow, AnswerRow, SpentToken, FeedbackRow):
        with office.database.read() as session, pytest.raises(Exception, match="no such column: rowid"):
            session.execute(text(f"SELECT rowid FROM {row.__tablename__}"))


def test_the_file_holds_no_secret_of_the_link(office: Office, surveys: Surveys) -> None:
    """The marks of spent addresses are no address, no key of a ticket and no key of a response."""
    token = served(office)
    answering = surveys.begin(token)
    assert answering
    surveys.answer(answering.key, "polite", 1)
    with office.database.read() as session:
        (mark,) = session.execute(text("SELECT mark FROM spent_token")).scalars()
        ticket = session.execute(text("SELECT id FROM ticket")).scalar_one()
        events = session.execute(text("SELECT kind, detail FROM ticket_event")).all()
    assert not {token, ticket, answering.key} & {mark}
    assert all("survey" not in kind and answering.key not in detail for kind, detail in events)


# ---- what is written ---------------------------------------------------------------------------------------


def test_what_is_written_is_found_by_its_code_and_answered(office: Office, box: FeedbackBox) -> None:
    code = box.write("petition", "  Sân không có\nchỗ để xe. ")
    assert len(code) == CODE_LENGTH
    item = box.by_code(f" {code[:4]}-{code[4:].lower()} ")
    assert item and item.text == "Sân không có chỗ để xe." and item.state == "new"
    assert item.due == office.clock.now().date() + timedelta(days=SURVEY.petition_days)
    assert box.open(item.key, "boss").state == "read"
    box.answer(item.key, "boss", "Tuần sau có mái che.")
    answered = box.by_code(code)
    assert answered and (answered.state, answered.answer) == ("answered", "Tuần sau có mái che.")
    assert not answered.late(office.clock.now().date() + timedelta(days=99))


def test_nothing_written_is_nothing_kept(box: FeedbackBox) -> None:
    assert box.write("comment", " \n\x00 ") == ""
    assert box.inbox("boss") == []


def test_five_hundred_letters_and_no_more(box: FeedbackBox) -> None:
    item = box.by_code(box.write("comment", "ế" * 10_000))
    assert item and item.text == "ế" * 500


def test_whom_it_is_about_cannot_open_it(box: FeedbackBox) -> None:
    item = box.by_code(box.write("comment", "Cán bộ nói nhanh quá.", officer_id="hanh"))
    assert item
    assert box.inbox("hanh") == []
    for step in (
        lambda: box.open(item.key, "hanh"),
        lambda: box.answer(item.key, "hanh", "Không đúng."),
        lambda: box.about(item.key, "hanh", None),
    ):
        with pytest.raises(Refused):
            step()
    assert [one.key for one in box.inbox("boss")] == [item.key]


def test_a_late_petition_comes_first(office: Office, box: FeedbackBox) -> None:
    early = box.by_code(box.write("petition", "một"))
    box.write("comment", "hai")
    office.clock.advance(timedelta(days=3).total_seconds())
    box.write("petition", "ba")
    office.clock.advance(timedelta(days=14).total_seconds())
    today = office.clock.now().date()
    assert [one.text for one in box.inbox("boss")] == ["một", "ba", "hai"]
    assert early and early.late(today)

