"""The chairman's page read aloud: every number that a sentence says is counted again from the rows, with nothing of
the program's own statistics, at the real volume: 17 and 60 a Thursday, three of ten answering."""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from kiosk.clock import ZONE
from kiosk.office.figures import Figures
from kiosk.office.results import Results
from kiosk.reports.files import Files
from kiosk.settings import Profile
from kiosk.wiring import load_staff_words
from tests.history import NOW, Q3, History, history

RUNNING, CLOSED = date(2026, 11, 19), date(2026, 9, 17)


class Rows:
    """The answers as they lie in the file: (criterion, value, response) by week; the exit's own code left out."""

    def __init__(self, past: History) -> None:
        file = past.settings.database_url.removeprefix("sqlite:///")
        with sqlite3.connect(file) as found:
            rows = found.execute(
                "SELECT r.week, a.criterion, a.value, r.key FROM survey_answer a JOIN survey_response r "
                "ON a.response = r.key WHERE r.channel != 'door' AND a.value IS NOT NULL"
            ).fetchall()
            self.finished: dict[str, int] = dict(
                found.execute("SELECT day, count(*) FROM ticket WHERE state = 'done' GROUP BY day").fetchall()
            )
        self._by_day: defaultdict[date, list[tuple[str, int, str]]] = defaultdict(list)
        for week, criterion, value, key in rows:
            self._by_day[date.fromisocalendar(int(week[:4]), int(week[-2:]), 4)].append((criterion, value, key))

    def of(self, first: date, last: date, keys: set[str]) -> tuple[int, int, int]:
        """(answers, of them 4 and 5, people) to these questions from one Thursday to another."""
        mine = [
            row for day, rows in self._by_day.items() if first <= day <= last for row in rows if row[0] in keys
        ]  # fmt: skip
        return len(mine), sum(value >= 4 for _, value, _ in mine), len({key for *_, key in mine})

    def share(self, first: date, last: date, keys: set[str]) -> float:
        answers, satisfied, _ = self.of(first, last, keys)
        return 100 * satisfied / answers


class Page:
    """What one Thursday's page says."""

    def __init__(self, data: dict[str, Any], profile: Profile, rows: Rows, first: date) -> None:
        self.profile, self.rows, self.first = profile, rows, first
        self.core = set(profile.core)
        self.day = _text(data["day"])
        self.title: str = data["said_title"]
        self.sentences = [_text(one) for one in (*data["can"], *data["cannot"])]
        through = re.search(r"mới tính đến (\d+)/(\d+)", self.title)
        self.last = date(first.year, int(through[2]), int(through[1])) if through else Q3.thursdays[-1]
        self.index: str = data["index"]

    def find(self, pattern: str) -> re.Match[str] | None:
        return next((found for one in self.sentences if (found := re.search(pattern, one))), None)

    def named(self, name: str) -> set[str]:
        """The questions of a group or the one criterion of this name."""
        for group in self.profile.group:
            if group.name["vi"] == name:
                return {one.key for one in group.criterion}
        return {key for key, one in self.profile.criteria.items() if one.called("vi") == name}


def _text(parts: list[dict[str, Any]]) -> str:
    return "".join(part["text"] for part in parts)


def _number(text: str) -> float:
    return float(text.replace(",", ".").replace("−", "-"))


@pytest.fixture(scope="module", params=[17, 60])
def past(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    found = history(tmp_path_factory.mktemp("past"), per_thursday=request.param)
    yield found
    found.database.close()


def read(past: History, thursday: date, monkeypatch: pytest.MonkeyPatch) -> Page:
    seen: list[dict[str, Any]] = []
    monkeypatch.setattr("kiosk.reports.files.set_paper", lambda _, data: seen.append(data) or b"")
    monkeypatch.setattr("kiosk.reports.files.MOST_SENTENCES", 99)
    results = Results(past.settings, past.clock)
    figures = Figures(past.database, past.settings.office.site, past.clock)
    Files(past.settings, load_staff_words(past.settings), results, figures).thursday(thursday)
    profile = past.settings.survey.profile_on(thursday)
    assert profile
    return Page(seen[0], profile, Rows(past), date(2026, 3 * ((thursday.month - 1) // 3) + 1, 1))


@pytest.mark.parametrize("thursday", [RUNNING, CLOSED], ids=["running", "closed"])
def test_the_index_is_what_was_answered(past: History, thursday: date, monkeypatch: pytest.MonkeyPatch) -> None:
    page = read(past, thursday, monkeypatch)
    found = page.find(r"^([\d,]+)% câu trả lời là hài lòng trở lên\..* từ ([\d,]+)% đến ([\d,]+)%; (\d+) phiếu")
    assert found
    _, _, people = page.rows.of(page.first, page.last, page.core)
    assert _number(found[1]) == pytest.approx(page.rows.share(page.first, page.last, page.core), abs=0.051)
    assert f"{found[1]}%" == page.index and int(found[4]) == people
    assert _number(found[2]) <= _number(found[1]) <= _number(found[3])


@pytest.mark.parametrize("thursday", [RUNNING, CLOSED], ids=["running", "closed"])
def test_the_thursday_is_its_own_answers(past: History, thursday: date, monkeypatch: pytest.MonkeyPatch) -> None:
    page = read(past, thursday, monkeypatch)
    found = re.search(r"^([\d,]+)% câu trả lời.*?: (\d+) phiếu, khoảng", page.day)
    assert found, page.day
    others = re.search(r"gộp với ngày ([^:]+):", page.day)
    days = [thursday]
    for day, month in re.findall(r"(\d+)/(\d+)", others[1]) if others else ():
        days.append(date(thursday.year, int(month), int(day)))
    assert len(days) == (max(days) - min(days)).days // 7 + 1  # without a gap
    _, _, people = page.rows.of(min(days), max(days), page.core)
    assert int(found[2]) == people
    assert _number(found[1]) == pytest.approx(page.rows.share(min(days), max(days), page.core), abs=0.51)


def test_a_thursday_of_this_week_says_when_to_come_back(past: History, monkeypatch: pytest.MonkeyPatch) -> None:
    page = read(past, NOW.date(), monkeypatch)
    assert page.day.startswith("Chưa có") and "Chủ nhật 29/11" in page.day and "thứ Hai 30/11" in page.day


def test_before_anything_is_published_the_quarter_before_is_told(
    past: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    past.clock.set(datetime(2026, 10, 2, 8, tzinfo=ZONE))
    try:
        page = read(past, date(2026, 10, 1), monkeypatch)
    finally:
        past.clock.set(NOW)
    assert "III/2026" in page.title and page.index and page.day.startswith("Chưa có")


def test_a_quarter_that_runs_is_compared_with_none(past: History, monkeypatch: pytest.MonkeyPatch) -> None:
    page = read(past, RUNNING, monkeypatch)
    assert page.find("đợi khóa sổ quý mới so")
    assert not page.find("Tốt lên so với|Kém đi so với|đếm được chênh")
    assert page.find(rf"mới tính đến {page.last.day}/{page.last.month}")
    assert page.last == RUNNING, "on Monday it is complete"


def test_what_a_closed_quarter_says(past: History, monkeypatch: pytest.MonkeyPatch) -> None:
    page = read(past, CLOSED, monkeypatch)
    rows, first, last = page.rows, page.first, page.last
    counts = {key: rows.of(first, last, {key})[0] for key in page.profile.criteria}
    shown = {key for key, count in counts.items() if count >= 5}
    earlier = rows.share(date(2026, 4, 1), date(2026, 6, 30), page.core)
    now = rows.share(first, last, page.core)
    change = page.find(r"quý II/2026: (?:đếm được chênh|hơn|thấp hơn) ([+−\d,]+) điểm phần trăm")
    assert change and abs(_number(change[1])) == pytest.approx(abs(now - earlier), abs=0.051)
    year = page.find(r"Gộp bốn quý.*: ([\d,]+)% .*?(\d+) phiếu")
    assert year and int(year[2]) == rows.of(date(2025, 10, 1), last, page.core)[2]
    assert _number(year[1]) == pytest.approx(rows.share(date(2025, 10, 1), last, page.core), abs=0.051)

    group = page.find(r"“([^”]+)”(?:, | thấp hơn rõ.*: )([\d,]+)%[^,]*(?:, |\()(?:khoảng|nhưng)")
    assert group
    shares = {}
    for one in page.profile.group:
        keys = {criterion.key for criterion in one.criterion} & shown
        if keys:
            shares[one.name["vi"]] = rows.share(first, last, keys)
    assert shares[group[1]] == min(shares.values())
    assert _number(group[2]) == pytest.approx(shares[group[1]], abs=0.51)

    lowest = page.find(r"(?:thấp nhất đếm được là |^)“([^”]+)”[^:]*: ([\d,]+)% .*?(\d+) phiếu")
    assert lowest
    enough = {key: rows.share(first, last, {key}) for key, count in counts.items() if count >= 30}
    (key,) = page.named(lowest[1])
    assert enough[key] == min(enough.values()) and int(lowest[3]) == counts[key]
    assert _number(lowest[2]) == pytest.approx(enough[key], abs=0.51)

    few, hidden = page.find(r"^(\d+) tiêu chí chỉ có dưới 30"), page.find(r"^(\d+) tiêu chí có dưới 5")
    assert (int(few[1]) if few else 0) == sum(5 <= count < 30 for count in counts.values())
    assert (int(hidden[1]) if hidden else 0) == sum(count < 5 for count in counts.values())

    rate = page.find(r"ít nhất ([\d,]+)% số lượt không có phiếu")
    finished = sum(count for day, count in rows.finished.items() if first <= date.fromisoformat(day) <= last)
    answered = rows.of(first, last, set(counts))[2]
    assert rate and _number(rate[1]) == pytest.approx(100 - 100 * answered / finished, abs=0.51)

    span = page.find(r"mỗi lần chỉ có (\d+) đến (\d+) phiếu")
    thursdays = [day for day in (first + timedelta(days=n) for n in range(92)) if day.weekday() == 3 and day <= last]
    people = [rows.of(day, day, page.core)[2] for day in thursdays]
    assert span and int(span[1]) >= max(5, min(people)) and int(span[2]) >= max(people)
