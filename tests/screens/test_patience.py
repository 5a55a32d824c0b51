"""Time before the glass: re-prompts with light and hand, the question, the dark screen, and what a visit leaves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kiosk.settings import Settings
from tests.screens.conftest import THURSDAY, Stage, stage_for, with_office
from tests.screens.test_leaving import rate, to_numbers, to_rate


def with_screen(settings: Settings, **changes: object) -> Settings:
    return replace(settings, screen=settings.screen.model_copy(update=changes))


def speak(stage: Stage, seconds: float) -> None:
    """The voice speaks for so long, then it is quiet."""
    stage.desk.talking = True
    stage.pass_time(seconds)
    stage.desk.talking = False
    stage.pass_time(0.5)


def read_out(stage: Stage) -> None:
    """Every prompt of the speech begins, one after the other."""
    assert stage.desk.on_start
    for index in range(6):
        stage.desk.on_start(index)


# ---- re-prompts ------------------------------------------------------------------------------------------


def test_tiles_are_lit_in_step_after_five_seconds_and_the_light_goes_out_with_the_voice(stage: Stage) -> None:
    stage.to_service()
    speak(stage, 3)
    stage.pass_time(4)
    assert "tile-birth" not in stage.desk.said
    stage.pass_time(1.5)
    before = len(stage.glass.lit)
    read_out(stage)
    assert stage.glass.lit[before:] == ["birth", "marriage", "death", "certify", "support", "unsure"]
    assert stage.glass.hands == [], "the hand comes after ten seconds"
    speak(stage, 1)
    assert stage.glass.lit[-1] == ""


def test_a_hand_taps_the_lit_tile_after_ten_seconds(stage: Stage) -> None:
    stage.to_service()
    stage.pass_time(5.5)
    stage.desk.talking = True
    stage.pass_time(5)
    read_out(stage)
    assert stage.glass.hands == ["birth", "marriage", "death", "certify", "support", "unsure"]
    stage.visit.touched()
    stage.desk.talking = False
    stage.pass_time(5.5)
    read_out(stage)
    assert len(stage.glass.hands) == 6, "a touch sends it away, and the ten seconds begin anew"


def test_there_are_two_re_prompts_at_most(stage: Stage) -> None:
    stage.to_service()
    for _ in range(6):
        stage.pass_time(5.5)
        speak(stage, 5)
    assert stage.desk.said.count("tile-birth") == 2


def test_listening_again_is_no_re_prompt(stage: Stage) -> None:
    stage.to_service()
    stage.pass_time(3)
    stage.visit.touched()
    stage.visit.listen()
    stage.desk.talking = True
    stage.pass_time(15)
    read_out(stage)
    assert stage.glass.hands == [], "who touches needs no hand"


# ---- are you still there? --------------------------------------------------------------------------------


def test_the_question_stands_for_twenty_seconds_in_picture_and_voice(stage: Stage) -> None:
    stage.to_service()
    stage.desk.said.clear()
    stage.pass_time(39)
    assert stage.glass.warnings[-1] == 20
    assert stage.desk.said[-1] == "timeout-ask"
    stage.pass_time(19.5)
    assert stage.screen == "service"
    stage.pass_time(0.5)
    assert stage.screen == "attract"


def test_one_touch_extends_as_often_as_it_is_needed(stage: Stage) -> None:
    """WCAG 2.2.1: at least ten times."""
    stage.to_confirm()
    for _ in range(12):
        stage.pass_time(50)
        assert stage.visit.warning
        stage.visit.extend()
        assert (stage.visit.warning, stage.screen) == (False, "confirm")
    stage.settle()
    stage.visit.confirm()
    stage.desk.answer()
    assert stage.screen == "ticket", "and nothing was lost"


@pytest.mark.parametrize("screen", ["language", "service", "bring", "confirm", "crowded", "help"])
def test_nobody_is_sent_home_unasked(settings: Settings, screen: str) -> None:
    stage = stage_for(with_office(settings, languages=["vi", "en"]) if screen == "language" else settings)
    stage.desk.too_many = screen == "crowded"
    stage.to_service()
    if screen == "bring":
        stage.visit.choose("birth")
    elif screen == "confirm":
        stage.visit.home()
        stage.to_confirm()
    elif screen == "help":
        stage.visit.ask_help()
    assert stage.screen == screen
    stage.pass_time(41)
    assert stage.visit.warning


# ---- a dark screen ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("dim", "hour", "dark"), [
    ("never", 8, False), ("never", 20, False), ("closed", 8, False), ("closed", 20, True), ("always", 8, True),
])  # fmt: skip
def test_when_the_first_screen_darkens(settings: Settings, dim: str, hour: int, dark: bool) -> None:
    moment = THURSDAY.replace(hour=hour)
    stage = stage_for(with_screen(settings, dim=dim, dim_after_minutes=2), moment)
    stage.pass_time(119)
    assert not stage.glass.dark
    stage.pass_time(2)
    assert stage.glass.dark is dark


def test_the_waking_touch_only_wakes(settings: Settings) -> None:
    stage = stage_for(with_screen(settings, dim="always", dim_after_minutes=1))
    stage.pass_time(61)
    assert stage.visit.dark
    stage.visit.wake()
    assert (stage.visit.dark, stage.glass.dark, stage.screen) == (False, False, "attract")
    stage.pass_time(59)
    assert not stage.glass.dark
    stage.to_service()
    stage.pass_time(39)
    assert not stage.glass.dark, "never before somebody"


def test_the_opening_hour_brightens_a_dark_screen(settings: Settings) -> None:
    moment = THURSDAY.replace(hour=6, minute=58)
    stage = stage_for(with_screen(settings, dim="closed", dim_after_minutes=1), moment)
    stage.pass_time(70)
    assert stage.glass.dark
    stage.pass_time(60)
    assert (stage.screen, stage.glass.dark) == ("attract", False)


# ---- low mode --------------------------------------------------------------------------------------------


def test_one_picture_brings_the_targets_down_and_back_up(stage: Stage) -> None:
    for low, word in ((True, "low-on"), (False, "low-off")):
        stage.settle()
        stage.visit.reach.switch()
        assert stage.glass.low is low
        assert stage.desk.said[-1] == word
    assert stage.screen == "attract"


def test_the_picture_is_read_out_where_it_stands(stage: Stage) -> None:
    stage.settle()
    stage.visit.listen()
    assert stage.desk.said == ["attract-listen", "low-offer", "loudness-change"]
    assert stage.desk.on_start
    stage.desk.on_start(1)
    assert stage.lit[-1] == "low"


def test_it_can_be_reached_later_through_help_from_every_screen(stage: Stage) -> None:
    stage.to_confirm()
    stage.visit.reach.switch()
    assert not stage.glass.low, "here Back has its place"
    stage.visit.ask_help()
    stage.settle()
    stage.visit.reach.switch()
    assert (stage.glass.low, stage.screen) == (True, "help")
    stage.settle()
    stage.visit.go_on()
    assert (stage.glass.low, stage.screen) == (True, "confirm")


def test_it_lasts_as_long_as_the_visit(stage: Stage) -> None:
    stage.settle()
    stage.visit.reach.switch()
    stage.to_ticket()
    assert stage.glass.low
    stage.pass_time(26)
    assert (stage.screen, stage.glass.low) == ("attract", False)


def test_who_brings_it_down_and_walks_away_leaves_nothing(stage: Stage) -> None:
    stage.settle()
    stage.visit.reach.switch()
    stage.pass_time(38)
    assert stage.glass.low
    stage.pass_time(2)
    assert not stage.glass.low


# ---- what a visit leaves ---------------------------------------------------------------------------------


def kept(stage: Stage) -> dict[str, Any]:
    """Everything that the visit and its parts hold, but what is new for each visit and when things happened."""
    passing = {"_number", "_shown_at", "_accepted_at", "_idle_since", "_alone_since", "_looked_at", "_generation"}
    visit = stage.visit
    found = {}
    for part in (visit, visit.reach, visit.leaving, visit.patience, visit._help):
        for name, value in vars(part).items():
            if name not in passing and not callable(value):
                found[f"{type(part).__name__}.{name}"] = value
    chosen = found.pop("Visit._chosen")
    return {**found, "chosen": replace(chosen, touch_id=""), "low": stage.glass.low, "dark": stage.glass.dark}


def in_english_and_low(stage: Stage) -> None:
    stage.settle()
    stage.visit.reach.switch()
    stage.to_service()
    stage.visit.speak("en")
    stage.settle()


def with_much_said(stage: Stage) -> None:
    stage.visit.choose("birth")
    for _ in range(2):
        stage.settle()
        stage.visit.answer(False)
    stage.settle()
    stage.visit.prefer("elderly")
    stage.settle()


def by_time(stage: Stage) -> None:
    with_much_said(stage)
    stage.pass_time(61)


def by_ticket(stage: Stage) -> None:
    with_much_said(stage)
    stage.visit.confirm()
    stage.desk.answer()
    stage.clock.advance(7)
    stage.visit.dismiss()


def by_stepping_back(stage: Stage) -> None:
    with_much_said(stage)
    while stage.screen != "attract":
        stage.visit.back()
        stage.settle()


def by_trouble(stage: Stage) -> None:
    with_much_said(stage)
    stage.visit.trouble()
    stage.desk.answer()
    stage.pass_time(31)


def by_rating(stage: Stage) -> None:
    stage.visit.home()
    stage.settle()
    stage.visit.reach.switch()
    to_numbers(stage)
    to_rate(stage)
    rate(stage, "4")
    stage.pass_time(41)


@pytest.mark.parametrize("way", [by_time, by_ticket, by_stepping_back, by_trouble, by_rating])
def test_however_a_visit_ends_language_low_mode_and_all_that_was_said_are_gone(settings: Settings, way) -> None:  # type: ignore[no-untyped-def]
    stage = stage_for(with_office(settings, languages=["vi", "en"]))
    fresh = kept(stage)
    in_english_and_low(stage)
    way(stage)
    assert stage.screen == "attract"
    assert kept(stage) == fresh
