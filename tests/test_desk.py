"""The desk with a real office behind it: what a screen is told, and what the counters' side changes about it."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from kiosk.clock import ZONE, ManualClock
from kiosk.desk import Desk
from kiosk.lobby import Lobby, Sentences
from kiosk.office.calls import LobbyCalls
from kiosk.office.changes import ChangeWatch
from kiosk.office.counters import Counters
from kiosk.office.database import Database
from kiosk.office.days import Days
from kiosk.office.health import HealthBoard
from kiosk.office.help import HelpCalls
from kiosk.office.migrate import migrate
from kiosk.office.printjobs import PrintJobs
from kiosk.office.surveys import Surveys
from kiosk.office.tickets import Tickets
from kiosk.office.types import Ticket, TicketOrder
from kiosk.office.waits import Waits
from kiosk.printing.links import open_link
from kiosk.printing.slip import Slip
from kiosk.screens import views
from kiosk.screens.visit import Visit
from kiosk.settings import Settings, load, places
from kiosk.voice.player import RecordingPlayer
from kiosk.voice.speaker import Speaker
from kiosk.wiring import load_pictures, load_words, open_clips
from tests.screens.conftest import Glassy
from tests.until import until

SITE = "an-tan"
THURSDAY = datetime(2026, 11, 26, 8, 0, tzinfo=ZONE)
ORDER = TicketOrder("birth", "A")


@dataclass
class Glass:
    """A screen without pixels: what the desk tells it waits until the test looks."""

    told: queue.SimpleQueue[Callable[[], None]] = field(default_factory=queue.SimpleQueue)
    papers: list[tuple[str, bool]] = field(default_factory=list)

    def on_ui(self, action: Callable[[], None]) -> None:
        self.told.put(action)

    def paper(self, ticket_id: str, came: bool) -> None:
        self.papers.append((ticket_id, came))

    def look(self) -> None:
        while not self.told.empty():
            self.told.get()()


@dataclass
class House:
    """The screen's process without its widgets, and the counters' side of the same office."""

    settings: Settings
    clock: ManualClock
    desk: Desk
    glass: Glass
    ear: RecordingPlayer
    visit: Visit
    tickets: Tickets
    jobs: PrintJobs
    help: HelpCalls
    counters: Counters
    database: Database

    def until(self, condition: Callable[[], object]) -> None:
        """Let the screen live until `condition`."""

        def met() -> object:
            self.glass.look()
            return condition()

        until(met)

    def pass_time(self, seconds: float) -> None:
        """Ticks of the application's clock, each answered by the office before the next."""
        for _ in range(round(seconds * 2)):
            self.clock.advance(0.5)
            self.visit.tick()
            self.settle()

    def settle(self) -> None:
        """Everything that the office was asked has been answered."""
        answered: list[bool] = []
        self.desk.help_answered("nobody", answered.append)
        self.until(lambda: answered)

    def issue(self, touch: str, order: TicketOrder = ORDER) -> tuple[Ticket, int]:
        found: list[tuple[Ticket | None, int]] = []
        self.desk.issue(touch, order, lambda ticket, ahead: found.append((ticket, ahead)))
        self.until(lambda: found)
        ticket, ahead = found[0]
        assert ticket
        return ticket, ahead


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def house(tmp_path: Path, cache: Path) -> Iterator[House]:
    home = tmp_path / "home"
    home.mkdir()
    (home / "cache").symlink_to(cache, target_is_directory=True)
    settings, clock = load(places(home=home)), ManualClock(THURSDAY)
    migrate(settings.database_url, THURSDAY)
    here, there = Database(settings.database_url), Database(settings.database_url)
    words, clips, ear, glass = load_words(settings), open_clips(settings), RecordingPlayer(), Glass()
    speaker, jobs = Speaker(clips, ear, gap=0.0), PrintJobs(here, SITE, clock)
    tickets, health = Tickets(here, SITE, clock), HealthBoard(here, SITE, clock)
    desk = Desk(
        settings, words, load_pictures(settings), clock, Days(settings.calendar), tickets,
        Waits(here, SITE, clock, settings.series, settings.calling), jobs, HelpCalls(here, SITE, clock), health,
        Surveys(here, SITE, clock, settings.survey), speaker, lambda: open_link("virtual:", settings.places.slips),
    )  # fmt: skip
    lobby = Lobby(
        Sentences(settings, words), ChangeWatch(settings.database_url), LobbyCalls(here, SITE, clock), tickets, jobs,
        health, clock, speaker, clips, desk.wake_printer,
    )  # fmt: skip
    desk.attach(glass)
    visit = Visit(desk, settings, words, clock, choices_per_page=6, lowers=True, glass=Glassy())
    desk.start()
    lobby.start()
    visit.home()
    yield House(
        settings, clock, desk, glass, ear, visit, Tickets(there, SITE, clock), PrintJobs(there, SITE, clock),
        HelpCalls(there, SITE, clock), Counters(there, SITE, clock, settings.series, settings.calling),
        there,
    )  # fmt: skip
    lobby.stop()
    desk.stop()
    here.close()
    there.close()


def test_people_ahead_are_those_who_will_be_called_before(house: House) -> None:
    """Two ordinary numbers between two priority ones; a new counter begins with priority."""
    given = [house.issue(f"t{number}")[1] for number in range(4)]
    urgent, before = house.issue("p", TicketOrder("birth", "A", lane="priority", reason="elderly"))
    assert given == [0, 1, 2, 3]
    assert before == 0
    called = [house.counters.call_next(1).ticket.code]
    house.counters.start(1)
    house.counters.finish(1)
    assert called == [urgent.code]
    assert house.issue("c", TicketOrder("copy", "C"))[1] == 0
    assert house.issue("last")[1] == 4


def test_the_slip_says_as_many_as_the_screen(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        house.issue(f"t{number}")
    ticket, ahead = house.issue("mine")
    told: list[tuple[str, int]] = []
    make = house.desk.slip

    def slip(ticket: Ticket, people_ahead: int, again: bool = False) -> Slip:
        told.append((ticket.id, people_ahead))
        return make(ticket, people_ahead, again)

    monkeypatch.setattr(house.desk, "slip", slip)
    (job,) = house.jobs.of_ticket(ticket.id)
    house.desk.compose_slip(job)
    assert ahead == 3
    assert (ticket.id, 3) in told


def test_a_printer_that_is_known_is_sent_its_code_as_text(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket, _ = house.issue("t")
    (job,) = house.jobs.of_ticket(ticket.id)
    address = f"{house.settings.office.public_url}/t/{ticket.token}".encode()
    assert address not in house.desk.compose_slip(job)
    printer = house.settings.printer.model_copy(update={"profile": "known"})
    monkeypatch.setattr(house.desk, "_settings", replace(house.settings, printer=printer))
    assert address in house.desk.compose_slip(job)


def test_a_reprint_ordered_at_a_counter_is_printed_at_once(house: House) -> None:
    """Far sooner than the 20 s after which an idle printer looks by itself."""
    ticket, _ = house.issue("t")
    until(lambda: house.jobs.of_ticket(ticket.id)[0].state == "printed")
    assert house.jobs.reprint(ticket.id)
    assert until(lambda: house.jobs.of_ticket(ticket.id)[1].state == "printed", 10) < 10
    assert house.jobs.of_ticket(ticket.id)[1].kind == "reprint"
    until(lambda: house.glass.papers == [(ticket.id, True)] * 2)


# ---- the survey ------------------------------------------------------------------------------------------


def finished(house: House) -> list[str]:
    found: list[list[Ticket]] = []
    house.desk.finished(found.append)
    house.until(lambda: found)
    return [ticket.code for ticket in found[0]]


def rate(house: House, ticket: Ticket, response: str, criterion: str, answer: Any) -> str:
    found: list[str] = []
    house.desk.rate(ticket.token, response, criterion, answer, found.append)
    house.until(lambda: found)
    return found[0]


def serve(house: House) -> None:
    house.counters.call_next(1)
    house.counters.start(1)
    house.counters.finish(1)


def test_a_number_answers_at_the_machine_once_and_its_slip_stays_open(house: House) -> None:
    surveys = Surveys(house.database, SITE, house.clock, house.settings.survey)
    ticket, _ = house.issue("t")
    assert finished(house) == []
    assert rate(house, ticket, "", "polite", 5) == "", "not before it was served"
    serve(house)
    assert finished(house) == ["A001"]
    response = rate(house, ticket, "", "polite", 5)
    assert response
    assert rate(house, ticket, response, "clear", "skipped") == response
    assert finished(house) == []
    assert rate(house, ticket, "", "polite", 1) == "", "the first one wins"
    assert rate(house, ticket, response, "polite", 9) == "", "no such face"
    assert surveys.standing(ticket.token) == "open"
    given = surveys.answering(response)
    assert given
    assert given.answers == {"polite": 5, "clear": "skipped"}


def test_a_finish_that_is_undone_or_long_ago_offers_no_number(house: House) -> None:
    house.issue("t")
    serve(house)
    house.counters.undo(1)
    assert finished(house) == []
    house.counters.finish(1)
    assert finished(house) == ["A001"]
    house.clock.advance(16 * 60)
    assert finished(house) == []


# ---- help ------------------------------------------------------------------------------------------------


def ask_help(house: House) -> str:
    """Somebody in a visit presses help; the call as the counters see it."""
    house.clock.advance(1)
    house.visit.start()
    house.until(lambda: house.visit.view.screen == "service")
    house.clock.advance(1)
    house.visit.ask_help()
    house.settle()
    (call,) = house.help.open_calls()
    return call.id


def said(house: House) -> list[str]:
    until(lambda: not house.desk._speaker.speaking)
    return [entry.key for entry in house.ear.spoken]


def test_an_answer_at_a_counter_is_shown_and_spoken_once(house: House) -> None:
    call = ask_help(house)
    house.pass_time(3)
    assert "help-announce" in said(house)
    assert "help-coming" not in said(house)
    assert house.help.answer(call, "2")
    house.pass_time(6)
    assert isinstance(house.visit.view, views.HelpView)
    assert house.visit.view.answered
    assert house.visit.view.says == load_words(house.settings).shown("help-coming", "vi")
    assert said(house).count("help-coming") == 1


@pytest.mark.parametrize("leave", ["go_on", "home"])
def test_an_answer_for_somebody_who_went_on_changes_nothing(house: House, leave: str) -> None:
    call = ask_help(house)
    house.clock.advance(1)
    getattr(house.visit, leave)()
    assert [still.id for still in house.help.open_calls()] == [call]
    assert house.help.answer(call, "2")
    screen = house.visit.view.screen
    house.pass_time(5)
    assert house.visit.view.screen == screen
    assert "help-coming" not in said(house)


def test_a_call_that_is_not_needed_any_more_disappears(house: House) -> None:
    call = ask_help(house)
    house.clock.advance(1)
    house.visit.cancel_help()
    house.settle()
    assert house.help.open_calls() == []
    assert not house.help.answer(call, "2")
    assert house.visit.view.screen == "service"


def test_a_call_taken_back_before_the_office_knew_its_key_disappears_too(house: House) -> None:
    house.clock.advance(1)
    house.visit.ask_help()
    house.clock.advance(1)
    house.visit.cancel_help()
    house.settle()
    house.settle()
    assert house.help.open_calls() == []


def test_the_next_visitor_hears_nothing_of_the_last_ones_answer(house: House) -> None:
    call = ask_help(house)
    house.visit.home()
    house.help.answer(call, "2")
    fresh = ask_help(house)
    house.pass_time(3)
    assert fresh != call
    assert "help-coming" not in said(house)
