"""Figures of the survey that stand up at small numbers: shares, means, differences, points and classes.

Pure: answers in, frozen figures out. Each rule with its formula, source and measured coverage: docs/statistics.md.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from statistics import NormalDist
from typing import Literal

from kiosk.settings import Profile, Rating, RatingClass

HIDDEN_BELOW = 5
"""People. A figure on fewer is not shown: who answered could be told from it."""
ENOUGH_FROM = 30
"""People. A judgement of an officer on fewer reads "not enough"."""
CONFIDENCE = 0.95
USUAL_DAY_EFFECT = 0.05
"""How much alike answers of one day are presumed to be (intraclass correlation) before the office's own days tell."""
USUAL_WEIGHT = 4
"""The presumption weighs as much as what this many days tell. Chosen by simulation (docs/statistics.md)."""
CAUTION = 1.05
"""A difference is claimed when it is so many times farther from 0 than its interval needs: with few days, intervals
near the end of the scale hold the truth a little less often than they say."""
_NOTHING = 1e-12

Missing = Literal["skipped", "unknown"]
Kind = Literal["criterion", "pooled", "averaged"]
Evidence = Literal["hidden", "not enough", "enough"]
Verdict = Literal["larger", "smaller", "cannot say"]


@dataclass(frozen=True)
class Response:
    """One person's answers. `week` ("2026-W48") stands for the service day: it holds one Thursday. What was not asked
    is not in `answers`."""

    week: str
    answers: Mapping[str, int | Missing]


@dataclass(frozen=True)
class Scale:
    """The values an answer may have, and from which on it counts as satisfied."""

    lowest: int
    highest: int
    satisfied_from: int

    @classmethod
    def of(cls, profile: Profile) -> Scale:
        """The scale of a survey profile."""
        return cls(min(profile.values), max(profile.values), profile.satisfied_from)


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval. `n`: people behind it, not answers."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Index:
    """Answers to one or several criteria in figures.

    `kind`: "criterion" one criterion · "pooled" every answer counts the same, so a criterion asked more often weighs
    more · "averaged" every criterion with an answer counts the same. `share`: satisfied answers, 0 to 1. `mean`: in
    the scale's own units. Both None when nobody gave a valid answer. Skipped and unknown stand outside both.
    """

    kind: Kind
    people: int
    valid: int
    satisfied: int
    skipped: int
    unknown: int
    share: Estimate | None
    mean: Estimate | None


@dataclass(frozen=True)
class Difference:
    """One figure less another, in their units, with its interval."""

    value: float
    low: float
    high: float
    verdict: Verdict


@dataclass(frozen=True)
class Points:
    """Points of forms that answer every criterion of a rating. `points`: their exact mean, None without such a form;
    `most`: as many as a form can have; `complete`, `incomplete`: forms."""

    points: Fraction | None
    most: int
    complete: int
    incomplete: int
    estimate: Estimate | None


# ---- one share -------------------------------------------------------------------------------------------------


def wilson(successes: int, n: int, confidence: float = CONFIDENCE) -> Estimate:
    """Share of `successes` among `n` independent answers with Wilson's score interval (Wilson 1927; Brown, Cai,
    DasGupta 2001). Shares from 0 to 1. Raises ValueError unless 0 ≤ successes ≤ n, n ≥ 1, 0 < confidence < 1."""
    if n < 1 or not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is no share")
    if not 0 < confidence < 1:
        raise ValueError(f"{confidence} is no confidence; write it like 0.95")
    share = successes / n
    low, high = _score(share, n, NormalDist().inv_cdf((1 + confidence) / 2))
    return Estimate(share, low, high, n)


def _score(share: float, n: float, quantile: float) -> tuple[float, float]:
    """Wilson's interval for a share of `n` (effective) answers."""
    spread = quantile * quantile / n
    middle = (share + spread / 2) / (1 + spread)
    half = quantile / (1 + spread) * math.sqrt(share * (1 - share) / n + spread / (4 * n))
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))


@lru_cache(maxsize=256)
def student(confidence: float, freedom: int) -> float:
    """The two-sided quantile of Student's t: |T| stays below it with probability `confidence`. Exact finite series
    for whole degrees of freedom (Abramowitz and Stegun 26.7.3, 26.7.4), solved by halving."""
    low, high = 0.0, 1e6
    for _ in range(120):
        middle = (low + high) / 2
        low, high = (middle, high) if _inside(middle, freedom) < confidence else (low, middle)
    return (low + high) / 2


def _inside(t: float, freedom: int) -> float:
    """The probability of |T| ≤ t."""
    angle = math.atan(t / math.sqrt(freedom))
    cosine = math.cos(angle)
    odd = freedom % 2
    term = cosine if odd else 1.0
    total = term if freedom > 1 else 0.0
    for step in range(2 + odd, freedom - 1, 2):
        term *= cosine * cosine * (step - 1) / step
        total += term
    total *= math.sin(angle)
    return 2 / math.pi * (angle + total) if odd else total


# ---- indices ----------------------------------------------------------------------------------------------------


def criterion(responses: Sequence[Response], key: str, scale: Scale) -> Index:
    """One criterion. Raises ValueError for a value outside the scale."""
    return _index("criterion", responses, [key], scale)


def pooled(responses: Sequence[Response], keys: Sequence[str], scale: Scale) -> Index:
    """A group or the whole, every answer counting the same. Raises ValueError for a value outside the scale."""
    return _index("pooled", responses, keys, scale)


def averaged(responses: Sequence[Response], keys: Sequence[str], scale: Scale) -> Index:
    """A group or the whole, every criterion with an answer counting the same. Raises ValueError for a value outside
    the scale."""
    return _index("averaged", responses, keys, scale)


def _index(kind: Kind, responses: Sequence[Response], keys: Sequence[str], scale: Scale) -> Index:
    weeks: list[str] = []
    valid: list[dict[str, int]] = []
    skipped = unknown = 0
    for response in responses:
        given = [response.answers[key] for key in keys if key in response.answers]
        skipped += given.count("skipped")
        unknown += given.count("unknown")
        values = {key: _value(response.answers[key], scale) for key in keys if _valid(response.answers.get(key))}
        if values:
            weeks.append(response.week)
            valid.append(values)
    satisfied = [{key: float(value >= scale.satisfied_from) for key, value in one.items()} for one in valid]
    span = scale.highest - scale.lowest
    height = [{key: (value - scale.lowest) / span for key, value in one.items()} for one in valid]
    answers = sum(map(len, valid))
    share = _estimate(weeks, satisfied, kind, answers)
    mean = _estimate(weeks, height, kind)
    return Index(
        kind=kind,
        people=len(valid),
        valid=answers,
        satisfied=int(sum(sum(one.values()) for one in satisfied)),
        skipped=skipped,
        unknown=unknown,
        share=share,
        mean=mean and _stretched(mean, scale.lowest, span),
    )


def _valid(answer: int | Missing | None) -> bool:
    return isinstance(answer, int)


def _value(answer: int | Missing, scale: Scale) -> int:
    value = int(answer)
    if not scale.lowest <= value <= scale.highest:
        raise ValueError(f"{value} is outside the scale from {scale.lowest} to {scale.highest}")
    return value


def _stretched(estimate: Estimate, lowest: float, span: float) -> Estimate:
    """From 0 to 1 → from `lowest` to `lowest + span`."""
    low, value, high = (lowest + span * part for part in (estimate.low, estimate.value, estimate.high))
    return Estimate(value, low, high, estimate.n)


def _estimate(
    weeks: Sequence[str], people: Sequence[Mapping[str, float]], kind: Kind, most: float = math.inf
) -> Estimate | None:
    """A mean of values from 0 to 1, of people whose answers are alike and of days that are alike within.

    Wilson's interval with an effective number of answers: the variance between people (linearised ratio), times a
    design effect. That is what the days tell, moderated by what is usual, because a quarter has few of them;
    Student's t in place of the normal quantile pays for it. `most`: no share is worth more answers than were given.
    """
    n = len(people)
    if not n:
        return None
    value, pulls = _linear(people, kind)
    between_people = n / (n - 1) * math.fsum(pull * pull for pull in pulls) if n > 1 else 0.0
    if between_people * n < _NOTHING:  # all alike: nothing to estimate a spread from
        return Estimate(value, *_score(value, n, NormalDist().inv_cdf((1 + CONFIDENCE) / 2)), n)
    by_day: defaultdict[str, list[float]] = defaultdict(list)
    for week, pull in zip(weeks, pulls, strict=True):
        by_day[week].append(pull)
    days = len(by_day)
    told = 0.0  # the design effect that the days tell, by leaving out one day after the other
    if days > 1:
        left_out = (math.fsum(day) / (1 - len(day) / n) for day in by_day.values())
        told = (days - 1) / days * math.fsum(pull * pull for pull in left_out) / between_people
    answers = [part for one in people for part in one.values()]
    alone = math.fsum((part - value) ** 2 for part in answers) / len(answers) / n
    usual = 1 + USUAL_DAY_EFFECT * alone / between_people * (n / days - 1)
    freedom = days - 1 + USUAL_WEIGHT
    effect = ((days - 1) * told + USUAL_WEIGHT * usual) / freedom
    quantile = student(CONFIDENCE, freedom)
    normal = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    effective = value * (1 - value) / (between_people * effect) * (normal / quantile) ** 2
    return Estimate(value, *_score(value, min(effective, most), normal), n)


def _linear(people: Sequence[Mapping[str, float]], kind: Kind) -> tuple[float, list[float]]:
    """The mean, and how far each person pulls it (the linearised residual of the ratio)."""
    if kind != "averaged":
        answers = sum(map(len, people))
        value = math.fsum(math.fsum(one.values()) for one in people) / answers
        return value, [(math.fsum(one.values()) - value * len(one)) / answers for one in people]
    sums: defaultdict[str, float] = defaultdict(float)
    counts: defaultdict[str, int] = defaultdict(int)
    for one in people:
        for key, part in one.items():
            sums[key] += part
            counts[key] += 1
    means = {key: sums[key] / counts[key] for key in counts}
    pulls = [math.fsum((part - means[key]) / counts[key] for key, part in one.items()) / len(means) for one in people]
    return math.fsum(means.values()) / len(means), pulls


# ---- judgements -------------------------------------------------------------------------------------------------


def evidence(n: int, officer: bool) -> Evidence:
    """What may be said on `n` people: "hidden" below 5; on an officer "not enough" below 30; else "enough"."""
    if n < HIDDEN_BELOW:
        return "hidden"
    return "not enough" if officer and n < ENOUGH_FROM else "enough"


def difference(a: Estimate, b: Estimate, least: int = ENOUGH_FROM) -> Difference:
    """a − b of two independent figures in the same units. Newcombe's hybrid score interval (1998, method 10): the
    distances from each figure to its own limits, squared and added; for other figures than shares the same recipe is
    MOVER (Zou and Donner 2008). The verdict is "cannot say" when either has fewer than `least` people, or when 0 lies
    in the interval or no farther outside than CAUTION asks."""
    value = a.value - b.value
    below = math.hypot(a.value - a.low, b.high - b.value)
    above = math.hypot(a.high - a.value, b.value - b.low)
    verdict: Verdict = "cannot say"
    if min(a.n, b.n) >= least:
        if value > CAUTION * below:
            verdict = "larger"
        elif -value > CAUTION * above:
            verdict = "smaller"
    return Difference(value, value - below, value + above, verdict)


def stands_out(found: Difference, comparisons: int) -> bool:
    """A difference that was looked for among so many holds all the same: its interval is widened until all of them
    together are wrong once in twenty (Bonferroni)."""
    usual, strict = (NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / 2 / one) for one in (1, max(1, comparisons)))
    wider = strict / usual
    if found.verdict == "larger":
        return found.value > wider * CAUTION * (found.value - found.low)
    return found.verdict == "smaller" and -found.value > wider * CAUTION * (found.high - found.value)


def most_passed(asked: Mapping[str, int], passed: Mapping[str, int]) -> str:
    """The question that is passed over clearly more often than all others together, as a share of how often each was
    asked: what everybody is asked is passed over most in mere numbers. Empty: none stands out."""
    if not asked:
        return ""
    top = max(sorted(asked), key=lambda key: passed.get(key, 0) / asked[key])
    others, missing = sum(asked.values()) - asked[top], sum(passed.values()) - passed.get(top, 0)
    if not others:
        return ""
    found = difference(wilson(passed.get(top, 0), asked[top]), wilson(missing, others))
    return top if found.verdict == "larger" and stands_out(found, len(asked)) else ""


def points(responses: Iterable[Response], keys: Sequence[str], scale: Scale) -> Points:
    """Mean points of the forms that answer all of `keys` (Decree 61/2018 judges each case as a whole). Raises
    ValueError for a value outside the scale."""
    most = scale.highest * len(keys)
    weeks: list[str] = []
    totals: list[int] = []
    incomplete = 0
    for response in responses:
        answers = [response.answers.get(key) for key in keys]
        whole = [_value(answer, scale) for answer in answers if isinstance(answer, int)]
        if len(whole) == len(keys):
            weeks.append(response.week)
            totals.append(sum(whole))
        elif whole:
            incomplete += 1
    lowest = scale.lowest * len(keys)
    heights = [{"points": (total - lowest) / (most - lowest)} for total in totals]
    found = _estimate(weeks, heights, "criterion")
    exact = Fraction(sum(totals), len(totals)) if totals else None
    return Points(exact, most, len(totals), incomplete, found and _stretched(found, lowest, most - lowest))


def classify(found: Fraction | int, rating: Rating) -> RatingClass:
    """The class of so many points: the first whose `at_least` is reached. Exact, never rounded before: 15 is
    "excellent", 14.99 is not. Raises ValueError for points below the last class."""
    for one in rating.classes:
        if found >= one.at_least:
            return one
    raise ValueError(f"{found} points are in no class")
