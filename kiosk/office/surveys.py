"""Answers to the survey, from whoever was served: taken once for each number and each way, kept so that nothing leads
back to the number.

    slip    the phone, by the address on the slip, once the number is finished; the slip's one answer
    kiosk   faces at the machine, for a number tapped there; counted apart, the slip's answer stays unspent
    door    the code at the exit, without a number: anybody may use it, so it is marked and never an officer's

A response is a random key with officer, group of procedures and ISO week. Each answer is written as it is given, so a
survey that is left half-way counts for what was said. Only the phone (or the machine) knows the key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kiosk.clock import Clock
from kiosk.office import ids
from kiosk.office.database import Database
from kiosk.office.periods import iso_week
from kiosk.office.statistics import Missing
from kiosk.office.tables import AnswerRow, ResponseRow, SpentToken, TicketRow
from kiosk.office.tickets import as_ticket
from kiosk.office.today import office_day
from kiosk.office.tokens import tokens
from kiosk.office.types import Ticket
from kiosk.settings import Profile, Survey

Channel = Literal["slip", "kiosk", "door"]
CHANNELS: tuple[Channel, ...] = ("slip", "kiosk", "door")
Standing = Literal["open", "early", "used", "expired", "foreign", "no-survey"]
"""What an address leads to: a survey; a number that is not finished; one answered already; one too old; none of ours;
a day on which nothing is asked."""

LATELY = timedelta(minutes=15)
"""So long after "finished" a number is offered at the machine."""
MOST_OFFERED = 12


@dataclass(frozen=True)
class Answering:
    """A response that is being given."""

    key: str
    profile: Profile
    answers: Mapping[str, int | Missing]
    """What was answered so far, by criterion."""
    officer_id: str | None
    """Who served; None where no number stands behind it."""


class Surveys:
    """The survey of one site."""

    def __init__(self, database: Database, site: str, clock: Clock, survey: Survey) -> None:
        self._database, self._site, self._clock, self._survey = database, site, clock, survey

    # ---- who may answer ----------------------------------------------------------------------------------

    def standing(self, token: str, channel: Channel = "slip") -> Standing:
        """What the address on a slip leads to now."""
        with self._database.read() as session:
            return self._standing(session, token, channel)[0]

    def _standing(self, session: Session, token: str, channel: Channel) -> tuple[Standing, TicketRow | None]:
        today = office_day(session, self._site, self._clock.now())
        named = tokens(session, self._site).read(token)
        found = select(TicketRow).where(TicketRow.token == token, TicketRow.site == self._site)
        ticket = session.execute(found).scalar_one_or_none()
        if ticket is None:
            return ("expired" if named is not None else "foreign"), None
        if named is not None and named.expired(today):
            return "expired", None
        if self._spent(session, token, channel):
            return "used", None
        if ticket.state != "done":
            return ("early" if ticket.day == today else "expired"), None
        if self._survey.profile_on(ticket.day) is None:
            return "no-survey", None
        return "open", ticket

    def _spent(self, session: Session, token: str, channel: Channel) -> bool:
        mark = tokens(session, self._site).digest(channel, token)
        return session.get(SpentToken, (self._site, mark)) is not None

    def finished_lately(self) -> list[Ticket]:
        """Numbers finished in the last quarter of an hour that have not answered at the machine, the newest first."""
        now = self._clock.now()
        query = (
            select(TicketRow)
            .where(TicketRow.site == self._site, TicketRow.state == "done", TicketRow.finished_at > now - LATELY)
            .order_by(TicketRow.finished_at.desc())
        )
        with self._database.read() as session:
            rows = list(session.execute(query).scalars())
            unspent = [row for row in rows if not self._spent(session, row.token, "kiosk")]
            return [as_ticket(row) for row in unspent[:MOST_OFFERED]]

    # ---- answering ---------------------------------------------------------------------------------------

    def begin(self, token: str, channel: Channel = "slip", key: str = "") -> Answering | None:
        """Spend the address and open a response; None unless it stands "open". The first one to ask gets it. `key`: a
        new_secret() of the phone's own, so that one that asks twice knows its response; "" = made here."""
        try:
            with self._database.write() as session:
                standing, ticket = self._standing(session, token, channel)
                if ticket is None or standing != "open":
                    return None
                mark = tokens(session, self._site, make=True).digest(channel, token)
                session.add(SpentToken(site=self._site, mark=mark))
                session.flush()
                profile = self._survey.profile_on(ticket.day)
                assert profile
                return self._opened(session, profile, ticket.day, ticket.officer_id, ticket.series, channel, key)
        except IntegrityError:
            return None  # another process was faster

    def begin_at_door(self, key: str = "") -> Answering | None:
        """A response without a number, marked as such; None on a day on which nothing is asked, and when there is one
        under this `key` already."""
        try:
            with self._database.write() as session:
                today = office_day(session, self._site, self._clock.now())
                profile = self._survey.profile_on(today)
                return self._opened(session, profile, today, None, "", "door", key) if profile else None
        except IntegrityError:
            return None

    def _opened(
        self, session: Session, profile: Profile, day: date, officer: str | None, series: str, channel: Channel,
        key: str,
    ) -> Answering:  # fmt: skip
        row = ResponseRow(
            key=key or ids.new_secret(), site=self._site, profile=profile.key, version=profile.version,
            week=iso_week(day), officer_id=officer, series=series, channel=channel,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return Answering(row.key, profile, {}, officer)

    def answering(self, key: str) -> Answering | None:
        """A response that was begun and may still be gone on with: until its week's Sunday."""
        with self._database.read() as session:
            row = self._alive(session, key)
            if row is None:
                return None
            answers = session.execute(select(AnswerRow).where(AnswerRow.response == key)).scalars()
            given = {one.criterion: _answer(one) for one in answers}
            return Answering(key, self._survey.profile(row.profile, row.version), given, row.officer_id)

    def answer(self, key: str, criterion: str, answer: int | Missing) -> bool:
        """Write one answer down; given again, the later one holds. False: there is no such response, criterion or
        value, or it is too old; nothing is written."""
        with self._database.write() as session:
            row = self._alive(session, key)
            profile = self._survey.profile(row.profile, row.version) if row else None
            if profile is None or criterion not in profile.criteria:
                return False
            if answer not in (*profile.values, "skipped", *(("unknown",) if profile.dont_know else ())):
                return False
            value, missing = (answer, "") if isinstance(answer, int) else (None, answer)
            session.merge(AnswerRow(response=key, criterion=criterion, value=value, missing=missing))
            return True

    def _alive(self, session: Session, key: str) -> ResponseRow | None:
        row = session.get(ResponseRow, key)
        if row is None or row.site != self._site:
            return None
        today = office_day(session, self._site, self._clock.now())
        return row if row.week == iso_week(today) else None


def _answer(row: AnswerRow) -> int | Missing:
    if row.value is not None:
        return row.value
    return "unknown" if row.missing == "unknown" else "skipped"
