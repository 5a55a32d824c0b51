"""The way out, step by step: whose number, how was it, thank you; and that it stands in nobody's way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.office.types import Ticket
from kiosk.screens import views
from kiosk.settings import Settings, Wifi
from tests.screens.conftest import THURSDAY, Stage, stage_for, with_office

NETWORK = Wifi(ssid="Mot cua", password="khachhang")


def served(series: str, number: int, language: str = "vi") -> Ticket:
    """A number that was finished a moment ago."""
    return Ticket(
        id=f"{series}{number}", day=THURSDAY.date(), series=series, number=number, tile="birth", lane="ordinary",
        reason="", language=language, missing=(), state="done", token=f"token-{series}{number}", issued_at=THURSDAY,
    )  # fmt: skip


def to_numbers(stage: Stage, *tickets: Ticket) -> None:
    stage.desk.served = list(tickets) or [served("A", 7), served("C", 12)]
    stage.settle()
    stage.visit.finished()
    stage.desk.answer()
    stage.settle()


def to_rate(stage: Stage, code: str = "A007") -> views.RateView:
    stage.visit.leaving.pick(code)
    stage.settle()
    return asked(stage)


def rate(stage: Stage, target: str) -> None:
    stage.visit.leaving.rate(target)
    stage.desk.answer()
    stage.settle()


def asked(stage: Stage) -> views.RateView:
    assert isinstance(stage.visit.view, views.RateView)
    return stage.visit.view


def test_four_screens_and_each_speaks(stage: Stage) -> None:
    to_numbers(stage)
    first = to_rate(stage)
    assert first.payload == "http://192.168.8.10:8080/t/token-A7"
    assert [face.key for face in first.faces] == ["5", "4", "3", "2", "1"]
    rate(stage, "4")
    second = asked(stage)
    assert second.payload == ""
    assert second.criterion != first.criterion
    assert (first.pictogram, second.pictogram) == ("officer-welcomes", "officer-explains")
    rate(stage, "2")
    assert stage.screen == "thanks"
    assert [view.screen for view in stage.views] == ["attract", "numbers", "rate", "rate", "thanks"]
    first_word, second_word = (f"survey-sipas-1-{view.criterion}" for view in (first, second))
    assert stage.desk.said == [
        "exit-whose", first_word, "exit-touch-or-scan", f"{first_word}-4", second_word, f"{second_word}-2",
        "exit-thanks",
    ]  # fmt: skip
    assert stage.desk.rated == [
        ("token-A7", "", first.criterion, 4), ("token-A7", "response", second.criterion, 2),
    ]  # fmt: skip


def test_everything_that_can_be_pressed_is_read_out(stage: Stage) -> None:
    to_numbers(stage)
    assert [target for target, _ in stage.visit.view.readings] == ["A007", "C012", "not-here", "ticket"]
    to_rate(stage)
    passing = ["skip", "unknown", "ticket"]
    assert [target for target, _ in stage.visit.view.readings] == ["5", "4", "3", "2", "1", *passing]


def test_a_skipped_question_is_written_down_as_such(stage: Stage) -> None:
    to_numbers(stage)
    to_rate(stage)
    rate(stage, "skip")
    rate(stage, "skip")
    assert [answer for *_, answer in stage.desk.rated] == ["skipped", "skipped"]
    assert stage.screen == "thanks"


def test_who_does_not_know_need_not_choose(stage: Stage) -> None:
    to_numbers(stage)
    assert to_rate(stage).unknown
    rate(stage, "unknown")
    rate(stage, "4")
    assert [answer for *_, answer in stage.desk.rated] == ["unknown", 4]
    assert stage.screen == "thanks"


def test_where_the_questionnaire_knows_no_such_answer_it_is_not_offered(settings: Settings) -> None:
    profiles = [one.model_copy(update={"dont_know": False}) for one in settings.survey.profiles]
    stage = stage_for(replace(settings, survey=settings.survey.model_copy(update={"profiles": profiles})))
    to_numbers(stage)
    view = to_rate(stage)
    assert not view.unknown and "unknown" not in [target for target, _ in view.readings]


def test_ten_quick_taps_are_one_answer(stage: Stage) -> None:
    to_numbers(stage)
    to_rate(stage)
    for _ in range(10):
        stage.visit.leaving.rate("1")
        stage.clock.advance(0.05)
    assert len(stage.desk.rated) == 1


def test_back_lets_an_answer_be_changed_and_another_number_begins_anew(stage: Stage) -> None:
    to_numbers(stage)
    to_rate(stage)
    rate(stage, "1")
    stage.visit.back()
    stage.settle()
    rate(stage, "5")
    stage.visit.back()
    stage.settle()
    stage.visit.back()
    stage.settle()
    assert stage.screen == "numbers"
    to_rate(stage, "C012")
    rate(stage, "3")
    assert [(token, response) for token, response, *_ in stage.desk.rated] == [
        ("token-A7", ""), ("token-A7", "response"), ("token-C12", ""),
    ]  # fmt: skip


def test_the_next_person_does_not_answer_for_the_last_one(stage: Stage) -> None:
    to_numbers(stage)
    to_rate(stage)
    rate(stage, "1")
    stage.visit.home()
    to_numbers(stage)
    to_rate(stage)
    rate(stage, "5")
    assert [response for _, response, *_ in stage.desk.rated] == ["", ""]


def test_an_answer_that_comes_after_somebody_left_shows_nothing(stage: Stage) -> None:
    to_numbers(stage)
    to_rate(stage)
    stage.visit.leaving.rate("5")
    stage.visit.home()
    stage.desk.answer()
    assert stage.screen == "attract"


def test_joining_the_network_is_a_picture_of_the_first_question_not_a_screen_more(settings: Settings) -> None:
    stage = stage_for(replace(settings, wifi=NETWORK))
    to_numbers(stage)
    first = to_rate(stage)
    assert first.payload.startswith("WIFI:T:WPA;S:Mot cua;")
    assert stage.desk.said[-1] == "exit-touch-or-join"
    stage.visit.leaving.joined()
    stage.settle()
    assert asked(stage).payload.endswith("/t/token-A7")
    assert stage.desk.said[-1] == "exit-scan"
    stage.visit.back()
    assert stage.screen == "numbers"


def test_who_taps_a_face_need_not_join_anything(settings: Settings) -> None:
    stage = stage_for(replace(settings, wifi=NETWORK))
    to_numbers(stage)
    to_rate(stage)
    rate(stage, "5")
    rate(stage, "5")
    assert stage.screen == "thanks"


def test_who_knows_no_number_gets_the_general_code(stage: Stage) -> None:
    to_numbers(stage)
    stage.visit.leaving.pick("not-here")
    assert isinstance(stage.visit.view, views.ExitView)
    assert stage.visit.view.payload.endswith("/s")
    stage.settle()
    stage.visit.back()
    assert stage.screen == "numbers"


@pytest.mark.parametrize(("choices", "most"), [(6, 6), (4, 4)])
def test_no_glass_shows_more_than_it_can_hold(settings: Settings, choices: int, most: int) -> None:
    stage = stage_for(settings, choices=choices)
    to_numbers(stage, *(served("A", number) for number in range(1, 13)))
    seen: list[str] = []
    for page in range(1, 12):
        assert isinstance(stage.visit.view, views.NumbersView)
        tiles = [tile.key for tile in stage.visit.view.tiles]
        assert len(tiles) <= most
        assert tiles[-1] == "not-here"
        seen += [key for key in tiles if key[0] == "A"]
        if f"more:{page}" not in tiles:
            break
        stage.visit.leaving.pick(f"more:{page}")
        stage.settle()
    assert seen == [f"A{number:03d}" for number in range(1, 13)]


def test_a_number_is_asked_in_the_language_it_was_taken_in(settings: Settings) -> None:
    stage = stage_for(with_office(settings, languages=["vi", "en"]))
    to_numbers(stage, served("A", 7, "en"), served("C", 12, "fr"))
    assert to_rate(stage).language == "en"
    stage.visit.back()
    stage.settle()
    assert to_rate(stage, "C012").language == "vi"


def test_a_day_without_a_survey_offers_no_numbers(stage: Stage) -> None:
    to_numbers(stage, replace(served("A", 7), day=THURSDAY.date().replace(year=2020)))
    assert stage.screen == "exit"


# ---- it stands in nobody's way ---------------------------------------------------------------------------


@pytest.mark.parametrize("at", ["numbers", "rate", "exit"])
def test_the_survey_yields_at_once_to_whoever_wants_a_number(stage: Stage, at: str) -> None:
    to_numbers(stage)
    if at == "rate":
        to_rate(stage)
    elif at == "exit":
        stage.visit.leaving.pick("not-here")
        stage.settle()
    stage.visit.start()
    stage.desk.answer()
    assert stage.screen == "service"
    stage.settle()
    stage.visit.back()
    assert stage.screen == "attract", "nothing of the survey is left behind"


@pytest.mark.parametrize("rated", [False, True])
def test_left_alone_it_goes_home_without_a_question_in_the_way(stage: Stage, rated: bool) -> None:
    to_numbers(stage)
    to_rate(stage)
    if rated:
        rate(stage, "4")
    stage.pass_time(38)
    assert stage.screen == "rate"
    stage.pass_time(3)
    assert stage.screen == "attract"
    assert set(stage.warnings) == {None}


def test_a_code_stands_long_enough_to_be_scanned(stage: Stage) -> None:
    to_numbers(stage)
    stage.visit.leaving.pick("not-here")
    stage.pass_time(89)
    assert stage.screen == "exit"
    stage.pass_time(2)
    assert stage.screen == "attract"


def test_no_way_to_a_number_where_none_is_given(settings: Settings) -> None:
    closed = stage_for(settings, THURSDAY.replace(hour=12))
    exit_only = stage_for(with_office(settings, place="exit"))
    exit_only.desk.served = [served("A", 7)]
    exit_only.pass_time(6)
    exit_only.desk.answer()
    to_numbers(closed)
    for stage in (closed, exit_only):
        assert isinstance(stage.visit.view, views.NumbersView)
        assert not stage.visit.view.takes


def test_thanks_end_by_themselves_or_by_a_touch(stage: Stage) -> None:
    for way in ("touch", "time"):
        to_numbers(stage)
        to_rate(stage)
        rate(stage, "5")
        stage.visit.leaving.rate("5")
        stage.desk.answer()
        stage.clock.advance(1)
        stage.visit.dismiss()
        assert stage.screen == "thanks"
        if way == "touch":
            stage.clock.advance(1.5)
            stage.visit.dismiss()
        else:
            stage.pass_time(9)
        assert stage.screen == "attract"


# ---- a machine that stands at the exit only --------------------------------------------------------------


def test_at_the_exit_numbers_come_and_go_silently(settings: Settings) -> None:
    stage = stage_for(with_office(settings, place="exit"))
    assert stage.screen == "exit"
    stage.desk.served = [served("A", 7)]
    stage.pass_time(8)
    stage.desk.answer()
    assert stage.screen == "numbers"
    assert not stage.visit.view.back
    assert stage.desk.said == []
    stage.desk.served = []
    stage.pass_time(8)
    stage.desk.answer()
    assert stage.screen == "exit"


def test_at_the_exit_a_number_leads_to_faces_and_home_again(settings: Settings) -> None:
    stage = stage_for(with_office(settings, place="exit"))
    stage.desk.served = [served("A", 7)]
    stage.pass_time(8)
    stage.desk.answer()
    stage.settle()
    to_rate(stage)
    stage.pass_time(42)
    assert stage.visit.warning, "nobody else is kept waiting: the person is asked"
    stage.visit.extend()
    stage.settle()
    rate(stage, "5")
    rate(stage, "5")
    stage.pass_time(9)
    assert stage.screen == "exit"
