"""What the survey says, as frozen figures: a quarter for the office, for groups of procedures, for an officer.

Everything here is a sum of published answers (`released`), so that nobody can be told; each figure carries its own
number of people. Figures are read from a copy of the data and kept for some minutes: closed weeks do not change.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import partial

from kiosk.clock import Clock, business_day
from kiosk.office import statistics
from kiosk.office.periods import Quarter, thursday
from kiosk.office.released import BATCH, NOBODY, Form, Reason, Released, channel_key, places, release
from kiosk.office.snapshot import snapshot
from kiosk.office.statistics import Difference, Index, Points, Scale, difference
from kiosk.office.suppression import suppress
from kiosk.office.survey_data import SurveyData, read
from kiosk.office.surveys import CHANNELS, Channel
from kiosk.settings import Profile, Rating, RatingClass, Settings

KEPT_SECONDS = 600
"""So long figures are shown again before the data are copied anew."""
YEAR = 4
"""Quarters of the rolling 12 months."""


@dataclass(frozen=True)
class Line:
    """One figure or why it is hidden. `key`: a criterion, a group, a series, an officer."""

    key: str
    index: Index | None
    why: Reason | None = None


@dataclass(frozen=True)
class GroupLines:
    """A group of criteria: all published answers pooled, then each criterion."""

    line: Line
    criteria: tuple[Line, ...]


@dataclass(frozen=True)
class Step:
    """The core index of one Thursday, or of several that had too few answers each."""

    thursdays: tuple[date, ...]
    index: Index


@dataclass(frozen=True)
class ChannelCount:
    """Responses of one way to answer, and the numbers finished in the same weeks; None = hidden."""

    channel: Channel
    responses: int | None
    finished: int


@dataclass(frozen=True)
class Passed:
    """What was asked and not answered, in a closed quarter; None = hidden."""

    skipped: int | None
    unknown: int | None
    asked: int | None
    most: str
    """The criterion that was passed over clearly more often than the others; empty where that cannot be told."""


@dataclass(frozen=True)
class Rated:
    """Points by a rating of a profile (Decree 61) and their class; None where they are hidden or nobody answered."""

    rating: Rating
    points: Points | None
    found: RatingClass | None
    why: Reason | None


@dataclass(frozen=True)
class Trend:
    """The core index of one quarter and of the twelve months that end with it."""

    quarter: Quarter
    closed: bool
    index: Index | None
    year: Index | None


@dataclass(frozen=True)
class QuarterResults:
    """A quarter of the office."""

    quarter: Quarter
    closed: bool
    profile: Profile
    through: date | None
    """The last Thursday whose answers are in; None = nothing is published yet."""
    channels: tuple[ChannelCount, ...]
    finished: int
    """Numbers finished on the Thursdays whose answers are in."""
    core: Index | None
    """The questions that everybody is asked, pooled: the figure that Thursdays, quarters and officers have alike."""
    pooled: Index | None
    averaged: Index | None
    groups: tuple[GroupLines, ...]
    steps: tuple[Step, ...]
    series: tuple[Line, ...]
    officers: tuple[Line, ...]
    """By name; never by figure."""
    passed: Passed | None
    rated: Rated | None
    before: Index | None
    """The core index of the quarter before, when it is closed."""
    change: Difference | None
    """Against the quarter before, once this one is closed: looked at every week, every tenth would seem to have
    changed that has not."""
    trend: tuple[Trend, ...]

    @property
    def responses(self) -> int:
        """Responses that belong to a number (phone and machine), as far as they may be told."""
        return sum(one.responses or 0 for one in self.channels if one.channel != "door")


@dataclass(frozen=True)
class Work:
    """What an officer did in a quarter: no survey, and never a mark."""

    served: int
    received: int
    same_day: int


@dataclass(frozen=True)
class OfficerResults:
    """A closed quarter of one officer."""

    officer: str
    name: str
    quarter: Quarter
    closed: bool
    profile: Profile
    core: Line
    criteria: tuple[Line, ...]
    against: Difference | None
    """The core index less that of all others; None where one of the two may not be told."""
    rated: Rated | None
    work: Work


class Results:
    """The results of one site. Threads may share it."""

    def __init__(self, settings: Settings, clock: Clock, kept_seconds: float = KEPT_SECONDS) -> None:
        self._settings, self._clock, self._kept = settings, clock, kept_seconds
        self._site, self._survey = settings.office.site, settings.survey
        self._turn = threading.Lock()
        self._data: SurveyData | None = None
        self._made: dict[object, object] = {}

    # ---- what is asked -------------------------------------------------------------------------------------

    def quarters(self) -> list[Quarter]:
        """Quarters that have begun, from the first finished number on, the newest first."""
        data = self._read()
        weeks = [week for week, _ in data.finished]
        if not weeks:
            return [Quarter.of(data.day)]
        first, one = Quarter.of(thursday(min(weeks))), Quarter.of(data.day)
        found = []
        while one >= first:
            found.append(one)
            one = one.before()
        return found

    def newest(self) -> Quarter:
        """The newest closed quarter that was asked about; else the newest of which something is published; else the
        running one."""
        found = self.quarters()
        published = [one for one in found[:6] if self._released(one, self._main(one)).blocks]
        closed = [one for one in published if self._released(one, self._main(one)).closed]
        return (closed or published or found)[0]

    @property
    def today(self) -> date:
        """The day as of which figures are made."""
        return self._read().day

    def quarter(self, quarter: Quarter) -> QuarterResults:
        """The office's figures."""
        found: QuarterResults = self._once(("office", quarter), partial(self._quarter, quarter))
        return found

    def officer(self, officer: str, quarter: Quarter) -> OfficerResults:
        """One officer's figures; all of them hidden until the quarter is closed."""
        found: OfficerResults = self._once(("officer", officer, quarter), partial(self._officer, officer, quarter))
        return found

    def name(self, officer: str) -> str | None:
        """The name of an account; None when there is none."""
        return self._read().names.get(officer)

    # ---- the office ----------------------------------------------------------------------------------------

    def _quarter(self, quarter: Quarter) -> QuarterResults:
        data, released = self._read(), self._released(quarter, self._main(quarter))
        profile, weeks = released.profile, set(released.weeks)
        before = self._released(quarter.before(), self._main(quarter.before()))
        core = _index("pooled", released.forms, profile.core, profile)
        comparable = before.closed and _same_core(before.profile, profile)
        earlier = _index("pooled", before.forms, before.profile.core, before.profile) if comparable else None
        keys = list(profile.criteria)
        return QuarterResults(
            quarter=quarter, closed=released.closed, profile=profile, through=released.through,
            channels=tuple(self._channel(released, channel) for channel in CHANNELS),
            finished=sum(count for (week, _), count in data.finished.items() if week in weeks),
            core=core,
            pooled=_index("pooled", released.forms, keys, profile),
            averaged=_index("averaged", released.forms, keys, profile),
            groups=tuple(_group(released, [one.key for one in part.criterion], part.key) for part in profile.group),
            steps=tuple(_steps(released)), series=self._ways(released, "series"),
            officers=self._ways(released, "officer"), passed=self._passed(released),
            rated=self._rated(quarter, "unit", None), before=earlier,
            change=_less(core, earlier) if released.closed else None, trend=self._trend(quarter, profile),
        )  # fmt: skip

    def _channel(self, released: Released, channel: Channel) -> ChannelCount:
        steps = released.steps.get(channel_key(channel), ())
        weeks = {week for step in steps for week in step}
        data, key = self._read(), (released.profile.key, released.profile.version)
        count = sum(
            1 for form in data.forms.get(key, ())
            if form.channel == channel and form.week in weeks
            and any(isinstance(answer, int) for answer in form.answers.values())
        )  # fmt: skip
        finished = sum(number for (week, _), number in data.finished.items() if week in weeks)
        return ChannelCount(channel, count if steps else None, finished)

    def _ways(self, released: Released, dimension: str) -> tuple[Line, ...]:
        """The core index by officer or by series; officers by name, series by letter."""
        tables = [self._places(released, key)[dimension] for key in released.profile.core]
        names = self._read().names
        ways = {way for table in tables for way in table if way != NOBODY}
        lines = []
        for way in sorted(ways, key=lambda way: (names.get(way, ""), way) if dimension == "officer" else ("", way)):
            why = next((reason for table in tables if (reason := table.get(way, "kept"))), None)
            mine = [form for form in released.forms if getattr(form, dimension) == way]
            index = None if why else _index("pooled", mine, released.profile.core, released.profile)
            lines.append(Line(way, index, why))
        return tuple(lines)

    def _passed(self, released: Released) -> Passed | None:
        """Skipped and unknown, published once. A count below five is hidden, and so is what would give it away."""
        if not released.closed or not released.blocks:
            return None
        counts: dict[str, Counter[str]] = {"skipped": Counter(), "unknown": Counter()}
        asked = Counter[str]()
        weeks, key = set(released.weeks), (released.profile.key, released.profile.version)
        for form in self._read().forms.get(key, ()):
            if form.week in weeks and form.channel != "door":
                asked.update(form.answers.keys())
                for criterion, answer in form.answers.items():
                    if isinstance(answer, str):
                        counts[answer][criterion] += 1
        totals = {kind: sum(count.values()) for kind, count in counts.items()}
        told = {kind: total if total == 0 or total >= BATCH else None for kind, total in totals.items()}
        both = counts["skipped"] + counts["unknown"]
        most = statistics.most_passed(asked, both)
        if most:
            table = suppress({(name,): both[name] for name in released.profile.criteria})
            most = most if table[(most,)].state == "shown" else ""
        total = asked.total()
        return Passed(told["skipped"], told["unknown"], total if total >= BATCH else None, most)

    def _trend(self, newest: Quarter, profile: Profile) -> tuple[Trend, ...]:
        """The core index of the quarters up to `newest` that asked the same core questions, the oldest first."""
        first = self.quarters()[-1]
        line: list[tuple[Released, Index | None]] = []
        one = newest
        while one >= first and len(line) < 3 * YEAR:
            released = self._released(one, self._main(one))
            if not _same_core(released.profile, profile):
                break
            line.append((released, self._core(released)))
            one = one.before()
        found = []
        for place, (released, index) in enumerate(line):
            last = [one for one, _ in line[place : place + YEAR]]
            year = None
            if len(last) == YEAR and all(one.closed for one in last):
                forms = [form for one in last for form in one.forms]
                make = partial(_index, "pooled", forms, profile.core, profile)
                year = self._once(("year", released.quarter, profile.key, profile.version), make)
            found.append(Trend(released.quarter, released.closed, index, year))
        return tuple(reversed(found))

    # ---- an officer ----------------------------------------------------------------------------------------

    def _officer(self, officer: str, quarter: Quarter) -> OfficerResults:
        data, released = self._read(), self._released(quarter, self._main(quarter))
        profile = released.profile
        mine = [form for form in released.forms if form.officer == officer]
        others = [form for form in released.forms if form.officer != officer]
        lines = []
        for key in officers_criteria(profile):
            why = self._places(released, key)["officer"].get(officer, "kept" if released.closed else "waiting")
            lines.append(Line(key, None if why else _index("criterion", mine, [key], profile), why))
        core = next((line for line in self._ways(released, "officer") if line.key == officer), None)
        core = core or Line(officer, None, "kept" if released.closed else "waiting")
        rest = _index("pooled", others, profile.core, profile)
        weeks = set(quarter.weeks)

        def count(table: Mapping[tuple[str, str], int]) -> int:
            return sum(number for (week, who), number in table.items() if who == officer and week in weeks)

        return OfficerResults(
            officer, data.names.get(officer, ""), quarter, released.closed, profile, core, tuple(lines),
            _less(core.index, rest), self._rated(quarter, "officer", officer),
            Work(count(data.finished), count(data.received), count(data.same_day)),
        )  # fmt: skip

    # ---- points --------------------------------------------------------------------------------------------

    def _rated(self, quarter: Quarter, kind: str, officer: str | None) -> Rated | None:
        """Points of a closed quarter. Forms that left something out are no points, and must not be told by what is
        missing between points and answers: one to four of them hide the points. None: nobody was asked this way."""
        for profile in reversed(self._survey.profiles):
            rating = next((one for one in profile.rating if one.key == kind), None)
            forms = [form for form in self._forms(profile, quarter) if form.channel != "door"]
            if rating is None or not forms:
                continue
            released = self._released(quarter, profile)
            if not released.closed:
                return Rated(rating, None, None, "waiting")
            keys, scale = profile.criteria_of(rating), Scale.of(profile)
            whole = Counter(form.officer for form in forms if all(isinstance(form.answers.get(k), int) for k in keys))
            begun = Counter(form.officer for form in forms if any(isinstance(form.answers.get(k), int) for k in keys))
            table = suppress({(who,): whole[who] for who in begun} or {("",): 0})
            why: Reason | None = None
            place = (officer,)
            total, left = whole.total(), begun.total() - whole.total()
            if officer is not None:
                total, left = whole[officer], begun[officer] - whole[officer]
                forms = [form for form in forms if form.officer == officer]
            veiled = place in table and table[place].state != "shown"
            if total < BATCH:
                why = "few" if officer is None else "kept"
            elif veiled or 0 < left < BATCH or any(self._hidden(released, key, officer) for key in keys):
                why = "kept"
            if why:
                return Rated(rating, None, None, why)
            found = statistics.points(forms, keys, scale)
            return Rated(rating, found, statistics.classify(found.points or Fraction(0), rating), None)
        return None

    def _hidden(self, released: Released, key: str, officer: str | None) -> bool:
        if officer is None:
            return key not in released.steps
        return self._places(released, key)["officer"].get(officer, "kept") is not None

    # ---- what all of them are made of ------------------------------------------------------------------------

    def _main(self, quarter: Quarter) -> Profile:
        """The questionnaire of the quarter's figures: that in force on its last Thursday, else the one answered."""
        answered = [one for one in reversed(self._survey.profiles) if self._forms(one, quarter)]
        ruling = self._survey.profile_on(quarter.thursdays[-1])
        if ruling is not None and (ruling in answered or not answered):
            return ruling
        return answered[0] if answered else self._survey.profiles[0]

    def _forms(self, profile: Profile, quarter: Quarter) -> list[Form]:
        weeks = set(quarter.weeks)
        return [one for one in self._read().forms.get((profile.key, profile.version), ()) if one.week in weeks]

    def _released(self, quarter: Quarter, profile: Profile) -> Released:
        def make() -> Released:
            return release(self._forms(profile, quarter), profile, quarter, self._read().day)

        found: Released = self._once(("released", quarter, profile.key, profile.version), make)
        return found

    def _core(self, released: Released) -> Index | None:
        make = partial(_index, "pooled", released.forms, released.profile.core, released.profile)
        found: Index | None = self._once(("core", released.quarter, released.profile.key), make)
        return found

    def _places(self, released: Released, key: str) -> Mapping[str, Mapping[str, Reason | None]]:
        name = ("places", released.quarter, released.profile.key, released.profile.version, key)
        found: Mapping[str, Mapping[str, Reason | None]] = self._once(name, partial(places, released, key))
        return found

    def _once(self, name: object, make):  # type: ignore[no-untyped-def]  # any figure
        """Made once for each reading of the data."""
        data = self._read()
        key = (data.read_at, data.day, name)
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def _read(self) -> SurveyData:
        day, now = business_day(self._clock.now()), self._clock.monotonic()
        known = self._data
        if known is not None and known.day == day and now - known.read_at < self._kept:
            return known
        with self._turn:
            known = self._data
            if known is None or known.day != day or now - known.read_at >= self._kept:
                with snapshot(self._settings.database_url) as database:
                    known = read(database, self._site, day, self._clock.monotonic())
                self._data, self._made = known, {}
            return known


def officers_criteria(profile: Profile) -> tuple[str, ...]:
    """What is asked about the officer: the criteria of the officers' rating, else those of the group "officer", else
    the core questions."""
    rating = next((one for one in profile.rating if one.key == "officer"), None)
    if rating is not None:
        return profile.criteria_of(rating)
    group = next((one for one in profile.group if one.key == "officer"), None)
    return tuple(one.key for one in group.criterion) if group else tuple(profile.core)


def _index(kind: str, forms: Sequence[Form], keys: Iterable[str], profile: Profile) -> Index | None:
    """An index of published answers; None when there is none."""
    keys, scale = list(keys), Scale.of(profile)
    make = {"pooled": statistics.pooled, "averaged": statistics.averaged}.get(kind)
    index = make(forms, keys, scale) if make else statistics.criterion(forms, keys[0], scale)
    return index if index.people else None


def _less(one: Index | None, other: Index | None) -> Difference | None:
    if one is None or other is None or one.share is None or other.share is None:
        return None
    return difference(one.share, other.share)


def _group(released: Released, keys: list[str], name: str) -> GroupLines:
    lines = []
    for key in keys:
        index = _index("criterion", released.forms, [key], released.profile)
        lines.append(Line(key, index, None if index else released.hidden.get(key, "waiting")))
    index = _index("pooled", released.forms, keys, released.profile)
    return GroupLines(Line(name, index, None if index else lines[0].why), tuple(lines))


def _steps(released: Released) -> Iterable[Step]:
    """The core index of each step. A core question that is hidden is in none of them."""
    for block in released.blocks:
        forms = [form for form in released.forms if form.week in block]
        index = _index("pooled", forms, released.profile.core, released.profile)
        if index is not None:
            yield Step(tuple(thursday(week) for week in block), index)


def _same_core(one: Profile, other: Profile) -> bool:
    return one.key == other.key and one.core == other.core


def last_thursday(day: date) -> date:
    """The newest Thursday up to `day`."""
    return day - timedelta(days=(day.weekday() - 3) % 7)
