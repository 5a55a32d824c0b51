"""The survey and comments on a citizen's phone: from the slip's address to the thank-you page, with and without a
script, over a bad net, and against those who mean harm."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import text

from kiosk.clock import ManualClock
from kiosk.office.database import Database
from kiosk.office.feedback import CODE_LETTERS
from kiosk.web.bursts import MOST
from kiosk.web.questions import asked, more_of, next_of, sequence, spoken
from kiosk.web.rooms import Rooms
from kiosk.web.server import create_app
from kiosk.web.ways import COOKIE
from tests.until import until
from tests.web.conftest import Browser, Loop, Queue, Server
from tests.web.test_phone import CONTRAST, fits

Another = Callable[..., Browser]
Window = Callable[..., BrowserContext]
CORE = ["polite", "clear", "time", "result-right"]


def finished(rooms: Rooms, queue: Queue, language: str = "vi") -> str:
    """The address of a number that was served and finished by the first officer."""
    if rooms.counters.view(1).officer_id is None:
        rooms.counters.sit(1, rooms.officers.all()[0].id)
    ticket = queue.take(language=language)
    rooms.counters.call_next(1, rooms.officers.all()[0].id)
    rooms.counters.start(1)
    rooms.counters.finish(1)
    return f"/t/{ticket.token}"


@pytest.fixture
def address(rooms: Rooms, queue: Queue) -> str:
    return finished(rooms, queue)


def stored(rooms: Rooms) -> list[tuple[Any, ...]]:
    """(channel, criterion, value, missing) of every answer in the database, and responses without one."""
    query = (
        "select r.channel, a.criterion, a.value, a.missing from survey_response r"
        " left join survey_answer a on a.response = r.key order by r.key, a.criterion"
    )
    return rows_of(rooms, query)


def rows_of(rooms: Rooms, query: str) -> list[tuple[Any, ...]]:
    database = Database(rooms.settings.database_url)
    with database.read() as session:
        rows = [tuple(row) for row in session.execute(text(query))]
    database.close()
    return rows


def written(rooms: Rooms) -> list[Any]:
    """Everything in the inbox."""
    return rooms.feedback.inbox("")


def cookie(browser: Browser) -> str:
    return next((one.value or "" for one in browser.cookies.jar if one.name == COOKIE), "")


def answered(browser: Browser, base: str, *values: str) -> str:
    """Answer the core questions; the last address that came."""
    browser.get(f"{base}/ask")
    to = ""
    for criterion, value in zip(CORE, values, strict=False):
        reply = browser.post(f"{base}/ask", on=criterion, v=value)
        assert reply.status_code == 303, reply.text
        to = reply.headers["location"]
    return to


# ---- the way through -----------------------------------------------------------------------------------


def test_from_the_slip_to_the_thanks(browser: Browser, rooms: Rooms, address: str) -> None:
    invitation = browser.get(address).text
    assert "Mời ông bà chấm điểm" in invitation and f'href="{address}/ask"' in invitation
    assert stored(rooms) == []
    page = browser.get(f"{address}/ask").text
    assert "thái độ của cán bộ" in page and "Câu 1/4" in page and "aria-pressed" not in page
    found = re.findall(r'name="v" value="(\w+)"', page)
    assert found == ["5", "4", "3", "2", "1", "skipped", "unknown"]
    assert stored(rooms) == []  # looking spends nothing
    to = browser.post(f"{address}/ask", on="polite", v="5").headers["location"]
    assert to == f"{address}/ask?at=clear"
    assert "Câu 2/4" in browser.get(to).text
    assert answered(browser, address, "4", "skipped", "unknown", "1") == f"{address}/thanks"
    assert "Đã nhận" in browser.get(f"{address}/thanks").text
    assert stored(rooms) == [
        ("slip", "clear", None, "skipped"), ("slip", "polite", 4, ""), ("slip", "result-right", 1, ""),
        ("slip", "time", None, "unknown"),
    ]  # fmt: skip


def test_back_shows_what_was_answered_and_the_later_answer_holds(
    browser: Browser, rooms: Rooms, address: str
) -> None:
    answered(browser, address, "2", "3")
    page = browser.get(f"{address}/ask?at=polite").text
    assert re.search(r'value="2" aria-pressed="true"', page)
    assert browser.post(f"{address}/ask", on="polite", v="1").headers["location"] == f"{address}/ask?at=time"
    assert ("slip", "polite", 1, "") in stored(rooms)


def test_opening_the_slip_again_goes_on_where_it_stopped(browser: Browser, another: Another, address: str) -> None:
    answered(browser, address, "5", "5")
    assert "Chấm tiếp" in browser.get(address).text
    assert "Câu 3/4" in browser.get(f"{address}/ask").text
    # A browser that comes from outside may hide the cookie: our own page asks once more, then it is there
    used = another().get(address).text
    assert "Số này đã chấm điểm rồi" in used and f'content="0;url={address}/ask"' in used
    again = another().get(f"{address}/ask").text
    assert "Số này đã chấm điểm rồi" in again and "http-equiv" not in again and 'href="/say"' in again
    answered(browser, address, "5", "5", "5", "5")
    assert browser.get(address).headers["location"] == f"{address}/thanks"
    assert browser.get(f"{address}/ask").headers["location"] == f"{address}/thanks"


def test_the_cookie_is_for_this_address_only(browser: Browser, rooms: Rooms, address: str) -> None:
    given = browser.get(f"{address}/ask").headers["set-cookie"]
    for part in ("HttpOnly", "SameSite=strict", f"Path={address};"):
        assert part in given
    assert "Secure" not in given and address.removeprefix("/t/") not in given.split(";")[0]
    answered(browser, address, "5")
    keys = [row[0] for row in rows_of(rooms, "select key from survey_response")]
    assert len(keys) == 1 and cookie(browser) not in keys  # the database does not say how to answer in its place


def test_a_first_answer_sent_twice_is_one_response(browser: Browser, rooms: Rooms, address: str) -> None:
    """A slow net and a double tap: the second is the same phone."""
    browser.get(f"{address}/ask")
    before = browser.cookies
    assert browser.post(f"{address}/ask", on="polite", v="5").status_code == 303
    browser.cookies = before  # its reply never came
    assert browser.post(f"{address}/ask", on="polite", v="4").headers["location"] == f"{address}/ask?at=clear"
    assert stored(rooms) == [("slip", "polite", 4, "")]


def test_of_two_phones_at_once_one_answers(app: FastAPI, loop: Loop, rooms: Rooms, queue: Queue) -> None:
    for _ in range(4):
        base = finished(rooms, queue)
        phones = [Browser(app, loop, f"192.168.8.{60 + number}") for number in range(3)]
        for phone in phones:
            assert "Câu 1/4" in phone.get(f"{base}/ask").text
        before = len(stored(rooms))
        with ThreadPoolExecutor(3) as pool:
            given_in = [pool.submit(one.post, f"{base}/ask", on="polite", v="3") for one in phones]
        replies = [one.result() for one in given_in]
        places = sorted(reply.headers["location"] for reply in replies)
        assert places == [base, base, f"{base}/ask?at=clear"]
        assert len(stored(rooms)) == before + 1


@pytest.mark.parametrize("more", ["some", "all"])
def test_saying_more(browser: Browser, rooms: Rooms, address: str, more: str) -> None:
    answered(browser, address, "5", "5", "5", "5")
    thanks = browser.get(f"{address}/thanks").text
    assert "Trả lời thêm 3 câu" in thanks and "Trả lời hết 18 câu còn lại" in thanks
    to, seen = f"{address}/ask?more={more}", []
    while "/thanks" not in to:
        page = browser.get(to)
        if page.status_code == 303:
            to = page.headers["location"]
            continue
        found = re.search(r'name="on" value="([\w-]+)"', page.text)
        assert found is not None and f'name="more" value="{more}"' in page.text
        seen.append(found[1])
        to = browser.post(f"{address}/ask", on=found[1], v="4", more=more).headers["location"]
    assert len(seen) == len(set(seen)) == (3 if more == "some" else 18) and not set(seen) & set(CORE)
    after = browser.get(f"{address}/thanks").text
    assert ("Trả lời hết 15 câu" in after) == (more == "some") and "Trả lời thêm" not in after
    assert len(stored(rooms)) == 4 + len(seen)


def test_the_drawn_questions_stay_drawn_and_are_drawn_evenly(rooms: Rooms) -> None:
    profile = rooms.settings.survey.profiles[0]
    drawn: dict[str, int] = {}
    for number in range(600):
        picked = sequence(profile, f"key-{number}", "some")
        assert picked == sequence(profile, f"key-{number}", "some") and len(picked) == 3
        for one in picked:
            drawn[one] = drawn.get(one, 0) + 1
    assert set(drawn) == set(profile.criteria) - set(profile.core)
    assert all(60 <= count <= 145 for count in drawn.values()), drawn  # 100 expected
    assert more_of("none") == "" and next_of(["a", "b"], {"b"}, "a") == ""


@pytest.mark.parametrize(
    ("state", "said", "status"),
    [
        ("early", "Chưa đến lúc chấm điểm", 200), ("foreign", "Không tìm thấy số này", 404),
        ("expired", "Số này đã hết ngày", 200), ("no-survey", "Hiện chưa có phiếu chấm điểm", 200),
        ("forged", "Không tìm thấy số này", 404),
    ],
)  # fmt: skip
def test_who_cannot_answer_can_still_say_something(
    browser: Browser, rooms: Rooms, queue: Queue, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, state: str,
    said: str, status: int,
) -> None:  # fmt: skip
    base = f"/t/{queue.take().token}" if state == "early" else finished(rooms, queue)
    if state == "foreign":
        base = "/t/nobody"
    if state == "forged":
        base = base[:-1] + ("A" if base[-1] != "A" else "B")
    if state == "expired":
        clock.advance(timedelta(days=4).total_seconds())
    if state == "no-survey":
        monkeypatch.setattr("kiosk.settings.survey.Survey.profile_on", lambda *_: None)
    page = browser.get(f"{base}/ask")
    assert (page.status_code, said in page.text) == (status, True)
    assert 'href="/say"' in page.text
    first = browser.get(base)
    assert "/say" in first.text and first.status_code == status
    reply = browser.post(f"{base}/ask", on="polite", v="5")
    assert reply.status_code == 303 and stored(rooms) == []


def test_a_result_that_is_ready_comes_before_the_survey(browser: Browser, rooms: Rooms, queue: Queue) -> None:
    rooms.counters.sit(1, rooms.officers.all()[0].id)
    ticket = queue.take()
    rooms.counters.call_next(1)
    rooms.counters.start(1)
    dossier = rooms.dossiers.receive(ticket.id, rooms.settings.procedures["birth-registration"], None)
    rooms.counters.finish(1)
    assert "Mời ông bà chấm điểm" in browser.get(f"/t/{ticket.token}").text
    rooms.dossiers.ready(dossier.id)
    page = browser.get(f"/t/{ticket.token}").text
    assert page.index("Đã có kết quả") < page.index("Chấm điểm")
    answered(browser, f"/t/{ticket.token}", "5", "5", "5", "5")
    assert "Đã có kết quả" in browser.get(f"/t/{ticket.token}").text


def test_a_citizen_of_another_language(browser: Browser, rooms: Rooms, queue: Queue) -> None:
    base = finished(rooms, queue, "en")
    assert "Rate us" in browser.get(base).text
    page = browser.get(f"{base}/ask").text
    assert 'lang="en"' in page and "Very satisfied" in page and "Question 1/4" in page


def test_a_question_is_read_out_when_it_is_ready(browser: Browser, rooms: Rooms, address: str) -> None:
    assert "Nghe" not in browser.get(f"{address}/ask").text
    profile = rooms.settings.survey.profiles[0]
    assert rooms.clips is not None and spoken(profile, "polite", "vi") in asked(
        rooms.settings, rooms.clock.now().date()
    )
    rooms.clips.prepare([spoken(profile, "polite", "vi")])
    found = re.search(r'href="(/s/hear/[^"]+)"', browser.get(f"{address}/ask").text)
    assert found is not None
    clip = browser.get(found[1])
    assert clip.status_code == 200 and clip.content[:4] == b"RIFF" and clip.headers["content-type"] == "audio/wav"
    for wrong in ("/s/hear/vi/sipas/1/clear.wav", "/s/hear/fr/sipas/1/polite.wav", "/s/hear/vi/sipas/x/polite.wav"):
        assert browser.get(wrong).status_code == 404


# ---- the door ------------------------------------------------------------------------------------------


def test_the_door_is_a_channel_of_its_own(browser: Browser, rooms: Rooms) -> None:
    assert "Mời ông bà chấm điểm" in browser.get("/s").text
    assert answered(browser, "/s", "5", "4", "3", "2") == "/s/thanks"
    assert [row[0] for row in stored(rooms)] == ["door"] * 4
    assert browser.get("/s/ask").headers["location"] == "/s/thanks"
    browser.post("/s/again")  # the next one with the same phone
    assert "Câu 1/4" in browser.get("/s/ask").text
    answered(browser, "/s", "1")
    assert len(stored(rooms)) == 5


def test_a_thousand_at_the_door_do_no_harm(
    app: FastAPI,
    loop: Loop,
    rooms: Rooms,
    another: Another,
    address: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setitem(MOST, "begin", (6, 40, 10))
    replies = [Browser(app, loop, "192.168.8.66").post("/s/ask", on="polite", v="1") for _ in range(30)]
    here, together, _ = MOST["begin"]
    assert [reply.status_code for reply in replies] == [303] * here + [429] * (30 - here)
    assert "Đang có nhiều người chấm điểm" in replies[-1].text
    assert another("192.168.8.67").post("/s/ask", on="polite", v="5").status_code == 303
    assert another("192.168.8.66").post(f"{address}/ask", on="polite", v="5").status_code == 303  # a slip is a slip
    for number in range(1, 12):  # one machine with many addresses
        one = Browser(app, loop, f"fd00::{number:x}")
        assert one.post("/s/ask", on="polite", v="1").status_code == (303 if number <= here else 429)
    for number in range(together):
        Browser(app, loop, f"10.0.{number}.1").post("/s/ask", on="polite", v="1")
    assert len(stored(rooms)) <= together + 1
    told = [record.getMessage() for record in caplog.records if "at once" in record.getMessage()]
    assert len(told) == 1 and not re.search(r"192\.168|10\.0|fd00", caplog.text)


# ---- comments ------------------------------------------------------------------------------------------


def sent(browser: Browser, path: str = "/say", **fields: str) -> str:
    """Write something; its code."""
    reply = browser.post(path, **{"kind": "comment", "text": "Ghế ít quá", **fields})
    assert reply.status_code == 303, reply.text
    found = re.fullmatch(r"/say/(\w{8})\?new=1", reply.headers["location"])
    assert found is not None
    return found[1]


def test_a_comment_without_a_number_and_its_answer(browser: Browser, another: Another, rooms: Rooms) -> None:
    page = browser.get("/say").text
    assert (
        'maxlength="500"' in page
        and "Khiếu nại, tố cáo" in page
        and "số căn cước" in page
        and "về cán bộ" not in page
    )
    code = sent(browser, kind="petition", text="Ghế ít quá,\r\ncụ phải đứng")
    (item,) = written(rooms)
    assert (item.kind, item.text, item.officer_id) == ("petition", "Ghế ít quá, cụ phải đứng", None)
    new = browser.get(f"/say/{code}?new=1").text
    assert f"{code[:4]} {code[4:]}" in new and "Chụp lại màn hình này" in new and "11/12" in new
    assert "cụ phải đứng" not in new
    rooms.feedback.answer(item.key, "thu", "Tuần tới thêm <mười> ghế.")
    reply = another().post("/say/find", code=f" {code[:4].lower()}-{code[4:]} ")
    assert reply.headers["location"] == f"/say/{code}"
    page = another().get(f"/say/{code}").text
    assert "Đã có trả lời" in page and "Tuần tới thêm &lt;mười&gt; ghế." in page and "cụ phải đứng" not in page


def test_about_the_officer_only_when_there_was_one(
    browser: Browser, another: Another, rooms: Rooms, address: str
) -> None:
    assert 'name="about"' not in browser.get(f"{address}/say").text
    answered(browser, address, "1")
    page = browser.get(f"{address}/say").text
    assert 'name="about"' in page and not re.search(r'name="about"[^>]*checked', page)
    sent(browser, f"{address}/say", text="khen")
    sent(browser, f"{address}/say", text="chê", about="1")
    sent(another(), "/say", text="lạ", about="1")
    sent(another(), f"{address}/say", text="lạ nữa", about="1")
    hanh = rooms.officers.all()[0].id
    assert {one.text: one.officer_id for one in written(rooms)} == {
        "khen": None, "chê": hanh, "lạ": None, "lạ nữa": None,
    }  # fmt: skip
    assert "chê" not in [one.text for one in rooms.feedback.inbox(hanh)]


def test_what_cannot_be_taken_comes_back_with_all_that_was_written(browser: Browser, rooms: Rooms) -> None:
    for words, said in (("", "Chưa có chữ nào"), (" \r\n ", "Chưa có chữ nào"), ("ạ" * 503, "Dài quá 3 chữ cái")):
        page = browser.post("/say", text=words, kind="petition", once="x")
        assert page.status_code == 400 and said in page.text and 'aria-invalid="true"' in page.text
        assert 'value="petition" checked' in page.text and 'value="x"' in page.text
        assert words.strip() in page.text
    assert written(rooms) == []
    sent(browser, text="ạ" * 500)
    assert len(written(rooms)[0].text) == 500


def test_a_form_sent_twice_is_taken_once(browser: Browser, rooms: Rooms) -> None:
    found = re.search(r'name="once" value="([^"]+)"', browser.get("/say").text)
    assert found is not None
    assert sent(browser, once=found[1]) == sent(browser, once=found[1])
    assert sent(browser) != sent(browser) and len(written(rooms)) == 3


def test_many_comments_from_one_place_are_refused_kindly(browser: Browser, another: Another, rooms: Rooms) -> None:
    for _ in range(MOST["write"][0]):
        sent(browser)
    page = browser.post("/say", text="một lời nữa")
    assert (
        page.status_code == 429 and "Đang có nhiều người gửi" in page.text and "một lời nữa</textarea>" in page.text
    )
    sent(another())
    assert len(written(rooms)) == MOST["write"][0] + 1


def test_codes_are_not_guessed(browser: Browser, another: Another) -> None:
    code = sent(browser)
    wrong = code[:-1] + next(one for one in CODE_LETTERS if one != code[-1])
    for path in (wrong, "x", code + "A", "%00", "x" * 4000, "%F0%9F%98%80" * 8, "<b>"):
        page = browser.get(f"/say/{path}")
        assert page.status_code == 404 and "Không tìm thấy mã này" in page.text and "<b>&" not in page.text
    for _ in range(MOST["look"][0]):
        browser.get(f"/say/{wrong}")
    assert browser.get(f"/say/{code}").status_code == 429
    assert another().get(f"/say/{code}").status_code == 200
    assert browser.post("/say/find", code="").status_code == 404


# ---- harm ----------------------------------------------------------------------------------------------

HARM = (
    "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "\x00\x01\x1b[31m", "😀" * 40, "\ud800", "' or 1=1 --",
    "\u202eabc", "{{ 7*7 }}", "../../etc/passwd", "%s%n",
)  # fmt: skip


def test_harmful_words_do_no_harm(browser: Browser, another: Another, rooms: Rooms, address: str) -> None:
    answered(browser, address, "5")
    before = stored(rooms)
    for number, harm in enumerate(HARM):
        raw = harm.encode("utf-8", "surrogatepass")
        writer = another(f"192.168.9.{number}")
        assert writer.send_raw("/say", {"text": b"a " + raw, "kind": raw}).status_code == 303
        long = writer.send_raw("/say", {"text": (raw * 600)[:4000], "once": raw})
        assert long.status_code == 400 and "<script>alert" not in long.text
        for fields in ({"on": raw, "v": b"5"}, {"on": b"clear", "v": raw}, {"on": b"clear", "v": b"5", "more": raw}):
            reply = browser.send_raw(f"{address}/ask", fields)
            assert reply.status_code == 303 and reply.headers["location"].startswith(address)
        browser.get(f"{address}/ask?at={number}&more=%00{number}")
        assert browser.get(f"/t/{number}%3Cscript%3E/ask").status_code == 404
    assert stored(rooms) == sorted([*before, ("slip", "clear", 5, "")], key=lambda row: row[1])
    kept = {one.text for one in written(rooms)}
    assert len(kept) == len(HARM) and all(
        one.startswith("a") and (one.isprintable() or "\u202e" in one) for one in kept
    )
    assert all(one.kind == "comment" for one in written(rooms))


@pytest.mark.parametrize("path", ["/say", "/s/ask", "/t/x/ask", "/t/x/say", "/say/find", "/s/again"])
def test_ten_megabytes_are_refused_before_they_are_read(browser: Browser, path: str) -> None:
    read = 0

    async def body() -> Any:
        nonlocal read
        for _ in range(160):
            read += 1
            yield b"text=" + b"x" * 65_536

    answer = browser.ask("POST", path, content=body(), headers={"origin": "http://office"})
    assert answer.status_code == 413 and read <= 2
    foreign = browser.ask("POST", path, data={"text": "x"}, headers={"origin": "http://evil.example"})
    assert foreign.status_code == 403


def test_no_text_and_no_address_is_logged(
    browser: Browser, rooms: Rooms, address: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    token = address.removeprefix("/t/")
    answered(browser, address, "1", "2", "junk")
    code = sent(browser, f"{address}/say", text="dieu-bi-mat")
    browser.get(f"/say/{code}")
    monkeypatch.setattr("kiosk.office.surveys.Surveys.answer", lambda *_: 1 / 0)
    monkeypatch.setattr("kiosk.office.feedback.FeedbackBox.write", lambda *_: 1 / 0)
    assert browser.post(f"{address}/ask", on="time", v="1").status_code == 500
    page = browser.post(f"{address}/say", text="dieu-bi-mat")
    assert page.status_code == 500
    ours = " ".join(record.getMessage() for record in caplog.records if not record.name.startswith("httpx"))
    for secret in (token, code, "dieu-bi-mat", cookie(browser), "192.168.8.21"):
        assert secret not in ours


PATHS = st.builds(
    lambda start, rest: start + rest,
    st.sampled_from(["/t/", "/s", "/s/", "/say", "/say/", "/s/hear/", "/s/ask?at=", "/s/ask?more="]),
    st.text(max_size=30).map(lambda one: "".join(f"%{byte:02x}" for byte in one.encode("utf-8", "replace"))),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None)
@given(path=PATHS, tail=st.sampled_from(["", "/ask", "/say", "/thanks"]))
def test_no_address_breaks_a_page(browser: Browser, path: str, tail: str) -> None:
    for answer in (browser.get(path + tail), browser.post(path + tail, on="polite", v="5", text="x")):
        assert answer.status_code in (200, 303, 400, 404, 405, 429), (path, tail)
        assert "set-cookie" not in answer.headers or path.startswith("/s")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None)
@given(
    body=st.one_of(
        st.binary(max_size=300),
        st.dictionaries(
            st.sampled_from(["on", "v", "more", "script", "text", "kind", "once", "about", "code"]),
            st.one_of(st.text(max_size=40), st.sampled_from(["5", "polite", "all", "comment"])),
        ).map(lambda one: "&".join(f"{key}={value}" for key, value in one.items()).encode("utf-8", "replace")),
    ),
    path=st.sampled_from(["ask", "say"]),
)
def test_no_form_breaks_a_page(browser: Browser, rooms: Rooms, address: str, body: bytes, path: str) -> None:
    answer = browser.ask("POST", f"{address}/{path}", content=body, headers={"origin": "http://office"})
    assert answer.status_code in (200, 303, 400, 429)
    assert all(row[1] in rooms.settings.survey.profiles[0].criteria for row in stored(rooms))


# ---- in Chromium ---------------------------------------------------------------------------------------


def a_phone(window: Window, *, script: bool = True, width: int = 360, height: int = 640) -> Page:
    context = window(width, height, java_script_enabled=script, is_mobile=True, has_touch=True, device_scale_factor=2)
    return context.new_page()


def looked_at(page: Page, *, script: bool, title: str = ".+") -> None:
    """What WCAG and the look ask of every page, as far as a browser can tell; its title says that it has come."""
    expect(page).to_have_title(re.compile(f"^{title} – Bộ phận Một cửa$", re.DOTALL))
    page.wait_for_load_state()
    assert page.locator("html").get_attribute("lang") == "vi"
    assert page.locator("h1:visible").count() == 1
    if script:
        for words, contrast, size in page.evaluate(CONTRAST):
            assert contrast >= 7 and size >= 16, (words, contrast, size)
    for target in page.locator("a:visible, button:visible, summary:visible, label.pick:visible").all():
        box = target.bounding_box()
        assert box is not None and box["height"] >= 44 and box["width"] >= 44, target.inner_text()
    size = page.viewport_size
    assert size is not None
    fits(page, size["width"])


@pytest.mark.parametrize("script", [True, False])
def test_a_phone_goes_all_the_way(server: Server, window: Window, queue: Queue, script: bool) -> None:
    rooms = server.rooms
    base = finished(rooms, queue)
    page = a_phone(window, script=script)
    weight: list[int] = []
    page.on("response", lambda one: weight.append(int(one.headers.get("content-length", 0))))
    page.goto(server.address + base)
    looked_at(page, script=script, title="A001")
    page.get_by_role("link", name="Chấm điểm").tap()
    expect(page).to_have_url(re.compile("/ask$"))
    assert len(weight) >= 5 and 10_000 < sum(weight) <= 60 * 1024, weight  # both pages, with all that they load
    sizes = {(round(box["width"]), round(box["height"])) for box in boxes(page, ".faces button")}
    assert len(sizes) == 1 and len({round(box["width"]) for box in boxes(page, ".faces svg")}) == 1
    assert bottom(page, ".two") <= 640, "all answers are on the glass at once"
    for number, said in enumerate(("Rất hài lòng", "Bỏ qua", "Không biết", "Rất không hài lòng"), start=1):
        expect(page.locator("#count")).to_have_text(f"Câu {number}/4")
        looked_at(page, script=script, title=f"Câu {number}/4")
        page.get_by_role("button", name=said, exact=True).tap()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Đã nhận")
    looked_at(page, script=script, title="Đã nhận.+")
    assert [row[2:] for row in stored(rooms)] == [(None, "skipped"), (5, ""), (1, ""), (None, "unknown")]
    page.get_by_role("link", name="Góp ý bằng lời").tap()
    looked_at(page, script=script, title="Ông bà muốn nói điều gì\\?")
    page.get_by_text("Phản ánh, kiến nghị").tap()
    page.get_by_label("Ông bà muốn nói điều gì?").fill("Ghế ít quá")
    if script:
        expect(page.locator("#left")).to_have_text("còn 490")
    page.get_by_label("Về cán bộ đã phục vụ tôi").check()
    page.get_by_role("button", name="Gửi").tap()
    expect(page.locator(".code")).to_be_visible()
    looked_at(page, script=script, title="Mã .+")
    (item,) = written(rooms)
    assert item.code[:4] + " " + item.code[4:] in page.locator(".code").inner_text()
    assert (item.kind, item.officer_id) == ("petition", rooms.officers.all()[0].id)
    page.get_by_role("link", name="Xem trả lời").tap()
    looked_at(page, script=script, title="Xem trả lời")
    page.get_by_label("Mã của ông bà").fill(item.code.lower())
    page.get_by_role("button", name="Xem trả lời").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã nhận, chưa có trả lời")


def boxes(page: Page, selector: str) -> list[Any]:
    return [one.bounding_box() for one in page.locator(selector).all()]


def bottom(page: Page, selector: str) -> float:
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box["y"] + box["height"]


def test_small_glass_and_large_letters(server: Server, window: Window, queue: Queue) -> None:
    """320×568, and 200 % zoom of a 360 wide one: nothing beyond the edge, the next step on the first glass."""
    base = finished(server.rooms, queue)
    page = a_phone(window, script=False, width=320, height=568)
    page.goto(server.address + base)
    assert bottom(page, ".b.main") <= 568
    page.goto(f"{server.address}{base}/ask")
    assert bottom(page, ".two") <= 568
    for path in (base, f"{base}/ask", "/s", "/say", "/say/find"):
        page.goto(server.address + path)
        looked_at(page, script=False)
        page.set_viewport_size({"width": 180, "height": 320})
        assert page.evaluate("document.documentElement.scrollWidth") <= 180, path
        page.set_viewport_size({"width": 320, "height": 568})


def test_the_office_is_away_in_the_middle(server: Server, window: Window, queue: Queue) -> None:
    rooms = server.rooms
    base = finished(rooms, queue)
    page = a_phone(window)
    page.goto(f"{server.address}{base}/ask")
    page.get_by_role("button", name="Rất hài lòng").tap()
    expect(page.locator("#count")).to_have_text("Câu 2/4")
    server.stop()
    page.get_by_role("button", name="Hài lòng", exact=True).tap()
    expect(page.locator("#away")).to_be_visible()
    expect(page.locator("#count")).to_have_text("Câu 3/4")
    expect(page.get_by_role("heading", level=1)).to_contain_text("thời gian làm giấy tờ")
    looked_at(page, script=True)
    page.get_by_role("button", name="Bình thường").tap()
    page.get_by_role("button", name="Không biết").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Chưa gửi được")
    looked_at(page, script=True)
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert "result-right" in kept and len(stored(rooms)) == 1
    server.start()
    page.get_by_role("button", name="Gửi lại ngay").tap()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Đã nhận")
    assert [row[2:] for row in stored(rooms)] == [(4, ""), (5, ""), (None, "unknown"), (3, "")]
    assert page.evaluate("localStorage.length") == 0


def test_the_first_answer_is_kept_and_goes_out_when_the_page_is_opened_again(
    server: Server, window: Window, queue: Queue
) -> None:
    rooms = server.rooms
    base = finished(rooms, queue)
    page = a_phone(window)
    page.goto(f"{server.address}{base}/ask")
    server.stop()
    page.get_by_role("button", name="Không hài lòng", exact=True).tap()
    expect(page.locator("#away")).to_be_visible()
    page.close()
    server.start()
    page = page.context.new_page()
    page.goto(server.address + base)
    expect(page.locator("#count")).to_have_text("Câu 2/4")
    assert stored(rooms) == [("slip", "polite", 2, "")]
    assert page.evaluate("localStorage.length") == 0


def test_kept_answers_may_be_thrown_away_and_go_when_they_come_too_late(
    server: Server, window: Window, queue: Queue
) -> None:
    rooms = server.rooms
    bases = [finished(rooms, queue), finished(rooms, queue)]
    pages = [a_phone(window) for _ in bases]
    for page, base in zip(pages, bases, strict=True):
        page.goto(f"{server.address}{base}/ask")
    server.stop()
    for page in pages:
        for number in range(4):
            page.locator(".faces button").nth(number).tap()
            until(lambda page=page: page.locator("body.away").count(), within=5)  # type: ignore[misc]
        expect(page.locator("#kept")).to_be_visible()
    pages[0].get_by_role("button", name="Xóa, không gửi nữa").tap()
    expect(pages[0].get_by_role("heading", level=1)).to_contain_text("Đã xóa")
    assert pages[0].evaluate("localStorage.length") == 0
    assert rooms.surveys.begin(bases[1].removeprefix("/t/"))  # meanwhile somebody else answered
    server.start()
    pages[1].get_by_role("button", name="Gửi lại ngay").tap()
    expect(pages[1].get_by_role("heading", level=1)).to_have_text("Số này đã chấm điểm rồi")
    expect(pages[1].locator("meta[http-equiv]")).to_have_count(0)  # it has asked once more, and stays
    assert pages[1].evaluate("localStorage.length") == 0
    assert stored(rooms) == [("slip", None, None, None)]


def test_words_are_not_lost_when_the_office_is_away(server: Server, window: Window) -> None:
    page = a_phone(window)
    page.goto(f"{server.address}/say")
    page.get_by_label("Ông bà muốn nói điều gì?").fill("Ghế ít quá")
    server.stop()
    page.get_by_role("button", name="Gửi").tap()
    expect(page.locator("#away")).to_be_visible()
    expect(page.locator("#text")).to_have_value("Ghế ít quá")
    server.start()
    page.get_by_role("button", name="Gửi").tap()
    expect(page.locator(".code")).to_be_visible()
    assert [one.text for one in written(server.rooms)] == ["Ghế ít quá"]


def test_forms_pass_on_a_plain_http_address(server: Server, chromium: Chromium, queue: Queue) -> None:
    """Off localhost a browser says less about itself; the office's phones are all there."""
    base = finished(server.rooms, queue)
    browser = chromium.browser_type.launch(
        executable_path="/usr/bin/chromium", args=["--no-sandbox", "--host-resolver-rules=MAP office.test 127.0.0.1"]
    )
    try:
        page = browser.new_context(java_script_enabled=False).new_page()
        page.goto(f"http://office.test:{server.port}{base}/ask")
        page.get_by_role("button", name="Rất hài lòng").click()
        expect(page.locator("#count")).to_have_text("Câu 2/4")
    finally:
        browser.close()


def test_the_script_is_small_and_old(rooms: Rooms) -> None:
    """An Android of 2016: what its Chrome does not know stops the whole script."""
    folder = rooms.settings.places.assets / "web" / "static"
    for name in ("survey.js", "say.js"):
        script = (folder / name).read_text(encoding="utf-8")
        assert len(script.encode()) <= 4096
        assert not re.search(r"=>|\b(let|const|async|await|import|class)\b|\?\.|\?\?|`|\.\.\.", script)


def test_answering_is_quick(browser: Browser, address: str) -> None:
    answered(browser, address, "5")
    start = time.perf_counter()
    for _ in range(10):
        browser.get(f"{address}/ask")
        browser.post(f"{address}/ask", on="clear", v="5")
    assert (time.perf_counter() - start) / 20 < 0.25


def test_every_app_has_its_own_counts(rooms: Rooms, loop: Loop) -> None:
    for _ in range(2):
        one = Browser(create_app(rooms), loop)
        for _ in range(MOST["begin"][0]):
            one.cookies.clear()
            assert one.post("/s/ask", on="polite", v="1").status_code == 303
