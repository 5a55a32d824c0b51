"""Several officers press at the same moment. The full runs: python -m tests.office.storm claims | lobby."""

from __future__ import annotations

import time

from sqlalchemy import select, update

from kiosk.office.counters import Counters
from kiosk.office.database import Database
from kiosk.office.tables import TicketRow
from tests.office.storm import check, check_served, claim_one_number, lobby


def call_carelessly(database: Database, _: Counters, counter: int) -> str:
    """As some queue systems do: look who waits, then take them, without asking whether they still wait."""
    with database.read() as session:
        found = session.execute(select(TicketRow.id).where(TicketRow.state == "waiting").limit(1)).scalar()
    if found is None:
        return ""
    time.sleep(0)  # the other processes' turn, as between two statements of a web request
    with database.write() as session:
        session.execute(update(TicketRow).where(TicketRow.id == found).values(state="done", counter=counter))
    return found


def test_one_number_goes_to_one_counter_only(url: str) -> None:
    assert claim_one_number(url, rounds=80) == 0
    assert check_served(url)["called"] == 80


def test_a_careless_call_is_found(url: str) -> None:
    """The check can fail."""
    assert claim_one_number(url, rounds=15, claim=call_carelessly) > 0


def test_a_lobby_at_work_doubles_nothing_and_loses_nobody(url: str) -> None:
    lobby(url, 160, takers=2, callers=3)
    assert check(url) == 160
    assert check_served(url)["called"] == 160
