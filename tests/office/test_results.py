"""The survey's figures against the tables they are made of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import Integer, cast, func, select

from kiosk.clock import ManualClock
from kiosk.office.database import DatabaseError
from kiosk.office.demo import Demo
from kiosk.office.migrate import migrate
from kiosk.office.periods import Quarter
from kiosk.office.results import Results, last_thursday
from kiosk.office.statistics import HIDDEN_BELOW
from kiosk.office.surveys import Surveys
from kiosk.office.tables import AnswerRow, FeedbackRow, ResponseRow, TicketRow
from kiosk.settings import load, places
from tests.history import NAMES, NOW, Q3, TEXTS, History, history


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    found = history(tmp_path_factory.mktemp("past"))
    yield found
    found.database.close()


@pytest.fixture(scope="module")
def results(past: History) -> Results:
    return Results(past.settings, past.clock)


def test_a_closed_quarter_holds_every_answer(past: History, results: Results) -> None:
    found = results.quarter(Q3)
    core = found.profile.core
    rows = (
        select(func.count(), func.sum(cast(AnswerRow.value >= found.profile.satisfied_from, Integer)))
        .join(ResponseRow)
        .where(
            ResponseRow.week.in_(Q3.weeks), ResponseRow.channel != "door", AnswerRow.criterion.in_(core),
            AnswerRow.value.is_not(None),
        )
    )  # fmt: skip
    with past.database.read() as session:
        valid, satisfied = session.execute(rows).one()
    assert found.closed and found.core
    assert (found.core.valid, found.core.satisfied) == (valid, satisfied)
    assert sum(step.index.valid for step in found.steps) == valid


def test_each_channel_has_its_rate(past: History, results: Results) -> None:
    done = select(func.count()).where(TicketRow.day.in_(Q3.thursdays), TicketRow.state == "done")
    with past.database.read() as session:
        finished = session.execute(done).scalar_one()
    found = {one.channel: one for one in results.quarter(Q3).channels}
    assert {one.finished for one in found.values() if one.responses} == {finished}
    assert all(one.responses is None or one.responses >= HIDDEN_BELOW for one in found.values())
    assert results.quarter(Q3).responses == (found["slip"].responses or 0) + (found["kiosk"].responses or 0)


def test_the_running_quarter_stops_at_closed_weeks(results: Results) -> None:
    found = results.quarter(Quarter(2026, 4))
    assert not found.closed
    assert found.through == date(2026, 11, 19)
    assert found.before is not None and found.change is None
    assert found.passed is None
    assert {line.why for line in found.officers} <= {"waiting"}


def test_twelve_months_are_four_closed_quarters(results: Results) -> None:
    trend = results.quarter(Q3).trend
    last = trend[-1]
    assert last.quarter == Q3 and last.year and last.index
    assert last.year.valid == sum(one.index.valid for one in trend[-4:] if one.index)
    assert results.quarter(Quarter(2026, 4)).trend[-1].year is None


def test_officers_stand_by_name(results: Results) -> None:
    names = [results.name(line.key) for line in results.quarter(Q3).officers]
    assert names == sorted(NAMES)


def test_figures_are_read_again_after_a_while_and_on_another_day(past: History) -> None:
    results = Results(past.settings, past.clock, kept_seconds=60)
    first = results.quarter(Q3)
    assert results.quarter(Q3) is first
    past.clock.advance(61)
    assert results.quarter(Q3) is not first
    assert results.quarter(Q3) == first
    past.clock.set(NOW)


def test_without_forms_of_decree_61_there_are_no_points(results: Results) -> None:
    assert results.quarter(Q3).rated is None
    assert all(results.officer(line.key, Q3).rated is None for line in results.quarter(Q3).officers)


def test_decree_61_gives_points_where_they_may_be_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    past = history(tmp_path_factory.mktemp("decree"), per_thursday=120, default="decree61")
    results = Results(past.settings, past.clock)
    rated = results.quarter(Q3).rated
    assert rated is not None
    if rated.points is not None:
        assert rated.found is not None and rated.points.complete >= HIDDEN_BELOW
        assert not 0 < rated.points.incomplete < HIDDEN_BELOW
    running = results.quarter(Quarter(2026, 4)).rated
    assert running is not None and running.why == "waiting"
    past.database.close()


def test_an_empty_office_has_nothing_to_say(tmp_path_factory: pytest.TempPathFactory) -> None:
    settings = load(places(home=tmp_path_factory.mktemp("empty")))
    migrate(settings.database_url, NOW)
    results = Results(settings, ManualClock(NOW))
    found = results.quarter(results.newest())
    assert found.core is None and found.officers == () and found.channels[0].responses is None
    assert results.officer("nobody", Q3).core.index is None


def test_the_newest_thursday() -> None:
    assert last_thursday(date(2026, 11, 26)) == date(2026, 11, 26)
    assert last_thursday(date(2026, 11, 25)) == date(2026, 11, 19)


# ---- the made-up history -----------------------------------------------------------------------------------------


def test_a_history_is_not_mixed_with_real_data(past: History) -> None:
    with pytest.raises(DatabaseError, match="own data"):
        Demo(past.settings, past.database, past.clock, 1).write(1, 5, NAMES, TEXTS, trial=False)
    with pytest.raises(DatabaseError, match="own data"):
        Demo(past.settings, past.database, past.clock, 1).write(1, 5, NAMES, TEXTS, trial=True)


def test_a_history_is_whole(past: History) -> None:
    """Answers spend addresses, and nobody has answered what he may not."""
    with past.database.read() as session:
        tokens = list(session.execute(select(TicketRow.token).where(TicketRow.day == date(2026, 11, 19))).scalars())
        assert session.execute(select(func.count()).select_from(FeedbackRow)).scalar_one() > 0
        assert session.execute(select(func.max(TicketRow.day))).scalar_one() < NOW.date()
    friday = ManualClock(NOW - timedelta(days=6))
    surveys = Surveys(past.database, past.settings.office.site, friday, past.settings.survey)
    standings = {surveys.standing(token) for token in tokens}
    assert {"used", "open"} <= standings <= {"used", "open", "expired"}


def test_the_same_seed_makes_the_same_history(tmp_path_factory: pytest.TempPathFactory) -> None:
    figures = []
    for _ in range(2):
        past = history(tmp_path_factory.mktemp("again"), per_thursday=5, seed=7)
        figures.append(Results(past.settings, past.clock).quarter(Q3).core)
        past.database.close()
    assert figures[0] == figures[1] and figures[0] is not None
