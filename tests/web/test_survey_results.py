"""The results' pages: who sees what, and that names are only ever words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import FastAPI

from kiosk.office.officers import Officers
from kiosk.office.types import Officer
from kiosk.web.server import create_app
from kiosk.wiring import build_web
from tests.history import NAMES, History, history
from tests.web.conftest import PASSWORD, Browser, Loop


@dataclass(frozen=True)
class House:
    """An office with a past: its application and its officers by name."""

    app: FastAPI
    officers: dict[str, Officer]


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    found = history(tmp_path_factory.mktemp("past"), per_thursday=60)
    yield found
    found.database.close()


@pytest.fixture(scope="module")
def house(past: History) -> House:
    officers = Officers(past.database, past.settings.office.site, past.clock)
    officers.add("thu", "Thu", "supervisor", PASSWORD)
    officers.add("quan", "Quan", "administrator", PASSWORD)
    officers.set_password("demo2", PASSWORD)
    officers.set_active("demo2", True)
    app = create_app(build_web(past.settings, past.clock))
    return House(app, {one.name: one for one in officers.all()})


@pytest.fixture
def sign_in(house: House, loop: Loop) -> Callable[[str], Browser]:
    return lambda login: Browser(house.app, loop).sign_in(login)


@pytest.mark.parametrize("login", ["thu", "quan"])
def test_the_offices_page_is_whole(sign_in: Callable[[str], Browser], login: str) -> None:
    answer = sign_in(login).get("/results")
    assert answer.status_code == 200
    assert answer.text.count("<svg") > 10
    assert "http://www.w3.org" not in answer.text
    assert 'href="/results/file/2026Q3.pdf"' in answer.text
    assert "&lt;b&gt;*Minh*&lt;/b&gt;" in answer.text and "<b>*Minh" not in answer.text


@pytest.mark.parametrize("quarter", ["2026Q4", "2025Q1", "2026Q9", "", "<script>", "2031Q1"])
def test_any_quarter_gives_a_page(sign_in: Callable[[str], Browser], quarter: str) -> None:
    answer = sign_in("thu").ask("GET", "/results", params={"quarter": quarter})
    assert answer.status_code == 200
    assert "<script>" not in answer.text


def test_an_officer_sees_the_own_figures_only(house: House, sign_in: Callable[[str], Browser]) -> None:
    browser, other = sign_in("demo2"), house.officers[NAMES[0]]
    mine = browser.get("/results/me?quarter=2026Q3")
    assert mine.status_code == 200
    assert not any(name in mine.text for name in ("=1+1", "Minh"))
    files = ("/results/file/2026Q3.pdf", "/results/thursday/2026-11-19.pdf")
    for path in ("/results", f"/results/officer/{other.id}", *files):
        assert browser.get(path).status_code == 403, path


def test_nobody_else_sees_anything(house: House, loop: Loop) -> None:
    for path in ("/results", "/results/me", "/results/officer/x", "/results/file/2026Q3.csv"):
        assert Browser(house.app, loop).get(path).status_code == 303


def test_a_supervisor_opens_an_officers_page(house: House, sign_in: Callable[[str], Browser]) -> None:
    browser = sign_in("thu")
    for name in NAMES:
        answer = browser.get(f"/results/officer/{house.officers[name].id}?quarter=2026Q3")
        assert answer.status_code == 200
    assert browser.get("/results/officer/nobody").status_code == 404


def test_an_officers_paper_is_for_that_officer_and_the_supervisor(
    house: House, sign_in: Callable[[str], Browser], loop: Loop
) -> None:
    ids = {name: house.officers[name].id for name in NAMES}
    mine = next(name for name in NAMES if house.officers[name].login == "demo2")
    own, any_ones = "/results/me/2026Q3.pdf", f"/results/officer/{ids[mine]}/2026Q3.pdf"
    officer, supervisor = sign_in("demo2"), sign_in("thu")
    assert 'href="/results/me/2026Q3.pdf"' in officer.get("/results/me?quarter=2026Q3").text
    paper = officer.get(own)
    assert paper.status_code == 200 and paper.content.startswith(b"%PDF")
    assert paper.headers["content-disposition"] == 'attachment; filename="an-tan-2026Q3-officer.pdf"'
    assert paper.headers["cache-control"] == "no-store"
    for one in ids.values():  # the own one too: by that address it is the supervisor's
        assert officer.get(f"/results/officer/{one}/2026Q3.pdf").status_code == 403
        assert supervisor.get(f"/results/officer/{one}/2026Q3.pdf").status_code == 200
    assert any_ones in supervisor.get(any_ones.replace("/2026Q3.pdf", "?quarter=2026Q3")).text
    for path in (own, any_ones):
        assert Browser(house.app, loop).get(path).status_code == 303
    for path in ("/results/me/2031Q1.pdf", "/results/me/x.pdf", "/results/officer/nobody/2026Q3.pdf"):
        assert supervisor.get(path).status_code == 404


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/results/file/2026Q3.pdf", "application/pdf"), ("/results/file/2026Q3.csv", "text/csv"),
        ("/results/file/2026Q3.xlsx", "spreadsheetml"), ("/results/thursday/2026-11-19.pdf", "application/pdf"),
    ],
)  # fmt: skip
def test_files_are_downloads(sign_in: Callable[[str], Browser], path: str, kind: str) -> None:
    answer = sign_in("thu").get(path)
    assert answer.status_code == 200 and kind in answer.headers["content-type"]
    assert answer.headers["content-disposition"].startswith('attachment; filename="an-tan-')


@pytest.mark.parametrize(
    "path",
    [
        "/results/file/2031Q1.pdf", "/results/file/2026Q3.exe", "/results/file/x.pdf",
        "/results/thursday/2026-11-20.pdf", "/results/thursday/x.pdf",
        "/results/thursday/2031-01-02.pdf", "/results/file/..%2F..%2Fetc.pdf",
    ],
)  # fmt: skip
def test_files_that_there_are_not(sign_in: Callable[[str], Browser], path: str) -> None:
    assert sign_in("thu").get(path).status_code == 404


def test_no_copy_of_the_data_is_left_behind(past: History) -> None:
    folder = Path(past.settings.database_url.removeprefix("sqlite:///")).parent
    assert not list(folder.glob("snapshot-*"))
