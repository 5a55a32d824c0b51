"""What the lobby board shows: who is called, who is served where, whose result is ready, how many wait."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select

from kiosk.clock import Clock, business_day
from kiosk.office.calls import LobbyCalls
from kiosk.office.counters import AT_COUNTER
from kiosk.office.database import Database
from kiosk.office.tables import CounterRow, DossierRow, TicketRow
from kiosk.office.tickets import as_ticket
from kiosk.office.today import office_day
from kiosk.office.types import Board, Serving


class LobbyBoard:
    """The board of one site."""

    def __init__(self, database: Database, site: str, clock: Clock, counters: int) -> None:
        """`counters`: how many the office has."""
        self._database, self._site, self._clock, self._counters = database, site, clock, counters
        self._calls = LobbyCalls(database, site, clock)

    def view(self) -> Board:
        """The board as it stands now."""
        with self._database.read() as session:
            today = office_day(session, self._site, self._clock.now())
            query = select(TicketRow).where(
                TicketRow.site == self._site, TicketRow.day == today, TicketRow.state.in_(("waiting", *AT_COUNTER))
            )
            tickets = list(session.execute(query).scalars())
            paused = select(CounterRow.number).where(CounterRow.site == self._site, CounterRow.paused)
            resting = set(session.execute(paused).scalars())
            ready = (
                select(TicketRow)
                .join(DossierRow, DossierRow.ticket_id == TicketRow.id)
                .where(DossierRow.site == self._site, DossierRow.state == "ready", TicketRow.day == today)
                .order_by(DossierRow.ready_at)
            )
            results = dict.fromkeys(as_ticket(row).code for row in session.execute(ready).scalars())
        last = self._calls.last()
        here = {row.counter: row for row in tickets if row.state in AT_COUNTER}
        counters = []
        for number in range(1, self._counters + 1):
            row = here.get(number)
            call_id = last.id if last and row and last.counter == number and last.code == as_ticket(row).code else ""
            counters.append(
                Serving(
                    number, as_ticket(row).code if row else "", bool(row and row.state == "called"),
                    number in resting and row is None, call_id,
                )
            )  # fmt: skip
        fresh = last is not None and business_day(last.at) == today
        return Board(
            calling=next((one for one in counters if one.call_id and one.called), None),
            last_code=last.code if last and fresh else "",
            last_counter=last.counter if last and fresh else None,
            counters=tuple(counters),
            results=tuple(results),
            waiting=Counter(row.queue for row in tickets if row.state == "waiting"),
        )
