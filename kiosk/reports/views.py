"""What stands on a page or in a file: figures put into words and drawings, once for all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import partial
from math import floor

from kiosk.office.days import Days
from kiosk.office.results import GroupLines, Line, OfficerResults, QuarterResults, Rated, Trend
from kiosk.office.statistics import ENOUGH_FROM, Index, classify, evidence
from kiosk.reports import charts
from kiosk.reports.charts import Bar, Column
from kiosk.reports.forms import Say, between, day, number, percent, roman
from kiosk.reports.telling import Told, tell, tell_against
from kiosk.settings import Settings

Name = Callable[[str], str | None]

SLIM = 342
"""How wide a phone shows a chart, in pixels."""
CHANNEL_COLOURS = {"slip": ("#0A4F94", "#FFFFFF"), "kiosk": ("#59BFA6", "#1E2A32")}


@dataclass(frozen=True)
class OfficeView:
    """A quarter of the office. Charts are SVG."""

    title: str
    quarter: str
    span: str
    index: str
    """"88,5%", empty while nothing is published."""
    interval: str
    index_chart: str
    index_wide: str
    """The same chart for paper."""
    asked: str
    rate: str
    rate_text: str
    rate_chart: str
    rate_each: str
    mix: tuple[tuple[str, str, str], ...]
    """(name, count, colour)"""
    mix_chart: str
    door: str
    groups: str
    groups_alone: str
    """Without criteria."""
    criteria: tuple[str, ...]
    """One chart for each group."""
    thursdays: str
    trend: str
    series: str
    officers: tuple[tuple[str, str, str], ...]
    """(key, name, people or why not)"""
    told: Told
    more: str
    points: str
    points_chart: str


@dataclass(frozen=True)
class OfficerView:
    """A quarter of one officer."""

    name: str
    quarter: str
    claim: str
    claim_text: str
    criteria: str
    against: str
    against_text: str
    points: str
    points_chart: str
    work: tuple[tuple[int, str], ...]


class Views:
    """Makes views in the officers' language."""

    def __init__(self, settings: Settings, say: Say, *, slim: bool = False) -> None:
        """`slim`: charts that a phone can show."""
        self._settings, self._say, self._days, self._slim = settings, say, Days(settings.calendar), slim

    # ---- the office ----------------------------------------------------------------------------------------

    def office(self, found: QuarterResults, names: Name) -> OfficeView:
        """The office's page. `names`: an officer's name by key."""
        say, core = self._say, found.core
        share = core.share if core else None
        shown = {str(one.channel): one for one in found.channels}
        mix = [(name, shown[name].responses) for name in CHANNEL_COLOURS]
        told = [(say(f"survey-channel-{name}"), count or 0, *CHANNEL_COLOURS[name]) for name, count in mix if count]
        # While the quarter runs the two ways are counted to different Thursdays: no common rate
        whole = found.closed and found.finished > 0 and found.responses > 0
        rate = min(1.0, found.responses / found.finished) if whole else 0.0
        left = say("survey-rate-left", count=max(0, found.finished - found.responses))
        rate_text = say("survey-rate-later")
        if whole:
            rate_text = say("survey-rate-text", count=found.responses, finished=found.finished)
        label = say("survey-overall")
        earlier = say("survey-before", quarter=roman(found.quarter.before()))
        # Not beside a quarter that still runs: the eye would compare what the words do not
        before = self._bar(earlier, found.before) if found.before and found.change else None
        points, points_chart = self._points(found.rated, officer=False)
        return OfficeView(
            title=say("survey-title"), quarter=say("survey-quarter", quarter=roman(found.quarter)),
            span=self.span(found),
            index=percent(share.value, 1) if share else "",
            interval=say("survey-interval", span=between(share)) if share else "",
            index_chart=charts.scale(self._bar(label, core), before) if core else "",
            index_wide=charts.scale(self._bar(label, core), before, 520) if core else "",
            asked=say("survey-overall-text", count=len(found.profile.core)),
            rate=percent(rate) if whole else "", rate_text=rate_text,
            rate_chart=charts.part(rate, left, rate_text) if whole else "",
            rate_each=say("survey-rate-each", slip=self._rate(found, "slip"), kiosk=self._rate(found, "kiosk")),
            mix=tuple(
                (say(f"survey-channel-{name}"), self._count(count), CHANNEL_COLOURS[name][0]) for name, count in mix
            ),
            mix_chart=charts.parts(told) if told and whole else "",
            door=say("survey-door", count=self._door(shown["door"].responses)),
            groups=self._groups(found, found.closed), groups_alone=self._groups(found, False),
            criteria=tuple(self._criteria(found)) if found.closed else (), thursdays=self._thursdays(found),
            trend=self._trend(found), series=self._series(found), officers=self._officers(found, names),
            told=tell(found, say), more=self._more(found), points=points, points_chart=points_chart,
        )  # fmt: skip

    def span(self, found: QuarterResults) -> str:
        """Which Thursdays are in."""
        if not found.closed:
            key = "survey-so-far" if found.through else "survey-nothing"
            return self._say(key, last=day(found.through)) if found.through else self._say(key)
        served = [one for one in found.quarter.thursdays if self._days.is_service_day(one)] or found.quarter.thursdays
        return self._say("survey-span", count=len(served), first=day(served[0]), last=day(served[-1]))

    def _count(self, count: int | None) -> str:
        return self._say("survey-channel-hidden") if count is None else str(count)

    def _door(self, count: int | None) -> str:
        return self._say("survey-channel-hidden") if count is None else self._say("survey-door-count", count=count)

    def _rate(self, found: QuarterResults, channel: str) -> str:
        one = next(one for one in found.channels if one.channel == channel)
        if one.responses is None:
            return self._say("survey-channel-hidden")
        return percent(min(1.0, one.responses / one.finished)) if one.finished else "–"

    def _bar(self, label: str, index: Index | None, *, strong: bool = False, child: bool = False) -> Bar:
        share = index.share if index else None
        if index is None or share is None:
            return Bar(label, strong=strong, child=child)
        return Bar(label, share.value, share.low, share.high, share.n, strong=strong, child=child)

    def _line(
        self, label: str, line: Line, *, strong: bool = False, child: bool = False, officer: bool = False,
        closing: bool = False,
    ) -> Bar:  # fmt: skip
        """A row. On an officer, fewer than 30 people are no figure."""
        if line.index is None:
            why = "closing" if (officer or closing) and line.why == "waiting" else line.why or "waiting"
            return Bar(label, hidden=self._say(f"survey-hidden-{why}"), strong=strong, child=child)
        bar = self._bar(label, line.index, strong=strong, child=child)
        if officer and evidence(bar.n, officer=True) != "enough":
            unsure = self._say("survey-not-enough", count=bar.n)
            return Bar(label, bar.value, bar.low, bar.high, bar.n, unsure=unsure, strong=strong, child=child)
        return bar

    def _rows(self, bars: Sequence[Bar], title: str, core: Index | None = None, *, label_width: float = 236,
              start: float | None = None) -> str:  # fmt: skip
        share = core.share if core else None
        reference = (share.value, self._say("survey-reference")) if share else None
        make = charts.slim if self._slim else partial(charts.rows, label_width=label_width)
        return make(
            bars, title=title, people=self._say("survey-people"), starts_at=self._say("survey-axis"),
            reference=reference, start=start,
        )  # fmt: skip

    def _groups(self, found: QuarterResults, whole: bool) -> str:
        """Groups, the lowest first, what is hidden at the end; when `whole`, the lowest one with its criteria."""
        named = {group.key: group.name["vi"] for group in found.profile.group}
        order = sorted(found.groups, key=lambda group: _height(group.line))
        bars = []
        for place, group in enumerate(order):
            bars.append(self._line(named[group.line.key], group.line, strong=True))
            if whole and place == 0 and group.line.index:
                bars += [self._line(self._called(found, line), line, child=True) for line in _lowest_first(group)]
        return self._rows(bars, self._say("survey-groups"), found.core)

    def _criteria(self, found: QuarterResults) -> list[str]:
        named = {group.key: group.name["vi"] for group in found.profile.group}
        drawn = []
        lines = [line for one in found.groups for line in one.criteria]
        start = charts.axis_start([line.index.share.low for line in lines if line.index and line.index.share])
        for group in found.groups:
            head = self._line(named[group.line.key], group.line, strong=True)
            rows = [self._line(self._called(found, line), line, child=True) for line in group.criteria]
            drawn.append(self._rows([head, *rows], named[group.line.key], label_width=280, start=start))
        return drawn

    def _called(self, found: QuarterResults, line: Line) -> str:
        return found.profile.criteria[line.key].called("vi")

    def _thursdays(self, found: QuarterResults) -> str:
        if not found.steps:
            return ""
        known = {one: step for step in found.steps for one in step.thursdays}
        columns: list[Column] = []
        drawn: set[int] = set()
        for one in found.quarter.thursdays:
            step = known.get(one)
            if step is None and self._days.is_service_day(one):
                if columns and columns[-1].waits:
                    columns[-1] = Column((*columns[-1].labels, day(one)), waits=True)
                else:
                    columns.append(Column((day(one),), waits=True))
            elif step is None or (len(step.thursdays) == 1 and not self._days.is_service_day(one)):
                columns.append(Column((day(one),), closed=self._why(one)))
            elif id(step) not in drawn and (share := step.index.share):
                drawn.add(id(step))
                note = str(step.index.people)
                if len(step.thursdays) > 1:
                    note = self._say("survey-joined", count=step.index.people)
                labels = tuple(day(when) for when in step.thursdays)
                columns.append(Column(labels, share.value, share.low, share.high, note))
        whole = self._bar(self._say("survey-overall"), found.core)
        return charts.columns(
            columns, title=self._say("survey-thursdays"), people=self._say("survey-people"), whole=whole,
            waiting=self._say("survey-waits"), width=SLIM if self._slim else 588,
        )  # fmt: skip

    def _why(self, one: date) -> str:
        holiday = self._days.holiday(one)
        return holiday["vi"] if holiday and "vi" in holiday else self._say("survey-closed")

    def _trend(self, found: QuarterResults) -> str:
        """Quarters; the rolling twelve months are a line of words beside it (telling)."""
        points = [one for one in found.trend if one.index]
        if len(points) < 2:
            return ""
        columns = [self._trend_column(one) for one in found.trend[-8:]]
        year = found.trend[-1].year
        return charts.columns(
            columns, title=self._say("survey-trend"), people=self._say("survey-people"),
            whole=self._bar(self._say("survey-trend-year"), year) if year else None,
            waiting=self._say("survey-waits"), height=220, width=SLIM if self._slim else 664,
        )  # fmt: skip

    def _trend_column(self, one: Trend) -> Column:
        label = (roman(one.quarter),)
        share = one.index.share if one.index else None
        if share is None or one.index is None:
            return Column(label, waits=True)
        # Beside seven others there is no room for words
        note = str(one.index.people) if one.closed or self._slim else self._say("survey-trend-running")
        return Column(label, share.value, share.low, share.high, note)

    def _series(self, found: QuarterResults) -> str:
        series = self._settings.series
        if not found.series:
            return ""
        bars = [
            self._line(series[line.key].name["vi"] if line.key in series else line.key, line, closing=True)
            for line in found.series
        ]
        return self._rows(bars, self._say("survey-series"), found.core)

    def _officers(self, found: QuarterResults, names: Name) -> tuple[tuple[str, str, str], ...]:
        rows = []
        for line in found.officers:
            told = self._say(f"survey-hidden-{'closing' if line.why == 'waiting' else line.why or 'kept'}")
            if line.index:
                told = self._say("survey-door-count", count=line.index.people)
            rows.append((line.key, names(line.key) or "", told))
        return tuple(rows)

    def _more(self, found: QuarterResults) -> str:
        say, core, profile = self._say, found.core, found.profile
        sentences = []
        if core and core.mean and found.pooled and found.pooled.share and found.averaged and found.averaged.share:
            sentences.append(say(
                "survey-more-text", answers=core.valid, people=core.people, count=len(profile.core),
                all=sum(line.index is not None for group in found.groups for line in group.criteria),
                pooled=percent(found.pooled.share.value, 1), averaged=percent(found.averaged.share.value, 1),
                mean=number(core.mean.value, 2), best=max(profile.values),
            ))  # fmt: skip
        if found.passed and found.passed.asked:
            parts = {
                name: self._say("survey-passed-hidden") if count is None else percent(count / found.passed.asked)
                for name, count in (("skipped", found.passed.skipped), ("unknown", found.passed.unknown))
            }
            sentences.append(say("survey-passed-both", **parts))
        about = {"name": profile.name["vi"], "version": profile.version, "verified": profile.verified_by}
        sentences.append(say("survey-sample", **about))
        return " ".join(sentences)

    def _points(self, found: Rated | None, *, officer: bool) -> tuple[str, str]:
        """A sentence and the classes."""
        if found is None:
            return self._say("survey-points-none"), ""
        edges = [(one.name["vi"], float(one.at_least)) for one in found.rating.classes]
        title = self._say("survey-points")
        points = found.points
        if found.why or points is None or points.points is None or found.found is None or points.estimate is None:
            why = found.why or "few"
            return self._say(f"survey-points-{why}"), ""
        if evidence(points.complete, officer=officer) != "enough":
            text = self._say("survey-points-not-enough", count=points.complete, least=ENOUGH_FROM)
            return text, charts.classes(edges, points.most, None, title)
        written = number(floor(points.points * 10) / 10, 1)  # never above an edge that is not reached
        low, high = (number(floor(Fraction(end) * 10) / 10, 1) for end in (points.estimate.low, points.estimate.high))
        text = self._say(
            "survey-points-found", points=written, most=points.most, low=low, high=high, count=points.complete,
            left=points.incomplete, **{"class": found.found.name["vi"]},
        )  # fmt: skip
        estimate = points.estimate
        ends = {classify(max(Fraction(0), Fraction(end)), found.rating).key for end in (estimate.low, estimate.high)}
        if len(ends) > 1:
            text += " " + self._say("survey-points-edge")
        bar = Bar(title, estimate.value, estimate.low, estimate.high, estimate.n)
        return text, charts.classes(edges, points.most, bar, title)

    # ---- an officer ----------------------------------------------------------------------------------------

    def officer(self, found: OfficerResults) -> OfficerView:
        """An officer's page: that of one who is not compared with anybody by name."""
        say, share = self._say, found.core.index.share if found.core.index else None
        enough = share is not None and evidence(share.n, officer=True) == "enough"
        if share is not None and enough:
            claim = say("survey-mine-enough", share=percent(share.value), count=len(found.profile.core))
            text = say("survey-mine-interval", people=share.n, low=percent(share.low), high=percent(share.high))
        elif share is not None:
            claim = say("survey-mine-short", count=share.n)
            text = say("survey-mine-short-text", least=ENOUGH_FROM)
        else:
            claim = say("survey-mine-hidden")
            text = say("survey-mine-hidden-text")
            if not found.closed:
                claim, text = say("survey-mine-waiting"), say("survey-mine-waiting-text")
        criteria = found.profile.criteria
        bars = [
            self._line(criteria[line.key].called("vi"), line, officer=True, strong=_enough(line))
            for line in found.criteria
        ]
        against = found.against
        drawn = ""
        if against and enough:
            drawn = charts.zero_line(
                against.value, against.low, against.high, less=say("survey-against-less"),
                same=say("survey-against-same"), more=say("survey-against-more"), label=say("survey-against"),
            )  # fmt: skip
        points, points_chart = self._points(found.rated, officer=True)
        return OfficerView(
            name=found.name, quarter=say("survey-quarter", quarter=roman(found.quarter)), claim=claim,
            claim_text=text,
            criteria=self._rows(bars, say("survey-about"), label_width=270) if bars else "",
            against=drawn, against_text=tell_against(against, say, enough),
            points=points, points_chart=points_chart,
            work=(
                (found.work.served, say("survey-work-served")), (found.work.received, say("survey-work-received")),
                (found.work.same_day, say("survey-work-same-day")),
            ),
        )  # fmt: skip


def _enough(line: Line) -> bool:
    return line.index is not None and evidence(line.index.people, officer=True) == "enough"


def _height(line: Line) -> tuple[bool, float, str]:
    """Lowest first; what is hidden at the end, in its own order."""
    share = line.index.share if line.index else None
    return share is None, share.value if share else 0.0, line.key


def _lowest_first(group: GroupLines) -> list[Line]:
    return sorted(group.criteria, key=_height)
