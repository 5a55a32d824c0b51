"""The steps of a visit: what leads where, which touches count, and that nobody ever stands before a dead end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from operator import attrgetter

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from kiosk.office.types import Ticket
from kiosk.screens import views
from kiosk.screens.wayout import paged
from kiosk.settings import Settings, Wifi
from tests.screens.conftest import THURSDAY, Stage, stage_for, with_office


def test_from_the_first_touch_to_the_number(stage: Stage) -> None:
    assert stage.screen == "attract"
    stage.to_service()
    assert stage.screen == "service"
    stage.visit.choose("birth")
    assert stage.screen == "bring"
    stage.settle()
    stage.visit.answer(True)
    stage.settle()
    stage.visit.answer(False)
    assert stage.screen == "confirm"
    stage.settle()
    stage.visit.confirm()
    stage.desk.answer()
    view = stage.visit.view
    assert isinstance(view, views.TicketView)
    assert (view.code, view.people_ahead, view.counter, view.paper) == ("A012", 3, 1, True)
    ((_, order),) = stage.desk.orders
    assert (order.tile, order.series, order.lane, order.missing) == ("birth", "A", "ordinary", ("id-card",))
    assert stage.desk.said[-4:] == [
        "ticket-number?number=A012", "ticket-number?number=A012", "ticket-take", "ticket-ahead?count=3",
    ]  # fmt: skip


def test_each_screen_speaks_as_it_comes(stage: Stage) -> None:
    stage.to_confirm()
    assert stage.desk.said[0] == "service-ask"
    assert stage.desk.said[1].startswith("bring-ask-first?")
    assert stage.desk.said[2].startswith("bring-ask?")
    assert stage.desk.said[3].startswith("confirm-ask?")


def test_priority_is_one_reason_and_can_be_taken_back(stage: Stage) -> None:
    stage.to_confirm()
    stage.visit.prefer("elderly")
    stage.settle()
    stage.visit.prefer("disabled")
    assert isinstance(stage.visit.view, views.ConfirmView)
    assert stage.visit.view.priority == "disabled"
    stage.settle()
    stage.visit.prefer("disabled")
    stage.settle()
    stage.visit.prefer("merit")
    stage.settle()
    stage.visit.confirm()
    ((_, order),) = stage.desk.orders
    assert (order.lane, order.reason) == ("priority", "merit")


def test_a_group_opens_a_page_and_back_leads_out_again(stage: Stage) -> None:
    stage.to_service()
    stage.visit.choose("certify")
    view = stage.visit.view
    assert isinstance(view, views.ServiceView)
    assert view.group
    assert {tile.key for tile in view.tiles} >= {"copy", "signature"}
    stage.settle()
    stage.visit.back()
    assert isinstance(stage.visit.view, views.ServiceView)
    assert stage.visit.view.group is None
    stage.settle()
    stage.visit.back()
    assert stage.screen == "attract"


def test_who_does_not_know_gets_a_number_too(stage: Stage) -> None:
    stage.to_confirm("unsure")
    stage.visit.confirm()
    stage.desk.answer()
    assert stage.screen == "ticket"
    assert stage.desk.orders[0][1].series == "H"


def test_choose_again_keeps_nothing_but_the_touch(stage: Stage) -> None:
    stage.to_confirm()
    stage.visit.prefer("elderly")
    stage.settle()
    stage.visit.choose_again()
    assert stage.screen == "service"
    stage.settle()
    stage.visit.choose("unsure")
    stage.settle()
    stage.visit.answer(True)
    stage.settle()
    assert isinstance(stage.visit.view, views.ConfirmView)
    assert stage.visit.view.priority == ""
    stage.visit.confirm()
    assert stage.desk.orders[0][1].missing == ()


def test_ten_quick_taps_are_one_order(stage: Stage) -> None:
    stage.to_confirm()
    for _ in range(10):
        stage.visit.confirm()
        stage.clock.advance(0.05)
    assert len(stage.desk.orders) == 1
    stage.desk.answer()
    assert stage.screen == "ticket"


def test_a_tap_on_a_screen_that_has_just_come_does_not_count(stage: Stage) -> None:
    stage.to_service()
    stage.visit.choose("birth")
    stage.clock.advance(0.3)
    stage.visit.answer(True)
    view = stage.visit.view
    assert isinstance(view, views.BringView)
    assert view.index == 0


def test_an_answer_for_somebody_who_has_left_is_dropped(stage: Stage) -> None:
    stage.to_confirm()
    stage.visit.confirm()
    stage.visit.home()
    stage.desk.answer()
    assert stage.screen == "attract"


def test_each_visit_has_a_touch_of_its_own(stage: Stage) -> None:
    for _ in range(2):
        stage.to_ticket()
        stage.visit.home()
    assert len({touch for touch, _ in stage.desk.orders}) == 2


def test_an_office_that_does_not_answer_ends_in_help_and_then_home(stage: Stage) -> None:
    stage.to_confirm()
    stage.desk.broken = True
    stage.visit.confirm()
    stage.desk.answer()
    assert stage.screen == "trouble"
    assert stage.desk.announced == ["help-announce"]
    stage.pass_time(31)
    assert stage.screen == "attract"


def test_trouble_after_the_number_still_shows_it(stage: Stage) -> None:
    stage.to_ticket()
    stage.visit.trouble()
    assert isinstance(stage.visit.view, views.TroubleView)
    assert stage.visit.view.code == "A012"


def test_without_paper_the_number_is_shown_and_said_and_an_officer_writes_it(settings: Settings) -> None:
    stage = stage_for(settings)
    stage.desk.ready = False
    stage.to_ticket()
    assert isinstance(stage.visit.view, views.TicketView)
    assert not stage.visit.view.paper
    assert stage.desk.said[-4:-1] == ["ticket-number?number=A012"] * 2 + ["ticket-no-paper"]
    stage.visit.paper(stage.visit.view.ticket_id, True)
    assert stage.visit.view.paper


def test_a_slip_that_does_not_come_is_told_but_not_another_ones(stage: Stage) -> None:
    stage.to_ticket()
    view = stage.visit.view
    assert isinstance(view, views.TicketView)
    stage.visit.paper("another", False)
    assert isinstance(stage.visit.view, views.TicketView)
    assert stage.visit.view.paper
    stage.visit.paper(view.ticket_id, False)
    assert not stage.visit.view.paper
    assert stage.desk.said[-1] == "ticket-no-paper"


def test_the_ticket_goes_home_by_itself_and_by_a_late_touch_only(stage: Stage) -> None:
    stage.to_ticket()
    stage.clock.advance(3)
    stage.visit.dismiss()
    assert stage.screen == "ticket"
    stage.clock.advance(4)
    stage.visit.dismiss()
    assert stage.screen == "attract"
    stage.to_ticket()
    stage.pass_time(26)
    assert stage.screen == "attract"


def test_the_ticket_stays_while_it_is_spoken(stage: Stage) -> None:
    stage.to_ticket()
    stage.desk.talking = True
    stage.pass_time(40)
    assert stage.screen == "ticket"


def test_somebody_who_is_gone_is_asked_and_then_forgotten(stage: Stage) -> None:
    stage.to_service()
    stage.pass_time(41)
    assert stage.visit.warning
    assert stage.desk.said[-1] == "timeout-ask"
    stage.pass_time(10)
    stage.visit.extend()
    assert not stage.visit.warning
    assert stage.screen == "service"
    stage.pass_time(62)
    assert stage.screen == "attract"
    assert stage.warnings[-1] is None


def test_tiles_are_read_out_and_lit_when_nobody_touches(stage: Stage) -> None:
    stage.to_service()
    stage.pass_time(6)
    assert "tile-birth" in stage.desk.said
    assert stage.desk.on_start
    stage.desk.on_start(0)
    assert stage.lit[-1] == "birth"
    stage.visit.touched()
    assert stage.lit[-1] == ""


def test_listen_again_says_everything_anew(stage: Stage) -> None:
    stage.to_service()
    stage.desk.said.clear()
    stage.visit.listen()
    assert stage.desk.said[0] == "service-ask"
    assert stage.desk.said[1:] == [
        f"tile-{key}" for key in ("birth", "marriage", "death", "certify", "support", "unsure")
    ]


def test_help_is_loud_waits_and_says_that_somebody_comes_only_when_it_is_so(stage: Stage) -> None:
    stage.to_confirm()
    stage.visit.ask_help()
    stage.desk.answer()
    assert stage.desk.announced == ["help-announce"]
    view = stage.visit.view
    assert isinstance(view, views.HelpView)
    stage.pass_time(5)
    assert isinstance(stage.visit.view, views.HelpView)
    assert not stage.visit.view.answered
    assert "help-coming" not in stage.desk.said
    stage.desk.help_is_coming = True
    stage.pass_time(2)
    assert isinstance(stage.visit.view, views.HelpView)
    assert stage.visit.view.answered
    assert stage.desk.said.count("help-coming") == 1
    stage.visit.go_on()
    assert stage.screen == "confirm"


def test_help_that_is_not_needed_is_withdrawn(stage: Stage) -> None:
    stage.to_service()
    stage.visit.ask_help()
    stage.desk.answer()
    stage.settle()
    stage.visit.cancel_help()
    assert stage.desk.withdrawn == ["call"]
    assert stage.screen == "service"


def test_a_crowded_day_says_so_before_a_number_is_taken(stage: Stage) -> None:
    stage.desk.too_many = True
    stage.to_service()
    assert stage.screen == "crowded"
    assert stage.desk.orders == []
    stage.visit.take_anyway()
    assert stage.screen == "service"
    stage.settle()
    stage.visit.back()
    assert stage.screen == "crowded"
    stage.settle()
    stage.visit.leave()
    assert stage.screen == "attract"


@pytest.mark.parametrize(
    ("moment", "says"),
    [
        (THURSDAY - timedelta(days=3), "closed-come?day=26/11&nights=3&time=7:00&weekday=thứ Năm"),
        (THURSDAY.replace(hour=12), "closed-today-again?time=13:30"),
        (THURSDAY.replace(hour=18), "closed-come?day=3/12&nights=7&time=7:00&weekday=thứ Năm"),
    ],
)
def test_a_closed_office_says_when_to_come(settings: Settings, moment, says: str) -> None:  # type: ignore[no-untyped-def]
    stage = stage_for(settings, moment)
    assert stage.screen == "closed"
    assert [prompt.key for prompt in stage.visit.view.prompts][-1] == says
    stage.settle()
    stage.visit.start()
    assert stage.desk.waiting == []
    stage.visit.ask_when()
    assert stage.desk.said[-1] == says
    stage.settle()
    stage.visit.listen()
    said = [key for key in stage.desk.said if key != "low-offer"]  # where there is something to bring down
    assert said[-2:] == [prompt.key for prompt in stage.visit.view.prompts][-2:]


def test_opening_and_closing_turn_the_first_screen_by_themselves(settings: Settings) -> None:
    stage = stage_for(settings, THURSDAY.replace(hour=6, minute=59, second=50))
    assert stage.screen == "closed"
    stage.pass_time(15)
    assert stage.screen == "attract"
    stage.clock.advance(10 * 3600)
    stage.pass_time(3)
    assert stage.screen == "closed"


def test_closing_does_not_cut_a_visit_that_has_begun(settings: Settings) -> None:
    stage = stage_for(settings, THURSDAY.replace(hour=16, minute=59, second=40))
    stage.to_service()
    stage.pass_time(25)
    assert stage.screen == "service"


def test_more_than_one_language_asks_first_and_speaks_it(settings: Settings) -> None:
    stage = stage_for(with_office(settings, languages=["vi", "en"]))
    stage.settle()
    stage.visit.start()
    stage.desk.answer()
    assert stage.screen == "language"
    stage.settle()
    stage.visit.speak("en")
    stage.settle()
    assert stage.visit.view.language == "en"
    stage.visit.choose("unsure")
    stage.settle()
    stage.visit.answer(True)
    stage.settle()
    stage.visit.confirm()
    assert stage.desk.orders[0][1].language == "en"


def test_the_exit_shows_the_network_first_where_there_is_one(settings: Settings) -> None:
    plain = stage_for(settings)
    plain.settle()
    plain.visit.finished()
    plain.desk.answer()
    assert isinstance(plain.visit.view, views.ExitView)
    assert plain.visit.view.payload == "http://192.168.8.10:8080/s"
    stage = stage_for(replace(settings, wifi=Wifi(ssid="Mot cua", password="chào;")))
    stage.settle()
    stage.visit.finished()
    stage.desk.answer()
    assert isinstance(stage.visit.view, views.ExitView)
    assert stage.visit.view.payload.startswith("WIFI:")
    stage.settle()
    stage.visit.leaving.joined()
    assert isinstance(stage.visit.view, views.ExitView)
    assert stage.visit.view.payload.endswith("/s")


def test_the_place_says_what_is_offered(settings: Settings) -> None:
    entrance = stage_for(with_office(settings, place="entrance")).visit.view
    assert isinstance(entrance, views.AttractView)
    assert not entrance.offers_exit
    way_out = stage_for(with_office(settings, place="exit"))
    assert way_out.screen == "exit"
    assert not way_out.visit.view.back
    way_out.pass_time(300)
    assert way_out.screen == "exit"


def test_the_fifteen_o_clock_rule(settings: Settings) -> None:
    early, late = stage_for(settings), stage_for(settings, THURSDAY.replace(hour=15, minute=5))
    for stage, when in ((early, "limit-same-day"), (late, "limit-next-day")):
        stage.to_confirm("birth")
        assert isinstance(stage.visit.view, views.ConfirmView)
        assert stage.visit.view.when == when


@pytest.mark.parametrize(("count", "sizes"), [(4, [4]), (5, [3, 2]), (6, [3, 3]), (8, [3, 3, 2]), (1, [1])])
def test_pages_of_four_leave_room_for_more(count: int, sizes: list[int]) -> None:
    pages = paged([str(number) for number in range(count)], 4)
    assert [len(page) for page in pages] == sizes
    assert [key for page in pages for key in page] == [str(number) for number in range(count)]


TOUCHES = (
    "start", "take_anyway", "leave", "finished", "leaving.joined", "confirm", "choose_again", "back", "listen",
    "ask_help", "go_on", "cancel_help", "dismiss", "ask_when", "extend", "touched",
)  # fmt: skip


def served(series: str, number: int) -> Ticket:
    """A number that was finished a moment ago."""
    return Ticket(
        id=f"{series}{number}", day=THURSDAY.date(), series=series, number=number, tile="birth", lane="ordinary",
        reason="", language="vi", missing=(), state="done", token=f"token-{series}{number}", issued_at=THURSDAY,
    )  # fmt: skip


def test_a_number_a_face_thanks_and_home(settings: Settings) -> None:
    stage = stage_for(settings)
    stage.desk.served = [served("A", 7), served("C", 12)]
    stage.settle()
    stage.visit.finished()
    stage.desk.answer()
    screens = [stage.screen]
    stage.settle()
    stage.visit.leaving.pick("A007")
    screens.append(stage.screen)
    while stage.screen == "rate" and len(stage.desk.rated) < 5:
        stage.settle()
        stage.visit.leaving.rate("5")
        stage.desk.answer()
    screens.append(stage.screen)
    assert screens == ["numbers", "rate", "thanks"]
    assert 1 <= len(stage.desk.rated) <= 2, "four screens at most, from the pictures to the thanks"
    assert {token for token, *_ in stage.desk.rated} == {"token-A7"}
    assert [response for _, response, *_ in stage.desk.rated] == ["", "response"][: len(stage.desk.rated)]
    stage.pass_time(120)
    assert stage.screen == "attract"


def test_a_silent_office_leaves_the_phones_way(settings: Settings) -> None:
    stage = stage_for(settings)
    stage.desk.served, stage.desk.broken = [served("A", 7)], True
    stage.settle()
    stage.visit.finished()
    stage.desk.answer()
    stage.settle()
    stage.visit.leaving.pick("A007")
    stage.settle()
    stage.visit.leaving.rate("4")
    stage.desk.answer()
    assert isinstance(stage.visit.view, views.ExitView)


acts = st.one_of(
    st.sampled_from(TOUCHES),
    st.tuples(st.just("choose"), st.sampled_from(["birth", "certify", "copy", "support", "unsure"])),
    st.tuples(st.just("answer"), st.booleans()),
    st.tuples(st.just("prefer"), st.sampled_from(["elderly", "merit"])),
    st.tuples(st.just("leaving.pick"), st.sampled_from(["A007", "C012", "not-here"])),
    st.tuples(st.just("leaving.rate"), st.sampled_from(["5", "3", "1", "skip"])),
    st.tuples(st.just("wait"), st.floats(0.1, 45)),
    st.just("office"),
)


@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(script=st.lists(acts, max_size=40))
def test_whatever_is_touched_nobody_is_lost(settings: Settings, script: list[object]) -> None:
    """Any touches in any order: no exception, never two numbers in one visit, and left alone it goes home."""
    stage = stage_for(settings)
    stage.desk.served = [served("A", 7), served("C", 12)]
    for act in script:
        if act == "office":
            stage.desk.answer()
        elif isinstance(act, str):
            attrgetter(act)(stage.visit)()
        elif isinstance(act, tuple) and act[0] == "wait":
            stage.pass_time(act[1])
        elif isinstance(act, tuple):
            attrgetter(act[0])(stage.visit)(act[1])
        stage.clock.advance(0.5)
    touches = [touch for touch, _ in stage.desk.orders]
    assert len(touches) == len(set(touches))
    stage.desk.answer()
    stage.pass_time(200)
    assert stage.screen == "attract"
