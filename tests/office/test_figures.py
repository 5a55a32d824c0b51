"""The supervisor's figures, and totals of the time before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from kiosk.clock import ManualClock
from kiosk.office.days import Days
from kiosk.office.dossiers import Dossiers
from kiosk.office.figures import CsvError, Figures, read_earlier
from tests.office.conftest import SITE, THURSDAY, Office
from tests.office.test_dossiers import BIRTH, BUSINESS, CALENDAR

TODAY = THURSDAY.date()


@pytest.fixture
def figures(office: Office, clock: ManualClock) -> Iterator[Figures]:
    yield Figures(office.database, SITE, clock)


@pytest.fixture
def dossiers(office: Office, clock: ManualClock) -> Iterator[Dossiers]:
    yield Dossiers(office.database, SITE, clock, Days(CALENDAR), CALENDAR)


# ---- a day -------------------------------------------------------------------------------------------------


def test_an_empty_day_is_all_noughts(figures: Figures) -> None:
    found = figures.day(TODAY)
    assert (found.issued, found.served, found.waiting, found.unserved, found.received, found.returned) == (0,) * 6
    assert (found.median_wait, found.median_service) == (None, None)
    assert figures.by_day() == []
    assert (figures.totals().dossiers, figures.totals().days) == (0, 0)


def test_a_day_in_figures(figures: Figures, office: Office, clock: ManualClock) -> None:
    for _ in range(4):
        office.give()
    for wait, service in ((5, 10), (7, 20), (1, 31)):
        clock.advance(wait * 60)
        office.call(1)
        office.counters.start(1)
        clock.advance(service * 60)
        office.counters.finish(1)
    found = figures.day(TODAY)
    assert (found.issued, found.served, found.waiting, found.unserved) == (4, 3, 1, 0)
    assert (found.median_wait, found.median_service) == (22, 20)
    office.counters.end_day(TODAY)
    assert (figures.day(TODAY).waiting, figures.day(TODAY).unserved) == (0, 1)


def test_every_number_is_counted_once_whatever_its_state(figures: Figures, office: Office) -> None:
    for _ in range(5):
        office.give()
    office.call(1)
    office.serve(1)
    office.call(1)
    office.counters.fetch(1)
    office.call(1)
    found = figures.day(TODAY)
    assert (found.issued, found.served, found.waiting, found.unserved) == (5, 1, 4, 0)


def test_a_number_taken_back_at_the_counter_was_never_given(figures: Figures, office: Office) -> None:
    office.give()
    office.counters.given(1, office.give())
    office.counters.undo(1)
    assert (figures.day(TODAY).issued, figures.day(TODAY).absent) == (1, 0)


def test_dossiers_count_on_the_day_they_were_received_and_returned(
    figures: Figures, office: Office, dossiers: Dossiers, clock: ManualClock
) -> None:
    ticket = office.give()
    first, second, third = (dossiers.receive(ticket.id, kind, None) for kind in (BIRTH, BUSINESS, BIRTH))
    dossiers.returned(first.id)
    clock.advance(86_400)
    dossiers.returned(second.id)
    today, tomorrow = figures.day(TODAY), figures.day(date(2026, 11, 27))
    assert (today.received, today.same_day, today.returned) == (3, 1, 1)
    assert (tomorrow.received, tomorrow.same_day, tomorrow.returned) == (0, 0, 1)
    dossiers.take_back(second.id)
    dossiers.take_back(second.id)
    assert figures.day(date(2026, 11, 27)).returned == 0
    dossiers.remove(third.id)
    assert figures.day(TODAY).received == 2


def test_another_office_is_not_counted(figures: Figures, office: Office, url: str, clock: ManualClock) -> None:
    other = Office(url, clock, site="ba-vi")
    other.give()
    other.close()
    Figures(office.database, "ba-vi", clock).import_earlier([(date(2020, 1, 2), 5)])
    assert (figures.day(TODAY).issued, figures.totals().dossiers) == (0, 0)


# ---- since the start ---------------------------------------------------------------------------------------


def test_totals_take_the_earlier_time_in(
    figures: Figures, office: Office, dossiers: Dossiers, clock: ManualClock
) -> None:
    dossiers.receive(office.give().id, BIRTH, None)
    figures.import_earlier([(date(2026, 11, 19), 40), (date(2026, 11, 12), 30), (date(2026, 11, 5), 0), (TODAY, 2)])
    totals = figures.totals()
    assert (totals.dossiers, totals.earlier) == (73, 72)
    assert totals.days == 3, "today stands in both, and nothing was received on the 5th"
    assert figures.by_day(3) == [(date(2026, 11, 12), 30), (date(2026, 11, 19), 40), (TODAY, 3)]
    figures.import_earlier([(date(2026, 11, 19), 41)])
    assert figures.totals().earlier == 41, "an import stands in place of the one before"


def test_an_import_that_fails_leaves_the_old_one(figures: Figures) -> None:
    figures.import_earlier([(date(2026, 11, 19), 40)])
    with pytest.raises(Exception, match="UNIQUE"):
        figures.import_earlier([(date(2026, 11, 12), 1), (date(2026, 11, 12), 2)])
    assert figures.totals().earlier == 40


# ---- the file ----------------------------------------------------------------------------------------------


def written(folder: Path, text: str | bytes) -> Path:
    file = folder / "truoc-day.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


@pytest.mark.parametrize(
    "text",
    [
        "date,dossiers\n2023-12-28,17\n2024-01-04,9\n",
        "2023-12-28,17\n2024-01-04,9",
        "Ngày;Số hồ sơ\r\n28/12/2023;17\r\n\r\n04/01/2024;9\r\n",
        "\ufeffdate,dossiers\n2024-01-04 , 9 \n28/12/2023,17\n",
        '"date","dossiers"\n"2023-12-28","17"\n"2024-01-04","9"\n',
        "date,dossiers,note\n2023-12-28,17,\n2024-01-04,9,rain\n",
    ],
)
def test_the_forms_that_spreadsheets_write(tmp_path: Path, text: str) -> None:
    assert read_earlier(written(tmp_path, text), TODAY) == [(date(2023, 12, 28), 17), (date(2024, 1, 4), 9)]


@pytest.mark.parametrize(
    ("text", "line", "what", "do"),
    [
        ("date,dossiers\n2023-12-28\n", 2, "one column", "write date,dossiers"),
        ("date;dossiers\n2023-12-28;1\n28.12.2023;2\n", 3, '"28.12.2023" is no date', "write it like 2023-12-28"),
        ("2023-02-30,1\n", 1, "is no date", "write it like"),
        ("17,2023-12-28\n", 1, '"17" is no date', "write it like"),
        ("2026-11-27,1\n", 1, "27/11/2026 has not come yet", "correct the date"),
        ("2023-12-28,many\n", 1, '"many" is no count', "write a whole number"),
        ("2023-12-28,-1\n", 1, '"-1" is no count', "write a whole number"),
        ("2023-12-28,1.234\n", 1, '"1.234" is no count', "write a whole number"),
        ("2023-12-28,\u00b2\n", 1, "is no count", "write a whole number"),
        ("2023-12-28," + "9" * 5000 + "\n", 1, "is no count", "write a whole number"),
        ("2023-12-28,1\n\n28/12/2023,2\n", 3, "28/12/2023 stands twice", "into one line"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_file_line_and_what_to_do(
    tmp_path: Path, text: str, line: int, what: str, do: str
) -> None:
    file = written(tmp_path, text)
    with pytest.raises(CsvError) as found:
        read_earlier(file, TODAY)
    said = str(found.value)
    assert said.startswith(f"{file}: line {line}: ")
    assert what in said
    assert do in said


@pytest.mark.parametrize(
    ("content", "do"),
    [
        ("", "Write lines like 2023-12-28,17"),
        ("date,dossiers\n", "Write lines like"),
        ("ngày;số".encode("utf-16"), "Save it as CSV"),
        (b"2023-12-28,17\n\xff", "Save it as CSV"),
    ],
)
def test_a_file_that_holds_nothing_to_read(tmp_path: Path, content: str | bytes, do: str) -> None:
    file = written(tmp_path, content)
    with pytest.raises(CsvError, match=do) as found:
        read_earlier(file, TODAY)
    assert str(file) in str(found.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path, written(tmp_path, "x") / "below.csv"):
        with pytest.raises(CsvError, match=str(path)):
            read_earlier(path, TODAY)
