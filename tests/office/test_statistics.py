"""Each rule of the survey's figures at its edge, and against scipy and statsmodels."""

from __future__ import annotations

import math
import random
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from kiosk.office.statistics import (
    Estimate,
    Response,
    Scale,
    averaged,
    classify,
    criterion,
    difference,
    evidence,
    most_passed,
    points,
    pooled,
    stands_out,
    student,
    wilson,
)
from kiosk.settings import load, places

SIPAS = Scale(1, 5, 4)
SETTINGS = load(places())
DECREE = SETTINGS.survey.profile("decree61", 1)
RATINGS = {rating.key: rating for rating in DECREE.rating}

shares = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def answers(*rows: dict[str, int | str], week: str = "2026-W40") -> list[Response]:
    return [Response(week, row) for row in rows]  # type: ignore[arg-type]


# ---- one share -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(12, 12, 75.8, 100.0), (30, 30, 88.6, 100.0), (0, 12, 0.0, 24.2), (59, 62, 86.7, 98.3)],
)
def test_wilson_gives_the_known_figures(successes: int, n: int, low: float, high: float) -> None:
    found = wilson(successes, n)
    assert (round(100 * found.low, 1), round(100 * found.high, 1)) == (low, high)


@given(shares, st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_wilson_agrees_with_statsmodels(share: tuple[int, int], confidence: float) -> None:
    found = wilson(*share, confidence)
    low, high = proportion_confint(*share, alpha=1 - confidence, method="wilson")
    assert found.low == pytest.approx(max(low, 0), abs=1e-9)
    assert found.high == pytest.approx(min(high, 1), abs=1e-9)


@given(shares)
def test_wilson_holds_its_share_and_stays_a_share(share: tuple[int, int]) -> None:
    found = wilson(*share)
    assert 0 <= found.low <= found.value <= found.high <= 1


@given(shares)
def test_one_more_success_moves_both_limits_up(share: tuple[int, int]) -> None:
    successes, n = share
    assume(successes < n)
    less, more = wilson(successes, n), wilson(successes + 1, n)
    assert less.low < more.low
    assert less.high < more.high or less.high == 1


@given(shares)
def test_more_of_the_same_narrows(share: tuple[int, int]) -> None:
    successes, n = share
    once, twice = wilson(successes, n), wilson(2 * successes, 2 * n)
    assert twice.high - twice.low < once.high - once.low


@pytest.mark.parametrize("given", [(1, 0), (-1, 5), (6, 5), (1, 5, 0.0), (1, 5, 1.0), (1, 5, 95)])
def test_wilson_refuses_what_is_no_share(given: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="is no"):
        wilson(*given)


@pytest.mark.parametrize("freedom", [*range(1, 70), 200])
def test_student_agrees_with_scipy(freedom: int) -> None:
    for confidence in (0.8, 0.95, 0.99):
        assert student(confidence, freedom) == pytest.approx(stats.t.ppf((1 + confidence) / 2, freedom), rel=1e-9)


# ---- indices -------------------------------------------------------------------------------------------------------


def test_skips_and_dont_knows_leave_the_denominator_and_are_counted_apart() -> None:
    found = criterion(answers({"a": 5}, {"a": 4}, {"a": 3}, {"a": "skipped"}, {"a": "unknown"}, {}), "a", SIPAS)
    assert (found.people, found.valid, found.satisfied, found.skipped, found.unknown) == (3, 3, 2, 1, 1)
    assert found.share and found.share.value == pytest.approx(2 / 3)
    assert found.mean and found.mean.value == pytest.approx(4)


def test_pooled_and_averaged_are_told_apart() -> None:
    """Nine answers to one criterion, one to another: pooled leans to the nine, averaged to neither."""
    given = answers(*[{"a": 5}] * 9, {"b": 1})
    whole, middle = pooled(given, ["a", "b"], SIPAS), averaged(given, ["a", "b"], SIPAS)
    assert (whole.kind, middle.kind) == ("pooled", "averaged")
    assert whole.share and whole.share.value == pytest.approx(0.9)
    assert middle.share and middle.share.value == pytest.approx(0.5)
    assert whole.mean and whole.mean.value == pytest.approx(4.6)
    assert middle.mean and middle.mean.value == pytest.approx(3)


def test_nobody_answered() -> None:
    for found in (criterion([], "a", SIPAS), pooled(answers({"a": "skipped"}), ["a"], SIPAS)):
        assert found.share is None and found.mean is None and found.people == 0


def test_everybody_alike_gets_wilsons_interval_on_people() -> None:
    """Four answers of one person are no four people."""
    found = pooled(answers(*[dict.fromkeys("abcd", 5)] * 12), list("abcd"), SIPAS)
    assert found.share == wilson(12, 12)
    assert found.mean and found.mean.high == 5 and found.mean.low == pytest.approx(1 + 4 * wilson(12, 12).low)


def test_a_value_outside_the_scale_is_refused() -> None:
    for index in (lambda given: criterion(given, "a", SIPAS), lambda given: points(given, ["a"], SIPAS)):
        with pytest.raises(ValueError, match="outside the scale"):
            index(answers({"a": 6}))


responses = st.lists(
    st.builds(
        Response,
        st.sampled_from([f"2026-W{week}" for week in range(40, 53)]),
        st.dictionaries(st.sampled_from("abcd"), st.sampled_from([1, 2, 3, 4, 5, "skipped", "unknown"])),
    ),
    max_size=80,
)


@given(responses)
def test_every_interval_holds_its_figure_and_stays_in_the_scale(given_responses: list[Response]) -> None:
    keys = list("abcd")
    for found in (*(criterion(given_responses, key, SIPAS) for key in keys), pooled(given_responses, keys, SIPAS),
                  averaged(given_responses, keys, SIPAS)):  # fmt: skip
        if found.share and found.mean:
            assert 0 <= found.share.low <= found.share.value <= found.share.high <= 1
            assert 1 - 1e-9 <= found.mean.low <= found.mean.value <= found.mean.high <= 5 + 1e-9
            assert not math.isnan(found.share.low + found.mean.high)


@given(responses, st.randoms(use_true_random=False))
def test_the_order_of_answers_does_not_matter(given_responses: list[Response], shuffler: random.Random) -> None:
    other = shuffler.sample(given_responses, len(given_responses))
    one, two = (pooled(rows, list("abcd"), SIPAS).share for rows in (given_responses, other))
    assert (one is None) == (two is None)
    if one and two:
        assert (one.low, one.high) == pytest.approx((two.low, two.high))


def test_days_that_differ_widen_the_interval() -> None:
    good, bad = {"a": 5}, {"a": 2}
    mixed = [Response(f"2026-W{40 + day}", row) for day in range(10) for row in (good, bad)]
    apart = [Response(f"2026-W{40 + day}", row) for day in range(10) for row in ((good, good), (bad, bad))[day % 2]]
    one, two = criterion(mixed, "a", SIPAS).share, criterion(apart, "a", SIPAS).share
    assert one and two and one.value == two.value
    assert two.high - two.low > 1.2 * (one.high - one.low)


# ---- judgements ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "of_unit", "of_officer"),
    [(0, "hidden", "hidden"), (4, "hidden", "hidden"), (5, "enough", "not enough"), (29, "enough", "not enough"),
     (30, "enough", "enough")],
)  # fmt: skip
def test_evidence_at_its_edges(n: int, of_unit: str, of_officer: str) -> None:
    assert evidence(n, officer=False) == of_unit
    assert evidence(n, officer=True) == of_officer


@pytest.mark.parametrize(
    ("a", "b", "low", "high"),
    [  # Newcombe 1998 (Statistics in Medicine 17:873), table II, method 10
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0000),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_the_difference_gives_newcombes_published_examples(
    a: tuple[int, int], b: tuple[int, int], low: float, high: float
) -> None:
    found = difference(wilson(*a), wilson(*b))
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@given(shares, shares)
def test_the_difference_agrees_with_statsmodels(a: tuple[int, int], b: tuple[int, int]) -> None:
    found = difference(wilson(*a), wilson(*b), least=1)
    low, high = confint_proportions_2indep(*a, *b, method="newcomb")
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)
    turned = difference(wilson(*b), wilson(*a), least=1)
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low))
    opposite = {"larger": "smaller", "smaller": "larger", "cannot say": "cannot say"}
    assert turned.verdict == opposite[found.verdict]


def test_nothing_is_said_on_an_officer_with_fewer_than_thirty() -> None:
    assert difference(wilson(30, 30), wilson(10, 30)).verdict == "larger"
    assert difference(wilson(29, 29), wilson(10, 30)).verdict == "cannot say"
    assert difference(wilson(10, 30), wilson(29, 29)).verdict == "cannot say"
    assert difference(wilson(29, 29), wilson(10, 30), least=5).verdict == "larger"


def test_an_interval_that_ends_at_zero_says_nothing() -> None:
    level = Estimate(0.5, 0.5, 0.5, 99)
    assert difference(Estimate(0.6, 0.5, 0.7, 99), level).verdict == "cannot say"
    assert difference(Estimate(0.606, 0.506, 0.7, 99), level).verdict == "larger"
    assert difference(Estimate(0.604, 0.504, 0.7, 99), level).verdict == "cannot say"  # not far enough: CAUTION
    assert difference(Estimate(0.394, 0.3, 0.494, 99), level).verdict == "smaller"


# ---- Decree 61 -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "key"),
    [(18, "excellent"), (15, "excellent"), (Fraction(1499, 100), "good"), (12, "good"), (Fraction(1199, 100), "fair"),
     (9, "fair"), (Fraction(899, 100), "average"), (6, "average"), (Fraction(599, 100), "weak"), (0, "weak")],
)  # fmt: skip
def test_the_units_class_at_its_edges(found: Fraction | int, key: str) -> None:
    assert classify(found, RATINGS["unit"]).key == key


@pytest.mark.parametrize(
    ("found", "key"),
    [(10, "excellent"), (8, "excellent"), (Fraction(799, 100), "good"), (6, "good"), (Fraction(599, 100), "done"),
     (4, "done"), (Fraction(399, 100), "not-done"), (0, "not-done")],
)  # fmt: skip
def test_the_officers_class_at_its_edges(found: Fraction | int, key: str) -> None:
    assert classify(found, RATINGS["officer"]).key == key


def test_points_below_every_class_are_refused() -> None:
    with pytest.raises(ValueError, match="in no class"):
        classify(-1, RATINGS["unit"])


def test_the_mean_of_forms_is_exact_at_the_edge() -> None:
    """Three forms of 14, 15, 16 points: exactly 15. Three sevenths would not be exact as a float."""
    keys = DECREE.criteria_of(RATINGS["unit"])
    assert len(keys) == 9
    forms = [dict(zip(keys, row, strict=True)) for row in
             ([2] * 6 + [1, 1, 0], [2] * 6 + [1, 1, 1], [2] * 7 + [1, 1])]  # fmt: skip
    found = points(answers(*forms), keys, Scale.of(DECREE))
    assert (found.points, found.most, found.complete) == (Fraction(15), 18, 3)
    assert found.points is not None and classify(found.points, RATINGS["unit"]).key == "excellent"
    assert found.estimate and found.estimate.low <= 15 <= found.estimate.high <= 18


def test_only_complete_forms_give_points() -> None:
    keys = DECREE.criteria_of(RATINGS["officer"])
    assert keys == ("total-time", "agency-time", "contacts", "agencies", "attitude")
    whole = dict.fromkeys(keys, 1)
    found = points(answers(whole, {**whole, "contacts": "skipped"}, {}, {"online": 2}), keys, Scale.of(DECREE))
    assert (found.points, found.most, found.complete, found.incomplete) == (Fraction(5), 10, 1, 1)
    none = points([], keys, Scale.of(DECREE))
    assert none.points is None and none.estimate is None


# ---- what was looked for -----------------------------------------------------------------------------------------


def test_what_everybody_is_asked_is_not_passed_over_most_for_that() -> None:
    """18 of 200 and 2 of 20 are as many: nothing stands out, though 18 is nine times 2."""
    asked = {"core": 200, **{f"more-{at}": 20 for at in range(10)}}
    assert most_passed(asked, {key: count // 10 for key, count in asked.items()}) == ""
    assert most_passed(asked, {"core": 20, "more-3": 15}) == ""  # fewer than 30 were asked
    assert most_passed({**asked, "more-3": 40}, {"core": 20, "more-3": 15}) == "more-3"
    assert most_passed({}, {}) == most_passed({"one": 50}, {"one": 40}) == ""


def test_nothing_stands_out_by_luck() -> None:
    chance, found = random.Random(5), 0
    asked = {f"q{at}": 65 for at in range(22)}
    for _ in range(400):
        passed = {key: sum(chance.random() < 0.09 for _ in range(count)) for key, count in asked.items()}
        found += bool(most_passed(asked, passed))
    assert found <= 0.05 * 400


def test_of_many_differences_more_is_asked_than_of_one() -> None:
    one = difference(wilson(60, 100), wilson(40, 100))
    assert one.verdict == "larger" and stands_out(one, 1) and not stands_out(one, 200)
    other = difference(wilson(40, 100), wilson(60, 100))
    assert stands_out(other, 1) and not stands_out(other, 200)
    assert not stands_out(difference(wilson(50, 100), wilson(49, 100)), 1)
