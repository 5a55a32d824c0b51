"""Sentences that say what the figures show, and what they do not. Claim first, interval next, verdict last; a
comparison is claimed only where `difference` allows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kiosk.office.periods import answers_until, iso_week
from kiosk.office.results import Line, QuarterResults
from kiosk.office.statistics import ENOUGH_FROM, Difference, Estimate, Index, difference, stands_out
from kiosk.reports.forms import Say, between, day, percent, roman, signed


@dataclass(frozen=True)
class Told:
    """Two lists of sentences; what stands between two * is strong."""

    can: tuple[str, ...]
    cannot: tuple[str, ...]


@dataclass(frozen=True)
class _Named:
    """A shown figure with its name."""

    name: str
    share: Estimate


def tell(found: QuarterResults, say: Say) -> Told:
    """What the quarter says."""
    can: list[str] = []
    cannot: list[str] = []
    core = found.core
    if core and core.share:
        can.append(say(
            "tell-index", share=percent(core.share.value, 1), low=percent(core.share.low),
            high=percent(core.share.high), people=core.people,
        ))  # fmt: skip
        _change(found, say, can, cannot)
        _groups(found, say, can, cannot)
        _criteria(found, say, can, cannot)
    year = found.trend[-1].year if found.trend else None
    if year and year.share:
        share = year.share
        can.append(say(
            "tell-year", quarter=roman(found.quarter), share=percent(share.value, 1), span=between(share),
            people=year.people,
        ))  # fmt: skip
    if found.passed and found.passed.most:
        can.append(say("tell-passed", name=found.profile.criteria[found.passed.most].called("vi")))
    if not found.closed:
        key, last = ("tell-running", {"last": day(found.through)}) if found.through else ("tell-nothing", {})
        cannot.insert(0, say(key, **last))
    if core:
        if found.finished and found.closed:
            left = 1 - min(found.responses, found.finished) / found.finished
            cannot.append(say("tell-rate", share=percent(left)))
        cannot.append(say("tell-courtesy"))
        if len(found.steps) > 1:
            counts = [step.index.people for step in found.steps]
            cannot.append(say("tell-thursdays", least=min(counts), most=max(counts)))
        cannot.append(say("tell-officers"))
    return Told(tuple(can), tuple(cannot))


def tell_thursday(found: QuarterResults, thursday: date, today: date, say: Say) -> str:
    """What those who were served on one Thursday say; with another one where they were too few; or why nothing is
    said."""
    step = next((one for one in found.steps if thursday in one.thursdays), None)
    until = answers_until(iso_week(thursday))
    if step is None or step.index.share is None:
        key = "tell-day-open" if today <= until else "tell-day-never" if found.closed else "tell-day-waits"
        return say(key, sunday=day(until), monday=day(until + timedelta(days=1)))
    share, others = step.index.share, [day(one) for one in step.thursdays if one != thursday]
    figures = {"people": step.index.people, "share": percent(share.value), "span": between(share)}
    if others:
        return say("tell-day-joined", others=listed(others, say), **figures)
    return say("tell-day", **figures)


def _change(found: QuarterResults, say: Say, can: list[str], cannot: list[str]) -> None:
    quarter = roman(found.quarter.before())
    if found.change is None:
        cannot.append(say("tell-change-none" if found.before is None else "tell-change-later", quarter=quarter))
        return
    low, high = signed(100 * found.change.low), signed(100 * found.change.high)
    value = signed(100 * found.change.value)
    if found.change.verdict == "cannot say":
        cannot.append(say("tell-change-unknown", quarter=quarter, value=value, low=low, high=high))
        return
    key = "tell-better" if found.change.verdict == "larger" else "tell-worse"
    can.append(say(key, quarter=quarter, value=value.lstrip("+\N{MINUS SIGN}"), low=low, high=high))


def _groups(found: QuarterResults, say: Say, can: list[str], cannot: list[str]) -> None:
    named = {group.key: group.name["vi"] for group in found.profile.group}
    shown = _shown([group.line for group in found.groups], named)
    if len(shown) < 2:
        return
    lowest, *others = shown
    higher = [one.name for one in others if _below(lowest, one, len(shown))]
    told = {"name": lowest.name, "share": percent(lowest.share.value), "span": between(lowest.share)}
    if not higher:
        cannot.append(say("tell-groups-unknown", **told))
        return
    key = "tell-group-lowest" if len(higher) > 1 else "tell-group-lowest-one"
    sentence = say(key, higher=listed(higher, say), people=lowest.share.n, **told)
    alike = [one.name for one in others if one.name not in higher]
    if alike:
        sentence += " " + say("tell-group-alike", names=listed(alike, say))
    can.append(sentence)


def _criteria(found: QuarterResults, say: Say, can: list[str], cannot: list[str]) -> None:
    named = {key: one.called("vi") for key, one in found.profile.criteria.items()}
    lines = [line for group in found.groups for line in group.criteria]
    shown = _shown(lines, named)
    enough = [one for one in shown if one.share.n >= ENOUGH_FROM]
    if len(enough) > 1:
        lowest, *others = enough
        told = {"name": lowest.name, "share": percent(lowest.share.value), "span": between(lowest.share)}
        higher = sum(_below(lowest, one, len(enough)) for one in others)
        if higher:
            can.append(say("tell-criterion-lowest", count=higher, people=lowest.share.n, **told))
        else:
            cannot.append(say("tell-criterion-counted", least=ENOUGH_FROM, people=lowest.share.n, **told))
    few = len(shown) - len(enough)
    if few:
        cannot.append(say("tell-criteria-few", count=few, least=ENOUGH_FROM))
    hidden = sum(line.why == "few" for line in lines)
    if hidden:
        cannot.append(say("tell-criteria-hidden", count=hidden))


def _shown(lines: Sequence[Line], named: dict[str, str]) -> list[_Named]:
    """The shown figures, the lowest first."""
    found = [_Named(named[line.key], line.index.share) for line in lines if line.index and line.index.share]
    return sorted(found, key=lambda one: (one.share.value, one.name))


def _below(one: _Named, other: _Named, figures: int) -> bool:
    """The lowest of so many figures lies below another one. It was looked for among all pairs."""
    found = difference(one.share, other.share)
    return found.verdict == "smaller" and stands_out(found, figures * (figures - 1) // 2)


def listed(names: Sequence[str], say: Say) -> str:
    """The last of `names` is joined by "and"."""
    if len(names) < 2:
        return "".join(names)
    return " ".join((", ".join(names[:-1]), say("tell-and"), names[-1]))


def tell_against(found: Difference | None, say: Say, enough: bool) -> str:
    """How an officer's index differs from that of the others."""
    if found is None:
        return say("survey-against-none", least=ENOUGH_FROM)
    key = "short" if not enough else {"larger": "larger", "smaller": "smaller"}.get(found.verdict, "cannot")
    return say(
        "survey-against-text", value=signed(100 * found.value), low=signed(100 * found.low),
        high=signed(100 * found.high), verdict=say(f"survey-against-{key}"),
    )  # fmt: skip


def strong_parts(sentence: str) -> list[tuple[str, bool]]:
    """(text, strong) of a sentence in which * begins and ends what is strong."""
    return [(part, bool(at % 2)) for at, part in enumerate(sentence.split("*")) if part]


def plain(index: Index | None) -> Estimate | None:
    """The share of an index; None when it is hidden."""
    return index.share if index else None
