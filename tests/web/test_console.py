"""The console's keys: each is a POST that answers with a sentence; what cannot be done now is refused with one."""

from __future__ import annotations

import ast
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from kiosk.clock import ManualClock
from kiosk.office.database import sqlite_module
from kiosk.office.order import Reason
from kiosk.printing.talk import StateKind
from kiosk.settings import Settings
from kiosk.web import console_view
from kiosk.web.console import Steps
from kiosk.web.rooms import Rooms
from kiosk.web.server import create_app
from kiosk.wiring import build_web
from tests.web.conftest import Browser, Loop, Queue

ROOT = Path(__file__).parents[2]
Another = Callable[..., Browser]


def said(answer: Any, status: int = 200) -> str:
    """The sentence of an answer."""
    assert answer.status_code == status, answer.text
    told = answer.json()
    assert bool(told.get("bad")) == (status >= 400)
    return str(told["say"])


def here(rooms: Rooms, counter: int = 1) -> tuple[str, str] | None:
    """Code and state of who is at the counter."""
    current = rooms.counters.view(counter).current
    return (current.ticket.code, current.ticket.state) if current else None


# ---- every step ----------------------------------------------------------------------------------------


def test_a_visit_from_call_to_end(hanh: Browser, rooms: Rooms, queue: Queue, clock: ManualClock) -> None:
    queue.take()
    assert said(hanh.do("next")) == "Đã gọi A001."
    assert here(rooms) == ("A001", "called")
    assert [call.kind for call in rooms.calls.pending()] == ["call"]
    clock.advance(21)
    assert said(hanh.do("recall")) == "Loa sẽ đọc lại A001."
    assert [call.kind for call in rooms.calls.pending()] == ["call", "recall"]
    assert said(hanh.do("start")) == "Bắt đầu phục vụ A001."
    assert said(hanh.do("finish")) == "Đã xong A001."
    assert here(rooms) is None
    assert rooms.figures.day(clock.now().date()).served == 1


def test_absent_three_times_is_cancelled(hanh: Browser, rooms: Rooms, queue: Queue, clock: ManualClock) -> None:
    ticket = queue.take()
    for time in range(3):
        hanh.do("next")
        assert said(hanh.do("absent"), 409) == "Chưa đủ số lần gọi hoặc số giây chờ."
        hanh.do("recall")
        assert said(hanh.do("absent"), 409).startswith("Chưa đủ")
        clock.advance(21)
        sentence = "A001 vắng quá số lần, đã hủy." if time == 2 else "A001 xuống cuối hàng."
        assert said(hanh.do("absent")) == sentence
    again = rooms.tickets.by_id(ticket.id)
    assert again is not None and again.state == "cancelled"


def test_to_another_counter_and_to_another_queue(hanh: Browser, rooms: Rooms, queue: Queue) -> None:
    queue.take()
    hanh.do("next")
    assert said(hanh.do("transfer", counter="2")) == "Đã chuyển A001 sang quầy 2."
    assert [one.ticket.code for one in rooms.counters.view(2).line] == ["A001"]
    assert said(hanh.do("undo")) == "Đã lấy lại số vừa chuyển."
    assert said(hanh.do("transfer", tile="copy")) == "Đã chuyển A001 sang hàng Sao y bản chính."
    assert [one.ticket.code for one in rooms.counters.view(2).line] == ["A001"]


def test_to_fetch_a_paper_and_back(hanh: Browser, rooms: Rooms, queue: Queue) -> None:
    ticket = queue.take()
    hanh.do("next")
    hanh.do("start")
    assert said(hanh.do("fetch")) == "A001 ra lấy giấy tờ. Về thì bấm Gọi vào."
    queue.take()
    assert said(hanh.do("call", ticket=ticket.id)) == "Đã gọi A001."
    assert "A001" in hanh.get("/counter").text


def test_a_certain_number(hanh: Browser, queue: Queue) -> None:
    queue.take()
    second = queue.take()
    assert said(hanh.do("call", ticket=second.id)) == "Đã gọi A002."
    assert said(hanh.do("call", ticket=second.id), 409) == "Quầy đang có người. Bấm Xong hoặc Vắng trước."


def test_a_pause_and_its_end(hanh: Browser, rooms: Rooms) -> None:
    assert said(hanh.do("pause")) == "Quầy tạm nghỉ."
    assert rooms.counters.view(1).paused and "Bấm N để làm tiếp" in hanh.get("/counter").text
    assert said(hanh.do("pause")) == "Quầy làm tiếp."
    assert not rooms.counters.view(1).paused


def test_a_number_given_at_the_counter(hanh: Browser, rooms: Rooms) -> None:
    assert said(hanh.do("give", touch="one")) == "Đã phát A001. Phiếu in ở máy lấy số."
    assert said(hanh.do("give", touch="one")).startswith("Đã phát A001")  # sent twice, given once
    assert [ticket.code for ticket in rooms.tickets.all_waiting()] == ["A001"]
    assert rooms.jobs.waiting_count() == 1
    assert said(hanh.do("undo")) == "Đã hủy số vừa phát."
    assert not rooms.tickets.all_waiting()
    assert said(hanh.do("undo"), 409) == "Không có bước nào để hoàn tác."
    assert said(hanh.do("give", touch="two")).startswith("Đã phát A002")


def test_a_slip_once_more(hanh: Browser, rooms: Rooms, queue: Queue) -> None:
    ticket = queue.take()
    assert said(hanh.do("reprint", ticket=ticket.id)) == "Phiếu A001 vẫn đang chờ in. Xem máy in."
    job = rooms.jobs.next_queued()
    assert job is not None
    rooms.jobs.mark(job.id, "unknown")
    assert "Phiếu A001 có thể chưa in ra" in hanh.get("/counter").text
    assert said(hanh.do("reprint", ticket=ticket.id)) == "Phiếu A001 đang in lại ở máy lấy số."
    assert [one.kind for one in rooms.jobs.of_ticket(ticket.id)] == ["slip", "reprint"]


def test_somebody_needs_help(hanh: Browser, rooms: Rooms, another: Another) -> None:
    rooms.health.report("kiosk", "ok")
    call = rooms.help.call("entrance")
    assert "Có người cần giúp" in hanh.get("/counter").text
    assert said(hanh.do("help", target=call)) == "Máy lấy số đã báo: cán bộ đang đến."
    assert rooms.help.answered(call)
    assert said(another().sign_in("minh", 2).do("help"), 409).startswith("Đã có người ra giúp")


UNDONE = {
    "call": ["next"], "start": ["next", "start"], "finish": ["next", "start", "finish"],
    "transfer": ["next", "transfer"], "fetch": ["next", "start", "fetch"], "give": ["give"],
    "absent": ["next", "recall", "wait", "absent"],
}  # fmt: skip


@pytest.mark.parametrize("step", UNDONE)
def test_every_undo_names_what_it_undoes(
    hanh: Browser, rooms: Rooms, queue: Queue, clock: ManualClock, step: str
) -> None:
    queue.take()
    states = []
    for one in UNDONE[step]:
        states.append((here(rooms), [ticket.state for ticket in rooms.tickets.all_waiting()]))
        if one == "wait":
            clock.advance(21)
        else:
            said(hanh.do(one, counter="2"))
    button = re.search(r'data-step="undo"[^>]*>(?:<kbd>Z</kbd>)? ?([^<]+)<', hanh.get("/counter").text)
    code = "A002" if step == "give" else "A001"
    assert button is not None and button[1].startswith("Hoàn tác: ") and button[1].endswith(code)
    assert said(hanh.do("undo")).startswith("Đã ")
    assert (here(rooms), [ticket.state for ticket in rooms.tickets.all_waiting()]) == states[-1]


def test_two_officers_at_once_get_two_numbers(
    rooms: Rooms, settings: Settings, clock: ManualClock, loop: Loop, queue: Queue
) -> None:
    series = {
        letter: one.model_copy(update={"counters": [1, 2]}) if letter == "A" else one
        for letter, one in settings.series.items()
    }
    app = create_app(build_web(replace(settings, series=series), clock))
    browsers = [Browser(app, loop).sign_in("hanh", 1), Browser(app, loop).sign_in("minh", 2)]
    for _ in range(10):
        for _ in range(2):
            queue.take()
        gate, answers = threading.Barrier(2), []

        def press(browser: Browser, gate: threading.Barrier = gate, answers: list[str] = answers) -> None:
            gate.wait()
            answers.append(said(browser.do("next")))

        threads = [threading.Thread(target=press, args=(browser,)) for browser in browsers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert len(set(answers)) == 2, answers
        for browser in browsers:
            browser.do("start")
            browser.do("finish")


REFUSED = {
    "next": "Chưa có ai chờ quầy này.", "recall": "Quầy đang trống.", "absent": "Quầy đang trống.",
    "start": "Quầy đang trống.", "finish": "Quầy đang trống.", "fetch": "Quầy đang trống.",
    "transfer": "Không có quầy này.", "call": "Số này vừa được quầy khác gọi.",
    "undo": "Không có bước nào để hoàn tác.", "reprint": "Việc này đã thay đổi", "help": "Đã có người ra giúp",
    "receive": "Quầy đang trống.", "promise": "Quầy đang trống.", "note": "Việc này đã thay đổi",
    "remove": "Việc này đã thay đổi", "ready": "Việc này đã thay đổi", "result": "Việc này đã thay đổi",
    "returned": "Việc này đã thay đổi", "take-back": "Việc này đã thay đổi",
}  # fmt: skip


def test_at_an_empty_counter_every_key_says_why_not(hanh: Browser, rooms: Rooms) -> None:
    assert set(Steps(rooms).table) == {*REFUSED, "pause", "give"}
    for step, sentence in REFUSED.items():
        assert said(hanh.do(step), 409).startswith(sentence), step


def test_other_refusals(hanh: Browser, another: Another, queue: Queue, rooms: Rooms) -> None:
    ticket = queue.take()
    hanh.do("next")
    assert said(hanh.do("next"), 409) == "Quầy đang có người. Bấm Xong hoặc Vắng trước."
    assert said(hanh.do("finish"), 409) == "Bấm Bắt đầu trước."
    assert said(another().sign_in("minh", 2).do("call", ticket=ticket.id), 409) == "Số này vừa được quầy khác gọi."
    hanh.do("start")
    for step in ("recall", "absent", "start"):
        assert said(hanh.do(step), 409) == "Người này đã đến rồi."
    for counter in ("1", "4", "0", "-1", "x", "", "²", "2 ", "9" * 5000):
        assert said(hanh.do("transfer", counter=counter), 409) == "Không có quầy này."
    assert said(hanh.do("receive", procedure="no-such"), 409) == "Không có thủ tục này."
    for day in ("tomorrow", "26/11/2026", "2026-13-01", "²"):
        assert said(hanh.do("note", due=day), 409) == "Ngày chưa đúng. Chọn lại trên lịch."
    assert here(rooms) == ("A001", "serving")


def test_a_key_that_nobody_has(hanh: Browser) -> None:
    for step in ("dance", "NEXT", "__init__", "%00", "next%20", "x" * 3000):
        assert said(hanh.do(step), 404) == "Không có phím này."


def test_to_another_counter_oneself(hanh: Browser, rooms: Rooms) -> None:
    assert hanh.post("/counter/move", counter="3").headers["location"] == "/counter"
    assert set(rooms.counters.sitting()) == {3} and "Quầy 3" in hanh.get("/counter").text
    for nowhere in ("4", "x", "²", "", "9" * 5000):
        assert hanh.post("/counter/move", counter=nowhere).status_code == 303
        assert hanh.get("/counter").headers["location"] == "/signin"
        assert said_door(hanh.do("next"))
        hanh.post("/counter/move", counter="1")


def said_door(answer: Any) -> bool:
    return answer.status_code == 401 and bool(answer.json()["door"])


# ---- dossiers ------------------------------------------------------------------------------------------


@pytest.fixture
def serving(hanh: Browser, queue: Queue) -> Browser:
    """Somebody with a birth sits at counter 1."""
    queue.take(missing=("birth-slip",))
    hanh.do("next")
    hanh.do("start")
    return hanh


def dossiers(rooms: Rooms) -> list[Any]:
    current = rooms.counters.view(1).current
    assert current is not None
    return rooms.dossiers.of_ticket(current.ticket.id)


def letters(page: str) -> dict[str, str]:
    """The page's letters and digits, each with its whole button."""
    return {found[1]: found[0] for found in re.finditer(r'<button[^>]*data-letter="?([A-Z0-9])"?[^>]*>', page)}


def test_a_dossier_takes_two_keys(serving: Browser, rooms: Rooms) -> None:
    """One digit writes it down with the usual promise, one letter switches the promise. Nothing else is needed."""
    button = letters(serving.get("/counter").text)["1"]
    assert 'data-step="receive"' in button and 'data-procedure="birth-registration"' in button
    assert said(serving.do("receive", procedure="birth-registration")).startswith("Đã ghi hồ sơ: ")
    (one,) = dossiers(rooms)
    assert one.same_day and one.missing == ("birth-slip",)
    switch = letters(serving.get("/counter").text)["D"]
    assert 'data-step="promise"' in switch and one.id in switch
    assert said(serving.do("promise")) == f"Đổi hẹn trả: {dossiers(rooms)[0].due:%-d/%-m}."
    assert not dossiers(rooms)[0].same_day
    said(serving.do("promise", dossier=one.id))
    assert dossiers(rooms)[0].same_day
    assert said(serving.do("promise", dossier="another"), 409) == "Quầy đang trống."


def test_what_is_noted(serving: Browser, rooms: Rooms) -> None:
    serving.do("receive", procedure="birth-registration")
    key = dossiers(rooms)[0].id
    for fields in (
        {"national_code": " H29.1-261126-0001 "}, {"missing": "id-card"}, {"fee_taken": "1"}, {"contact": "0912"},
        {"due": "2026-12-03"},
    ):  # fmt: skip
        assert said(serving.do("note", dossier=key, **fields)) == "Đã ghi."
    one = dossiers(rooms)[0]
    assert (one.national_code, one.missing, one.fee_taken) == ("H29.1-261126-0001", ("id-card",), True)
    assert (one.contact, one.due.isoformat(), one.same_day) == ("0912", "2026-12-03", False)
    said(serving.do("note", dossier=key, fee_taken="0", contact="", missing=""))
    assert (dossiers(rooms)[0].fee_taken, dossiers(rooms)[0].contact, dossiers(rooms)[0].missing) == (False, "", ())


def test_the_way_of_a_result(serving: Browser, rooms: Rooms) -> None:
    serving.do("receive", procedure="birth-registration")
    key = dossiers(rooms)[0].id
    serving.do("finish")
    assert "Trả kết quả hôm nay" in serving.get("/counter").text
    assert said(serving.do("result", dossier=key), 409).startswith("Việc này đã thay đổi")
    assert said(serving.do("ready", dossier=key)) == "Đã ghi có kết quả."
    assert said(serving.do("result", dossier=key)) == "Loa sẽ mời đến nhận kết quả."
    kinds = [call.kind for call in rooms.calls.pending()]
    assert kinds[-2:] == ["result", "rate"]  # the invitation to the way out waits behind it
    assert rooms.board.view().results == ("A001",)
    assert said(serving.do("returned", dossier=key)) == "Đã trả kết quả."
    assert said(serving.do("returned", dossier=key), 409).startswith("Việc này đã thay đổi")
    assert rooms.board.view().results == ()
    assert said(serving.do("take-back", dossier=key)) == "Đã lùi một bước."
    assert rooms.board.view().results == ("A001",)
    said(serving.do("take-back", dossier=key))
    assert said(serving.do("remove", dossier=key)) == "Đã bỏ hồ sơ."


def test_a_result_given_in_error_can_be_taken_back_on_the_page(serving: Browser, rooms: Rooms) -> None:
    """ "Returned" stands beside "ready" on the page: a slip of the hand must have a way back there."""
    serving.do("receive", procedure="birth-registration")
    key = dossiers(rooms)[0].id
    serving.do("returned", dossier=key)
    assert f'data-step="take-back" data-dossier="{key}"' in serving.get("/counter").text
    serving.do("take-back", dossier=key)
    assert f'data-step="take-back" data-dossier="{key}"' in serving.get("/counter").text


def test_a_procedure_that_has_left_the_list(serving: Browser, rooms: Rooms, loop: Loop) -> None:
    """services.toml may change between two starts: what was received stays on the page."""
    serving.do("receive", procedure="birth-registration")
    procedures = {key: one for key, one in rooms.settings.procedures.items() if key != "birth-registration"}
    browser = Browser(create_app(replace(rooms, settings=replace(rooms.settings, procedures=procedures))), loop)
    browser.cookies = serving.cookies
    assert browser.get("/counter").status_code == 200
    assert said(browser.do("promise"), 409) == "Không có thủ tục này."


# ---- strange fields ------------------------------------------------------------------------------------

STRANGE = (
    "", " ", "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "a\0b", "\x1b[31m\r\n\t", "x" * 4000,
    "'; DROP TABLE ticket; --", "{{ 7*7 }}", "%s%n{0}", "é" * 900, "\ud800", "\u202etxt", "null", "-1", "\ufffe",
)  # fmt: skip


def test_strange_fields_break_nothing(serving: Browser, rooms: Rooms) -> None:
    serving.do("receive", procedure="birth-registration")
    source = (ROOT / "kiosk" / "web" / "console.py").read_text(encoding="utf-8")
    read = set(re.findall(r'fields(?:\.get\(|\[)"([a-z_]+)"', source))
    assert {"ticket", "target", "procedure", "dossier", "counter", "tile", "touch", "at", "due"} <= read
    for value in STRANGE:
        raw = dict.fromkeys(read - {"at"}, value[:150].encode("utf-8", "surrogatepass"))
        for step in set(Steps(rooms).table) - {"finish", "fetch", "undo", "pause"}:
            answer = serving.send_raw(f"/counter/do/{step}", raw)
            assert answer.status_code in (200, 409), (step, value)
            assert answer.json()["say"] and "<script" not in answer.json()["say"]
        raw["at"] = value.encode("utf-8", "surrogatepass")
        answer = serving.send_raw("/counter/do/finish", raw)
        assert said_door(answer)
    assert "<script>alert" not in serving.get("/counter").text


def test_what_is_written_down_stays_text(serving: Browser, rooms: Rooms) -> None:
    serving.do("receive", procedure="birth-registration")
    key = dossiers(rooms)[0].id
    for value in STRANGE:
        for field in ("national_code", "contact", "missing"):
            raw = value.encode("utf-8", "surrogatepass")
            answer = serving.send_raw("/counter/do/note", {"dossier": key.encode(), field: raw})
            assert said(answer) == "Đã ghi."
        page = serving.get("/counter")
        assert page.status_code == 200
        assert "<script>" not in page.text and "<img src=x" not in page.text
        one = dossiers(rooms)[0]
        assert len(one.national_code) <= 64 and len(one.contact) <= 120
        assert not set(one.contact + one.national_code) & set("\0\r\n\t\x1b")
    for _ in range(2):  # and the supervisor's page shows it as text, too
        serving.do("note", dossier=key, contact='"><b id=x>')
    assert "<b id=x>" not in serving.get("/counter").text


def test_a_body_that_is_no_form(hanh: Browser) -> None:
    for body in (b"", b"\xff\xfe", b"&&&===", b"{}", b"a" * 16_000, b"&" * 16_000, b"%zz=%"):
        headers = {"origin": "http://office", "content-type": "text/plain"}
        assert hanh.ask("POST", "/counter/do/start", content=body, headers=headers).status_code == 409


# ---- a database in trouble -----------------------------------------------------------------------------


@pytest.fixture
def held(settings: Settings) -> Iterator[sqlite3.Connection]:
    """Another program that holds the file."""
    other = sqlite_module().connect(settings.database_url.removeprefix("sqlite:///"), isolation_level=None)
    yield other
    other.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten seconds of patience are too long for a test."""
    monkeypatch.setattr("kiosk.office.database.BUSY_MILLISECONDS", 50)


def test_a_busy_database_is_told_and_nothing_is_lost(
    impatient: None, hanh: Browser, queue: Queue, rooms: Rooms, held: sqlite3.Connection, another: Another
) -> None:
    queue.take()
    held.execute("BEGIN IMMEDIATE")
    sentence = "Máy chủ đang bận, chưa ghi được. Đợi một lát rồi bấm lại."
    for step in ("next", "pause", "give"):
        assert said(hanh.do(step), 503) == sentence
    assert hanh.get("/counter").status_code == 200  # whoever only looks is not held up
    answer = another().post("/signin", login="minh", password="ba-con-ngan", counter="2")
    assert answer.status_code == 503 and sentence in answer.text and "<!doctype html>" in answer.text
    held.execute("ROLLBACK")
    assert said(hanh.do("next")) == "Đã gọi A001."


def test_a_full_disk_is_told_and_nothing_is_lost(hanh: Browser, queue: Queue, rooms: Rooms) -> None:
    from sqlalchemy import event

    database = rooms.counters._database
    event.listen(database._engine, "checkout", lambda connection, *_: connection.execute("PRAGMA max_page_count=1"))
    given = 0
    for number in range(400):
        answer = hanh.do("give", touch=f"t{number}")
        if answer.status_code != 200:
            break
        given += 1
    assert said(answer, 503).startswith("Ổ đĩa máy chủ đã đầy, chưa ghi được.")
    assert len(rooms.tickets.all_waiting()) == given > 0
    assert hanh.get("/counter").status_code == 200
    event.listen(
        database._engine, "checkout", lambda connection, *_: connection.execute("PRAGMA max_page_count=99999")
    )
    assert said(hanh.do("give", touch="later")) == f"Đã phát A{given + 1:03}. Phiếu in ở máy lấy số."


def test_a_database_that_is_gone_is_told(hanh: Browser, rooms: Rooms, settings: Settings, queue: Queue) -> None:
    token = queue.take().token
    folder = Path(settings.database_url.removeprefix("sqlite:///")).parent
    rooms.counters._database.close()
    folder.rename(folder.with_name("elsewhere"))
    for answer in (hanh.get("/counter"), hanh.get("/board"), hanh.get("/signin")):
        assert answer.status_code == 503 and "Gọi người kỹ thuật" in answer.text
    assert "Gọi người kỹ thuật" in hanh.do("next").json()["say"]
    phone = hanh.get(f"/t/{token}")
    assert phone.status_code == 503 and "giữ phiếu" in phone.text
    folder.with_name("elsewhere").rename(folder)
    assert hanh.get("/counter").status_code == 200


def test_a_damaged_database_is_told(hanh: Browser, rooms: Rooms, settings: Settings) -> None:
    file = Path(settings.database_url.removeprefix("sqlite:///"))
    rooms.counters._database.close()
    for leftover in file.parent.glob("office.db-*"):
        leftover.unlink()
    file.write_bytes(b"this was a database once" * 400)
    assert "Tệp dữ liệu bị hỏng" in hanh.get("/counter").text
    assert said(hanh.do("next"), 503).startswith("Tệp dữ liệu bị hỏng")


# ---- words for everything ------------------------------------------------------------------------------


def calls_of(name: str, folder: Path) -> Iterator[tuple[Path, ast.expr]]:
    """The first argument of each call of `name` in a folder's sources."""
    for file in sorted(folder.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and ast.unparse(node.func).endswith(name):
                yield file, node.args[0]


def shapes(argument: ast.expr) -> str:
    """A text as a pattern: what is put into it may be anything."""
    if isinstance(argument, ast.Constant):
        return re.escape(str(argument.value))
    assert isinstance(argument, ast.JoinedStr), ast.unparse(argument)
    return "".join(
        re.escape(str(one.value)) if isinstance(one, ast.Constant) else "[a-z-]+" for one in argument.values
    )


def staff_keys(rooms: Rooms) -> set[str]:
    return set(rooms.staff_words.keys())


def test_every_refusal_has_a_sentence(rooms: Rooms) -> None:
    found = [
        (file.name, shapes(argument))
        for room in ("office", "web")
        for file, argument in calls_of("Refused", ROOT / "kiosk" / room)
    ]
    assert len(found) > 25
    for file, shape in found:
        beginning = "people-" if file in ("officers.py", "people.py") else "refused-"
        assert any(re.fullmatch(beginning + shape, key) for key in staff_keys(rooms)), (file, shape)


def calls_with(name: str, skipped: int) -> list[list[str]]:
    """The texts that each call of a method of counters.py is given, after its first arguments."""
    tree = ast.parse((ROOT / "kiosk" / "office" / "counters.py").read_text(encoding="utf-8"))
    calls = [
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == f"self.{name}"
    ]
    assert calls
    return [[one.value for one in call.args[skipped:] if isinstance(one, ast.Constant)] for call in calls]


def test_every_state_that_a_ticket_must_not_be_in_has_a_sentence(rooms: Rooms) -> None:
    """counters.py puts "not-" before the state that a step needs."""
    calls = [*calls_with("_step", 2), *calls_with("_required", 2)]
    needed = {state for call in calls for state in call}
    assert needed == {"called", "serving"}
    assert {f"refused-not-{state}" for state in needed} <= staff_keys(rooms)


def test_every_step_that_can_be_undone_has_its_words(rooms: Rooms) -> None:
    source = (ROOT / "kiosk" / "office" / "counters.py").read_text(encoding="utf-8")
    steps = set(re.findall(r'(?:_step\(counter, |= _undo\()"([a-z]+)"', source))
    assert steps == set(UNDONE)
    assert {f"{begin}-{step}" for step in steps for begin in ("undo", "said-undone")} <= staff_keys(rooms)


def test_every_reason_of_the_order_has_its_words(rooms: Rooms) -> None:
    reasons = {f"why-{reason}" for reason in get_args(Reason) if reason != "chosen"}  # the line holds no chosen one
    assert reasons <= staff_keys(rooms)


def test_every_state_of_the_printer_has_its_words(rooms: Rooms) -> None:
    silent = {"ok", "mute"}  # "mute": an older printer that prints and never answers
    assert set(get_args(StateKind)) - silent == set(console_view.PRINTER_TROUBLE)
    assert {f"notice-printer-{state}" for state in console_view.PRINTER_TROUBLE} <= staff_keys(rooms)


def test_every_trouble_of_the_database_has_its_words(rooms: Rooms) -> None:
    tree = ast.parse((ROOT / "kiosk" / "office" / "database.py").read_text(encoding="utf-8"))
    causes = next(
        node.value for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_CAUSES"
    )  # fmt: skip
    kinds = {kind for _, kind, _ in ast.literal_eval(causes)} | {"other"}
    assert len(kinds) >= 5 and {f"database-{kind}" for kind in kinds} <= staff_keys(rooms)


def test_every_word_that_a_page_names_exists(rooms: Rooms, settings: Settings) -> None:
    """Keys written out in templates and code: t("…") for officers, w("…") for citizens."""
    staff, citizens = staff_keys(rooms), set(rooms.words.keys())
    sources = [*(ROOT / "assets" / "web").rglob("*.html"), *(ROOT / "kiosk" / "web").glob("*.py")]
    named = 0
    for file in sources:
        text = file.read_text(encoding="utf-8")
        for pattern, known in (
            (r'\b(?:_?t|staff_words\.shown)\("([\w-]+)"[,)]', staff),
            (r'\bw\("([\w-]+)"[,)]', citizens),
        ):
            for key in re.findall(pattern, text):
                named += 1
                assert key in known, (file.name, key)
    assert named > 120


@pytest.mark.parametrize("device", ["absent", "paper-out", "cover-open", "error", "offline"])
def test_a_printer_in_trouble_stands_on_the_console(hanh: Browser, rooms: Rooms, device: str, queue: Queue) -> None:
    queue.take()
    rooms.health.report("kiosk", "ok")
    rooms.health.report("printer", device)
    page = hanh.get("/counter").text
    assert rooms.staff_words.shown(f"notice-printer-{device}", "vi") in page and "1 phiếu đang chờ in" in page


@pytest.mark.parametrize("detail", ["hot", "garbled"])
def test_an_error_that_is_no_jam_is_told_as_what_it_is(hanh: Browser, rooms: Rooms, detail: str) -> None:
    rooms.health.report("kiosk", "ok")
    rooms.health.report("printer", "error", detail)
    page = hanh.get("/counter").text
    assert rooms.staff_words.shown(f"notice-printer-{detail}", "vi") in page
    assert rooms.staff_words.shown("notice-printer-error", "vi") not in page


def test_a_kiosk_that_is_away_stands_on_the_console(hanh: Browser, rooms: Rooms, clock: ManualClock) -> None:
    assert "Máy lấy số chưa chạy." in hanh.get("/counter").text
    rooms.health.report("kiosk", "ok")
    assert "đều chạy tốt" in hanh.get("/counter").text
    clock.advance(36)
    page = hanh.get("/counter").text
    assert "Máy lấy số không trả lời" in page and "từ 8:00." in page
    rooms.health.report("kiosk", "ok")
    rooms.health.report("loudspeaker", "silent")
    assert "Loa không có tiếng." in hanh.get("/counter").text
