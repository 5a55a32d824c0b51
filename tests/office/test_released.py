"""What may be published: the rules at their edges, and an attacker who keeps everything that ever was."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import combinations, pairwise

import pytest

from kiosk.office.periods import Quarter, iso_week, thursday
from kiosk.office.released import BATCH, Form, Released, channel_key, closed_weeks, join, places, release
from kiosk.settings import Profile, load
from kiosk.settings import places as folders

SIPAS = next(one for one in load(folders()).survey.profiles if one.key == "sipas")
Q3 = Quarter(2026, 3)
LATER = date(2027, 3, 1)


def form(week: str, officer: str = "a", series: str = "A", channel: str = "slip", **answers: int) -> Form:
    return Form(week, answers or dict.fromkeys(SIPAS.core, 5), channel, officer, series)


# ---- periods -------------------------------------------------------------------------------------------------------


def test_a_week_belongs_to_the_quarter_of_its_thursday() -> None:
    assert Quarter.of(date(2026, 12, 31)) == Quarter(2026, 4)
    assert Quarter.of(date(2027, 1, 1)) == Quarter(2026, 4)  # a Friday: its Thursday is the day before
    assert Quarter.of(date(2025, 12, 30)) == Quarter(2026, 1)
    days = [day for year in range(2020, 2031) for number in (1, 2, 3, 4) for day in Quarter(year, number).thursdays]
    assert all(later - earlier == timedelta(days=7) for earlier, later in pairwise(days))
    assert [thursday(iso_week(day)) for day in days] == days


@pytest.mark.parametrize("text", ["", "2026", "2026Q0", "2026Q5", "26Q1", "2026q1", "2026Q1 ", "0000Q1", "2026Q11"])
def test_a_text_that_is_no_quarter(text: str) -> None:
    assert Quarter.parse(text) is None


def test_a_quarter_and_its_text() -> None:
    assert Quarter.parse("2026Q3") == Q3
    assert str(Q3.before(3)) == "2025Q4"


# ---- steps ---------------------------------------------------------------------------------------------------------


def test_a_week_is_closed_when_nobody_can_answer_any_more() -> None:
    """Surveys.answering takes answers until the week's Sunday (test_surveys)."""
    sunday = Q3.thursdays[0] + timedelta(days=3)
    assert closed_weeks(Q3, sunday) == ()
    assert closed_weeks(Q3, sunday + timedelta(days=1)) == Q3.weeks[:1]


@pytest.mark.parametrize(
    ("counts", "open_spans", "closed_spans"),
    [
        ([5, 5, 5], [(0, 1), (1, 2)], [(0, 1), (1, 2), (2, 3)]),
        ([4, 1, 4, 1, 4], [(0, 2)], [(0, 2), (2, 5)]),
        ([4, 0, 0], [], [(0, 3)]),
        ([9, 0, 4], [], [(0, 3)]),
        ([], [], []),
    ],
)
def test_steps_hold_five_at_least_and_lose_nothing(
    counts: list[int], open_spans: list[tuple[int, int]], closed_spans: list[tuple[int, int]]
) -> None:
    steps = [{"one": count} for count in counts]
    assert join(steps, ["one"], closed=False) == open_spans
    assert join(steps, ["one"], closed=True) == closed_spans


@pytest.mark.parametrize(
    ("counts", "open_spans", "closed_spans"),
    [
        ([5, 5, 5], [(0, 1), (1, 2)], [(0, 1), (1, 2), (2, 3)]),
        ([5, 5], [(0, 1), (1, 2)], [(0, 1), (1, 2)]),
        ([5, 5, 4], [(0, 1), (1, 2)], [(0, 1), (1, 2)]),  # shown already: four more would be told from before
        ([5, 4, 1, 4], [(0, 1)], [(0, 1), (1, 4)]),
        ([4, 0, 0], [], [(0, 3)]),
    ],
)
def test_a_full_step_is_shown_at_once_but_for_the_last_ones(
    counts: list[int], open_spans: list[tuple[int, int]], closed_spans: list[tuple[int, int]]
) -> None:
    steps = [{"one": count} for count in counts]
    assert join(steps, ["one"], closed=False, settled=2) == open_spans
    assert join(steps, ["one"], closed=True, settled=2) == closed_spans


def test_a_full_thursday_is_published_on_its_monday() -> None:
    forms = [form(week) for week in Q3.weeks for _ in range(18)]
    late = []
    for at, thursday_ in enumerate(Q3.thursdays):
        monday = thursday_ + timedelta(days=4)
        found = release([one for one in forms if thursday(one.week) <= thursday_], SIPAS, Q3, monday)
        if found.through != thursday_:
            late.append(at)
    assert late == [10, 11]  # each a week late; the quarter's last one closes it


def test_a_question_with_four_answers_is_in_no_total() -> None:
    forms = [form(Q3.weeks[-3]) for _ in range(6)] + [form(Q3.weeks[-2], seats=1) for _ in range(4)]
    found = release(forms, SIPAS, Q3, LATER)
    assert found.hidden["seats"] == "few"
    assert all("seats" not in one.answers for one in found.forms)
    more = release([*forms, form(Q3.weeks[-1], seats=1)], SIPAS, Q3, LATER)
    assert sum("seats" in one.answers for one in more.forms) == 5


def test_the_exits_code_without_a_number_stands_apart() -> None:
    forms = [form(Q3.weeks[0]) for _ in range(6)] + [form(Q3.weeks[0], "", "", "door") for _ in range(7)]
    found = release(forms, SIPAS, Q3, LATER)
    assert len(found.forms) == 6
    assert found.steps[channel_key("door")]


def test_an_officer_with_few_answers_takes_another_one_along() -> None:
    forms = [form(week, "a") for week in Q3.weeks for _ in range(4)] + [form(week, "b") for week in Q3.weeks[:3]]
    ways = places(release(forms, SIPAS, Q3, LATER), "polite")["officer"]
    assert ways == {"a": "kept", "b": "kept"}  # the office less a would be b


def test_officers_wait_for_the_end_of_their_quarter() -> None:
    forms = [form(week, who) for week in Q3.weeks for who in "ab" for _ in range(9)]
    running = release(forms, SIPAS, Q3, date(2026, 9, 20))
    assert not running.closed and running.blocks
    assert set(places(running, "polite")["officer"].values()) == {"waiting"}
    assert set(places(release(forms, SIPAS, Q3, LATER), "polite")["officer"].values()) == {None}


# ---- the attacker --------------------------------------------------------------------------------------------------

Answer = tuple[int, str]
"""One answer: which response, which question."""
Figures = dict[str, frozenset[Answer]]
"""Everything that was published at one time: the figure's name → whose answers are in it."""
Publisher = Callable[[Sequence[Form], Quarter, date], Released]


def year(seed: int, per_week: int, officers: str) -> list[Form]:
    """A year of answers: officers of different diligence, series of their own, modules, holidays, poor Thursdays."""
    chance = random.Random(seed)
    others = [key for key in SIPAS.criteria if key not in SIPAS.core]
    found = []
    for number in (1, 2, 3, 4):
        for week in Quarter(2026, number).weeks:
            for _ in range(0 if chance.random() < 0.08 else chance.randint(0, 2 * per_week)):
                officer = chance.choices(officers, [2**at for at in range(len(officers))])[0]
                series = chance.choice("ACH") if chance.random() < 0.3 else "ACH"[ord(officer) % 3]
                asked = [*SIPAS.core, *(chance.sample(others, 3) if chance.random() < 0.4 else ())]
                answers = {key: chance.randint(1, 5) for key in asked if chance.random() > 0.1}
                channel = chance.choices(("slip", "kiosk", "door"), (6, 3, 1))[0]
                if channel == "door":
                    officer = series = ""
                found.append(Form(week, answers, channel, officer, series))
    return found


def published(
    forms: Sequence[Form], today: date, publish: Publisher, known_before: dict[Quarter, Figures] | None = None
) -> Figures:
    """What pages and files show on `today`: office, groups, criteria, Thursdays, series, officers, the rolling year.
    `known_before`: closed quarters, which never change."""
    number = {id(one): at for at, one in enumerate(forms)}
    found: Figures = {}
    quarters = [Quarter(2026, one) for one in (1, 2, 3, 4)]
    ready: list[frozenset[Answer]] = []
    kept = {} if known_before is None else known_before
    for quarter in quarters:
        if quarter in kept:
            found |= kept[quarter]
            ready.append(found[f"{quarter} core"])
            continue
        start = set(found)
        mine = [one for one in forms if Quarter.of(thursday(one.week)) == quarter]
        shown = publish(mine, quarter, today)
        # Published forms are copies: told apart by their place among those of the same look
        known = list(_again(mine, shown, number))
        whole = frozenset((at, key) for at, one in known for key in one.answers)
        found[f"{quarter} pooled"] = whole
        found[f"{quarter} core"] = frozenset(one for one in whole if one[1] in SIPAS.core)
        for group in SIPAS.group:
            keys = {one.key for one in group.criterion}
            found[f"{quarter} group {group.key}"] = frozenset(one for one in whole if one[1] in keys)
        for key in SIPAS.criteria:
            found[f"{quarter} {key}"] = frozenset(one for one in whole if one[1] == key)
        for block in shown.blocks:
            weeks = set(block)
            cell = frozenset((at, key) for at, one in known if one.week in weeks for key in one.answers)
            for key in SIPAS.core:
                found[f"{quarter} step {block[0]} {key}"] = frozenset(one for one in cell if one[1] == key)
        for key in SIPAS.criteria:
            for dimension, ways in places(shown, key).items():
                for way, why in ways.items():
                    if why is None:
                        mine_only = [(at, one) for at, one in known if getattr(one, dimension) == way]
                        cell = frozenset((at, key) for at, one in mine_only if key in one.answers)
                        found[f"{quarter} {dimension} {way} {key}"] = cell
        if shown.closed:
            ready.append(found[f"{quarter} core"])
            kept[quarter] = {name: cell for name, cell in found.items() if name not in start}
    if len(ready) == 4:
        found["2026 year"] = frozenset().union(*ready)
    return {name: cell for name, cell in found.items() if cell}


def _again(mine: Sequence[Form], shown: Released, number: dict[int, int]) -> Iterator[tuple[int, Form]]:
    """(which response, what of it is published)."""
    weeks = {key: {week for step in steps for week in step} for key, steps in shown.steps.items()}
    everyone = [one for one in mine if one.channel != "door"]
    kept = iter(shown.forms)
    for one in everyone:
        answers = {key: value for key, value in one.answers.items() if one.week in weeks.get(key, ())}
        if answers:
            copy = next(kept)
            assert (copy.week, copy.officer, copy.series) == (one.week, one.officer, one.series)
            assert copy.answers == answers
            yield number[id(one)], copy
    assert next(kept, None) is None


def too_small(before: Figures, after: Figures) -> list[str]:
    """Every set of one to four answers that can be reckoned: a figure, what is new in it, one figure less another,
    a figure less all its parts of one kind."""
    found = [f"{name}: {len(cell)}" for name, cell in after.items() if len(cell) < BATCH]
    for name, cell in after.items():
        earlier = before.get(name, frozenset())
        if 0 < len(cell ^ earlier) < BATCH:
            found.append(f"{name}: {len(cell ^ earlier)} new")
    by_question: defaultdict[str, list[tuple[str, frozenset[Answer]]]] = defaultdict(list)
    for name, cell in {**before, **after}.items():
        for key in {one[1] for one in cell} if len({one[1] for one in cell}) == 1 else ():
            by_question[key].append((name, cell))
    for cells in by_question.values():
        for (one, a), (two, b) in combinations(cells, 2):
            small, large = (a, b) if len(a) <= len(b) else (b, a)
            if small < large and len(large - small) < BATCH:
                found.append(f"{one} | {two}: {len(large - small)}")
    kinds: defaultdict[tuple[str, str], set[Answer]] = defaultdict(set)
    for name, cell in after.items():
        quarter, kind, *rest = name.split()
        if rest and kind in ("officer", "series", "step", "group"):
            kinds[quarter, f"{kind} {rest[-1] if kind != 'group' else ''}"].update(cell)
    for (quarter, kind), parts in kinds.items():
        question = kind.split()[1:]
        whole = after.get(f"{quarter} {question[0]}" if question else f"{quarter} pooled", frozenset())
        if 0 < len(whole - parts) < BATCH:
            found.append(f"{quarter} less every {kind}: {len(whole - parts)}")
    return found


def thursdays() -> Iterable[date]:
    return (date(2026, 1, 1) + timedelta(days=7 * at) for at in range(5, 62))


@pytest.mark.parametrize(
    ("seed", "per_week", "officers"), [(1, 5, "abc"), (2, 18, "abcd"), (3, 2, "ab"), (4, 9, "a"), (5, 7, "abcde")]
)
def test_nobody_is_told_from_two_successive_publications(seed: int, per_week: int, officers: str) -> None:
    forms, before, seen, kept = year(seed, per_week, officers), Figures(), 0, dict[Quarter, Figures]()
    for today in thursdays():
        after = published(forms, today, lambda mine, quarter, day: release(mine, SIPAS, quarter, day), kept)
        assert set(before) <= set(after), "nothing is taken back"
        assert too_small(before, after) == []
        before, seen = after, max(seen, len(after))
    assert seen > 20
    assert "2026 year" in before


def test_the_attack_finds_what_is_published_week_by_week() -> None:
    """Planted: closed weeks without steps."""

    def careless(mine: Sequence[Form], quarter: Quarter, today: date) -> Released:
        weeks = closed_weeks(quarter, today)
        known = [one for one in mine if one.week in weeks and one.channel != "door" and one.answers]
        steps = {key: tuple((week,) for week in weeks) for key in SIPAS.criteria}
        blocks = tuple((week,) for week in weeks)
        return Released(quarter, len(weeks) == len(quarter.weeks), SIPAS, blocks, steps, tuple(known), {})

    forms, before, caught = year(1, 5, "abc"), Figures(), []
    for today in list(thursdays())[:12]:
        after = published(forms, today, careless)
        caught += too_small(before, after)
        before = after
    assert any("new" in one for one in caught)


def test_the_attack_finds_last_answers_that_join_what_was_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: full steps are shown at once, and the last few answers of the quarter join them all the same."""

    def careless(
        counts: Sequence[Mapping[str, int]], keys: Iterable[str], *, closed: bool, settled: int = 0
    ) -> list[tuple[int, int]]:
        spans = join(counts, keys, closed=False, settled=len(counts))
        return [*spans[:-1], (spans[-1][0], len(counts))] if closed and spans else spans

    monkeypatch.setattr("kiosk.office.released.join", careless)
    forms = [form(week) for week in Q3.weeks[:8] for _ in range(6)] + [form(Q3.weeks[-1]) for _ in range(3)]
    before, caught = Figures(), []
    for today in (Q3.thursdays[-1], LATER):
        after = published(forms, today, lambda mine, quarter, day: release(mine, SIPAS, quarter, day))
        caught += too_small(before, after)
        before = after
    assert any(one.endswith("3 new") for one in caught)


def test_the_attack_finds_an_officer_who_is_shown_beside_a_small_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: officers without complementary suppression."""
    forms = [form(week, "a") for week in Q3.weeks for _ in range(4)] + [form(week, "b") for week in Q3.weeks[:3]]

    def careless(found: Released, key: str) -> dict[str, dict[str, str | None]]:
        counts: defaultdict[str, int] = defaultdict(int)
        for one in found.forms:
            counts[one.officer] += key in one.answers
        return {"officer": {way: None if count >= BATCH else "few" for way, count in counts.items()}}

    monkeypatch.setitem(globals(), "places", careless)
    caught = too_small({}, published(forms, LATER, lambda mine, quarter, day: release(mine, SIPAS, quarter, day)))
    assert any("less every officer" in one for one in caught)


def test_what_is_published_is_a_function_of_counts_alone() -> None:
    """Other answers of as many people move no step."""
    forms = year(7, 6, "abc")
    turned = [Form(one.week, {key: 6 - int(value) for key, value in one.answers.items()}, one.channel, one.officer,
                   one.series) for one in forms]  # fmt: skip
    for today in list(thursdays())[::6]:
        for quarter in (Quarter(2026, 1), Quarter(2026, 2)):
            steps = [
                release([one for one in some if one.week in quarter.weeks], SIPAS, quarter, today).steps
                for some in (forms, turned)
            ]
            assert steps[0] == steps[1]


def profile_of(**more: object) -> Profile:
    return SIPAS.model_copy(update=more)


def test_a_quarter_without_answers() -> None:
    found = release([], SIPAS, Q3, LATER)
    assert found.forms == () and found.through is not None and found.steps == {}
    assert release([], profile_of(version=9), Q3, date(2026, 7, 1)).through is None
