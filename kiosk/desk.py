"""Where the rooms meet at work, in the process that owns screen, printer and loudspeaker.

The screen asks here and is answered on its own thread; the office's database is spoken to on one worker thread, the
printer has a thread of its own, the loudspeaker too.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from kiosk.clock import Clock
from kiosk.office.crowd import crowd
from kiosk.office.days import Days
from kiosk.office.health import HealthBoard
from kiosk.office.help import HelpCalls
from kiosk.office.printjobs import PrintJobs
from kiosk.office.statistics import Missing
from kiosk.office.surveys import Surveys
from kiosk.office.tickets import Tickets
from kiosk.office.types import Crowd, Opening, PrintJob, Ticket, TicketOrder
from kiosk.office.waits import Waits
from kiosk.pictures import Pictures
from kiosk.printing import escpos, layout
from kiosk.printing.links import Link
from kiosk.printing.slip import Fact, Slip
from kiosk.printing.talk import PATIENCE, JobState, Patience, PrinterState
from kiosk.printing.worker import Job, Worker
from kiosk.settings import Settings
from kiosk.voice.clips import CHIME
from kiosk.voice.speaker import Speaker
from kiosk.watchdog import Heartbeat
from kiosk.words import Prompt, Words

log = logging.getLogger(__name__)

PLACE = "kiosk"
"""The name of this machine's place, for help calls."""
DOTS = {80: 576, 58: 384}
"""Paper width in mm → dots that are printed."""

ANSWER_SECONDS = 30.0
"""Seconds that one question to the database may take: three times the wait for a lock."""

Answer = TypeVar("Answer")


class Screen(Protocol):
    """What the desk tells the screen; both may be called from any thread."""

    def on_ui(self, action: Callable[[], None]) -> None: ...
    def paper(self, ticket_id: str, came: bool) -> None: ...


class Desk:
    """Numbers, slips, speech and help for the lobby screen."""

    def __init__(
        self,
        settings: Settings,
        words: Words,
        pictures: Pictures,
        clock: Clock,
        days: Days,
        tickets: Tickets,
        waits: Waits,
        jobs: PrintJobs,
        calls: HelpCalls,
        health: HealthBoard,
        surveys: Surveys,
        speaker: Speaker,
        open_link: Callable[[], Link],
        *,
        trial: bool = False,
        patience: Patience = PATIENCE,
    ) -> None:
        """`open_link` reaches the printer; `trial` marks every slip as not valid; `patience`: with the printer."""
        self._settings, self._words, self._pictures, self._clock = settings, words, pictures, clock
        self._days, self._tickets, self._waits, self._jobs = days, tickets, waits, jobs
        self._calls, self._health, self._surveys = calls, health, surveys
        self._speaker, self._trial = speaker, trial
        self._screen: Screen | None = None
        self._tasks: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="desk", daemon=True)
        self._news = _News(jobs, self._slip_news)
        self._printer = Worker(
            self._news, self.compose_slip, open_link, self._printer_news,
            speaks=settings.printer.profile == "known", patience=patience,
        )  # fmt: skip

    def attach(self, screen: Screen) -> None:
        """Say who is told; before start()."""
        self._screen = screen

    def start(self) -> None:
        """Settle what the last run left behind, then begin to work."""
        self._jobs.settle_leftovers()
        self._thread.start()
        self._printer.start()

    def stop(self) -> None:
        """Finish what was asked, then end."""
        self._printer.stop()
        self._tasks.put(None)
        self._thread.join(timeout=5.0)
        self._speaker.close()

    def minds(self) -> dict[str, Callable[[], bool]]:
        """What must answer for this process to count as alive: the database's worker, the printer's thread."""
        return {"database": Heartbeat(self._tasks.put, ANSWER_SECONDS).alive, "printer": lambda: self._printer.alive}

    # ---- numbers ---------------------------------------------------------------------------------------

    def opening(self) -> Opening:
        """Whether numbers are given now."""
        return self._days.opening(self._clock.now())

    def crowd(self, done: Callable[[Crowd | None], None]) -> None:
        """How full it is; None when the office cannot be asked."""
        self._ask(self._crowd, done, None)

    def _crowd(self) -> Crowd:
        capacity = self._settings.calendar.capacity
        waiting = self._tickets.waiting()
        if not capacity.warn:
            return Crowd(sum(waiting.values()), too_many=False)
        left = self._days.minutes_left(self._clock.now())
        return crowd(waiting, self._settings.series, capacity.counters_open, left)

    def issue(self, touch_id: str, order: TicketOrder, done: Callable[[Ticket | None, int], None]) -> None:
        """A number, and how many are before it; (None, 0) when it could not be given."""
        nothing: tuple[Ticket | None, int] = (None, 0)
        self._ask(lambda: self._issue(touch_id, order), lambda answer: done(*answer), nothing)

    def _issue(self, touch_id: str, order: TicketOrder) -> tuple[Ticket | None, int]:
        ticket = self._tickets.issue(touch_id, order)
        self._printer.wake()
        return ticket, self._waits.ahead(ticket)

    # ---- the survey ------------------------------------------------------------------------------------

    def finished(self, done: Callable[[list[Ticket]], None]) -> None:
        """The numbers that may answer here: finished lately, the newest first; none when it cannot be asked."""
        nobody: list[Ticket] = []
        self._ask(self._surveys.finished_lately, done, nobody)

    def rate(
        self, token: str, response: str, criterion: str, answer: int | Missing, done: Callable[[str], None]
    ) -> None:
        """Write an answer down that was given at this machine. `response`: the key that the first answer was given,
        "" for the first; `done` gets it, "" when nothing was written."""
        self._ask(lambda: self._rate(token, response, criterion, answer), done, "")

    def _rate(self, token: str, response: str, criterion: str, answer: int | Missing) -> str:
        if not response:
            begun = self._surveys.begin(token, "kiosk")
            response = begun.key if begun else ""
        return response if response and self._surveys.answer(response, criterion, answer) else ""

    # ---- slips -----------------------------------------------------------------------------------------

    def printer_ready(self) -> bool:
        """Whether a slip is likely to come."""
        return self._printer.state.ready

    def wake_printer(self) -> None:
        """There is a slip to print, ordered elsewhere. From any thread."""
        self._printer.wake()

    def compose_slip(self, job: Job) -> bytes:
        """A job → the bytes for the printer. Called on the printer's thread."""
        ticket = self._tickets.by_id(job.ticket_id)
        if ticket is None:
            raise LookupError("the job's ticket does not exist")
        slip = self.slip(ticket, self._waits.ahead(ticket), again=job.kind == "reprint")
        printer = self._settings.printer
        return escpos.encode(layout.compose(slip, DOTS[printer.paper_mm], self._pictures, printer.profile))

    def slip(self, ticket: Ticket, people_ahead: int, again: bool = False) -> Slip:
        """What stands on a ticket's paper, in the language of the visit."""
        language, settings = ticket.language, self._settings

        def words(key: str, **values: str | int) -> str:
            return " ".join(self._words.shown(key, language, **values).split())

        at = ticket.issued_at
        tile = settings.tiles[ticket.tile]
        counters = ", ".join(str(number) for number in settings.series[ticket.series].counters)
        return Slip(
            office=words("slip-office", name=settings.office.name, authority=settings.office.authority),
            date=words(
                "slip-date", weekday=words(f"Weekday-{at.weekday()}"), date=f"{at:%d/%m/%Y}", time=f"{at:%H:%M}"
            ),
            series=ticket.series,
            number=ticket.code[1:],
            service=tile.called(language),
            picture=tile.pictogram,
            facts=(
                Fact("seated", str(people_ahead), words("slip-ahead")),
                Fact("counter", counters, words("slip-counter")),
            ),
            missing_heading=words("slip-missing") if ticket.missing else "",
            missing=tuple(settings.documents[key].called(language) for key in ticket.missing),
            qr=f"{settings.office.public_url.rstrip('/')}/t/{ticket.token}",
            qr_caption=words("slip-qr"),
            note=words("slip-note"),
            reprint=words("slip-reprint") if again else "",
            trial=words("slip-trial") if self._trial else "",
        )

    def _slip_news(self, ticket_id: str, came: bool) -> None:
        if self._screen:
            self._screen.paper(ticket_id, came)

    def _printer_news(self, state: PrinterState) -> None:
        if not state.ready:
            self._news.held_up()
        detail = state.reason or ("near-end" if state.near_end else "")
        self._tasks.put(lambda: self._health.report("printer", state.kind, detail))

    # ---- help ------------------------------------------------------------------------------------------

    def call_help(self, done: Callable[[str], None]) -> None:
        """Tell the counters; `done` gets the call's key, "" when they cannot be told."""
        self._ask(lambda: self._calls.call(PLACE), done, "")

    def help_answered(self, call_id: str, done: Callable[[bool], None]) -> None:
        """Whether a counter said that somebody comes."""
        self._ask(lambda: self._calls.answered(call_id), done, False)

    def withdraw_help(self, call_id: str) -> None:
        """The citizen needs no help any more."""
        self._ask(lambda: self._calls.withdraw(call_id), lambda _: None, False)

    # ---- speech ----------------------------------------------------------------------------------------

    def say(self, prompts: Sequence[Prompt], on_start: Callable[[int], None] | None = None) -> None:
        """Speak, in place of what was said before; `on_start(i)` on the screen's thread as prompt i begins."""
        self._speaker.say(prompts, (lambda index: self._tell(on_start, index)) if on_start else None)

    def announce(self, prompts: Sequence[Prompt]) -> None:
        """Call into the lobby, after a chime."""
        self._speaker.announce([CHIME, *prompts])

    def hush(self) -> None:
        """Stop speaking to the citizen."""
        self._speaker.hush()

    def loudness(self, decibels: float) -> None:
        """How loud the citizen is spoken to, 0 dB or less below the calls."""
        self._speaker.loudness = decibels

    def click(self) -> None:
        """The sound of a touch that counted."""
        self._speaker.click()

    def speaking(self) -> bool:
        """Something is being said to the citizen here; what the lobby hears does not count."""
        return self._speaker.saying

    # ---- the worker ------------------------------------------------------------------------------------

    def _ask(self, question: Callable[[], Answer], done: Callable[[Answer], None], otherwise: Answer) -> None:
        """Run `question` on the worker's thread and hand its answer to `done` on the screen's."""

        def task() -> None:
            try:
                answer = question()
            except Exception:
                log.exception("the office did not answer")
                answer = otherwise
            self._tell(done, answer)

        self._tasks.put(task)

    def _tell(self, done: Callable[[Answer], None], answer: Answer) -> None:
        if self._screen:
            self._screen.on_ui(lambda: done(answer))

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            try:
                task()
            except Exception:
                log.exception("a task of the desk failed")


class _News:
    """The print jobs, with word to the screen of whether a ticket's paper came."""

    def __init__(self, jobs: PrintJobs, tell: Callable[[str, bool], None]) -> None:
        self._jobs, self._tell = jobs, tell
        self._tickets: dict[str, str] = {}
        self._printing = ""

    def next_queued(self) -> PrintJob | None:
        job = self._jobs.next_queued()
        self._tickets = {job.id: job.ticket_id} if job else {}
        return job

    def mark(self, job_id: str, state: JobState, reason: str = "") -> None:
        self._jobs.mark(job_id, state, reason)
        if job_id in self._tickets:
            if state == "printing":
                self._printing = self._tickets[job_id]
            else:
                self._printing = ""
                self._tell(self._tickets[job_id], state == "printed")

    def held_up(self) -> None:
        """The printer has stopped: what it was printing does not come for now."""
        if self._printing:
            self._tell(self._printing, False)
