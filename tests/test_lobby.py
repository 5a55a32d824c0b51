"""The counters call in their own process, the lobby hears: each call whole, once, in order, whatever happens."""

from __future__ import annotations

import logging
import multiprocessing
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pytest

from kiosk import lobby as rooms
from kiosk.clock import ZONE, Clock, ManualClock, TrialClock
from kiosk.lobby import Lobby, Sentences
from kiosk.office.calls import LobbyCalls
from kiosk.office.changes import ChangeWatch
from kiosk.office.counters import Counters
from kiosk.office.database import Database, DatabaseError
from kiosk.office.health import HealthBoard
from kiosk.office.migrate import migrate
from kiosk.office.printjobs import PrintJobs
from kiosk.office.tickets import Tickets
from kiosk.office.types import LobbyCall, TicketOrder
from kiosk.settings import Settings, load, places
from kiosk.voice.clips import Clip, ClipStore
from kiosk.voice.player import Alarm, OnEnd, Player, PlayerError, RecordingPlayer
from kiosk.voice.speaker import Speaker
from kiosk.wiring import load_words, open_clips
from kiosk.words import Prompt
from tests.until import until
from tests.voice.test_speaker import Held

SITE = "an-tan"
THURSDAY = datetime(2026, 11, 26, 8, 0, tzinfo=ZONE)
ORDERS = [TicketOrder("birth", "A"), TicketOrder("birth", "A"), TicketOrder("copy", "C"), TicketOrder("copy", "C"),
          TicketOrder("health-card", "H")]  # fmt: skip


class Hasty:
    """A loudspeaker for which a second lasts a thirtieth."""

    name, available, volume = "hasty", True, 1.0

    def __init__(self) -> None:
        self._alarm = Alarm("hasty")

    def play(self, clip: Clip, on_end: OnEnd | None = None) -> None:
        self._alarm.set(clip.seconds / 30, on_end)

    def stop(self) -> None:
        self._alarm.clear()

    def close(self) -> None:
        self._alarm.close()


@dataclass
class Office:
    """The screen's process: its database, its loudspeaker, its lobby. `counters` stand for another process."""

    settings: Settings
    clips: ClipStore
    clock: Clock
    database: Database
    elsewhere: Database
    wakes: list[str] = field(default_factory=list)
    open: list[tuple[Lobby, Speaker]] = field(default_factory=list)
    watch: ChangeWatch | None = None
    pending: LobbyCalls | None = None

    @property
    def calls(self) -> LobbyCalls:
        return LobbyCalls(self.elsewhere, SITE, self.clock)

    @property
    def counters(self) -> Counters:
        return Counters(self.elsewhere, SITE, self.clock, self.settings.series, self.settings.calling)

    @property
    def inviting(self) -> Counters:
        """Counters whose *finish* invites to the survey."""
        return Counters(
            self.elsewhere, SITE, self.clock, self.settings.series, self.settings.calling, self.settings.surveys_on
        )

    def finish(self, counter: int, counters: Counters | None = None) -> None:
        """Whoever waits is served at `counter`, and invited."""
        counters = counters or self.inviting
        counters.call_next(counter)
        self.calls.spoken(self.calls.pending()[0].id)
        counters.start(counter)
        counters.finish(counter)

    @property
    def tickets(self) -> Tickets:
        return Tickets(self.elsewhere, SITE, self.clock)

    @property
    def jobs(self) -> PrintJobs:
        return PrintJobs(self.elsewhere, SITE, self.clock)

    @property
    def sentences(self) -> Sentences:
        return Sentences(self.settings, load_words(self.settings))

    def begin(self, player: Player, call_wait: float = 8.0) -> tuple[Lobby, Speaker]:
        speaker = Speaker(self.clips, player, gap=0.0, call_wait=call_wait)
        lobby = Lobby(
            self.sentences, self.watch or ChangeWatch(self.settings.database_url),
            self.pending or LobbyCalls(self.database, SITE, self.clock), Tickets(self.database, SITE, self.clock),
            PrintJobs(self.database, SITE, self.clock), HealthBoard(self.database, SITE, self.clock), self.clock,
            speaker, self.clips, lambda: self.wakes.append("wake"),
        )  # fmt: skip
        lobby.start()
        self.open.append((lobby, speaker))
        return lobby, speaker

    def end(self) -> None:
        for lobby, speaker in self.open:
            lobby.stop()
            speaker.close()
        self.open.clear()

    def give(self, orders: list[TicketOrder]) -> list[str]:
        """Numbers, without slips; their keys."""
        return [self.tickets.issue(f"t{n}", order, print_slip=False).id for n, order in enumerate(orders)]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def office(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(rooms, "RETRY_SECONDS", 0.02)
    home = tmp_path / "home"
    home.mkdir()
    (home / "cache").symlink_to(cache, target_is_directory=True)
    settings = load(places(home=home))
    migrate(settings.database_url, THURSDAY)
    database, elsewhere = Database(settings.database_url), Database(settings.database_url)
    opened = Office(settings, open_clips(settings), TrialClock(THURSDAY), database, elsewhere)
    yield opened
    opened.end()
    database.close()
    elsewhere.close()


def called(ear: RecordingPlayer) -> list[str]:
    """The calls that were begun, as "kind number counter"."""
    return [spelled(entry.clip.prompt) for entry in ear.spoken if entry.key.startswith("call-")]


def spelled(prompt: Prompt) -> str:
    kind, _, values = prompt.key.partition("?")
    known = dict(pair.split("=") for pair in values.split("&"))
    return f"{kind} {known['number']} {known['counter']}"


def burst(url: str, clock: str) -> None:
    """What three officers do within a moment: five calls."""
    settings = load(places())
    database = Database(url)
    counters = Counters(database, SITE, TrialClock.parse(clock), settings.series, settings.calling)
    for counter in (1, 2, 3):
        counters.call_next(counter)
    for counter in (1, 2):
        counters.start(counter)
        counters.finish(counter)
        counters.call_next(counter)
    database.close()


def in_another_process(action: Callable[..., None], *arguments: str) -> None:
    process = multiprocessing.get_context("spawn").Process(target=action, args=arguments)
    process.start()
    process.join(60)
    assert process.exitcode == 0


FIVE = ["call-number A001 1", "call-number C001 2", "call-number H001 3", "call-number A002 1", "call-number C002 2"]


def test_a_burst_of_calls_is_heard_whole_and_in_order(office: Office) -> None:
    ear = RecordingPlayer(Hasty())
    office.give(ORDERS)
    office.begin(ear)
    in_another_process(burst, office.settings.database_url, str(office.clock))
    until(lambda: len(called(ear)) >= 5 and not office.calls.pending())
    assert called(ear) == FIVE
    assert all(entry.whole for entry in ear.spoken)
    assert [entry.key for entry in ear.spoken][::2] == ["chime"] * 5


def test_calls_are_heard_while_a_citizen_is_spoken_to_and_touches(office: Office) -> None:
    """Nobody waits longer than the limit behind the screen's own speech, and no finger cuts a call."""
    words = load_words(office.settings)
    asks = [words.prompt(key, "vi") for key in ("service-ask", "bring-yes", "bring-no")]
    assert office.clips.prepare(asks) == []
    limit, ear = 0.6, RecordingPlayer(Hasty())
    office.give(ORDERS)
    _, speaker = office.begin(ear, call_wait=limit)
    over = threading.Event()

    def citizen() -> None:
        while not over.wait(0.07):
            speaker.click()
            speaker.say(asks * 40)

    visitor = threading.Thread(target=citizen)
    visitor.start()
    try:
        in_another_process(burst, office.settings.database_url, str(office.clock))
        until(lambda: len(called(ear)) >= 5 and not office.calls.pending())
    finally:
        over.set()
        visitor.join()
    assert called(ear) == FIVE
    assert all(entry.whole for entry in ear.spoken if entry.key.startswith(("call-", "chime")))
    assert any(entry.key == "service-ask" for entry in ear.spoken)
    chimes = [entry.started for entry in ear.spoken if entry.key == "chime"]
    ends = [entry.stopped for entry in ear.spoken if entry.key.startswith("call-")]
    for end, chime in zip(ends, chimes[1:], strict=False):
        assert end is not None
        assert chime - end < limit + 0.5


def test_a_long_speech_of_the_screen_holds_a_call_up_to_the_limit(office: Office) -> None:
    player = Held()
    _, speaker = office.begin(player, call_wait=0.3)
    speaker.say([load_words(office.settings).prompt("service-ask", "vi")])
    until(lambda: player.started)
    office.give(ORDERS[:1])
    office.counters.call_next(1)
    waited = until(lambda: player.started[-1] == "chime")
    assert waited < 1.5
    assert player.stopped


def test_who_is_called_again_is_spoken_again(office: Office) -> None:
    ear = RecordingPlayer(Hasty())
    office.give(ORDERS[:1])
    office.begin(ear)
    office.counters.call_next(1)
    until(lambda: called(ear) == ["call-number A001 1"])
    office.counters.recall(1)
    until(lambda: len(called(ear)) == 2)
    assert called(ear)[1] == "call-again A001 1"


def test_results_and_help_are_called_too(office: Office) -> None:
    ear = RecordingPlayer(Hasty())
    office.begin(ear)
    office.calls.say("result", code="A007", counter=2)
    office.calls.say("coming", counter=None)
    until(lambda: [entry.key for entry in ear.spoken][-1:] == ["help-coming"])
    assert called(ear) == ["call-result A007 2"]


def test_a_call_that_is_undone_before_its_turn_is_not_spoken(office: Office) -> None:
    player = Held()
    office.give(ORDERS)
    office.begin(player)
    office.counters.call_next(1)
    office.counters.call_next(2)
    office.counters.call_next(3)
    until(lambda: player.started == ["chime"])
    office.counters.undo(2)
    for _ in range(4):
        player.finish()
    until(lambda: not office.calls.pending())
    assert [spelled(Prompt(key, "vi", "")) for key in player.started if key != "chime"] == [FIVE[0], FIVE[2]]


def test_a_call_undone_while_the_screen_speaks_is_taken_back(office: Office) -> None:
    player = Held()
    office.give(ORDERS)
    _, speaker = office.begin(player, call_wait=60.0)
    speaker.say([load_words(office.settings).prompt("service-ask", "vi")])
    until(lambda: player.started)
    office.counters.call_next(1)
    until(lambda: speaker._calls)
    office.counters.undo(1)
    until(lambda: not speaker._calls)
    office.counters.call_next(2)
    until(lambda: speaker._calls)
    for _ in range(3):
        player.finish()
    until(lambda: not office.calls.pending())
    assert player.started == ["service-ask", "chime", "call-number?counter=2&number=C001"]


def test_a_restart_in_the_middle_of_a_call_speaks_it_again(office: Office) -> None:
    player = Held()
    office.give(ORDERS)
    office.begin(player)
    office.counters.call_next(1)
    office.counters.call_next(2)
    until(lambda: player.started == ["chime"])
    player.finish()
    until(lambda: len(player.started) == 2)
    office.end()
    assert len(office.calls.pending()) == 2
    ear = RecordingPlayer(Hasty())
    office.begin(ear)
    until(lambda: len(called(ear)) == 2 and not office.calls.pending())
    assert called(ear) == FIVE[:2]
    office.end()
    again = RecordingPlayer(Hasty())
    office.begin(again)
    until(lambda: health(office))
    office.counters.call_next(3)
    until(lambda: called(again))
    assert called(again) == [FIVE[2]]


def test_what_is_older_than_two_minutes_is_not_spoken(office: Office) -> None:
    clock = office.clock = ManualClock(THURSDAY)
    office.calls.say("call", code="A001", counter=1)
    clock.advance(60)
    office.calls.say("call", code="A002", counter=1)
    clock.advance(61)
    ear = RecordingPlayer(Hasty())
    office.begin(ear)
    until(lambda: called(ear))
    office.calls.say("call", code="A003", counter=1)
    until(lambda: len(called(ear)) == 2)
    assert called(ear) == ["call-number A002 1", "call-number A003 1"]


class AwayWatch(ChangeWatch):
    """A database that goes away: nothing can be asked."""

    away, asked = False, 0

    def changed(self) -> bool:
        if self.away:
            self.asked += 1
            raise DatabaseError("The database does not answer.")
        return super().changed()


class AwayCalls(LobbyCalls):
    """A database that goes away just after the change was seen."""

    away, asked = False, 0

    def pending(self) -> list[LobbyCall]:
        if self.away:
            self.asked += 1
            raise DatabaseError("The database does not answer.")
        return super().pending()


@pytest.mark.parametrize("at", ["watch", "pending"])
def test_a_database_that_comes_back_is_told_once_and_loses_nothing(
    office: Office, caplog: pytest.LogCaptureFixture, at: str
) -> None:
    caplog.set_level(logging.INFO, "kiosk.lobby")
    office.watch = AwayWatch(office.settings.database_url)
    office.pending = AwayCalls(office.database, SITE, office.clock)
    away = office.watch if at == "watch" else office.pending
    ear = RecordingPlayer(Hasty())
    office.give(ORDERS)
    office.begin(ear)
    until(lambda: health(office))
    away.away = True
    office.counters.call_next(1)
    until(lambda: away.asked >= 5)
    assert called(ear) == []
    away.away = False
    until(lambda: called(ear) == FIVE[:1])
    office.counters.call_next(2)
    until(lambda: called(ear) == FIVE[:2])
    told = [record.message for record in caplog.records if record.name == "kiosk.lobby"]
    assert told == ["the lobby waits: The database does not answer.", "the lobby goes on"]


def test_a_call_that_cannot_be_written_down_is_not_spoken_twice(office: Office) -> None:
    class Unwritable(LobbyCalls):
        away, asked = True, 0

        def spoken(self, call_id: str) -> None:
            self.asked += 1
            if self.away:
                raise DatabaseError("The database cannot grow.")
            super().spoken(call_id)

    calls = office.pending = Unwritable(office.database, SITE, office.clock)
    ear = RecordingPlayer(Hasty())
    office.give(ORDERS)
    office.begin(ear)
    office.counters.call_next(1)
    until(lambda: calls.asked >= 3)
    office.counters.call_next(2)
    until(lambda: len(called(ear)) == 2)
    calls.away = False
    until(lambda: not office.calls.pending())
    assert called(ear) == FIVE[:2]


class Faulty(Hasty):
    """A loudspeaker that does not take the first call."""

    def __init__(self) -> None:
        super().__init__()
        self.tried: list[str] = []

    def play(self, clip: Clip, on_end: OnEnd | None = None) -> None:
        self.tried.append(clip.prompt.key)
        if clip.prompt.key.startswith("call-") and len(self.tried) == 2:
            raise PlayerError("the device is gone")
        super().play(clip, on_end)


@pytest.mark.parametrize(("tries", "heard"), [(3, "A001 A001 C001"), (1, "A001 C001")])
def test_a_call_that_no_device_took_is_tried_again_and_given_up_in_the_end(
    office: Office, monkeypatch: pytest.MonkeyPatch, tries: int, heard: str
) -> None:
    monkeypatch.setattr(rooms, "MOST_TRIES", tries)
    office.give(ORDERS)
    player = Faulty()
    office.begin(player)
    office.counters.call_next(1)
    office.counters.call_next(2)
    until(lambda: "call-number?counter=2&number=C001" in player.tried)
    assert [key.rpartition("=")[2] for key in player.tried if key != "chime"] == heard.split()


def test_a_call_without_words_holds_nobody_up(office: Office) -> None:
    ear = RecordingPlayer(Hasty())
    office.begin(ear)
    office.calls.say("sing", code="A001", counter=1)
    office.calls.say("call", code="A002", counter=None)
    office.calls.say("call", code="A003", counter=1)
    until(lambda: called(ear))
    assert called(ear) == ["call-number A003 1"]


def test_a_language_that_the_office_gave_up_is_not_spoken(office: Office) -> None:
    ear = RecordingPlayer(Hasty())
    office.begin(ear)
    office.calls.say("call", code="A001", counter=1, language="en")
    until(lambda: called(ear))
    assert ear.spoken[1].clip.prompt.language == "vi"
    assert office.clips.spelled(ear.spoken[1].clip.prompt) == "Mời số a, không, không, một, đến quầy số một."


def test_a_reprint_ordered_at_a_counter_wakes_the_printer_once(office: Office) -> None:
    (ticket,) = office.give(ORDERS[:1])
    office.begin(RecordingPlayer(Hasty()))
    until(lambda: health(office))
    assert office.wakes == []
    assert office.jobs.reprint(ticket)
    until(lambda: office.wakes)
    office.counters.call_next(1)  # another change, while the slip still waits
    until(lambda: not office.calls.pending())
    assert office.wakes == ["wake"]


def test_a_number_that_waits_has_its_call_ready(office: Office) -> None:
    office.begin(RecordingPlayer(Hasty()))
    ticket = office.tickets.issue("t", TicketOrder("copy", "C"), print_slip=False)
    prompts = list(office.sentences.ahead(ticket))
    assert prompts[0].key == "call-rate?number=C001"
    assert [spelled(prompt) for prompt in prompts[1:]] == ["call-number C001 2", "call-again C001 2"]
    until(lambda: all(office.clips.ready(prompt) for prompt in prompts))


# ---- the invitation to the survey ------------------------------------------------------------------------

INVITED = "call-rate?number=A001"


def test_finish_invites_to_the_survey_without_a_chime(office: Office) -> None:
    ear = RecordingPlayer(Hasty())
    office.give(ORDERS[:1])
    office.finish(1)
    office.begin(ear)
    until(lambda: [entry.key for entry in ear.spoken] == [INVITED] and not office.calls.pending())
    said = office.clips.spelled(ear.spoken[0].clip.prompt)
    assert said == "a, không, không, một: mời ông bà chấm điểm ở cửa ra."


def test_an_invitation_waits_for_silence_and_is_dropped_when_anything_is_called(office: Office) -> None:
    player = Held()
    office.give(ORDERS)
    _, speaker = office.begin(player, call_wait=60.0)
    speaker.say([load_words(office.settings).prompt("service-ask", "vi")])
    until(lambda: player.started)
    office.finish(1)
    until(lambda: [call.kind for call in office.calls.pending()] == ["rate"])
    until(lambda: not speaker._calls)  # the call of the number that is done was taken back
    office.counters.call_next(2)
    until(lambda: speaker._calls)
    for _ in range(3):
        player.finish()
    until(lambda: [call.kind for call in office.calls.pending()] == ["rate"])
    until(lambda: not speaker.speaking)
    office.calls.say("coming", counter=None)
    until(lambda: len(player.started) == 4)
    assert INVITED not in player.started


def test_a_call_cuts_an_invitation_off(office: Office) -> None:
    player = Held()
    office.give(ORDERS)
    office.begin(player)
    office.finish(1)
    until(lambda: player.started == [INVITED])
    office.counters.call_next(2)
    until(lambda: player.started == [INVITED, "chime"])
    assert player.stopped
    for _ in range(2):
        player.finish()
    until(lambda: [call.kind for call in office.calls.pending()] == ["rate"])
    assert player.started[2:] == ["call-number?counter=2&number=C001"]


def test_a_finish_that_is_undone_invites_nobody(office: Office) -> None:
    player = Held()
    office.give(ORDERS)
    office.begin(player)
    office.finish(1)
    until(lambda: player.started == [INVITED])
    office.inviting.undo(1)
    until(lambda: player.stopped)
    assert office.calls.pending() == []


def test_who_has_surely_left_is_not_invited(office: Office) -> None:
    clock = office.clock = ManualClock(THURSDAY)
    office.give(ORDERS[:1])
    office.finish(1)
    assert [call.kind for call in office.calls.pending()] == ["rate"]
    clock.advance(21)
    assert office.calls.pending() == []


def test_no_invitation_where_the_office_wants_none(office: Office) -> None:
    office.give(ORDERS[:3])
    settings = office.settings
    quiet = settings.calling.model_copy(update={"invite_by_voice": False})
    office.finish(1, Counters(office.elsewhere, SITE, office.clock, settings.series, quiet, settings.surveys_on))
    entrance = replace(settings, office=settings.office.model_copy(update={"place": "entrance"}))
    asks = entrance.surveys_on
    office.finish(2, Counters(office.elsewhere, SITE, office.clock, settings.series, settings.calling, asks))
    assert office.calls.pending() == []


def health(office: Office) -> dict[str, str]:
    board = HealthBoard(office.elsewhere, SITE, office.clock)
    return {row.device: f"{row.state} {row.detail}".strip() for row in board.all()}


def test_it_says_that_it_lives_again_and_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "BEAT_SECONDS", 0.05)
    office.begin(RecordingPlayer(Hasty()))
    until(lambda: len(health(office)) == 2)
    assert health(office) == {"kiosk": "ok", "loudspeaker": "ok virtual speaker over hasty"}
    board = HealthBoard(office.elsewhere, SITE, office.clock)
    first = board.all()[0].at
    until(lambda: board.all()[0].at > first)
    office.end()
    office.begin(RecordingPlayer())
    until(lambda: health(office)["loudspeaker"] == "silent virtual speaker")
