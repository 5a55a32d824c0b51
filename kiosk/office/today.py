"""Which day it is at the office, and whether its clock can be believed.

A clock is trusted as far as something that has happened bears it out: the last ticket, the program's own files, the
system's last synchronisation. Tickets go on whatever it says; only people are told.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk.clock import ZONE, business_day
from kiosk.office.tables import SeriesCounter, TicketRow

CLOCK_SLIP = timedelta(days=1)
"""A clock that falls back by so much at most is corrected, not believed: the business day stays. Further back, the
earlier day was the wrong one."""
BEHIND = timedelta(minutes=2)
"""So far behind what has happened, a clock is wrong (facts/reliability: the trusted floor)."""
AHEAD = timedelta(days=60)
"""So far ahead of the last ticket, it may be: an office that was closed for two months, or a clock that jumped."""
SYNCHRONISED = Path("/var/lib/systemd/timesync/clock")
"""systemd touches it whenever it has set the clock, and at each stop."""

Doubt = Literal["", "behind", "ahead"]


def office_day(session: Session, site: str, now: datetime) -> date:
    """The business day: that of the clock, unless the clock has just fallen back into yesterday."""
    today = business_day(now)
    last = session.execute(select(func.max(SeriesCounter.day)).where(SeriesCounter.site == site)).scalar()
    return last if last is not None and today < last <= today + CLOCK_SLIP else today


def last_ticket_at(session: Session, site: str) -> datetime | None:
    """When the newest ticket was given; keys sort by time."""
    # The appended nothing keeps SQLite from sorting all of a site's tickets to find one: it goes back along the keys
    mine = TicketRow.site + "" == site
    query = select(TicketRow.issued_at).where(mine).order_by(TicketRow.id.desc()).limit(1)
    return session.execute(query).scalar()


def doubt(now: datetime, last: datetime | None, floors: Iterable[datetime] = ()) -> Doubt:
    """Whether the clock can be believed, given the last ticket and other moments that have surely been."""
    known = [moment for moment in (last, *floors) if moment is not None]
    if known and now < max(known) - BEHIND:
        return "behind"
    return "ahead" if last is not None and now > last + AHEAD else ""


def machine_floors() -> list[datetime]:
    """Moments that this machine's clock must lie after: the program's files, the last synchronisation."""
    files = (Path(__file__), SYNCHRONISED)
    return [datetime.fromtimestamp(file.stat().st_mtime, ZONE) for file in files if file.exists()]
