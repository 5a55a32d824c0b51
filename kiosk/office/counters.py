"""The counters' work: every step is one transaction that moves a ticket, writes an event and can be undone.

waiting ──call──▶ called ──start──▶ serving ──finish──▶ done
   ▲                │ absent           │ fetch a paper ──▶ away ──call──▶ called (same counter)
   ├────────────────┤ transfer         │ transfer
   │                └─ third absence ──▶ cancelled            end of the day: unserved
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kiosk.clock import Clock
from kiosk.office import ids
from kiosk.office.calls import INVITATION, add_call
from kiosk.office.database import Database
from kiosk.office.order import Pick, line_up, may_call, run_after
from kiosk.office.tables import CallRow, CounterRow, TicketEvent, TicketRow
from kiosk.office.tickets import as_ticket, as_waiting, at_counter, in_line
from kiosk.office.today import Doubt, doubt, last_ticket_at, office_day
from kiosk.office.types import AtCounter, CounterView, Ticket
from kiosk.settings import Calling, Series

Asks = Callable[[date], bool]
"""Whether who is served on a day is invited to the survey at the exit."""

AT_COUNTER = ("called", "serving")
UNFINISHED = ("waiting", "away", *AT_COUNTER)
_UNDONE = (
    "state", "queue", "queued_at", "counter", "officer_id", "called_at", "started_at", "finished_at", "calls",
    "absences", "pick", "tile",
)  # fmt: skip
"""What a step may change of a ticket, and undo brings back."""
_RECALLED = ("calls", "called_at")
"""What a recall changes: it does not stand in the way of undoing the step before it."""


class Refused(Exception):
    """A step that cannot be taken now. `key`: why, as the end of a words key ("finish-first")."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)


class Counters:
    """The counters of one site."""

    def __init__(
        self,
        database: Database,
        site: str,
        clock: Clock,
        series: Mapping[str, Series],
        calling: Calling,
        asks: Asks = lambda _: False,
    ) -> None:
        """`asks`: on which days a finished number is invited by voice to the survey at the exit."""
        self._database, self._site, self._clock = database, site, clock
        self._series, self._calling, self._asks = series, calling, asks

    # ---- looking ---------------------------------------------------------------------------------------

    def view(self, counter: int) -> CounterView:
        """All that the officer at `counter` sees of the queue."""
        with self._database.read() as session:
            state = session.get(CounterRow, (self._site, counter))
            rows = session.execute(select(TicketRow).where(*self._today(session), TicketRow.state.in_(UNFINISHED)))
            today = sorted(rows.scalars(), key=lambda row: (row.queued_at, row.number))
            rest = {row.id: row for row in today if row.state == "waiting"}
            mine = [as_waiting(row) for row in rest.values() if self._may_call(counter, row)]
            line = line_up(mine, self._run(state), self._calling, self._clock.now())
            ordered = [in_line(rest.pop(found.waiting.ticket_id), found.reason) for found in line]
            current = self._current(session, counter)
            return CounterView(
                counter=counter,
                officer_id=state.officer_id if state else None,
                paused=bool(state and state.paused),
                current=at_counter(current) if current else None,
                absent_from=self._absent_from(current) if current else None,
                calls_missing=max(0, self._calling.calls_before_absent - current.calls) if current else 0,
                line=tuple(ordered),
                elsewhere=tuple(in_line(row, "chosen") for row in rest.values()),
                away=tuple(as_ticket(row) for row in today if row.state == "away" and row.counter == counter),
                undo=json.loads(state.undo)["step"] if state and state.undo else "",
                undo_code=json.loads(state.undo)["code"] if state and state.undo else "",
            )

    def unserved(self, day: date) -> list[Ticket]:
        """Who took a number on `day` and was not served: they wait, were called in vain, are away, or went home."""
        query = select(TicketRow).where(
            TicketRow.site == self._site, TicketRow.day == day,
            TicketRow.state.in_(("waiting", "called", "away", "unserved")),
        )  # fmt: skip
        with self._database.read() as session:
            return [as_ticket(row) for row in session.execute(query.order_by(TicketRow.id)).scalars()]

    def sitting(self) -> dict[int, str]:
        """Which officer sits where: officer keys by counter."""
        query = select(CounterRow).where(CounterRow.site == self._site, CounterRow.officer_id.is_not(None))
        with self._database.read() as session:
            return {row.number: row.officer_id or "" for row in session.execute(query).scalars()}

    def today(self) -> date:
        """The office's day: that of the numbers which are given now."""
        with self._database.read() as session:
            return self._day(session)

    def clock_doubt(self, floors: Iterable[datetime] = ()) -> Doubt:
        """Whether the clock can be believed: against the last ticket, and other moments that have surely been."""
        with self._database.read() as session:
            return doubt(self._clock.now(), last_ticket_at(session, self._site), floors)

    # ---- steps -----------------------------------------------------------------------------------------

    def call_next(self, counter: int, officer_id: str | None = None) -> AtCounter:
        """Call the next number. Two officers at once get two different ones. Raises Refused."""

        def choose(session: Session, state: CounterRow) -> Pick:
            waiting = session.execute(select(TicketRow).where(*self._today(session), TicketRow.state == "waiting"))
            mine = [as_waiting(row) for row in waiting.scalars() if self._may_call(counter, row)]
            line = line_up(mine, state.ordinary_run, self._calling, self._clock.now(), most=1)
            if not line:
                raise Refused("nobody-waits")
            return line[0]

        return self._call(counter, officer_id, choose)

    def call_this(self, counter: int, ticket_id: str, officer_id: str | None = None) -> AtCounter:
        """Call a certain number, out of turn or back from fetching a paper. Raises Refused."""

        def choose(session: Session, _: CounterRow) -> Pick:
            row = session.get(TicketRow, ticket_id)
            if row is None or row.state not in ("waiting", "away") or not self._is_of_today(session, row):
                raise Refused("taken")
            return Pick(as_waiting(row), "chosen")

        return self._call(counter, officer_id, choose)

    def recall(self, counter: int) -> AtCounter:
        """Call the same number again. Raises Refused."""
        with self._database.write() as session:
            self._counter(session, counter)
            row = self._required(session, counter, "called")
            row.calls += 1
            row.called_at = self._clock.now()
            self._event(session, row, "recalled", str(counter))
            self._announce(session, row, "recall", counter)
            return at_counter(row)

    def absent(self, counter: int) -> Ticket:
        """Nobody came: to the back of the queue; cancelled when it happens too often. Raises Refused."""
        with self._step(counter, "absent", "called") as (session, row):
            now = self._clock.now()
            if now < self._absent_from(row) or row.calls < self._calling.calls_before_absent:
                raise Refused("too-early")
            row.absences += 1
            over = row.absences >= self._calling.absences_before_cancel
            row.state, row.queued_at, row.counter, row.calls = "cancelled" if over else "waiting", now, None, 0
            self._event(session, row, "cancelled" if over else "absent", str(counter))
            return as_ticket(row)

    def start(self, counter: int) -> Ticket:
        """The person is here. Raises Refused."""
        with self._step(counter, "start", "called") as (session, row):
            row.state, row.started_at = "serving", self._clock.now()
            self._event(session, row, "started", str(counter))
            return as_ticket(row)

    def finish(self, counter: int) -> Ticket:
        """The person has been served. Raises Refused."""
        with self._step(counter, "finish", "serving") as (session, row):
            row.state, row.finished_at = "done", self._clock.now()
            self._event(session, row, "finished", str(counter))
            if self._calling.invite_by_voice and self._asks(row.day):
                self._announce(session, row, INVITATION, counter)
            return as_ticket(row)

    def transfer(self, counter: int, *, to_counter: int | None = None, tile: str = "", queue: str = "") -> Ticket:
        """To another counter, or to another tile's queue. The number stays, and so does the time waited."""
        with self._step(counter, "transfer", *AT_COUNTER) as (session, row):
            row.state, row.counter, row.calls = "waiting", to_counter, 0
            row.queue, row.tile = queue or row.queue, tile or row.tile
            row.queued_at = row.issued_at
            self._event(session, row, "transferred", f"{counter} to {to_counter or queue}")
            return as_ticket(row)

    def fetch(self, counter: int) -> Ticket:
        """The person fetches a paper and comes back to this counter without queueing. Raises Refused."""
        with self._step(counter, "fetch", *AT_COUNTER) as (session, row):
            row.state = "away"
            self._event(session, row, "fetching", str(counter))
            return as_ticket(row)

    def given(self, counter: int, ticket: Ticket) -> None:
        """A number was given at the counter: undo takes it back while nobody has called it."""
        with self._database.write() as session:
            state = self._counter(session, counter)
            row = session.get_one(TicketRow, ticket.id, with_for_update=True)
            if row.state != "waiting":
                return  # another counter was faster: the number is theirs now
            before = {**_fields(row), "state": "cancelled"}
            state.undo = _undo("give", row, before, state.ordinary_run)

    def sit(self, counter: int | None, officer_id: str) -> None:
        """An officer takes a counter (nobody sits at two), or leaves the one they had (None)."""
        with self._database.write() as session:
            had = select(CounterRow).where(CounterRow.site == self._site, CounterRow.officer_id == officer_id)
            for row in session.execute(had).scalars():
                row.officer_id = None
            if counter is not None:
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
            row = session.get(TicketRow, last["ticket"], with_for_update=True)
            if row is None or not self._is_of_today(session, row):
                raise Refused("changed-since")
            if _lasting(_fields(row)) != _lasting(last["after"]):
                raise Refused("changed-since")
            current = self._current(session, counter)
            if current is not None and current.id != row.id and last["before"]["state"] in AT_COUNTER:
                raise Refused("finish-first")
            for name, value in last["before"].items():
                setattr(row, name, datetime.fromisoformat(value) if value and name.endswith("_at") else value)
            state.undo, state.ordinary_run = "", last["run"]
            self._event(session, row, "undone", last["step"])
            if last["step"] == "finish":
                self._hush(session, row, INVITATION)
            if row.state not in AT_COUNTER:
                self._hush(session, row, "call", "recall")
            return str(last["step"])

    def end_day(self, day: date) -> int:
        """Numbers of `day` that were not served end; how many there were. Who is being served may be finished."""
        return self._end(TicketRow.day == day, ("waiting", "called", "away"))

    def end_days_before(self, today: date) -> int:
        """Numbers of earlier days end, whatever state they were left in; how many there were."""
        return self._end(TicketRow.day < today, UNFINISHED)

    def _end(self, days: ColumnElement[bool], states: Sequence[str]) -> int:
        with self._database.write() as session:
            mine = select(CounterRow).where(CounterRow.site == self._site).order_by(CounterRow.number)
            counters = list(session.execute(mine.with_for_update()).scalars())
            left = select(TicketRow).where(TicketRow.site == self._site, days, TicketRow.state.in_(states))
            rows = list(session.execute(left.with_for_update()).scalars())
            for row in rows:
                row.state = "done" if row.state == "serving" else "unserved"
                self._event(session, row, row.state, "end of the day")
            if rows:
                for state in counters:
                    state.undo, state.ordinary_run = "", self._run(None)
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
                    row = session.get_one(TicketRow, found.waiting.ticket_id, with_for_update=True)
                    if row.state not in ("waiting", "away") or as_waiting(row) != found.waiting:
                        continue  # read anew under its lock: another officer was faster, choose again
                    before, run = _fields(row), state.ordinary_run
                    taken = session.execute(
                        update(TicketRow)
                        .where(TicketRow.id == row.id, TicketRow.state == row.state)
                        .values(
                            state="called", counter=counter, officer_id=officer_id, called_at=self._clock.now(),
                            started_at=None, calls=1, pick=found.reason,
                        )
                    )  # fmt: skip
                    if taken.rowcount != 1:  # type: ignore[attr-defined]
                        continue
                    session.refresh(row)
                    state.ordinary_run, state.paused = run_after(run, found.waiting), False
                    state.undo = _undo("call", row, before, run)
                    self._event(session, row, "called", f"{counter} {found.reason}")
                    self._announce(session, row, "call", counter)
                    return at_counter(row)
            except IntegrityError:
                raise Refused("finish-first") from None

    @contextmanager
    def _step(self, counter: int, step: str, *states: str) -> Iterator[tuple[Session, TicketRow]]:
        """A transaction around the ticket at a counter that remembers how to undo what is done inside."""
        with self._database.write() as session:
            state = self._counter(session, counter)
            row = self._required(session, counter, *states)
            before = _fields(row)
            yield session, row
            state.undo = _undo(step, row, before, state.ordinary_run)

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
        """The counter's row, made when it is first asked for. Every step takes it first: two windows of one counter
        go one after the other, also where the database lets several write at once."""
        key = (self._site, number)
        state = session.get(CounterRow, key, with_for_update=True)
        if state is not None:
            return state
        row = CounterRow(site=self._site, number=number, paused=False, ordinary_run=self._run(None), undo="")
        with suppress(IntegrityError), session.begin_nested():  # another window may have made it in this moment
            session.add(row)
        return session.get_one(CounterRow, key, with_for_update=True)

    def _run(self, state: CounterRow | None) -> int:
        """A counter that has called nobody yet begins with priority."""
        return state.ordinary_run if state else self._calling.ordinary_per_priority

    def _day(self, session: Session) -> date:
        return office_day(session, self._site, self._clock.now())

    def _today(self, session: Session) -> list[ColumnElement[bool]]:
        return [TicketRow.site == self._site, TicketRow.day == self._day(session)]

    def _is_of_today(self, session: Session, row: TicketRow) -> bool:
        return row.site == self._site and row.day == self._day(session)

    def _may_call(self, counter: int, row: TicketRow) -> bool:
        return may_call(counter, as_waiting(row), self._series)

    def _absent_from(self, row: TicketRow) -> datetime:
        """When "absent" may be pressed: so many seconds after the last call."""
        return (row.called_at or row.queued_at) + timedelta(seconds=self._calling.seconds_before_absent)

    def _event(self, session: Session, row: TicketRow, kind: str, detail: str) -> None:
        at = self._clock.now()
        session.add(TicketEvent(id=ids.new_id(), site=self._site, ticket_id=row.id, at=at, kind=kind, detail=detail))

    def _announce(self, session: Session, row: TicketRow, kind: str, counter: int) -> None:
        code, language = as_ticket(row).code, row.language
        add_call(session, self._site, self._clock.now(), kind, code=code, counter=counter, language=language)

    def _hush(self, session: Session, row: TicketRow, *kinds: str) -> None:
        """What was said by mistake is not called out any more."""
        unspoken = update(CallRow).where(
            CallRow.site == self._site, CallRow.code == as_ticket(row).code, CallRow.spoken_at.is_(None),
            CallRow.kind.in_(kinds),
        )  # fmt: skip
        session.execute(unspoken.values(spoken_at=self._clock.now()))


def _fields(row: TicketRow) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in _UNDONE}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def _lasting(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in _RECALLED}


def _undo(step: str, row: TicketRow, before: dict[str, Any], run: int) -> str:
    code = as_ticket(row).code
    return json.dumps(
        {"step": step, "ticket": row.id, "code": code, "before": before, "after": _fields(row), "run": run}
    )
