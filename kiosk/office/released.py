"""Which answers may enter a published figure, so that nobody can be told from one publication or from two.

Only closed weeks count: those in which no answer can be given any more. The weeks of a quarter are joined into
*blocks* until each core question has five new answers, and a full block is published at once; every other question
moves on by whole blocks, at least five answers at a time. What is full in the quarter's last weeks waits for the next
full block: the last few answers of the quarter join it. So what is published is always a sum of whole blocks, two
publications differ by none or by five answers at least, and next to nothing of a closed quarter is lost. A question
with one to four answers is left out of every total, so no total gives it away. docs/statistics.md has the rules and
what they do not do.

Officers and groups of procedures are published once, when their quarter is closed. Their sums are tested against the
blocks and against each other by `suppression`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kiosk.office.periods import Quarter, answers_until, thursday
from kiosk.office.statistics import HIDDEN_BELOW, Response
from kiosk.office.suppression import suppress
from kiosk.settings import Profile

BATCH = HIDDEN_BELOW
"""New answers in a cell, at least, before it moves on."""
LAST_WEEKS = 3
"""So many weeks at a quarter's end keep their newest step for those who come last. Fewer, and more answers would find
no step any more; more, and more Thursdays would come a week late (docs/statistics.md has both, measured)."""
NOBODY = ""
"""The place of answers behind which no officer stands."""

Week = str
Block = tuple[Week, ...]
Reason = Literal["few", "kept", "waiting"]
"""Why a figure is hidden: fewer than five answers; fewer than five or to protect another one, which nobody is told
apart; its quarter still runs."""
Dimension = Literal["officer", "series"]


@dataclass(frozen=True)
class Form(Response):
    """One response with what it may be told apart by."""

    channel: str
    officer: str
    series: str


@dataclass(frozen=True)
class Released:
    """What may be published of one quarter and one questionnaire."""

    quarter: Quarter
    closed: bool
    profile: Profile
    blocks: tuple[Block, ...]
    """The weeks of each step in which the core questions were published."""
    steps: Mapping[str, tuple[Block, ...]]
    """The same of every question and channel; empty = hidden."""
    forms: tuple[Form, ...]
    """Responses with their published valid answers only; those of the phone and the machine."""
    hidden: Mapping[str, Reason]

    @property
    def through(self) -> date | None:
        """The last Thursday whose answers are in."""
        return thursday(self.blocks[-1][-1]) if self.blocks else None

    @property
    def weeks(self) -> tuple[Week, ...]:
        """The weeks whose core answers are in."""
        return tuple(week for block in self.blocks for week in block)


def closed_weeks(quarter: Quarter, today: date) -> tuple[Week, ...]:
    """The weeks of `quarter` in which nobody can answer any more on `today`."""
    return tuple(week for week in quarter.weeks if answers_until(week) < today)


def join(
    counts: Sequence[Mapping[str, int]], keys: Iterable[str], *, closed: bool, settled: int = 0
) -> list[tuple[int, int]]:
    """Spans (first, after the last) of `counts`, one a step, in each of which every key has BATCH new answers. The
    newest waits while more may come; when all has come, what is left joins it. One that ends within the first
    `settled` counts waits for nothing, and nothing joins it."""
    wanted = list(keys)
    spans: list[tuple[int, int]] = []
    start, sums = 0, Counter[str]()
    for place, count in enumerate(counts):
        sums.update({key: count.get(key, 0) for key in wanted})
        if all(sums[key] >= BATCH for key in wanted):
            spans.append((start, place + 1))
            start, sums = place + 1, Counter()
    if spans and spans[-1][1] <= settled:
        return spans
    if not closed:
        return spans[:-1]
    if not spans:
        return [(0, len(counts))] if counts else []
    return [*spans[:-1], (spans[-1][0], len(counts))]


def release(forms: Iterable[Form], profile: Profile, quarter: Quarter, today: date) -> Released:
    """What may be published of `quarter` on `today`; a function of the closed weeks' answers alone."""
    weeks = closed_weeks(quarter, today)
    closed = len(weeks) == len(quarter.weeks)
    known = set(weeks)
    everyone = [form for form in forms if form.week in known]
    mine = [form for form in everyone if form.channel != "door"]
    counts: dict[Week, Counter[str]] = {week: Counter() for week in weeks}
    for form in everyone:
        if any(isinstance(answer, int) for answer in form.answers.values()):
            counts[form.week][channel_key(form.channel)] += 1
    for form in mine:
        counts[form.week].update(key for key, answer in form.answers.items() if isinstance(answer, int))
    by_week = [counts[week] for week in weeks]
    settled = len(quarter.weeks) - LAST_WEEKS
    spans = join(by_week, profile.core, closed=closed, settled=settled)
    blocks = tuple(weeks[start:end] for start, end in spans)
    by_block = [sum((counts[week] for week in block), Counter[str]()) for block in blocks]
    steps: dict[str, tuple[Block, ...]] = {}
    hidden: dict[str, Reason] = {}
    for key in (*profile.criteria, *map(channel_key, ("slip", "kiosk", "door"))):
        spans = [(at, at + 1) for at in range(len(blocks))]
        if key not in profile.core:
            spans = join(by_block, [key], closed=closed)
        total = sum(by_block[at][key] for start, end in spans for at in range(start, end))
        if total >= BATCH:
            steps[key] = tuple(tuple(w for block in blocks[start:end] for w in block) for start, end in spans)
        else:
            hidden[key] = "few" if closed else "waiting"
    published = {key: {week for block in spans for week in block} for key, spans in steps.items()}
    kept = []
    for form in mine:
        answers = {
            key: answer for key, answer in form.answers.items()
            if isinstance(answer, int) and form.week in published.get(key, ())
        }  # fmt: skip
        if answers:
            kept.append(Form(form.week, answers, form.channel, form.officer, form.series))
    return Released(quarter, closed, profile, blocks, steps, tuple(kept), hidden)


def channel_key(channel: str) -> str:
    """The name under which responses of a channel are counted. No question has a blank in its key."""
    return f"channel {channel}"


def places(released: Released, key: str) -> dict[Dimension, dict[str, Reason | None]]:
    """By officer and by group of procedures: whether the answers to one question may be published, and why not.

    Officer × step, group × step and officer × group are tested as if every cell of them were to be shown: an attacker
    may know who sat there on which Thursday. What is published already cannot be taken back; where `suppression`
    would have to hide it, all of the dimension is hidden.
    """
    mine = [form for form in released.forms if key in form.answers]
    found: dict[Dimension, dict[str, Reason | None]] = {
        "officer": dict.fromkeys(sorted({form.officer for form in mine})),
        "series": dict.fromkeys(sorted({form.series for form in mine})),
    }
    if not released.closed or key not in released.steps:
        why: Reason = "kept" if released.closed else "waiting"
        return {name: dict.fromkeys(ways, why) for name, ways in found.items()}
    step = {week: str(at) for at, block in enumerate(released.steps[key]) for week in block}
    whens = [step[form.week] for form in mine]
    officers, groups = [form.officer for form in mine], [form.series for form in mine]
    for rows, columns, names in (
        (officers, whens, ("officer", "")),
        (groups, whens, ("series", "")),
        (officers, groups, ("officer", "series")),
    ):
        table = suppress(Counter(zip(rows, columns, strict=True)))
        fixed = [(None, None), *((None, one) for one in set(columns) if not names[1])]
        for place, name in enumerate(names):
            if not name:
                continue
            ways = found["officer" if name == "officer" else "series"]
            for way in ways:
                if table[(way, None) if place == 0 else (None, way)].state != "shown":
                    ways[way] = "kept"
            if any(table[one].state != "shown" for one in fixed):
                ways.update(dict.fromkeys(ways, "kept"))
    return found
