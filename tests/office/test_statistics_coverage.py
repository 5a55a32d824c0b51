"""Thousands of surveys whose truth is known: how often the intervals hold it, and how wide they are.

The worlds are seeded, so the figures are the same each time; docs/statistics.md has them for more worlds.
"""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.stats.proportion import proportion_confint

from kiosk.office.statistics import CAUTION, Estimate, Response, averaged, criterion, difference, pooled
from tests.office.survey_worlds import CORE, SCALE, World, mean_of

SURVEYS = 1000
REFERENCES = 250
"""The reference method is slow: its mean width needs no more."""


def reference(responses: list[Response], keys: tuple[str, ...], satisfied: bool) -> float:
    """The width of statsmodels' interval: least squares, covariance robust to days, Student's t of days − 1."""
    rows = [(one.week, one.answers[key]) for one in responses for key in keys if one.answers[key] != "skipped"]
    values = np.array([float(value >= 4) if satisfied else float(value) for _, value in rows])  # type: ignore[operator]
    days = np.unique([week for week, _ in rows], return_inverse=True)[1]
    fit = sm.OLS(values, np.ones(len(values))).fit(cov_type="cluster", cov_kwds={"groups": days}, use_t=True)
    low, high = fit.conf_int()[0]
    return float(high - low)


@pytest.mark.parametrize("people", [65, 20])
def test_intervals_hold_the_truth_as_often_as_they_say(people: int) -> None:
    """A quarter of thirteen Thursdays, 65 or 20 people, true shares between 70 and 97 %, answers alike within days
    and people: each interval holds the truth in 93 to 97 % of surveys and is at most 1.1 × as wide as the
    reference's."""
    random = np.random.default_rng(61)
    held: Counter[str] = Counter()
    widths: dict[str, list[float]] = {}
    references: dict[str, list[float]] = {"criterion": [], "pooled": [], "mean": []}
    for number in range(SURVEYS):
        share = random.uniform(0.7, 0.97)
        given = World(share, days=13, people=people).survey(random)
        whole = pooled(given, CORE, SCALE)
        found = {
            "criterion": (criterion(given, CORE[0], SCALE).share, share),
            "pooled": (whole.share, share),
            "averaged": (averaged(given, CORE, SCALE).share, share),
            "mean": (whole.mean, mean_of(share)),
        }
        for name, (estimate, truth) in found.items():
            assert estimate is not None
            held[name] += estimate.low <= truth <= estimate.high
            widths.setdefault(name, []).append(estimate.high - estimate.low)
        if number < REFERENCES:
            references["criterion"].append(reference(given, CORE[:1], satisfied=True))
            references["pooled"].append(reference(given, CORE, satisfied=True))
            references["mean"].append(reference(given, CORE, satisfied=False))
    for name in widths:
        assert 0.93 <= held[name] / SURVEYS <= 0.97, (name, held[name] / SURVEYS)
    for name in references:
        assert np.mean(widths[name]) <= 1.1 * np.mean(references[name]), name


def test_treating_answers_as_independent_would_claim_too_much() -> None:
    """Why all this: Wilson's interval on 4 × 65 answers as if each came from another person on another day."""
    random = np.random.default_rng(62)
    held = 0
    for _ in range(400):
        share = random.uniform(0.7, 0.97)
        whole = pooled(World(share, days=13, people=65).survey(random), CORE, SCALE)
        low, high = proportion_confint(whole.satisfied, whole.valid, method="wilson")
        held += low <= share <= high
    assert held / 400 < 0.85


# ---- two officers --------------------------------------------------------------------------------------------------

DAYS = 13
ALIKE, PERSON, SKIPS = 0.05, 0.3, 0.1
QUESTIONS = {"one criterion": CORE[:1], "core index": CORE}


def officer(share: float, people: int, keys: tuple[str, ...], random: np.random.Generator) -> Estimate:
    """The index of one officer in a quarter."""
    world = World(share, DAYS, people, day=ALIKE, person=PERSON, skips=SKIPS, keys=keys)
    found = pooled(world.survey(random), keys, SCALE).share
    assert found is not None
    return found


def people_needed(better: float, worse: float, questions: int) -> int:
    """Per officer, for a power of 80 %: the textbook's number for two shares, times the spread of a person's mean
    over `questions` answers, times the design effect of alike days, times what Student's t and CAUTION cost."""
    both = better * (1 - better) + worse * (1 - worse)
    alone = (1.96 + 0.8416) ** 2 * both / (better - worse) ** 2 * (STUDENTS_COST * CAUTION) ** 2
    alike = ALIKE + (1 - ALIKE) * PERSON  # two answers of a person
    given = questions * (1 - SKIPS)
    spread = max(alike + (1 - alike) / given, 1 / given)
    people = alone
    for _ in range(100):
        people = alone * spread * (1 + ALIKE / min(spread, 1) * people / DAYS)
    return math.ceil(people)


STUDENTS_COST = 2.12 / 1.96
"""16 degrees of freedom: 12 of the days, 4 of what is usual."""


@pytest.mark.parametrize("asked", QUESTIONS)
def test_a_planted_difference_of_fifteen_points_is_found_when_enough_people_answered(asked: str) -> None:
    random = np.random.default_rng(63)
    keys = QUESTIONS[asked]
    people = people_needed(0.95, 0.80, len(keys))
    verdicts = Counter(
        difference(officer(0.95, people, keys, random), officer(0.80, people, keys, random)).verdict
        for _ in range(500)
    )
    assert verdicts["larger"] / 500 >= 0.80, (people, verdicts)
    assert verdicts["smaller"] == 0


@pytest.mark.parametrize("asked", QUESTIONS)
@pytest.mark.parametrize("people", [30, 65])
@pytest.mark.parametrize("share", [0.80, 0.90, 0.95])
def test_no_difference_is_claimed_where_none_is(people: int, share: float, asked: str) -> None:
    random = np.random.default_rng(64)
    keys = QUESTIONS[asked]
    verdicts = Counter(
        difference(officer(share, people, keys, random), officer(share, people, keys, random)).verdict
        for _ in range(800)
    )
    assert 1 - verdicts["cannot say"] / 800 <= 0.05, verdicts


def test_with_too_few_people_nothing_is_claimed() -> None:
    random = np.random.default_rng(65)
    for _ in range(100):
        assert difference(officer(0.95, 29, CORE, random), officer(0.50, 29, CORE, random)).verdict == "cannot say"
