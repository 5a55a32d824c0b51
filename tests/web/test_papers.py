"""Declarations through the pages: whose they are, what bad input gets, that nothing stays."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI

from kiosk.clock import ZONE, ManualClock, business_day
from kiosk.web.caretaker import Caretaker
from kiosk.web.rooms import Rooms
from tests.web.conftest import Browser, Loop, Queue

MOTHER = "052195000123|211234567|ĐINH THỊ MẪU|05031995|Nữ|Thôn 2, xã An Tân, Gia Lai|01022022"
FATHER = "052093000124||ĐINH VĂN THỬ|05031993|Nam|Thôn 3, xã An Tân, Gia Lai|01022022"
BIRTH = "/counter/papers/birth"


@pytest.fixture(autouse=True)
def empty_shelf(rooms: Rooms) -> Iterator[None]:
    """What a test leaves in memory goes with it."""
    yield
    shutil.rmtree(rooms.shelf.folder, ignore_errors=True)


class Desk(Browser):
    """An officer's browser that names whose papers are filled, as the page's forms do."""

    rooms: Rooms

    def post(self, path: str, **fields: str) -> httpx.Response:
        current = self.rooms.counters.view(1).current
        if path.startswith("/counter/papers/") and current is not None:
            fields.setdefault("ticket", current.ticket.id)
        return super().post(path, **fields)


@pytest.fixture
def served(app: FastAPI, loop: Loop, rooms: Rooms, queue: Queue) -> Desk:
    """Somebody sits at counter 1."""
    desk = Desk(app, loop)
    desk.rooms = rooms
    desk.sign_in("hanh", 1)
    queue.take()
    desk.do("next")
    desk.do("start")
    return desk


@pytest.fixture
def told(served: Desk) -> Desk:
    served.post(f"{BIRTH}/told", agreed="1")
    return served


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_nobody_here_leads_back_to_the_counter(hanh: Browser, queue: Queue) -> None:
    assert hanh.get("/counter/papers").headers["location"] == "/counter"
    queue.take()
    hanh.do("next")
    assert hanh.get(BIRTH).headers["location"] == "/counter", "called, and not yet here"


def test_the_picture_that_was_chosen_opens_its_form(served: Desk) -> None:
    assert served.get("/counter/papers").headers["location"] == BIRTH
    everything = served.get("/counter/papers?all=1").text
    assert "/counter/papers/marriage" in everything
    assert "/counter/papers/receipt" not in everything, "there is no dossier yet"
    served.do("receive", procedure="birth-registration")
    assert "/counter/papers/receipt" in served.get("/counter/papers?all=1").text
    assert served.get("/counter/papers/nonsense").status_code == 404


def test_a_question_that_nobody_can_answer_does_not_hold_up_the_paper(told: Browser, rooms: Rooms) -> None:
    """Put off, it comes again at the end; then there is a way on, and its line stays dotted."""
    fields = [one.key for one in rooms.forms.on(business_day(rooms.clock.now()))["birth"].file.field if one.ask]
    way = "Đọc lại cho người dân"
    for role in ("mother", "father", "requester"):
        told.post(f"{BIRTH}/without", role=role)
    assert way not in plain(told.get(BIRTH).text)
    for key in fields:
        told.post(f"{BIRTH}/later", field=key)
    assert way in plain(told.get(BIRTH).text)
    page = plain(told.get(f"{BIRTH}?step=read").text)
    assert "Còn để chấm:" in page and "Quê quán (trẻ)" in page


def test_nothing_is_taken_before_the_citizen_was_told(served: Desk, rooms: Rooms) -> None:
    page = served.get(BIRTH).text
    assert "checked" not in page, "consent is never ticked beforehand"
    assert served.post(f"{BIRTH}/scan", scan=MOTHER).status_code == 422
    assert served.post(f"{BIRTH}/told").status_code == 422
    assert len(rooms.shelf) == 0
    assert served.get(f"{BIRTH}/sheet.pdf").status_code == 303
    assert served.post(f"{BIRTH}/told", agreed="1").status_code == 303
    assert served.post(f"{BIRTH}/scan", scan=MOTHER).status_code == 303


def test_from_scan_to_paper(told: Desk) -> None:
    told.post(f"{BIRTH}/answer", field="requester.relation", text="1")
    for scan in (FATHER, MOTHER):
        assert told.post(f"{BIRTH}/scan", scan=scan).status_code == 303
    page = plain(told.get(BIRTH).text)
    assert "ĐINH THỊ MẪU" in page
    assert "Mẹ – người yêu cầu" in page
    read = plain(told.get(f"{BIRTH}?step=read").text)
    assert "Đinh Thị Mẫu" in read
    pdf = told.get(f"{BIRTH}/sheet.pdf")
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.headers["cache-control"] == "no-store"
    told.post(f"{BIRTH}/how", copies="3")
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", told.get(f"{BIRTH}/sheet.pdf").content)) == 3
    assert told.get(f"{BIRTH}/sheet-1.svg").content.startswith(b"<svg")
    assert told.get(f"{BIRTH}/sheet-9.svg").status_code == 404


@pytest.mark.parametrize(
    ("scan", "said"),
    [
        (MOTHER[:60], "Máy mới đọc được một phần mã"),
        (MOTHER + "\r" + FATHER, "Hai lần quét dính vào nhau"),
        ("x" * 5000, "dài hơn nhiều"),
        (MOTHER.replace("ĐINH", "\x1b[2J"), "bị hỏng"),
        ("GD4797935012345|4e677579|1|", "bảo hiểm y tế"),
        ("", "chưa đọc được gì"),
        ("hello", "không phải mã của thẻ căn cước"),
    ],
)  # fmt: skip
def test_a_scan_that_is_no_card_is_answered_and_leaves_nothing(
    told: Desk, rooms: Rooms, scan: str, said: str
) -> None:
    before = [path.read_bytes() for path in rooms.shelf.folder.glob("*")]
    answer = told.post(f"{BIRTH}/scan", scan=scan)
    assert answer.status_code == 422
    assert said in answer.text
    assert [path.read_bytes() for path in rooms.shelf.folder.glob("*")] == before


def test_a_wrong_answer_stays_in_its_field_with_the_reason(told: Desk) -> None:
    answer = told.post(f"{BIRTH}/answer", field="child.birth", text="31/2/2026")
    assert answer.status_code == 422
    assert 'value="31/2/2026"' in answer.text
    assert "Không có ngày này trong lịch" in answer.text
    assert told.post(f"{BIRTH}/answer", field="no.such", text="x").status_code == 303
    assert told.post(f"{BIRTH}/leave", role="mother").status_code == 422
    assert told.post(f"{BIRTH}/take", role="father", person="death:nobody").status_code == 422
    assert told.post(f"{BIRTH}/nonsense").status_code == 404


def test_what_is_typed_is_text(told: Desk) -> None:
    told.post(f"{BIRTH}/answer", field="child.birthplace", text="<script>alert(1)</script> #panic()")
    assert "<script>alert" not in told.get(BIRTH).text
    assert told.get(f"{BIRTH}/sheet.pdf").status_code == 200


def test_digits_that_disagree_warn_and_block_nothing(told: Desk) -> None:
    told.post(f"{BIRTH}/scan", scan=MOTHER.replace("05031995", "05031996"))
    assert "thẻ ghi 1996" in told.get(f"{BIRTH}?step=read").text
    assert told.get(f"{BIRTH}/sheet.pdf").status_code == 200
    told.post(f"{BIRTH}/accept", role="mother", key="birth-year")
    assert "thẻ ghi 1996" not in told.get(f"{BIRTH}?step=read").text


def test_a_damaged_name_is_printed_only_when_somebody_looked(told: Desk) -> None:
    told.post(f"{BIRTH}/scan", scan=MOTHER.replace("ĐINH THỊ MẪU", "?INH TH? M?U"))
    assert told.get(f"{BIRTH}/sheet.pdf").headers["location"] == f"{BIRTH}?step=read"
    assert "Còn chỗ cần xem lại" in told.get(f"{BIRTH}?step=print").text
    told.post(f"{BIRTH}/answer", field="mother.name", text="Đinh Thị Mẫu")
    assert told.get(f"{BIRTH}/sheet.pdf").status_code == 200


def test_the_typed_day_is_echoed_in_words_with_its_term(told: Desk) -> None:
    told_of = told.post(f"{BIRTH}/echo", field="child.birth", text="14/11/2026").json()
    assert told_of["say"] == "14/11/2026 – ngày mười bốn tháng mười một năm hai nghìn không trăm hai mươi sáu"
    assert told_of["term"][0] is True
    assert told.post(f"{BIRTH}/echo", field="child.birth", text="14/1/2026").json()["term"][0] is False
    assert told.post(f"{BIRTH}/echo", field="child.birth", text="14/").json() == {"say": "", "term": [True, ""]}


def test_the_next_form_of_the_visit_knows_who_is_here(told: Desk) -> None:
    told.post(f"{BIRTH}/scan", scan=MOTHER)
    page = told.get("/counter/papers/death").text
    assert "Chép từ Đinh Thị Mẫu" in page
    told.post("/counter/papers/death/take", role="requester", person="birth:mother")
    assert "ĐINH THỊ MẪU" in told.get("/counter/papers/death?step=ask").text


def test_another_counter_does_not_see_it(told: Desk, another: Callable[..., Browser], queue: Queue) -> None:
    told.post(f"{BIRTH}/scan", scan=MOTHER)
    minh = another().sign_in("minh", 2)
    assert minh.get(BIRTH).headers["location"] == "/counter"
    assert another("192.168.8.99").get(BIRTH).headers["location"] == "/signin"


def test_a_page_of_who_has_gone_fills_in_nothing(told: Desk, rooms: Rooms, queue: Queue) -> None:
    """Back in the browser, after the next one has sat down."""
    before = rooms.counters.view(1).current
    assert before is not None
    told.do("finish")
    queue.take()
    told.do("next")
    told.do("start")
    told.post(f"{BIRTH}/told", agreed="1")
    answer = told.post(f"{BIRTH}/answer", field="child.name", text="Bé", ticket=before.ticket.id)
    assert answer.headers["location"] == "/counter"
    assert told.post(f"{BIRTH}/scan", scan=MOTHER, ticket=before.ticket.id).headers["location"] == "/counter"
    page = told.get(BIRTH).text
    assert "BÉ" not in page and "MẪU" not in page


def test_finish_forgets(told: Desk, rooms: Rooms) -> None:
    told.post(f"{BIRTH}/scan", scan=MOTHER)
    assert len(rooms.shelf) == 1
    told.do("finish")
    assert len(rooms.shelf) == 0


def test_a_restart_of_the_pages_loses_nothing(told: Desk, rooms: Rooms) -> None:
    told.post(f"{BIRTH}/scan", scan=MOTHER)
    from kiosk.papers.shelf import Shelf

    ticket = rooms.counters.view(1).current
    assert ticket is not None
    assert "ĐINH THỊ MẪU" in str(Shelf(rooms.shelf.folder).peek(ticket.ticket.id))


@pytest.mark.parametrize("step", ["transfer", "fetch", "undo"])
def test_who_is_still_in_the_house_keeps_their_papers(told: Desk, rooms: Rooms, step: str) -> None:
    told.post(f"{BIRTH}/scan", scan=MOTHER)
    told.do(step, counter="2")
    Caretaker(rooms).round()
    assert len(rooms.shelf) == 1


def test_closing_forgets_whoever_is_not_at_a_counter(told: Desk, rooms: Rooms, clock: ManualClock) -> None:
    told.post(f"{BIRTH}/scan", scan=MOTHER)
    clock.set(datetime(2026, 11, 26, 17, 1, tzinfo=ZONE))
    Caretaker(rooms).round()
    assert len(rooms.shelf) == 1, "they still sit here"
    told.do("fetch")
    Caretaker(rooms).round()
    assert len(rooms.shelf) == 0


def test_the_next_day_forgets_everybody(told: Desk, rooms: Rooms, clock: ManualClock) -> None:
    told.post(f"{BIRTH}/scan", scan=MOTHER)
    clock.set(datetime(2026, 11, 26, 8, 0, tzinfo=ZONE) + timedelta(days=1))
    Caretaker(rooms).round()
    assert len(rooms.shelf) == 0


def test_without_memory_nothing_is_kept_and_the_officer_is_told(
    told: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.papers.shelf.file_system", lambda _: "ext4")
    answer = told.post(f"{BIRTH}/scan", scan=MOTHER)
    assert answer.status_code == 503
    assert "Xin viết tay giúp người dân" in answer.text


def test_the_receipt_tells_the_last_dossier(told: Desk) -> None:
    told.do("receive", procedure="birth-registration")
    told.post("/counter/papers/receipt/told", agreed="1")
    page = plain(told.get("/counter/papers/receipt?step=read").text)
    assert "Đăng ký khai sinh" in page
    assert told.get("/counter/papers/receipt/sheet.pdf").content.startswith(b"%PDF-")
