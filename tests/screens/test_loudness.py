"""The loudness: one key behind "listen again", forgotten when the visit ends."""

from __future__ import annotations

from kiosk.screens.loudness import OPEN_SECONDS, STEPS_DB, USUAL
from kiosk.screens.visit import REPEAT_SECONDS
from tests.screens.conftest import Stage

SOFT, MIDDLE, LOUD = STEPS_DB


def listening(stage: Stage) -> None:
    stage.to_service()
    stage.visit.listen()
    stage.settle()


def test_three_steps_cover_eighteen_decibels() -> None:
    assert LOUD - SOFT >= 18
    assert STEPS_DB[USUAL] == MIDDLE


def test_the_key_comes_with_listen_again_and_steps_through_all(stage: Stage) -> None:
    stage.to_service()
    stage.visit.louder()
    assert not stage.visit.loudness.is_open and not stage.desk.loudnesses
    stage.visit.listen()
    assert stage.visit.loudness.is_open
    for _ in range(3):
        stage.settle()
        stage.desk.said.clear()
        stage.visit.louder()
        assert stage.desk.said[0] == "service-ask"  # what the screen says is heard at the new loudness
    assert stage.desk.loudnesses == [LOUD, SOFT, MIDDLE]


def test_a_shaking_finger_takes_one_step(stage: Stage) -> None:
    listening(stage)
    stage.visit.louder()
    stage.clock.advance(REPEAT_SECONDS / 2)
    stage.visit.louder()
    assert stage.desk.loudnesses == [LOUD]


def test_it_is_explained_once_with_the_key_lit(stage: Stage) -> None:
    listening(stage)
    assert stage.desk.said[-1] == "loudness-change"
    assert stage.desk.on_start
    stage.desk.on_start(7)  # the question, six tiles, then this
    assert stage.lit[-1] == "loudness"
    stage.visit.listen()
    assert stage.desk.said[-1] == "tile-unsure"


def test_the_step_stays_on_the_next_screen_and_the_key_goes(stage: Stage) -> None:
    listening(stage)
    stage.visit.louder()
    stage.settle()
    stage.visit.choose("birth")
    assert not stage.visit.loudness.is_open
    assert stage.desk.loudnesses == [LOUD]


def test_the_next_person_hears_the_usual_loudness(stage: Stage) -> None:
    listening(stage)
    stage.visit.louder()
    stage.visit.home()
    assert stage.desk.loudnesses == [LOUD, MIDDLE]
    assert not stage.visit.loudness.is_open
    stage.visit.home()
    assert stage.desk.loudnesses == [LOUD, MIDDLE]


def test_who_walks_away_leaves_the_usual_loudness_behind(stage: Stage) -> None:
    listening(stage)
    stage.visit.louder()
    stage.pass_time(120)
    assert stage.screen == "attract"
    assert stage.desk.loudnesses[-1] == MIDDLE


def test_louder_on_the_first_screen_is_forgotten_too(stage: Stage) -> None:
    """Nobody began a visit, so nobody ends one."""
    stage.settle()
    stage.visit.listen()
    stage.settle()
    stage.visit.louder()
    stage.pass_time(OPEN_SECONDS + 1)
    assert not stage.visit.loudness.is_open
    assert stage.desk.loudnesses == [LOUD]
    stage.pass_time(60)
    assert stage.desk.loudnesses == [LOUD, MIDDLE]


def test_the_key_goes_when_it_has_been_quiet(stage: Stage) -> None:
    listening(stage)
    stage.desk.talking = True
    stage.pass_time(20)
    assert stage.visit.loudness.is_open
    stage.desk.talking = False
    stage.pass_time(OPEN_SECONDS + 1)
    assert not stage.visit.loudness.is_open
