"""A declaration being filled: cards, copies, the conversation, doubts, what is read back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.papers import card
from kiosk.papers.draft import CannotTake, Draft, example
from kiosk.papers.forms import Form
from kiosk.papers.typed import Mistyped, keep, shown
from kiosk.settings import load, places
from kiosk.web.papers_view import PaperDesk, card_parts
from kiosk.wiring import load_papers, load_staff_words

TODAY = date(2026, 11, 26)
MOTHER = "052195000123|211234567|ĐINH THỊ MẪU|05031995|Nữ|Thôn 2, xã An Tân, Gia Lai|01022022"
FATHER = "052093000124||ĐINH VĂN THỬ|05031993|Nam|Thôn 3, xã An Tân, Gia Lai|01092024"


@pytest.fixture(scope="module")
def forms() -> dict[str, Form]:
    return load_papers(load(places())).on(TODAY)


@pytest.fixture(scope="module")
def words():
    found = load_staff_words(load(places()))
    return lambda key, **values: found.shown(key, "vi", **values)


@cache
def birth_form() -> Form:
    """Not a fixture: Hypothesis would write it out whole beside what fails."""
    return load_papers(load(places())).on(TODAY)["birth"]


@pytest.fixture
def birth(forms: dict[str, Form]) -> Draft:
    return Draft(forms["birth"])


def scan(draft: Draft, text: str, words, role: str = "") -> str:
    found = card.read(text)
    return draft.scan(found, card_parts(found, words), role)


def test_a_scan_finds_the_role_that_fits_whichever_comes_first(birth: Draft, words) -> None:
    birth.give("requester.relation", "Mẹ", TODAY)
    assert scan(birth, FATHER, words) == "father"
    assert scan(birth, MOTHER, words) == "mother"
    assert birth.text("mother.name") == "ĐINH THỊ MẪU"
    assert birth.text("father.paper") == "Căn cước số 052093000124 do Bộ Công an cấp ngày 01/09/2024"
    assert birth.text("mother.paper").startswith("Căn cước công dân số 052195000123 do Cục")
    with pytest.raises(CannotTake, match="card-no-role"):
        scan(birth, MOTHER, words)


def test_the_requester_is_copied_while_they_are_a_parent(birth: Draft, words) -> None:
    scan(birth, MOTHER, words)
    birth.give("requester.relation", "Mẹ", TODAY)
    assert birth.value("requester.name").source == "copied"
    assert birth.text("requester.address") == birth.text("mother.address")
    birth.give("requester.relation", "Bà", TODAY)
    assert birth.text("requester.name") == ""
    assert "requester" in birth.awaited()


def test_only_what_is_missing_is_asked_and_a_card_may_still_come(birth: Draft, words) -> None:
    asked = [one.key for one in birth.to_ask()]
    assert asked[0] == "requester.relation"
    assert not any(key.startswith(("mother.name", "father.name")) for key in asked)
    birth.without_card("father")
    assert "father.name" in [one.key for one in birth.to_ask()]
    scan(birth, FATHER, words, "father")
    assert "father.name" not in [one.key for one in birth.to_ask()]


def test_a_father_who_is_not_declared_leaves_blanks_that_nobody_asks_for(birth: Draft, words) -> None:
    scan(birth, FATHER, words)
    birth.leave_out("father")
    assert birth.text("father.name") == ""
    assert not [one for one in birth.to_ask() + birth.blanks() if one.role == "father"]
    with pytest.raises(CannotTake):
        birth.leave_out("mother")


def test_what_has_no_card_may_be_left_out_too_while_it_is_asked_about(forms: dict[str, Form], words) -> None:
    """ "We do not remember the number and the day of the old paper": one key instead of three questions."""
    form, key = forms["death"], "notice"
    lacking = form.roles[key].model_copy(update={"may_lack": "Không có giấy báo tử"})
    roles = [lacking if one.key == key else one for one in form.file.role]
    draft = Draft(replace(form, file=form.file.model_copy(update={"role": roles})))

    def shown_roles() -> dict[str, str]:
        return {one.key: one.state for one in PaperDesk(draft, words, TODAY, str, ()).roles("requester")}

    assert shown_roles()[key] == "group" and "event" not in shown_roles()
    draft.leave_out(key)
    assert shown_roles()[key] == "out" and not [one for one in draft.to_ask() if one.role == key]
    draft.bring_back(key)
    for one in form.of_role(key):
        draft.give(one.key, one.example, TODAY)
    assert key not in shown_roles(), "it is known"


def test_a_question_put_off_comes_last_and_goes_with_its_answer(birth: Draft) -> None:
    first = birth.to_ask()[0].key
    birth.postpone(first)
    assert birth.to_ask()[-1].key == first
    birth.give(first, "Mẹ", TODAY)
    assert first not in [one.key for one in birth.to_ask()]


def test_doubts_stand_until_they_are_looked_at(birth: Draft, words) -> None:
    scan(birth, MOTHER.replace("05031995", "05031996"), words)
    assert [(one.role, one.key, one.told, one.shown) for one in birth.doubts] == [
        ("mother", "birth-year", "1995", "1996")
    ]
    birth.accept(birth.doubts[0])
    assert birth.doubts == []
    scan(birth, MOTHER, words, "father")
    assert {one.key for one in birth.doubts} == {"other-sex", "same-card"}


def test_a_name_that_is_typed_again_is_in_doubt_no_longer(birth: Draft, words) -> None:
    spoilt = "ĐINH THỊ MẪU".encode().decode("latin-1")[:-1] + "?"
    scan(birth, MOTHER.replace("ĐINH THỊ MẪU", spoilt), words)
    assert "name" in {one.key for one in birth.doubts}
    birth.give("mother.name", "Đinh Thị Mẫu", TODAY)
    assert "name" not in {one.key for one in birth.doubts}
    assert birth.text("mother.name") == "ĐINH THỊ MẪU"


def test_somebody_elses_card_is_taken_away_and_what_was_typed_stays(birth: Draft, words) -> None:
    scan(birth, FATHER, words)
    birth.give("father.ethnic", "2", TODAY)
    birth.clear("father")
    assert birth.text("father.name") == ""
    assert birth.text("father.ethnic") != ""
    assert "father" in birth.awaited()
    assert scan(birth, FATHER, words) == "father"


def test_somebody_of_an_earlier_form_is_taken_over(forms: dict[str, Form], birth: Draft, words) -> None:
    scan(birth, MOTHER, words)
    other = Draft(forms["death"])
    other.take_over("requester", birth.person("mother"))
    assert other.text("requester.name") == "ĐINH THỊ MẪU"
    assert other.value("requester.address").source == "copied"
    assert "requester" not in other.awaited()


def test_what_is_kept_comes_back(birth: Draft, words) -> None:
    scan(birth, MOTHER.replace("05031995", "05031996"), words)
    birth.give("requester.relation", "Mẹ", TODAY)
    birth.postpone("child.name")
    birth.without_card("father")
    again = Draft.load(birth.form, {}, birth.dump())
    assert again == replace(birth)


@pytest.mark.parametrize("key", ["birth", "marriage", "death", "single-status", "receipt"])
def test_every_example_fits_its_field(forms: dict[str, Form], key: str) -> None:
    draft = example(forms[key], {}, TODAY)
    assert draft.lines()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("5/3/1960", "1960-03-05"), ("5-3-60", "1960-03-05"), ("05031960", "1960-03-05"), ("5.9.26", "2026-09-05"),
        ("ngày 5 tháng 3 năm 1960", "1960-03-05"), ("mùng 5 tháng 3 1960", "1960-03-05"),
    ],
)  # fmt: skip
def test_a_day_as_people_type_it(birth: Draft, typed: str, kept: str) -> None:
    birth.give("child.birth", typed, date(2026, 11, 26))
    assert birth.value("child.birth").kept == kept


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("30/2/2026", "typed-no-day"), ("5/3", "typed-date-whole"), ("27/11/2026", "typed-future"),
        ("hôm qua", "typed-date"), ("5/3/1/2", "typed-date"), ("1/1/1700", "typed-old"),
        ("abc 5/3/1960", "typed-date"),
    ],
)  # fmt: skip
def test_a_day_that_is_none_is_told(birth: Draft, typed: str, said: str) -> None:
    with pytest.raises(Mistyped) as wrong:
        birth.give("child.birth", typed, TODAY)
    assert wrong.value.key == said
    assert birth.text("child.birth") == ""


@settings(max_examples=300, deadline=None)
@given(day=st.dates(date(1900, 1, 1), TODAY), mark=st.sampled_from(["/", "-", ".", " "]))
def test_a_typed_day_stands_on_the_paper_as_itself(day: date, mark: str) -> None:
    one = birth_form().fields["child.birth"]
    kept = keep(one, mark.join((str(day.day), str(day.month), str(day.year))), (), TODAY)
    assert kept == day.isoformat()
    assert shown(one, kept) == f"{day:%d/%m/%Y}"
    assert keep(one, shown(one, kept), (), TODAY) == kept


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400), st.sampled_from(("child.birth", "child.name", "mother.ethnic", "mother.paper")))
def test_nothing_typed_breaks_it(text: str, key: str) -> None:
    """Whatever is typed is kept as one written form, or refused by a sentence."""
    draft = Draft(birth_form())
    try:
        draft.give(key, text, TODAY)
    except Mistyped as wrong:
        assert wrong.key.startswith("typed-")
        return
    kept = draft.value(key).kept
    draft.give(key, draft.text(key), TODAY)
    assert draft.value(key).kept == kept


@pytest.mark.parametrize("typed", ["¹", "٣", "0", "99", "1" * 200])
def test_a_digit_that_is_no_place_in_the_list_is_text(birth: Draft, typed: str) -> None:
    """Found by the test above: a raised one is a digit to Python, and no number."""
    birth.give("mother.ethnic", typed, TODAY)
    assert birth.text("mother.ethnic") == typed


def test_a_choice_by_digit_by_beginning_and_without_marks(birth: Draft) -> None:
    answers = birth.answers(birth.form.fields["mother.ethnic"])
    birth.give("mother.ethnic", "2", TODAY)
    assert birth.text("mother.ethnic") == answers[1]
    birth.give("mother.ethnic", "bana", TODAY)
    assert birth.text("mother.ethnic") == "Ba Na"
