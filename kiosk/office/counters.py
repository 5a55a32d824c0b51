"""The counters' work: every step is one transaction that moves a ticket, writes an event and can be undone.

waiting ──call──▶ called ──start──▶ serving ──finish──▶ done
   ▲                │ absent           │ fetch a paper ──▶ away ──call──▶ called (same counter)
   ├────────────────┤ transfer         │ transfer
   │                └─ third absence ──▶ cancelled            end of the day: unserved
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kiosk.clock import Clock, business_day
from kiosk.office import ids
from kiosk.office.database import Database
from kiosk.office.order import Pick, Waiting, line_up, run_after
from kiosk.office.tables import CallRow, CounterRow, TicketEvent, TicketRow
from kiosk.office.tickets import as_ticket
from kiosk.office.types import AtCounter, CounterView, InLine, Ticket
from kiosk.settings import Calling, Series

AT_COUNTER = ("called", "serving")
_UNDONE = (
    "state", "queue", "queued_at", "counter", "officer_id", "called_at", "started_at", "finished_at", "calls",
    "absences", "pick", "tile",
)  # fmt: skip
"""What a step may change of a ticket, and undo brings back."""


class Refused(Exception):
    """A step that cannot be taken now. `key`: why, as the end of a words key ("finish-first")."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)


class Counters:
    """The counters of one site."""

    def __init__(
        self, database: Database, site: str, clock: Clock, series: Mapping[str, Series], calling: Calling
    ) -> None:
        self._database, self._site, self._clock = database, site, clock
        self._series, self._calling = series, calling

    # ---- looking ---------------------------------------------------------------------------------------

    def view(self, counter: int) -> CounterView:
        """All that the officer at `counter` sees of the queue."""
        now = self._clock.now()
        with self._database.read() as session:
            state = session.get(CounterRow, (self._site, counter))
            current = self._current(session, counter)
            rows = {row.id: row for row in session.execute(select(TicketRow).where(*self._mine(counter))).scalars()}
            line = line_up([_waiting(row) for row in rows.values()], self._run(state), self._calling, now)
            here = select(TicketRow).where(*self._today(), TicketRow.state == "away", TicketRow.counter == counter)
            away = session.execute(here.order_by(TicketRow.id)).scalars()
            room = session.execute(select(TicketRow.id).where(*self._today(), TicketRow.state == "waiting")).all()
            undo = json.loads(state.undo)["step"] if state and state.undo else ""
            return CounterView(
                counter=counter,
                paused=bool(state and state.paused),
                current=_at_counter(current) if current else None,
                absent_from=self._absent_from(current) if current else None,
                line=tuple(_in_line(found, rows[found.waiting.ticket_id]) for found in line),
                away=tuple(as_ticket(row) for row in away),
                waiting_in_room=len(room),
                undo=undo,
            )

    def unserved(self, day: date) -> list[Ticket]:
        """Who took a number on `day` and was not served: those who still wait, were called in vain, or were away."""
        states = ("waiting", "called", "away", "unserved")
        query = select(TicketRow).where(
            TicketRow.site == self._site, TicketRow.day == day, TicketRow.state.in_(states)
        )
        with self._database.read() as session:
            return [as_ticket(row) for row in session.execute(query.order_by(TicketRow.id)).scalars()]

    # ---- steps -----------------------------------------------------------------------------------------

    def call_next(self, counter: int, officer_id: str | None = None) -> AtCounter:
        """Call the next number. Two officers at once get two different ones. Raises Refused."""

        def choose(session: Session, state: CounterRow) -> Pick:
            rows = session.execute(select(TicketRow).where(*self._mine(counter))).scalars()
            line = line_up([_waiting(row) for row in rows], state.ordinary_run, self._calling, self._clock.now())
            if not line:
                raise Refused("nobody-waits")
            return line[0]

        return self._call(counter, officer_id, choose)

    def call_this(self, counter: int, ticket_id: str, officer_id: str | None = None) -> AtCounter:
        """Call a certain number, out of turn or back from fetching a paper. Raises Refused."""

        def choose(session: Session, _: CounterRow) -> Pick:
            row = session.get(TicketRow, ticket_id)
            if row is None or row.state not in ("waiting", "away"):
                raise Refused("taken")
            return Pick(_waiting(row), "chosen")

        return self._call(counter, officer_id, choose)

    def recall(self, counter: int) -> None:
        """Call the same number again."""
        with self._database.write() as session:
            row = self._required(session, counter, "called")
            row.calls += 1
            self._event(session, row, "recalled", str(counter))
            self._announce(session, row, "recall", counter)

    def absent(self, counter: int) -> None:
        """Nobody came: to the back of the queue; cancelled when it happens too often. Raises Refused("too-early")."""
        now = self._clock.now()
        with self._step(counter, "absent", "called") as (session, row):
            if now < self._absent_from(row) or row.calls < self._calling.calls_before_absent:
                raise Refused("too-early")
            row.absences += 1
            over = row.absences >= self._calling.absences_before_cancel
            row.state, row.queued_at, row.counter, row.calls = "cancelled" if over else "waiting", now, None, 0
            self._event(session, row, "cancelled" if over else "absent", str(counter))

    def start(self, counter: int) -> None:
        """The person is here."""
        with self._step(counter, "start", "called") as (session, row):
            row.state, row.started_at = "serving", self._clock.now()
            self._event(session, row, "started", str(counter))

    def finish(self, counter: int) -> None:
        """The person has been served."""
        with self._step(counter, "finish", "serving") as (session, row):
            row.state, row.finished_at = "done", self._clock.now()
            self._event(session, row, "finished", str(counter))

    def transfer(self, counter: int, *, to_counter: int | None = None, tile: str = "", queue: str = "") -> None:
        """To another counter, or to another tile's queue. The number stays, and so does the time waited."""
        with self._step(counter, "transfer", *AT_COUNTER) as (session, row):
            row.state, row.counter, row.calls = "waiting", to_counter, 0
            row.queue, row.tile = queue or row.queue, tile or row.tile
            row.queued_at = row.issued_at
            self._event(session, row, "transferred", f"{counter} to {to_counter or queue}")

    def fetch(self, counter: int) -> None:
        """The person fetches a paper and comes back to this counter without queueing."""
        with self._step(counter, "fetch", *AT_COUNTER) as (session, row):
            row.state = "away"
            self._event(session, row, "fetching", str(counter))

    def sit(self, counter: int, officer_id: str | None) -> None:
        """An officer takes the counter, or leaves it (None)."""
        with self._database.write() as session:
            self._counter(session, counter).officer_id = officer_id

    def pause(self, counter: int, paused: bool) -> None:
        """The counter does not call for a while, or calls again."""
        with self._database.write() as session:
            self._counter(session, counter).paused = paused

    def undo(self, counter: int) -> str:
        """Take the last step back; which one it was. Raises Refused when the ticket has changed since."""
        with self._database.write() as session:
            state = self._counter(session, counter)
            if not state.undo:
                raise Refused("nothing-to-undo")
            last = json.loads(state.undo)
            row = session.get(TicketRow, last["ticket"])
            current = self._current(session, counter)
            if row is None or _fields(row) != last["after"]:
                raise Refused("changed-since")
            if current is not None and current.id != row.id and last["before"]["state"] in AT_COUNTER:
                raise Refused("finish-first")
            for name, value in last["before"].items():
                setattr(row, name, datetime.fromisoformat(value) if value and name.endswith("_at") else value)
            state.undo, state.ordinary_run = "", last["run"]
            self._event(session, row, "undone", last["step"])
            unspoken = update(CallRow).where(CallRow.code == as_ticket(row).code, CallRow.spoken_at.is_(None))
            session.execute(unspoken.values(spoken_at=self._clock.now()))
            return str(last["step"])

    def end_days_before(self, today: date) -> int:
        """Numbers of earlier days that were not served end; how many there were. At start and on each new day."""
        with self._database.write() as session:
            earlier = select(TicketRow).where(
                TicketRow.site == self._site, TicketRow.day < today,
                TicketRow.state.in_(("waiting", "away", *AT_COUNTER)),
            )  # fmt: skip
            rows = list(session.execute(earlier).scalars())
            for row in rows:
                row.state = "done" if row.state == "serving" else "unserved"
                self._event(session, row, row.state, "end of the day")
            for state in session.execute(select(CounterRow).where(CounterRow.site == self._site)).scalars():
                state.undo, state.ordinary_run = "", 0
            return len(rows)

    # ---- inside a transaction --------------------------------------------------------------------------

    def _call(self, counter: int, officer_id: str | None, choose: Callable[[Session, CounterRow], Pick]) -> AtCounter:
        """One conditional update: it takes the ticket only if nobody else has."""
        while True:
            try:
                with self._database.write() as session:
                    state = self._counter(session, counter)
                    if self._current(session, counter) is not None:
                        raise Refused("finish-first")
                    found = choose(session, state)
                    row = session.get_one(TicketRow, found.waiting.ticket_id)
                    before, run = _fields(row), state.ordinary_run
                    taken = session.execute(
                        update(TicketRow)
                        .where(TicketRow.id == row.id, TicketRow.state == row.state)
                        .values(
                            state="called", counter=counter, officer_id=officer_id, called_at=self._clock.now(),
                            calls=1, pick=found.reason,
                        )
                    )  # fmt: skip
                    if taken.rowcount != 1:  # type: ignore[attr-defined]
                        continue  # another officer was faster: choose again
                    session.refresh(row)
                    state.ordinary_run, state.paused = run_after(run, found.waiting), False
                    state.undo = _undo("call", row, before, run)
                    self._event(session, row, "called", f"{counter} {found.reason}")
                    self._announce(session, row, "call", counter)
                    return _at_counter(row)
            except IntegrityError:
                raise Refused("finish-first") from None

    def _step(self, counter: int, step: str, *states: str) -> _Step:
        return _Step(self, counter, step, states)

    def _required(self, session: Session, counter: int, *states: str) -> TicketRow:
        row = self._current(session, counter)
        if row is None:
            raise Refused("nobody-here")
        if row.state not in states:
            raise Refused(f"not-{states[0]}")
        return row

    def _current(self, session: Session, counter: int) -> TicketRow | None:
        query = select(TicketRow).where(
            TicketRow.site == self._site, TicketRow.counter == counter, TicketRow.state.in_(AT_COUNTER)
        )
        return session.execute(query).scalar_one_or_none()

    def _counter(self, session: Session, number: int) -> CounterRow:
        state = session.get(CounterRow, (self._site, number))
        if state is None:
            state = CounterRow(site=self._site, number=number, paused=False, ordinary_run=self._run(None), undo="")
            session.add(state)
            session.flush()
        return state

    def _run(self, state: CounterRow | None) -> int:
        """A counter that has called nobody yet begins with priority."""
        return state.ordinary_run if state else self._calling.ordinary_per_priority

    def _today(self) -> list[ColumnElement[bool]]:
        return [TicketRow.site == self._site, TicketRow.day == business_day(self._clock.now())]

    def _mine(self, counter: int) -> list[ColumnElement[bool]]:
        """Who may be called to this counter."""
        letters = [letter for letter, series in self._series.items() if counter in series.counters]
        for_all = TicketRow.counter.is_(None) & TicketRow.queue.in_(letters)
        return [*self._today(), TicketRow.state == "waiting", for_all | (TicketRow.counter == counter)]

    def _absent_from(self, row: TicketRow) -> datetime:
        """When "absent" may be pressed."""
        return (row.called_at or row.queued_at) + timedelta(seconds=self._calling.seconds_before_absent)

    def _event(self, session: Session, row: TicketRow, kind: str, detail: str) -> None:
        at = self._clock.now()
        session.add(TicketEvent(id=ids.new_id(), site=self._site, ticket_id=row.id, at=at, kind=kind, detail=detail))

    def _announce(self, session: Session, row: TicketRow, kind: str, counter: int) -> None:
        session.add(
            CallRow(
                id=ids.new_id(), site=self._site, kind=kind, code=as_ticket(row).code, counter=counter,
                language=row.language, at=self._clock.now(),
            )
        )  # fmt: skip


class _Step:
    """A transaction around the ticket at a counter that remembers how to undo what is done inside."""

    def __init__(self, counters: Counters, counter: int, step: str, states: tuple[str, ...]) -> None:
        self._counters, self._counter, self._step, self._states = counters, counter, step, states
        self._transaction = counters._database.write()

    def __enter__(self) -> tuple[Session, TicketRow]:
        self._session = self._transaction.__enter__()
        try:
            self._row = self._counters._required(self._session, self._counter, *self._states)
        except Refused as refused:
            self._transaction.__exit__(type(refused), refused, refused.__traceback__)
            raise
        self._before = _fields(self._row)
        return self._session, self._row

    def __exit__(self, *error: Any) -> bool | None:
        if error[0] is None:
            state = self._counters._counter(self._session, self._counter)
            state.undo = _undo(self._step, self._row, self._before, state.ordinary_run)
        return self._transaction.__exit__(*error)


def _fields(row: TicketRow) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in _UNDONE}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def _undo(step: str, row: TicketRow, before: dict[str, Any], run: int) -> str:
    return json.dumps({"step": step, "ticket": row.id, "before": before, "after": _fields(row), "run": run})


def _waiting(row: TicketRow) -> Waiting:
    return Waiting(row.id, row.lane == "priority", row.queued_at, row.number)


def _at_counter(row: TicketRow) -> AtCounter:
    return AtCounter(as_ticket(row), row.counter or 0, row.calls, row.called_at, row.started_at, row.pick)


def _in_line(found: Pick, row: TicketRow) -> InLine:
    return InLine(as_ticket(row), row.queued_at, row.absences, found.reason)
