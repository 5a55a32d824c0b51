"""A believable history for trying and showing: numbers, dossiers, answers and comments of past Thursdays.

Days differ, officers differ a little, people answer like themselves, some skip, some do not know. Written only into a
database that holds nothing, or into a trial's. The same seed gives the same history.
"""

from __future__ import annotations

import math
import random
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from kiosk.clock import ZONE, Clock, business_day
from kiosk.office.database import Database, DatabaseError
from kiosk.office.days import Days
from kiosk.office.feedback import new_code
from kiosk.office.periods import iso_week
from kiosk.office.tables import (
    AnswerRow,
    DossierRow,
    FeedbackRow,
    OfficerRow,
    ResponseRow,
    SeriesCounter,
    SpentToken,
    TicketEvent,
    TicketRow,
)
from kiosk.office.tokens import Tokens, tokens
from kiosk.settings import Profile, Settings, Tile

SLIP_SHARE, KIOSK_SHARE, DOOR_SHARE = 0.19, 0.10, 0.02
"""How many of those who were served answer, each way."""
COMMENT_SHARE, ABSENT_SHARE, PRIORITY_SHARE = 0.02, 0.03, 0.2
DAY_SPREAD, OFFICER_SPREAD, PERSON_SPREAD, QUESTION_SPREAD = 0.35, 0.2, 0.9, 0.5
"""On the scale of log odds."""
USUAL_SATISFACTION = 2.3
"""Log odds: about nine of ten."""
SKIP_SHARE, UNKNOWN_SHARE = 0.05, 0.04
MACHINE_ASKS = 2
"""Core questions asked at the machine (kiosk/screens/wayout.py)."""
SUMMER, WINTER = 1.15, 0.8
"""School and the new year make some Thursdays fuller than others."""


@dataclass(frozen=True)
class Written:
    """What was written."""

    thursdays: int
    tickets: int
    responses: int
    comments: int


class Demo:
    """Writes one history."""

    def __init__(self, settings: Settings, database: Database, clock: Clock, seed: int) -> None:
        self._settings, self._database, self._clock = settings, database, clock
        self._site, self._days = settings.office.site, Days(settings.calendar)
        self._random = random.Random(seed)  # noqa: S311  (made-up data)
        self._rows: dict[type, list[dict[str, Any]]] = {}
        self._questions: dict[str, float] = {}
        self._officer_ways: dict[str, float] = {}

    def write(
        self, years: int, per_thursday: int, names: Sequence[str], texts: Sequence[str], *, trial: bool
    ) -> Written:
        """Thursdays of so many years up to the last one before today. `names`: for accounts, where there are no
        officers yet; nobody can sign in with them. `texts`: what citizens wrote. Raises DatabaseError unless the
        database is empty, or a `trial`'s without a past."""
        today = business_day(self._clock.now())
        first = date(today.year - years, today.month, min(today.day, 28))
        days = [first + timedelta(days=back) for back in range((today - first).days)]
        open_days = [day for day in days if self._days.is_service_day(day)]
        with self._database.write() as session:
            self._refuse(session, today, trial=trial)
            officers = self._officers(session, names)
            signer = tokens(session, self._site, make=True)
            for name in (*officers, ""):
                self._officer_ways[name] = self._random.gauss(0, OFFICER_SPREAD)
            for place, day in enumerate(open_days):
                self._day(day, place / max(1, len(open_days)), per_thursday, officers, signer, texts)
            for table, rows in self._rows.items():
                session.execute(insert(table), rows)
        count = {table: len(rows) for table, rows in self._rows.items()}
        return Written(len(open_days), count.get(TicketRow, 0), count.get(ResponseRow, 0), count.get(FeedbackRow, 0))

    def _refuse(self, session: Session, today: date, *, trial: bool) -> None:
        past = select(func.count()).select_from(TicketRow)
        if trial:
            past = past.where(TicketRow.day < today)
        if session.execute(past).scalar() or (
            not trial
            and any(
                session.execute(select(table).limit(1)).first() for table in (ResponseRow, FeedbackRow, DossierRow)
            )
        ):
            raise DatabaseError(
                "This database holds an office's own data; made-up ones are not mixed with them. "
                "Name an empty one: KIOSK_HOME=/tmp/demo kiosk migrate, then KIOSK_HOME=/tmp/demo kiosk demo-data"
            )

    def _officers(self, session: Session, names: Sequence[str]) -> list[str]:
        query = select(OfficerRow.id).where(OfficerRow.site == self._site, OfficerRow.role == "officer")
        found = sorted(session.execute(query).scalars())
        if found:
            return found
        for number, name in enumerate(names, start=1):
            row = {
                "id": self._id(self._clock.now()), "site": self._site, "login": f"demo{number}", "name": name,
                "role": "officer", "password": "", "active": False, "created_at": self._clock.now(),
            }  # fmt: skip
            self._add(OfficerRow, row)
            found.append(str(row["id"]))
        session.execute(insert(OfficerRow), self._rows.pop(OfficerRow, []))
        return found

    # ---- one Thursday ----------------------------------------------------------------------------------------

    def _day(
        self, day: date, progress: float, per_thursday: int, officers: Sequence[str], signer: Tokens,
        texts: Sequence[str],
    ) -> None:  # fmt: skip
        chance, profile = self._random, self._settings.survey.profile_on(day)
        season = SUMMER if day.month in (6, 7, 8, 9) else WINTER if day.month in (1, 2) else 1.0
        people = max(1, round(chance.gauss(per_thursday * season, math.sqrt(per_thursday))))
        mood = chance.gauss(0, DAY_SPREAD) + 0.3 * progress
        leaves = [tile for tile in self._settings.tiles.values() if tile.series]
        hours = self._days.hours_on(day)
        free = dict.fromkeys(officers, datetime.combine(day, hours[0][0], ZONE))
        closing = datetime.combine(day, hours[-1][1], ZONE)
        numbers: Counter[str] = Counter()
        letters = sorted(self._settings.series)
        for arrived in sorted(self._arrival(day, hours) for _ in range(people)):
            tile = chance.choice(leaves)
            numbers[tile.series] += 1
            usual = officers[letters.index(tile.series) % len(officers)] if officers else ""
            officer = usual if chance.random() < 0.75 or not officers else chance.choice(officers)
            minutes = self._settings.series[tile.series].minutes * math.exp(chance.gauss(-0.15, 0.35))
            pace = min(1.0, 60 / per_thursday)
            started = max(arrived, free.get(officer, arrived)) + timedelta(minutes=0.5)
            ended = started + timedelta(minutes=minutes * pace)
            absent = chance.random() < ABSENT_SHARE
            state = "cancelled" if absent else "done" if ended < closing + timedelta(hours=1) else "unserved"
            if state == "done":
                free[officer] = ended
            ticket = self._ticket(day, tile, numbers[tile.series], arrived, officer, state, started, ended, signer)
            if state != "done":
                continue
            self._dossier(day, tile, ticket["id"], officer, ended)
            if profile is not None:
                self._answers(profile, ticket, mood, signer)
            if texts and chance.random() < COMMENT_SHARE:
                self._comment(day, chance.choice(texts), officer)
        for letter, last in numbers.items():
            self._add(SeriesCounter, {"site": self._site, "day": day, "series": letter, "last_number": last})

    def _arrival(self, day: date, hours: Sequence[tuple[time, time]]) -> datetime:
        """Most come early in the morning."""
        start, end = hours[0] if len(hours) == 1 or self._random.random() < 0.7 else hours[-1]
        opening, closing = datetime.combine(day, start, ZONE), datetime.combine(day, end, ZONE)
        return opening + (closing - opening) * min(0.95, self._random.betavariate(1.2, 2.2))

    def _ticket(
        self, day: date, tile: Tile, number: int, arrived: datetime, officer: str, state: str, started: datetime,
        ended: datetime, signer: Tokens,
    ) -> dict[str, Any]:  # fmt: skip
        priority = self._settings.priorities and self._random.random() < PRIORITY_SHARE
        served = state == "done"
        row = {
            "id": self._id(arrived), "site": self._site, "day": day, "series": tile.series, "number": number,
            "touch_id": f"demo-{day}-{tile.series}-{number}", "token": signer.make(day, tile.series, number),
            "tile": tile.key, "lane": "priority" if priority else "ordinary",
            "reason": self._random.choice(self._settings.priorities).key if priority else "", "missing": "",
            "language": "vi", "state": state, "issued_at": arrived, "queue": tile.series, "queued_at": arrived,
            "counter": None, "officer_id": officer or None if served else None,
            "called_at": started if served else None, "started_at": started if served else None,
            "finished_at": ended if served else None, "calls": int(state != "unserved"),
            "absences": 3 * (state == "cancelled"), "pick": "first" if served else "",
        }  # fmt: skip
        self._add(TicketRow, row)
        kinds = [("issued", arrived), *((("called", started), ("started", started), ("finished", ended)) * served)]
        for kind, at in kinds:
            event = {"id": self._id(at), "site": self._site, "ticket_id": row["id"], "at": at, "kind": kind}
            self._add(TicketEvent, {**event, "detail": ""})
        return row

    def _dossier(self, day: date, tile: Tile, ticket: str, officer: str, ended: datetime) -> None:
        """Consultations have none."""
        if not tile.procedures or self._random.random() < 0.1:
            return
        procedure = self._settings.procedures[self._random.choice(tile.procedures)]
        likely = {"yes": 0.95, "often": 0.75, "sometimes": 0.3, "no": 0.0}[procedure.same_day]
        same_day = self._random.random() < likely
        due = day if same_day else self._days.next_service_day(day)
        back = ended + timedelta(minutes=20) if same_day else datetime.combine(due, time(9), ZONE)
        returned = back if back < self._clock.now() else None
        row = {
            "id": self._id(ended), "site": self._site, "ticket_id": ticket, "officer_id": officer or None,
            "procedure": procedure.key, "national_code": "", "missing": "", "fee_taken": True, "contact": "",
            "state": "returned" if returned else "received", "same_day": same_day, "due": due,
            "received_at": ended, "ready_at": returned, "returned_at": returned,
        }  # fmt: skip
        self._add(DossierRow, row)

    # ---- answers ---------------------------------------------------------------------------------------------

    def _answers(self, profile: Profile, ticket: dict[str, Any], mood: float, signer: Tokens) -> None:
        person = self._random.gauss(0, PERSON_SPREAD)
        for channel, share in (("slip", SLIP_SHARE), ("kiosk", KIOSK_SHARE), ("door", DOOR_SHARE)):
            if self._random.random() >= share:
                continue
            key, officer = self._secret(), ticket["officer_id"] if channel != "door" else None
            row = {"key": key, "site": self._site, "profile": profile.key, "version": profile.version}
            row |= {"week": iso_week(ticket["day"]), "officer_id": officer, "channel": channel}
            self._add(ResponseRow, {**row, "series": ticket["series"] if channel != "door" else ""})
            if channel != "door":
                self._add(SpentToken, {"site": self._site, "mark": signer.digest(channel, ticket["token"])})
            about = self._officer_ways[officer or ""]
            for criterion in self._asked(profile, channel):
                value = self._value(profile, criterion, USUAL_SATISFACTION + mood + person + about)
                known = isinstance(value, int)
                answer = {"response": key, "criterion": criterion, "value": value if known else None}
                self._add(AnswerRow, {**answer, "missing": "" if known else value})

    def _asked(self, profile: Profile, channel: str) -> Iterable[str]:
        """The core questions, which a few leave half-way; then nothing more, a module, or all."""
        more = [key for key in profile.criteria if key not in profile.core]
        core = profile.core[:MACHINE_ASKS] if channel == "kiosk" else profile.core
        if self._random.random() < 0.06:
            return core[: self._random.randint(1, len(core) - 1)]
        if channel == "kiosk" or self._random.random() < 0.5:
            return core
        if self._random.random() < 0.15:
            return [*profile.core, *more]
        return [*profile.core, *self._random.sample(more, min(profile.module, len(more)))]

    def _value(self, profile: Profile, criterion: str, odds: float) -> int | str:
        if criterion not in self._questions:
            lower = 1.4 if len(self._questions) % 9 == 4 else 0.0
            self._questions[criterion] = self._random.gauss(0, QUESTION_SPREAD) - lower
        chance = self._random.random()
        if chance < SKIP_SHARE:
            return "skipped"
        if profile.dont_know and chance < SKIP_SHARE + UNKNOWN_SHARE:
            return "unknown"
        content = 1 / (1 + math.exp(-odds - self._questions[criterion]))
        happy = [value for value in profile.values if value >= profile.satisfied_from]
        other = [value for value in profile.values if value < profile.satisfied_from]
        if self._random.random() < content or not other:
            return happy[0] if self._random.random() < 0.45 else happy[-1]
        return other[min(len(other) - 1, int(self._random.expovariate(1.2)))]

    def _comment(self, day: date, text: str, officer: str) -> None:
        petition = self._random.random() < 0.25
        answered = petition or self._random.random() < 0.4
        due = day + timedelta(days=self._settings.survey.petition_days) if petition else None
        row = {
            "key": self._secret(), "site": self._site,
            "code": new_code(self._random.choice),
            "kind": "petition" if petition else "comment", "text": text,
            "officer_id": officer if officer and self._random.random() < 0.3 else None,
            "state": "answered" if answered else "read", "day": day, "due": due,
            "answer": "…" if answered else "", "answered_by": None,
            "answered_on": day + timedelta(days=5) if answered else None,
        }  # fmt: skip
        self._add(FeedbackRow, row)

    # ---- rows ------------------------------------------------------------------------------------------------

    def _add(self, table: type, row: dict[str, Any]) -> None:
        self._rows.setdefault(table, []).append(row)

    def _id(self, moment: datetime) -> str:
        """A key that sorts by `moment`, as those of real rows do (UUIDv7)."""
        value = int(moment.timestamp() * 1000) << 80 | 0x7 << 76 | self._random.getrandbits(12) << 64
        return str(uuid.UUID(int=value | 0x2 << 62 | self._random.getrandbits(62)))

    def _secret(self) -> str:
        return f"{self._random.getrandbits(96):024x}"
