"""The counters call, the lobby hears: the share of the process that owns loudspeaker and printer.

One thread looks for what other processes have written, ten times a second. Calls go to the loudspeaker one at a
time, in their order: the next one when the last has ended, so that a call that is undone meanwhile is never spoken.
A call is marked once it has been heard whole; until then a restart speaks it again, within the two minutes that it is
worth saying. Without a sound device the time of a call is kept and it counts as heard: the board shows it.

An invitation to the survey is less than a call: it is spoken into silence only, and dropped or cut off as soon as
anything is to be called. It comes without a chime, which means "listen for your number".
"""

from __future__ import annotations

import logging
import os
import queue
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from kiosk.clock import Clock
from kiosk.office.calls import INVITATION, LobbyCalls
from kiosk.office.changes import ChangeWatch
from kiosk.office.database import DatabaseError
from kiosk.office.health import HealthBoard
from kiosk.office.printjobs import PrintJobs
from kiosk.office.tickets import Tickets
from kiosk.office.types import LobbyCall, Ticket
from kiosk.settings import Settings
from kiosk.voice.clips import CHIME, ClipStore
from kiosk.voice.speaker import Speaker
from kiosk.words import Prompt, Words, WordsError

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.1
"""How often a change is looked for; the answer costs microseconds."""
RETRY_SECONDS = 1.0
"""How long to let a database alone that did not answer."""
BEAT_SECONDS = 10.0
"""How often this process says that it lives."""
MOST_TRIES = 3
"""A call that could not be played is called again so often in all."""
BEHIND = 10
"""The niceness of making sentences ahead: the screen, the printer and the voice go before."""


class Sentences:
    """What the loudspeaker says for a call."""

    def __init__(self, settings: Settings, words: Words) -> None:
        self._settings, self._words = settings, words

    def of(self, call: LobbyCall) -> Prompt:
        """The sentence of a call, in the language of its ticket. Raises WordsError or KeyError when there is none."""
        language = self._spoken(call.language)
        if call.kind == "coming":
            return self._words.prompt("help-coming", language)
        if call.kind == INVITATION:
            return self._invitation(language, call.code)
        if call.counter is None:
            raise KeyError("a call without its counter")
        return self._sentence(call.kind, language, call.code, call.counter)

    def ahead(self, ticket: Ticket) -> Iterator[Prompt]:
        """What will be said when this ticket is called, whichever counter of its series calls it, and when it is
        finished."""
        series = self._settings.series.get(ticket.series)
        if self._settings.calling.invite_by_voice and self._settings.surveys_on(ticket.day):
            yield self._invitation(self._spoken(ticket.language), ticket.code)
        for counter in series.counters if series else ():
            for kind in ("call", "recall"):
                yield self._sentence(kind, self._spoken(ticket.language), ticket.code, counter)

    def rehearsal(self) -> Iterator[Prompt]:
        """A sentence of each kind for the first number of each series: a mistake in the words is found at start."""
        for language in self._settings.office.languages:
            for series in self._settings.series.values():
                for kind in ("call", "recall", "result"):
                    yield self._sentence(kind, language, f"{series.letter}001", series.counters[0])
                yield self._invitation(language, f"{series.letter}001")

    def _spoken(self, language: str) -> str:
        """A language that the office has given up since is not spoken any more."""
        known = self._settings.office.languages
        return language if language in known else known[0]

    def _invitation(self, language: str, code: str) -> Prompt:
        return self._words.prompt("call-rate", language, number=code)

    def _sentence(self, kind: str, language: str, code: str, counter: int) -> Prompt:
        key = {"call": "call-number", "recall": "call-again", "result": "call-result"}[kind]
        return self._words.prompt(key, language, number=code, counter=counter)


class Ahead:
    """Makes sentences before they are needed, on a thread of low priority, each once."""

    def __init__(self, clips: ClipStore) -> None:
        self._clips = clips
        self._asked: set[Prompt] = set()
        self._queue: queue.SimpleQueue[list[Prompt] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="calls-ahead", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def want(self, prompts: Sequence[Prompt]) -> None:
        """These are said soon; what is not asked for any more is forgotten. Returns at once; from one thread."""
        wanted = set(prompts)
        missing = [prompt for prompt in prompts if prompt not in self._asked]
        self._asked = wanted
        if missing:
            self._queue.put(missing)

    def stop(self) -> None:
        """End after what is being made."""
        self._queue.put(None)

    def _run(self) -> None:
        # Linux keeps a niceness for each thread, and the engine's process inherits it
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), BEHIND)
        while (missing := self._queue.get()) is not None:
            try:
                self._clips.prepare(missing)
            except Exception:
                log.exception("sentences could not be made ahead")


class Lobby:
    """Watches the database for what this process has to say, to print and to report."""

    def __init__(
        self,
        sentences: Sentences,
        watch: ChangeWatch,
        calls: LobbyCalls,
        tickets: Tickets,
        jobs: PrintJobs,
        health: HealthBoard,
        clock: Clock,
        speaker: Speaker,
        clips: ClipStore,
        wake_printer: Callable[[], None],
    ) -> None:
        """`watch` is ours from now on; `wake_printer` is told of slips that were ordered elsewhere."""
        self._sentences, self._watch, self._calls = sentences, watch, calls
        self._tickets, self._jobs, self._health, self._clock = tickets, jobs, health, clock
        self._speaker, self._clips, self._wake_printer = speaker, clips, wake_printer
        self._ahead = Ahead(clips)
        self._ended: queue.SimpleQueue[tuple[LobbyCall, bool]] = queue.SimpleQueue()
        """Calls that the loudspeaker has done with, and whether they were heard."""
        self._now: LobbyCall | None = None
        """The call that the loudspeaker has, and its handle there."""
        self._handle: object = None
        self._done: set[str] = set()
        """Calls that are not handed over any more: heard, or given up."""
        self._unmarked: list[str] = []
        """Heard, and not yet written down."""
        self._tries: Counter[str] = Counter()
        self._woken_for = ""
        self._look_due, self._beat_due = True, -1e9
        self._until_quiet = False
        """Somebody is to be invited as soon as it is quiet."""
        self._trouble = ""
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="lobby", daemon=True)

    def start(self) -> None:
        """Begin; may be called once."""
        self._ahead.start()
        self._thread.start()

    def stop(self) -> None:
        """End. A call that is being spoken is not marked, so the next start speaks it again."""
        self._stopping.set()
        self._wake.set()
        self._ahead.stop()
        if self._thread.ident is not None:
            self._thread.join(timeout=5.0)

    # ---- the thread ------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            self._settle(self._turn)
            self._wake.wait(RETRY_SECONDS if self._trouble else LOOK_SECONDS)
        self._watch.close()

    def _settle(self, turn: Callable[[], None]) -> None:
        """Whatever happens, the lobby goes on. A trouble is told when it comes and when it has gone."""
        try:
            turn()
        except Exception as error:
            if str(error) != self._trouble:
                unknown = None if isinstance(error, DatabaseError) else error
                log.warning("the lobby waits: %s", error, exc_info=unknown)
            self._trouble = str(error) or type(error).__name__
        else:
            if self._trouble:
                log.info("the lobby goes on")
            self._trouble = ""

    def _turn(self) -> None:
        self._take_ends()
        self._look_due = self._watch.changed() or self._look_due
        if self._look_due:
            self._look()
            self._look_due = False  # only now: a change that could not be read is read at the next turn
        elif self._until_quiet:
            self._call(self._calls.pending())
        self._mark()  # after the look: the next call does not wait until the last one is written down
        self._beat()

    def _look(self) -> None:
        pending = self._calls.pending()
        self._call(pending)
        self._look_for_slips()
        waiting = [prompt for ticket in self._tickets.all_waiting() for prompt in self._sentences.ahead(ticket)]
        self._ahead.want(waiting)

    # ---- calls -----------------------------------------------------------------------------------------

    def _call(self, pending: Sequence[LobbyCall]) -> None:
        """Hand the next call over, if the loudspeaker has none of ours."""
        self._until_quiet = False
        open_calls = {call.id for call in pending}
        self._done &= open_calls
        if self._now and self._now.id not in open_calls and self._take_back(self._now):
            self._now = None
        calls = [call for call in pending if call.kind != INVITATION]
        invitations = [call for call in pending if call.kind == INVITATION and call.id not in self._done]
        if any(call.id not in self._done for call in calls):
            self._forget(invitations)
            invitations = []
        for call in calls:
            if self._now:
                return
            if call.id not in self._done:
                self._hand_over(call)
        self._invite(invitations)

    def _take_back(self, call: LobbyCall) -> bool:
        """It is not to be said any more. A call that has begun is spoken whole, an invitation is cut off."""
        if call.kind != INVITATION:
            return self._speaker.withdraw(self._handle)
        self._speaker.drop(self._handle)
        return True

    def _forget(self, invitations: Sequence[LobbyCall]) -> None:
        """Something is to be called: whoever was to be invited goes without."""
        self._done |= {call.id for call in invitations}
        if self._now and self._now.kind == INVITATION and self._take_back(self._now):
            self._now = None

    def _invite(self, invitations: Sequence[LobbyCall]) -> None:
        """The next invitation, once nothing at all is being said."""
        if self._now or not invitations:
            return
        if self._speaker.speaking:
            self._until_quiet = True
        else:
            self._hand_over(invitations[0])

    def _hand_over(self, call: LobbyCall) -> None:
        try:
            sentence = self._sentences.of(call)
        except (WordsError, KeyError):
            log.exception("there are no words for a call of kind %s", call.kind)
            self._done.add(call.id)
            return
        self._now = call
        prompts = [sentence] if call.kind == INVITATION else [CHIME, sentence]
        self._handle = self._speaker.announce(
            prompts, lambda: self._end(call, True), lambda: self._end(call, False)
        )

    def _end(self, call: LobbyCall, heard: bool) -> None:
        """On the loudspeaker's thread."""
        self._ended.put((call, heard))
        self._wake.set()

    def _take_ends(self) -> None:
        while not self._ended.empty():
            call, heard = self._ended.get()
            if self._now and self._now.id == call.id:  # not one that was cut off just as it ended
                self._now = None
            self._look_due = True
            self._tries[call.id] += 1
            if heard:
                self._unmarked.append(call.id)
            if heard or self._tries[call.id] >= MOST_TRIES:
                self._done.add(call.id)
                del self._tries[call.id]

    def _mark(self) -> None:
        while self._unmarked:
            self._calls.spoken(self._unmarked[0])
            del self._unmarked[0]

    # ---- slips and health ------------------------------------------------------------------------------

    def _look_for_slips(self) -> None:
        """The printer is woken once for each slip that has come to the head of its queue; an absent printer's own
        pauses stay as they are."""
        job = self._jobs.next_queued()
        if job and job.id != self._woken_for:
            self._wake_printer()
        self._woken_for = job.id if job else ""

    def _beat(self) -> None:
        now = self._clock.monotonic()
        if now < self._beat_due:
            return
        self._health.report("kiosk", "ok")
        player = self._speaker.player
        self._health.report("loudspeaker", "ok" if player.available else "silent", self._clips.problem or player.name)
        self._beat_due = now + BEAT_SECONDS
