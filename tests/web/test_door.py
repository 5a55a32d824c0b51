"""The door: who comes in, how often they may guess, what a foreign page can do, and what every answer carries."""

from __future__ import annotations

import logging
import re
import socket
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from kiosk.clock import ManualClock
from kiosk.office.officers import SESSION_LENGTH, Officers
from kiosk.settings import Settings
from kiosk.web import live
from kiosk.web.guard import HEADERS, MOST_BYTES
from kiosk.web.rooms import Rooms
from kiosk.web.server import create_app
from kiosk.wiring import build_web
from tests.until import until
from tests.web.conftest import PASSWORD, Browser, Loop, Queue, Server, Stream

Another = Callable[..., Browser]
HERE = {"origin": "http://office"}
OLDER = {"referer": "http://office/counter"}
"""A browser that does not name the origin of a form of the same site."""


# ---- in and out ----------------------------------------------------------------------------------------


def test_an_officer_comes_in_and_goes_out(browser: Browser, rooms: Rooms) -> None:
    answer = browser.post("/signin", login=" HANH ", password=PASSWORD, counter="1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/counter")
    assert browser.get("/counter").status_code == 200
    assert set(rooms.counters.sitting()) == {1}
    secret = browser.secret
    gone = browser.post("/signout")
    assert (gone.status_code, gone.headers["location"]) == (303, "/signin")
    assert rooms.officers.signed_in(secret) is None and not rooms.counters.sitting()
    assert browser.get("/counter").headers["location"] == "/signin"


@pytest.mark.parametrize(
    ("login", "home"), [("hanh", "/signin"), ("thu", "/office"), ("quan", "/people")]
)  # fmt: skip
def test_without_a_counter_everybody_has_a_first_page(browser: Browser, login: str, home: str) -> None:
    assert browser.post("/signin", login=login, password=PASSWORD).headers["location"] == home


def test_the_cookie_is_for_no_script_and_no_other_page(browser: Browser) -> None:
    for answer in (browser.post("/signin", login="hanh", password=PASSWORD, counter="1"), browser.post("/signout")):
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie and "samesite=strict" in cookie and "path=/" in cookie and "domain" not in cookie
        assert "secure" not in cookie  # the office's own net has no certificate


def test_a_wrong_password_is_told_and_nothing_else(another: Another) -> None:
    for number, password in enumerate(
        ["", "wrong", PASSWORD.upper(), PASSWORD + " ", "x" * 10_000, "a\0b", "é" * 90]
    ):
        browser = another(f"192.168.8.{number}")
        unknown = browser.post("/signin", login="nobody", password=password)
        known = browser.post("/signin", login="hanh", password=password)
        assert known.status_code == unknown.status_code == 401
        assert "Tên đăng nhập hoặc mật khẩu chưa đúng" in known.text
        assert known.text.replace("hanh", "nobody") == unknown.text
        assert "set-cookie" not in known.headers


def test_five_wrong_passwords_lock_this_login_on_this_machine(
    browser: Browser, another: Another, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(5):
        assert browser.post("/signin", login="hanh", password="guess-1234").status_code == 401
    locked = browser.post("/signin", login="hanh", password=PASSWORD)
    assert locked.status_code == 429
    assert "Tạm khóa đến 8:10" in locked.text
    assert browser.post("/signin", login="minh", password=PASSWORD).status_code == 303
    assert another().post("/signin", login="hanh", password=PASSWORD).status_code == 303


def test_a_reset_password_opens_the_locked_door(browser: Browser, another: Another) -> None:
    """The page that refuses says so: the administrator resets it."""
    for _ in range(6):
        locked = browser.post("/signin", login="hanh", password="guess-1234")
    assert "nhờ người quản trị đặt lại mật khẩu" in locked.text
    another().sign_in("quan").post("/people/password", login="hanh", password="mot-hai-ba")
    assert browser.post("/signin", login="hanh", password="mot-hai-ba").status_code == 303


def test_a_thousand_wrong_passwords(
    another: Another, rooms: Rooms, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """From one machine, eight at once, at many logins: refused, few hashes, and the log keeps quiet about it."""
    hashes: list[str] = []
    reckon = Officers._fits

    def counted(self: Officers, hashed: str, password: str) -> bool:
        hashes.append(password)
        return reckon(self, hashed, password)

    monkeypatch.setattr(Officers, "_fits", counted)
    caplog.set_level(logging.DEBUG)
    logins = ("hanh", "minh", "thu", "quan", "admin")
    answers: list[int] = []

    def storm(first: int) -> None:
        browser = another("192.168.8.66")
        for number in range(first, 1000, 8):
            password = f"secret-guess-{number}"
            answer = browser.post("/signin", login=logins[number % len(logins)], password=password)
            answers.append(answer.status_code)

    threads = [threading.Thread(target=storm, args=(first,)) for first in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answers) == 1000 and set(answers) == {401, 429}
    assert len(hashes) == answers.count(401) <= 30
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("kiosk")]
    assert len(lines) == 1000
    for told in (*logins, "secret-guess", "192.168"):
        assert not any(told in line for line in lines)
    assert another("192.168.8.30").post("/signin", login="minh", password=PASSWORD).status_code == 303


def test_no_login_is_guessed_from_many_machines(another: Another) -> None:
    answers = [
        another(f"192.168.9.{number}").post("/signin", login="hanh", password="guess-1234").status_code
        for number in range(24)
    ]
    assert answers == [401] * 20 + [429] * 4


# ---- sessions ------------------------------------------------------------------------------------------


def test_a_forged_cookie_is_nobody(browser: Browser) -> None:
    for secret in ["", "x", "A" * 32, "../../etc", "' OR 1=1 --", "%00", "x" * 4000]:
        browser.cookies.set("kiosk_session", secret)
        assert browser.get("/counter").headers["location"] == "/signin"
        assert browser.do("next").status_code == 401


def test_the_hash_in_the_database_is_no_secret(hanh: Browser, rooms: Rooms, settings: Settings) -> None:
    with sqlite3.connect(settings.database_url.removeprefix("sqlite:///")) as database:
        (key,) = database.execute("SELECT key FROM session").fetchone()
    database.close()
    assert hanh.secret != key and rooms.officers.signed_in(key) is None


def test_a_session_ends_after_twelve_hours(hanh: Browser, clock: ManualClock) -> None:
    clock.advance(SESSION_LENGTH.total_seconds() - 1)
    assert hanh.get("/counter").status_code == 200
    clock.advance(2)
    assert hanh.get("/counter").headers["location"] == "/signin"
    told = hanh.do("next")
    assert told.status_code == 401 and told.json()["say"] == "Phiên làm việc đã hết. Mời đăng nhập lại."


def test_no_session_is_brought_along_and_none_is_left_behind(browser: Browser, rooms: Rooms) -> None:
    browser.cookies.set("kiosk_session", "chosen-by-somebody-else", "office.local", "/")
    browser.sign_in("hanh", 1)
    first = browser.secret
    assert first != "chosen-by-somebody-else" and len(first) >= 32
    browser.sign_in("minh", 2)
    assert browser.secret != first
    assert rooms.officers.signed_in(first) is None


def test_who_is_let_go_is_out_at_once(hanh: Browser, another: Another) -> None:
    another().sign_in("quan").post("/people/active", login="hanh", active="0")
    assert hanh.get("/counter").headers["location"] == "/signin"


def test_a_reset_password_signs_out_everywhere(hanh: Browser, another: Another) -> None:
    other = another("192.168.8.23").sign_in("hanh", 2)
    another().sign_in("quan").post("/people/password", login="hanh", password="mot-hai-ba")
    for browser in (hanh, other):
        assert browser.do("next").status_code == 401
        assert browser.get("/counter/live").status_code == 401
    assert hanh.post("/signin", login="hanh", password=PASSWORD).status_code == 401
    assert hanh.post("/signin", login="hanh", password="mot-hai-ba", counter="1").status_code == 303


def test_the_live_page_of_a_signed_out_browser_ends(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that is open: nobody who has been sent away goes on reading, ten seconds later at most."""
    assert live.CHECK_SECONDS + live.BEAT_SECONDS <= 10
    monkeypatch.setattr(live, "CHECK_SECONDS", 0.2)
    found = server.rooms.officers.sign_in("hanh", PASSWORD)
    assert found is not None
    server.rooms.officers.sit(found[1], 1)
    stream = Stream(f"{server.address}/counter/live", found[1]).start()
    assert stream.named("show")
    server.rooms.officers.set_password("hanh", "mot-hai-ba")
    assert until(lambda: stream.ended) < 2 * live.BEAT_SECONDS
    here = httpx.get(f"{server.address}/counter/here/1", cookies={"kiosk_session": found[1]})
    assert here.status_code == 401


def test_a_page_left_at_another_counter_does_nothing(hanh: Browser, queue: Queue, rooms: Rooms) -> None:
    """Two tabs, one cookie: the tab that still shows counter 1 must not call for counter 2."""
    queue.take()
    assert hanh.get("/counter/here/1").status_code == 204
    hanh.post("/counter/move", counter="2")
    assert hanh.get("/counter/here/1").status_code == 401
    assert hanh.get("/counter/here/2").status_code == 204
    told = hanh.do("next", at="1")
    assert told.status_code == 401 and told.json()["door"]
    assert rooms.counters.view(1).current is None and rooms.counters.view(2).current is None


# ---- foreign pages, large bodies -----------------------------------------------------------------------

POSTS = (
    "/signin", "/signout", "/first/x", "/counter/do/next", "/counter/move", "/office/end-day", "/people/add",
    "/people/password", "/people/active", "/inbox/x/answer", "/inbox/x/kind", "/inbox/x/about", "/t/x/ask",
    "/t/x/say", "/s/ask", "/s/again", "/say", "/say/find", "/counter/papers/x/echo", "/counter/papers/x/x",
)  # fmt: skip


def test_every_address_that_writes_is_known(app: FastAPI) -> None:
    """A new one is to be tried below."""
    routes = [route for router in app.routes for route in _routes(router)]
    writing = {path for path, methods in routes if methods - {"GET", "HEAD"}}
    shapes = {re.sub(r"\{[^}]+\}", "x", path).replace("/do/x", "/do/next") for path in writing}
    assert shapes == set(POSTS)


def _routes(route: Any) -> list[tuple[str, set[str]]]:
    inner = getattr(route, "original_router", None) or getattr(route, "router", None)
    if inner is not None and not hasattr(route, "methods"):
        return [found for one in inner.routes for found in _routes(one)]
    return [(route.path, set(getattr(route, "methods", None) or ()))]


FOREIGN: tuple[dict[str, str], ...] = (
    {"origin": "http://evil.example"}, {"origin": "http://office.evil.example"}, {"origin": "http://office:8081"},
    {"origin": "null"}, {"origin": "null", "sec-fetch-site": "cross-site"}, {},
    {"origin": "http://[", "sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"},
    {"origin": "http://evil.example", "sec-fetch-site": "same-origin"}, {"origin": "http://x@office"},
    {"referer": "http://evil.example/"}, {"referer": "http://office.evil.example/"}, {"referer": "http://office"},
    {"origin": "http://evil.example", "referer": "http://office/"},
    {"origin": "null", "sec-fetch-site": "cross-site", "referer": "http://office/"},
)  # fmt: skip


def test_a_foreign_page_can_do_nothing(hanh: Browser) -> None:
    for path in POSTS:
        for headers in FOREIGN:
            answer = hanh.ask("POST", path, data={"counter": "2"}, headers=headers)
            assert (answer.status_code, answer.content) == (403, b""), (path, headers)
    assert hanh.get("/counter").status_code == 200


def test_our_own_pages_can(hanh: Browser) -> None:
    """A browser that is told to send no referrer names its origin "null" when a form is sent."""
    for headers in (HERE, {"origin": "https://office"}, {"origin": "null", "sec-fetch-site": "same-origin"}, OLDER):
        assert hanh.ask("POST", "/counter/do/pause", headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["/signin", "/counter/do/note"])
@pytest.mark.parametrize("length", ["true", "none", "small", "²"])
def test_a_large_body_is_refused(browser: Browser, path: str, length: str) -> None:
    async def body() -> Any:
        for _ in range(3):
            yield b"contact=" + b"x" * (MOST_BYTES // 2)

    headers = dict(HERE)
    if length == "true":
        headers["content-length"] = str(3 * (8 + MOST_BYTES // 2))
    elif length not in ("none",):
        headers["content-length"] = "10" if length == "small" else length
    raw = {name.encode(): value.encode() for name, value in headers.items()}
    answer = browser.ask("POST", path, content=body(), headers=raw)
    assert answer.status_code == 413
    assert HEADERS.items() <= dict(answer.headers).items()


def test_a_large_body_is_refused_on_the_wire(server: Server) -> None:
    """In pieces, without a length; and with one that lies."""
    pieces = (b"login=" + b"x" * 4000 for _ in range(8))
    assert (
        httpx.post(f"{server.address}/signin", content=pieces, headers={"origin": server.address}).status_code == 413
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as wire:
        head = f"POST /signin HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nOrigin: {server.address}\r\n"
        wire.sendall(head.encode() + b"Content-Length: 5\r\n\r\nlogin" + b"x" * 40_000)
        answer = b""
        while piece := wire.recv(65536):
            answer += piece
    assert answer.startswith(b"HTTP/1.1 401") and b" 413 " not in answer and b"HTTP/1.1 400" in answer


def test_the_largest_form_is_taken(hanh: Browser) -> None:
    body = b"contact=" + b"x" * (MOST_BYTES - 8)
    assert hanh.ask("POST", "/counter/do/note", content=body, headers=HERE).status_code == 409


# ---- roles ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("login", "office", "people"), [("hanh", 403, 403), ("thu", 200, 403), ("quan", 200, 200), (None, 303, 303)]
)  # fmt: skip
def test_each_role_sees_its_pages(browser: Browser, login: str | None, office: int, people: int) -> None:
    if login:
        browser.sign_in(login)
    assert browser.get("/office").status_code == office
    assert browser.get("/people").status_code == people
    assert browser.post("/office/end-day").status_code == (303 if office != 403 else 403)
    for path in ("add", "password", "active"):
        answer = browser.post(f"/people/{path}", login="eve", password="mot-hai-ba", name="E", role="administrator")
        assert answer.status_code == (people if people != 200 else 400)


def test_nobody_without_a_session_sees_or_does_anything(browser: Browser, app: FastAPI) -> None:
    open_to_all = {
        "/signin",
        "/trust",
        "/trust/an-tan-kiosk.crt",
        "/s",
        "/s/ask",
        "/s/thanks",
        "/say",
        "/say/find",
        "/say/x",
        "/s/hear/x/x/x/x.wav",
        "/t/x/ask",
        "/t/x/thanks",
        "/t/x/say",
        "/",
        "/t/x",
        "/board",
        "/board/live",
        "/board/sound/x.wav",
        "/board/sound/chime",
        "/first/x",
    }
    for path, methods in [found for route in app.routes for found in _routes(route)]:
        shown = re.sub(r"\{[^}]+\}", "x", path)
        if shown in open_to_all or shown in ("/static", "/pictograms") or methods == {"POST"}:
            continue
        answer = browser.get(shown)
        assert answer.status_code in (303, 401), shown
        assert answer.headers.get("location", "/signin") == "/signin"


def test_an_administrator_adds_people(browser: Browser, another: Another, rooms: Rooms) -> None:
    quan = browser.sign_in("quan")
    fields = {"login": "Lan.NT", "name": "Lan", "role": "officer", "password": "mot-hai-ba", "again": "mot-hai-ba"}
    assert "Đã thêm Lan" in quan.post("/people/add", **fields).text
    assert another().sign_in("lan.nt", 1, "mot-hai-ba").get("/counter").status_code == 200
    for change, sentence in (
        ({}, "Tên đăng nhập này đã có"), ({"login": "a b"}, "Tên đăng nhập"), ({"name": " "}, ""),
        ({"again": "x"}, ""), ({"password": "short", "again": "short", "login": "x"}, "8"),
        ({"role": "king", "login": "y"}, ""), ({"login": "<script>"}, ""), ({"name": "x" * 81, "login": "z"}, ""),
    ):  # fmt: skip
        answer = quan.post("/people/add", **{**fields, **change})
        assert answer.status_code == 400 and sentence in answer.text and "bad2" in answer.text
    assert len(rooms.officers.all()) == 5
    assert "<script>" not in quan.post("/people/add", **{**fields, "name": "<script>", "login": "é è"}).text
    last = quan.post("/people/active", login="quan", active="0")
    assert last.status_code == 400 and rooms.officers.exist()


# ---- the first administrator ---------------------------------------------------------------------------


@pytest.fixture
def empty(tmp_path: Path, clock: ManualClock) -> Rooms:
    from kiosk.office.migrate import migrate
    from kiosk.settings import load, places

    settings = load(places(home=tmp_path / "empty"))
    migrate(settings.database_url, clock.now())
    return build_web(settings, clock)


FIRST = {"login": "quan", "name": "Quan", "password": "mot-hai-ba", "again": "mot-hai-ba"}


def test_the_first_link_works_once(empty: Rooms, loop: Loop) -> None:
    browser = Browser(create_app(empty, "the-key"), loop)
    assert browser.get("/first/another-key").status_code == 303
    assert browser.post("/first/another-key", **FIRST).status_code == 303 and not empty.officers.exist()
    assert browser.get("/first/the-key").status_code == 200
    for change in ({"again": "x"}, {"password": "short", "again": "short"}, {"login": "a b"}, {"name": ""}):
        assert browser.post("/first/the-key", **{**FIRST, **change}).status_code == 400
    assert browser.post("/first/the-key", **FIRST).headers["location"] == "/signin"
    assert [one.role for one in empty.officers.all()] == ["administrator"]
    for answer in (browser.get("/first/the-key"), browser.post("/first/the-key", **{**FIRST, "login": "eve"})):
        assert answer.headers["location"] == "/signin"
    assert len(empty.officers.all()) == 1


def test_without_a_key_there_is_no_first_link(empty: Rooms, loop: Loop) -> None:
    browser = Browser(create_app(empty), loop)
    for path in ("/first/", "/first/x", "/first/%20"):
        assert browser.get(path).status_code in (303, 404)
        assert browser.post(path, **FIRST).status_code in (303, 404, 405)
    assert not empty.officers.exist()


# ---- every answer --------------------------------------------------------------------------------------


def test_every_answer_carries_the_headers(browser: Browser, queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    token = queue.take().token
    browser.sign_in("quan", 1)
    answers = {path: browser.get(path) for path in (
        "/", "/signin", "/counter", "/board", "/office", "/people", "/s", f"/t/{token}", "/t/unknown", "/nowhere",
        "/static/look.css", "/static/../wiring.py", "/static/nothing.css", "/pictograms/marriage.svg",
        "/board/sound/chime", "/counter/do/next", "/office?ended=x",
    )}  # fmt: skip
    answers["step"] = browser.do("next")
    answers["unknown step"] = browser.do("dance")
    answers["foreign"] = browser.ask("POST", "/signin")
    answers["large"] = browser.ask("POST", "/signin", content=b"x" * 20_000, headers=HERE)
    answers["method"] = browser.ask("DELETE", "/people", headers=HERE)
    monkeypatch.setattr("kiosk.office.board.LobbyBoard.view", lambda _: 1 / 0)
    answers["fault"] = browser.get("/board")
    monkeypatch.setattr("kiosk.office.counters.Counters.call_next", lambda *_: 1 / 0)
    answers["fault of a key"] = browser.do("next")
    for what, answer in answers.items():
        assert HEADERS.items() <= dict(answer.headers).items(), what
        cache = "no-cache" if what.startswith(("/static/l", "/static/n", "/pictograms")) else "no-store"
        assert answer.headers["cache-control"] in (cache, "no-cache"), what
        assert "server" not in answer.headers
    assert answers["fault"].status_code == answers["fault of a key"].status_code == 500
    assert "người kỹ thuật" in answers["fault"].text
    assert "người kỹ thuật" in answers["fault of a key"].json()["say"]
    for what in ("/counter/do/next", "method", "/office?ended=x"):
        assert "detail" not in answers[what].text, what


def test_no_page_has_anything_inline_or_from_elsewhere(browser: Browser, queue: Queue, rooms: Rooms) -> None:
    token = queue.take().token
    queue.take(lane="priority", reason="elderly")
    rooms.help.call("entrance")
    pages = [browser.get("/signin"), browser.post("/signin", login="x", password="y")]
    browser.sign_in("quan", 1)
    browser.do("next")
    pages += [
        browser.get(path) for path in ("/counter", "/board", "/office", "/people", "/s", f"/t/{token}", "/nowhere")
    ]
    for page in pages:
        text = page.text
        assert not re.search(r"<style|\sstyle=|<script(?! src=\"/static/)|\son[a-z]+=|javascript:", text)
        assert not re.search(r"https?:|(?:src|href|action)=\"//|@import|url\(", text)
    static = rooms.settings.places.assets / "web" / "static"
    for file in static.iterdir():
        assert not re.search(r"(?<!xmlns=\")https?://", file.read_text(encoding="utf-8")), file.name


def test_nobody_is_sent_elsewhere(browser: Browser) -> None:
    for path in ("//evil.example", "//evil.example/..", "/signin?next=//evil.example", "/\\evil.example"):
        assert browser.get(path).headers.get("location", "/") in ("/", "/signin")
    fields = {"login": "thu", "password": PASSWORD, "next": "//evil.example", "counter": "//evil.example"}
    answer = browser.ask("POST", "/signin?next=//evil.example", headers=HERE, data=fields)
    assert answer.headers["location"] == "/office"


def test_a_form_sent_after_the_session_leads_to_the_door(browser: Browser) -> None:
    """A form opens a page: it must not answer with a line of data."""
    for path in ("/people/add", "/office/end-day", "/counter/move"):
        answer = browser.post(path, login="x")
        assert (answer.status_code, answer.headers["location"]) == (303, "/signin")
