"""Visits through the real application, each in a process of its own (Kivy has one window in its life).

Called by test_journeys.py through `alone`; everything asserted here is asserted inside the running application.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from kiosk.clock import ZONE, TrialClock
from kiosk.office.calls import LobbyCalls
from kiosk.office.counters import Counters
from kiosk.office.database import Database
from kiosk.office.migrate import migrate
from kiosk.office.surveys import Surveys
from kiosk.office.tables import AnswerRow, PrintJobRow, ResponseRow, TicketRow
from kiosk.settings import Settings, Wifi, load, places
from kiosk.voice.player import RecordingPlayer
from kiosk.wiring import LobbyScreen, build_screen

THURSDAY = datetime(2026, 11, 26, 8, 0, tzinfo=ZONE)
PREPARED = 90
"""Prompts made before a visit: all that a visit for a birth says, and the first numbers."""


def alone(scenario: Callable[..., Any], *arguments: Any) -> Any:
    """Run `scenario` in a fresh process and hand back what it returns; what it raises is raised here."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        return pool.submit(scenario, *arguments).result(timeout=180)


@dataclass
class Visitor:
    """The running application with a hand before it and an ear beside it."""

    lobby: LobbyScreen
    hand: Any
    ear: RecordingPlayer
    heard_before: int = 0
    steps: list[tuple[str, list[str]]] = field(default_factory=list)

    @property
    def view(self) -> Any:
        return self.lobby.app.visit.view

    def listen(self) -> list[str]:
        """What was said since the last time, once it is quiet; each clip is the one that its words demand."""
        self.hand.until(lambda: not self.lobby.speaker.speaking, 60, "the voice did not end")
        spoken = [entry for entry in self.ear.spoken[self.heard_before :] if entry.clip.prompt.language]
        self.heard_before = len(self.ear.spoken)
        for entry in spoken:
            clip = self.lobby.clips.ready(entry.clip.prompt)
            assert clip is not None
            assert clip.pcm_hash == entry.pcm_hash
        return [entry.key for entry in spoken]

    def arrive(self, screen: str) -> None:
        """Wait for `screen`, and note what it said."""
        self.hand.on(screen)
        self.steps.append((screen, self.listen()))

    def go(self, *path: tuple[str, str]) -> None:
        """Press each target and arrive at each screen."""
        for target, screen in path:
            self.hand.press(target)
            self.arrive(screen)

    def rows(self) -> tuple[list[TicketRow], list[PrintJobRow]]:
        """The office's tickets and print jobs."""
        with self.lobby.database.read() as session:
            tickets = list(session.execute(select(TicketRow)).scalars())
            return tickets, list(session.execute(select(PrintJobRow)).scalars())


TO_CONFIRM = (("start", "service"), ("birth", "bring"), ("yes", "bring"), ("no", "confirm"))


@contextmanager
def visitor(
    home: Path, address: str, change: Callable[[Settings], Settings] = lambda s: s, clock: TrialClock | None = None
) -> Iterator[Visitor]:
    """The kiosk of a fresh office on a Thursday morning, off-screen, at the reference size. `clock`: that of
    another process too."""
    settings = load(places(home=home))
    settings = change(replace(settings, printer=settings.printer.model_copy(update={"address": address})))
    migrate(settings.database_url, THURSDAY)
    ear = RecordingPlayer()
    lobby = build_screen(settings, clock or TrialClock(THURSDAY), player=ear, offscreen=True)
    lobby.clips.prepare(lobby.prompts[:PREPARED])
    lobby.desk.start()
    lobby.lobby.start()
    lobby.app.open()
    from kiosk.screens.driver import Hand

    somebody = Visitor(lobby, Hand(lobby.app), ear)
    somebody.arrive("attract")
    try:
        yield somebody
    finally:
        lobby.stop()


def whole_visit(home: Path, address: str) -> list[tuple[str, list[str]]]:
    """From the first touch to the printed slip, and home again."""
    with visitor(home, address) as somebody:
        somebody.hand.until(lambda: somebody.lobby.desk.printer_ready(), 20, "the printer was not found")
        somebody.go(*TO_CONFIRM, ("yes", "ticket"))
        assert somebody.view.code == "A001"
        assert somebody.view.paper
        somebody.hand.until(lambda: somebody.rows()[1][0].state == "printed", 30, "the slip was not confirmed")
        (ticket,), _ = somebody.rows()
        assert (ticket.tile, ticket.missing, ticket.state) == ("birth", "id-card", "waiting")
        somebody.hand.photograph(home / "ticket.png")
        return somebody.steps


def call_from_a_counter(url: str, clock: str, *steps: str) -> None:
    """An officer's process: each step at counter 1."""
    settings = load(places())
    database = Database(url)
    counters = Counters(database, settings.office.site, TrialClock.parse(clock), settings.series, settings.calling)
    for step in steps:
        getattr(counters, step)(1)
    database.close()


def called_while_the_next_one_chooses(home: Path, address: str) -> None:
    """A number is called and called again from another process; the next visitor's screen goes on meanwhile."""
    with visitor(home, address) as somebody:
        somebody.go(*TO_CONFIRM, ("yes", "ticket"))
        somebody.lobby.app.visit.home()
        somebody.go(("start", "service"))
        officer = multiprocessing.get_context("spawn").Process(
            target=call_from_a_counter,
            args=(somebody.lobby.settings.database_url, str(somebody.lobby.clock), "call_next", "recall"),
        )
        officer.start()
        calls = LobbyCalls(somebody.lobby.database, somebody.lobby.settings.office.site, somebody.lobby.clock)
        hand = somebody.hand
        hand.until(lambda: officer.exitcode is not None, 60, "the officer's process did not end")
        assert officer.exitcode == 0
        hand.press("birth")  # a touch, with calls in the air
        hand.until(lambda: not calls.pending(), 60, "the calls were not heard")
        heard = [entry for entry in somebody.ear.spoken if entry.key.startswith("call-")]
        assert [entry.key for entry in heard] == [
            "call-number?counter=1&number=A001", "call-again?counter=1&number=A001",
        ]  # fmt: skip
        assert all(entry.whole for entry in heard)
        assert somebody.view.screen == "bring"


def hasty_fingers(home: Path, address: str) -> None:
    """Ten quick taps, two fingers at once, taps while the screen changes: one ticket."""
    with visitor(home, address) as somebody:
        hand = somebody.hand
        somebody.go(*TO_CONFIRM)
        hand.settle()
        x, y = hand.key("yes").center
        other = hand.key("no").center
        first, second = hand.down(x, y), hand.down(*other)
        hand.up(second)
        hand.up(first)
        for _ in range(10):
            hand.tap(x, y)
        hand.on("ticket")
        tickets, jobs = somebody.rows()
        assert [(row.series, row.number) for row in tickets] == [("A", 1)]
        assert len(jobs) == 1
        # the next person, as hasty: taps fall on every screen while it comes
        somebody.lobby.app.visit.home()
        for target, screen in (("start", "service"), ("certify", "service"), ("copy", "bring")):
            hand.press(target)
            for _ in range(3):
                hand.tap(540, 1100)
            hand.on(screen)
        assert len(somebody.rows()[0]) == 1


def a_palm(home: Path, address: str) -> None:
    """A second finger never chooses; sliding off cancels; a touch that stays down chooses once."""
    with visitor(home, address) as somebody:
        hand = somebody.hand
        somebody.go(("start", "service"))
        hand.settle()
        resting = hand.down(5, 1000)
        hand.pump()
        hand.tap(*hand.key("birth").center)
        assert somebody.view.screen == "service"
        hand.up(resting)
        hand.settle()
        slid = hand.down(*hand.key("birth").center)
        hand.pump()
        slid.move((0.5, 0.02))
        hand.up(slid)
        hand.pump(3)
        assert somebody.view.screen == "service"
        somebody.go(("birth", "bring"))


def no_paper(home: Path, address: str, reason: str) -> None:
    """The printer gives nothing: the number stands and is said, the job waits; then it prints (the caller helps).

    Touches `home/silent` when the number stands, and waits for the job to be printed."""
    with visitor(home, address) as somebody:
        somebody.go(*TO_CONFIRM)
        somebody.hand.press("yes")
        somebody.hand.on("ticket")
        somebody.hand.until(lambda: not somebody.view.paper, 20, "the screen did not learn that no paper comes")
        said = somebody.listen()
        assert said.count("ticket-number?number=A001") >= 1
        assert "ticket-no-paper" in said
        assert somebody.view.code == "A001"
        (job,) = somebody.rows()[1]
        assert (job.state, job.reason) == ("queued", reason)
        somebody.hand.photograph(home / "no-paper.png")
        (home / "silent").touch()
        somebody.hand.until(
            lambda: somebody.rows()[1][0].state == "printed", 60, "the slip was not printed in the end"
        )
        assert len(somebody.rows()[1]) == 1


def a_fault(home: Path, address: str) -> None:
    """An exception anywhere on the screen's thread: the trouble screen, a call for help, then home."""
    with visitor(home, address) as somebody:
        board = somebody.lobby.app.visit.board
        somebody.go(("start", "service"))

        def fault(*_: object) -> None:
            raise RuntimeError("a bug")

        board.bring = fault
        somebody.hand.press("birth")
        somebody.arrive("trouble")
        assert "help-announce" in somebody.steps[-1][1]
        somebody.hand.photograph(home / "trouble.png")
        somebody.lobby.app.visit.home()
        somebody.arrive("attract")


def every_bar(home: Path, address: str) -> dict[str, bytes]:
    """The bar's pixels on each screen (Listen again and Help; Back where there is one)."""
    bars: dict[str, bytes] = {}
    with visitor(home, address) as somebody:
        theme = somebody.lobby.app.theme

        def keep(name: str) -> None:
            spoke = [time.monotonic()]

            def all_was_said() -> bool:
                """For a second: a sentence that is still being made leaves a pause before it."""
                if somebody.lobby.speaker.speaking or somebody.lobby.app.speaking:
                    spoke[0] = time.monotonic()
                return time.monotonic() - spoke[0] > 1.0

            somebody.hand.until(all_was_said, 60)
            picture = somebody.hand.picture()
            for index, key in enumerate(theme.bar_keys):
                box = (key.x - 4, key.y - 4, key.right + 4, key.bottom + 4)
                bars[f"{name}-{index}"] = picture.crop(box).tobytes()

        keep("attract")
        for target, screen in TO_CONFIRM:
            somebody.go((target, screen))
            keep(f"{target}-{screen}")
        somebody.go(("yes", "ticket"))
        keep("ticket")
    return bars


def way_out(home: Path, address: str) -> None:
    """The network's code, then the survey's; both are read from the glass."""
    import zxingcpp

    def with_wifi(settings: Settings) -> Settings:
        return replace(settings, wifi=Wifi(ssid="Mot cua An Tan", password="khachhang2026"))

    with visitor(home, address, with_wifi) as somebody:
        per_mm = somebody.lobby.app.theme.px_per_mm
        somebody.go(("exit", "exit"))
        wanted = ("WIFI:T:WPA;S:Mot cua An Tan;P:khachhang2026;;", "http://192.168.8.10:8080/s")
        for index, text in enumerate(wanted):
            if index:
                somebody.go(("next", "exit"))
            (code,) = zxingcpp.read_barcodes(somebody.hand.picture())
            assert code.text == text
            assert (code.position.top_right.x - code.position.top_left.x) / per_mm >= 40
        somebody.hand.press("back")
        somebody.hand.press("back")
        somebody.arrive("attract")


def a_face(home: Path, address: str) -> list[tuple[str, list[str]]]:
    """Served at a counter, then the own number, its code read off the glass, two faces, thanks, home by a touch."""
    import zxingcpp

    with visitor(home, address) as somebody:
        hand = somebody.hand
        for target, screen in (*TO_CONFIRM, ("yes", "ticket")):  # in haste: what is said here others have heard
            hand.press(target)
            hand.on(screen)
        (ticket,), _ = somebody.rows()
        clock, settings, database = somebody.lobby.clock, somebody.lobby.settings, somebody.lobby.database
        counters = Counters(database, ticket.site, clock, settings.series, settings.calling, settings.surveys_on)
        calls = LobbyCalls(database, ticket.site, clock)
        somebody.lobby.app.visit.home()
        counters.call_next(1)
        hand.until(lambda: not calls.pending(), 30, "the call was not heard whole")
        counters.start(1)
        counters.finish(1)
        hand.until(lambda: not calls.pending(), 15, "the invitation was not heard whole")
        assert somebody.listen()[-1] == "call-rate?number=A001"
        somebody.steps.clear()
        somebody.go(("exit", "numbers"), ("A001", "rate"))
        (code,) = zxingcpp.read_barcodes(hand.picture())
        assert code.text == f"http://192.168.8.10:8080/t/{ticket.token}"
        width = (code.position.top_right.x - code.position.top_left.x) / somebody.lobby.app.theme.px_per_mm
        assert width >= 40
        faces = [hand.key(str(value)) for value in (5, 4, 3, 2, 1)]
        assert len({tuple(face.size) for face in faces}) == 1
        assert {face.mark for face in faces} == {"normal"}
        hand.press("4")
        hand.until(lambda: somebody.view.index == 1, 15, "the second question did not come")
        somebody.arrive("rate")
        somebody.go(("2", "thanks"))
        end = time.monotonic() + 3
        hand.until(lambda: time.monotonic() > end)
        hand.tap(540, 1100)
        hand.on("attract")
        assert Surveys(database, ticket.site, clock, settings.survey).standing(ticket.token) == "open"
        with database.read() as session:
            (response,) = session.execute(select(ResponseRow)).scalars()
            answers = session.execute(select(AnswerRow).where(AnswerRow.response == response.key)).scalars()
            assert (response.channel, response.series) == ("kiosk", "A")
            assert sorted((row.criterion, row.value) for row in answers) == [("clear", 2), ("polite", 4)]
        return somebody.steps


def numbers_then_the_way_out(home: Path, address: str, clock: str, public_url: str, count: int) -> None:
    """`count` people take a number and its slip. When the counters are done with them (the caller makes
    `home/finished`), the exit's code is photographed, then the own codes of the third and the fourth number; the
    third one taps two faces as well."""

    def reached(settings: Settings) -> Settings:
        return replace(settings, office=settings.office.model_copy(update={"public_url": public_url}))

    with visitor(home, address, reached, TrialClock.parse(clock)) as somebody:
        hand = somebody.hand

        def go(*path: tuple[str, str]) -> None:
            for target, screen in path:
                hand.press(target)
                hand.on(screen)

        def printed(number: int) -> bool:
            return sum(job.state == "printed" for job in somebody.rows()[1]) == number

        hand.until(lambda: somebody.lobby.desk.printer_ready(), 20, "the printer was not found")
        for number in range(1, count + 1):
            go(*TO_CONFIRM, ("yes", "ticket"))
            hand.until(lambda number=number: printed(number), 30, "a slip was not confirmed")
            somebody.lobby.app.visit.home()
            hand.on("attract")
        hand.until((home / "finished").exists, 90, "the counters did not finish")
        go(("exit", "numbers"), ("not-here", "exit"))
        hand.photograph(home / "glass" / "exit.png")
        for code in ("A003", "A004"):
            somebody.lobby.app.visit.home()
            hand.on("attract")
            go(("exit", "numbers"), (code, "rate"))
            hand.photograph(home / "glass" / f"{code}.png")
            if code == "A003":
                hand.press("4")
                hand.until(lambda: somebody.view.index == 1, 15, "the second question did not come")
                go(("2", "thanks"))


def words_cut_in_every_way(home: Path) -> dict[str, list[str]]:
    """What `misfits` says of a face's word that Kivy cuts: by a height, a number of lines, leave to shorten, or the
    glass's own edge. "whole": before and after."""
    from kiosk.album import THURSDAY as THEN
    from kiosk.album import QuietDesk, for_size, scenes
    from kiosk.clock import ManualClock
    from kiosk.screens.environment import prepare_environment
    from kiosk.wiring import load_pictures, load_words

    settings = for_size(load(places(home=home)), "10", "vi")
    prepare_environment(settings, offscreen=True, windowed=True)
    from kiosk.screens.app import KioskApp
    from kiosk.screens.driver import Hand
    from kiosk.screens.pieces import Text

    words = load_words(settings)
    app = KioskApp(settings, words, load_pictures(settings), QuietDesk(), ManualClock(THEN))
    app.open()
    hand, found = Hand(app), {}
    app.show(next(one.view for one in scenes(settings, app.visit.board, words, "vi") if one.name == "rate-next"))
    hand.pump(3)
    face = next(one for one in app.glass.walk() if isinstance(one, Text) and one.words == "Rất hài lòng")
    found["whole"] = app.misfits()
    for way, changes in {
        "height": {"text_size": (None, face.font_size * 1.3)}, "lines": {"max_lines": 1},
        "shorten": {"text_size": (face.font_size * 3, None), "shorten": True}, "edge": {"x": -face.width * 0.7},
    }.items():  # fmt: skip
        before = {name: getattr(face, name) for name in changes}
        for name, value in changes.items():
            setattr(face, name, value)
        face.texture_update()
        found[way] = app.misfits()
        for name, value in before.items():
            setattr(face, name, value)
        face.texture_update()
        found["whole"] += app.misfits()
    return found
