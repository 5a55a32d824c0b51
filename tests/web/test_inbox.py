"""The supervisor's inbox: who may read, what is answered, what nobody can do to an item about themselves."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.clock import ManualClock
from kiosk.web.rooms import Rooms
from tests.web.conftest import Browser


@pytest.fixture
def thu(browser: Browser) -> Browser:
    """The supervisor."""
    return browser.sign_in("thu")


def key_of(rooms: Rooms, code: str) -> str:
    item = rooms.feedback.by_code(code)
    assert item
    return item.key


def officer(rooms: Rooms, login: str) -> str:
    return next(one.id for one in rooms.officers.all() if one.login == login)


def test_an_item_is_read_and_answered_under_its_code(thu: Browser, rooms: Rooms) -> None:
    code = rooms.feedback.write("petition", "Chứng thực 3 tờ mà thu 30 nghìn.")
    assert "Chứng thực 3 tờ" in thu.get("/inbox").text
    assert "còn 15 ngày" in thu.get(f"/inbox/{key_of(rooms, code)}").text
    item = rooms.feedback.by_code(code)
    assert item and item.state == "read"
    answered = thu.post(f"/inbox/{item.key}/answer", text="Mức đúng là 6.000 đồng.")
    assert answered.status_code == 303
    item = rooms.feedback.by_code(code)
    assert item and (item.state, item.answer) == ("answered", "Mức đúng là 6.000 đồng.")
    assert "Chứng thực 3 tờ" not in thu.get("/inbox").text
    assert "Chứng thực 3 tờ" in thu.get("/inbox?view=answered").text


def test_an_empty_answer_is_asked_for_again(thu: Browser, rooms: Rooms) -> None:
    key = key_of(rooms, rooms.feedback.write("comment", "Ghế ít quá."))
    page = thu.post(f"/inbox/{key}/answer", text="  ")
    assert page.status_code == 400 and rooms.staff_words.shown("refused-no-text", "vi") in page.text


@pytest.mark.parametrize("login", ["hanh", "minh"])
def test_officers_have_no_inbox(browser: Browser, rooms: Rooms, login: str) -> None:
    key = key_of(rooms, rooms.feedback.write("comment", "Ghế ít quá."))
    browser.sign_in(login, 1)
    for page in (browser.get("/inbox"), browser.get(f"/inbox/{key}"), browser.post(f"/inbox/{key}/answer", text="a")):
        assert page.status_code == 403 and "Ghế" not in page.text


def test_who_is_named_cannot_see_open_answer_or_move_it(
    thu: Browser, another: Callable[..., Browser], rooms: Rooms
) -> None:
    key = key_of(rooms, rooms.feedback.write("petition", "Cô Thu nói nặng lời.", officer(rooms, "thu")))
    assert "nặng lời" not in thu.get("/inbox?view=all").text
    for page in (
        thu.get(f"/inbox/{key}"), thu.post(f"/inbox/{key}/answer", text="Không có."),
        thu.post(f"/inbox/{key}/kind", kind="comment"), thu.post(f"/inbox/{key}/kind", kind="complaint"),
        thu.post(f"/inbox/{key}/about", officer=""),
    ):  # fmt: skip
        assert page.status_code == 404 and "nặng lời" not in page.text
    quan = another().sign_in("quan")
    page = quan.get(f"/inbox/{key}").text
    assert "nặng lời" in page and "Có nhắc đến Thu." in page


def test_naming_somebody_closes_it_to_them(thu: Browser, another: Callable[..., Browser], rooms: Rooms) -> None:
    key = key_of(rooms, rooms.feedback.write("comment", "Chú Quân cau có."))
    assert thu.post(f"/inbox/{key}/about", officer=officer(rooms, "quan")).status_code == 303
    assert another().sign_in("quan").get(f"/inbox/{key}").status_code == 404
    assert thu.post(f"/inbox/{key}/about", officer="no-such").status_code == 303
    assert another().sign_in("quan").get(f"/inbox/{key}").status_code == 200


def test_kinds_are_changed_and_a_complaint_is_told_where_to_go(thu: Browser, rooms: Rooms) -> None:
    code = rooms.feedback.write("comment", "Xin thêm buổi chiều thứ Ba.")
    key = key_of(rooms, code)
    thu.post(f"/inbox/{key}/kind", kind="petition")
    item = rooms.feedback.by_code(code)
    assert item and item.kind == "petition" and item.due
    thu.post(f"/inbox/{key}/kind", kind="comment")
    item = rooms.feedback.by_code(code)
    assert item and item.due is None
    thu.post(f"/inbox/{key}/kind", kind="complaint")
    item = rooms.feedback.by_code(code)
    assert item and item.state == "answered" and "phòng tiếp công dân" in item.answer


def test_late_items_stand_first_and_are_told(thu: Browser, rooms: Rooms, clock: ManualClock) -> None:
    rooms.feedback.write("petition", "Việc cũ")
    clock.advance(17 * 86400)
    rooms.feedback.write("petition", "Việc mới")
    page = thu.sign_in("thu").get("/inbox").text
    assert page.index("Việc cũ") < page.index("Việc mới") and "quá hạn 2 ngày" in page


def test_what_was_written_is_shown_as_text_only(thu: Browser, rooms: Rooms) -> None:
    key = key_of(rooms, rooms.feedback.write("comment", "<script>alert(1)</script>"))
    page = thu.get(f"/inbox/{key}").text
    assert "<script>alert" not in page and "&lt;script&gt;" in page


def test_an_item_is_found_by_its_code(thu: Browser, rooms: Rooms) -> None:
    code = rooms.feedback.write("comment", "Ghế ít quá.")
    rooms.feedback.write("comment", "Quạt kêu to.")
    page = thu.get(f"/inbox?find={code[:4].lower()}+{code[4:]}").text
    assert "Ghế ít quá." in page and "Quạt kêu to." not in page
    assert "Chưa có mục nào" in thu.get("/inbox?find=zzzz").text
