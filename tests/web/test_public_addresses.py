"""Whatever is sent to an address that is open to everybody: no page breaks, and what is refused changes no figure."""

from __future__ import annotations

import http.client
import logging
import re
import socket
from contextlib import closing, suppress
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.clock import ManualClock
from kiosk.office.feedback import LONGEST_TEXT
from kiosk.web.bursts import MOST
from kiosk.web.guard import HEADERS, MOST_BYTES
from kiosk.web.rooms import Rooms
from kiosk.web.ways import COOKIE
from tests.web.conftest import Browser, Queue, Server
from tests.web.test_survey import HARM, answered, finished, sent, stored, written

some = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
PLACES = (
    "/t/{}", "/t/{}/ask", "/t/{}/say", "/t/{}/thanks", "/s", "/s/ask", "/s/again", "/s/thanks",
    "/s/hear/vi/sipas/1/{}.wav", "/s/hear/{}/sipas/1/polite.wav", "/say", "/say/find", "/say/{}", "/{}",
)  # fmt: skip
FIELDS = ("on", "v", "more", "script", "text", "kind", "once", "about", "code", "at", "new")
GOOD = ("polite", "clear", "5", "1", "skipped", "unknown", "some", "all", "comment", "petition")
WORDS = st.one_of(st.sampled_from((*GOOD, *HARM)), st.text(max_size=60), st.text(min_size=480, max_size=700))
FORMS = st.one_of(
    st.dictionaries(st.sampled_from(FIELDS), WORDS, max_size=5).map(
        lambda one: urlencode(one, errors="surrogatepass").encode()
    ),
    st.binary(max_size=400),
)
ODD_HEADERS = st.dictionaries(
    st.sampled_from(["accept-language", "referer", "user-agent", "range", "x-forwarded-for", "content-type", "via"]),
    st.one_of(
        st.sampled_from([b"bytes=9999-1", b"multipart/form-data", b"application/json", b"text/html; charset=utf-7"]),
        st.binary(max_size=40),
    ),
    max_size=3,
)


@pytest.fixture(autouse=True)
def nobody_is_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise most replies would say that there are too many."""
    for what, (_, _, minutes) in list(MOST.items()):
        monkeypatch.setitem(MOST, what, (10**6, 10**6, minutes))


@pytest.fixture
def names(browser: Browser, rooms: Rooms, queue: Queue) -> list[str]:
    """What may stand in an address: tokens in each standing, a forged one, a code."""
    spent, fresh = finished(rooms, queue), finished(rooms, queue)
    answered(browser, spent, "5")
    tokens = [spent.removeprefix("/t/"), fresh.removeprefix("/t/"), queue.take().token]
    return [*tokens, tokens[0][:-1] + "~", tokens[1].swapcase(), sent(browser), "find"]


def figures(rooms: Rooms) -> tuple[Any, Any]:
    return stored(rooms), written(rooms)


def healthy(answer: Any, what: object) -> None:
    """A page of ours, whatever was asked."""
    assert answer.status_code < 500, (answer.status_code, what)
    assert "Traceback" not in answer.text and "Internal Server Error" not in answer.text, what
    assert HEADERS.keys() <= answer.headers.keys(), what


@some
@given(
    place=st.sampled_from(PLACES), pick=st.integers(0, 99), word=st.one_of(st.none(), WORDS),
    query=st.dictionaries(st.sampled_from(FIELDS), WORDS, max_size=3),
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"]), body=FORMS,
    headers=ODD_HEADERS, cookie=st.one_of(st.none(), st.binary(max_size=60)), ours=st.booleans(),
)  # fmt: skip
def test_nothing_that_is_sent_breaks_a_page(
    browser: Browser, rooms: Rooms, names: list[str], caplog: pytest.LogCaptureFixture, place: str, pick: int,
    word: str | None, query: dict[str, str], method: str, body: bytes, headers: dict[str, bytes],
    cookie: bytes | None, ours: bool,
) -> None:  # fmt: skip
    name = quote((word or names[pick % len(names)]).encode("utf-8", "surrogatepass"), safe="")
    path = place.format(name[:3000]) + ("?" + urlencode(query, errors="surrogatepass") if query else "")
    given_in = {**headers, "origin": b"http://office" if ours else b"null"}
    if cookie is not None:
        given_in["cookie"] = f"{COOKIE}=".encode() + cookie
    before = figures(rooms)
    browser.cookies.clear()
    more: dict[str, Any] = {} if method in ("GET", "HEAD") else {"content": body}
    answer = browser.ask(method, path, headers=given_in, **more)
    healthy(answer, (method, path))
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]
    now = figures(rooms)
    if answer.status_code >= 400 or method != "POST":
        assert now == before, (answer.status_code, method, path)
    profile = rooms.settings.survey.profiles[0]
    for channel, criterion, value, missing in now[0]:
        assert channel in ("slip", "door") and criterion in profile.criteria
        assert value in profile.values or (value is None and missing in ("skipped", "unknown"))
    for item in now[1]:
        assert item.kind in ("comment", "petition") and 0 < len(item.text) <= LONGEST_TEXT
        assert not re.search(r"[\x00-\x1f\x7f]", item.text)


@some
@given(text=WORDS)
def test_what_was_too_long_comes_back_as_text(browser: Browser, rooms: Rooms, text: str) -> None:
    raw = text.encode("utf-8", "replace")
    page = browser.send_raw("/say", {"text": b"<b id=planted>" + raw + b" x" * 250, "once": b"'><i>" + raw[:60]})
    healthy(page, text)
    assert page.status_code == 400 and "<b id=planted" not in page.text and "'><i>" not in page.text
    assert "&lt;b id=planted&gt;" in page.text and written(rooms) == []


@some
@given(size=st.integers(MOST_BYTES - 200, MOST_BYTES + 200), place=st.sampled_from(["/say", "/s/ask", "/say/find"]))
def test_a_body_is_taken_or_refused_at_the_byte(browser: Browser, rooms: Rooms, size: int, place: str) -> None:
    before = figures(rooms)
    body = b"text=".ljust(size, b"x")
    answer = browser.ask("POST", place, content=body, headers={"origin": "http://office"})
    assert (answer.status_code == 413) == (size > MOST_BYTES)
    assert answer.status_code < 500 and figures(rooms) == before


# ---- through the real server's socket ------------------------------------------------------------------


def raw(server: Server, data: bytes) -> tuple[int, bytes]:
    """Status and page that come back for `data`; (0, b"") when the server hangs up, which it may."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as wire:
        with suppress(ConnectionError):  # it may have read enough
            wire.sendall(data)
        answer = http.client.HTTPResponse(wire, method=data.partition(b" ")[0].decode("latin-1"))
        try:
            answer.begin()
            return answer.status, answer.read()
        except (ConnectionError, http.client.HTTPException):
            return 0, b""
        finally:
            answer.close()


@pytest.mark.parametrize("told", ["10485760", "5", None])
def test_ten_megabytes_on_the_wire(server: Server, told: str | None) -> None:
    """A true length, a false one, none: refused, and the next one is served."""
    head = f"POST /say HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nOrigin: {server.address}\r\nConnection: close\r\n"
    body = b"text=" + b"x" * 10_485_755
    if told:
        data = f"{head}Content-Length: {told}\r\n\r\n".encode() + body
    else:
        data = f"{head}Transfer-Encoding: chunked\r\n\r\n{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
    assert raw(server, data)[0] in (0, 413, 400)
    assert raw(server, b"GET /s HTTP/1.1\r\nHost: x\r\n\r\n")[0] == 200
    assert written(server.rooms) == []


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(
    data=st.one_of(
        st.binary(max_size=200).map(lambda one: one + b"\r\n\r\n"),
        st.builds(
            lambda method, path, rest: method + b" " + path + b" HTTP/1.1\r\nHost: x\r\n" + rest + b"\r\n\r\n",
            st.sampled_from([b"GET", b"POST", b"HEAD", b"GET\x00", b"CONNECT"]), st.binary(max_size=60),
            st.binary(max_size=60),
        ),
        st.binary(max_size=80).map(lambda one: b"GET /t/" + one + b" HTTP/1.1\r\nHost: x\r\n\r\n"),
    )
)  # fmt: skip
def test_any_bytes_on_the_wire(server: Server, caplog: pytest.LogCaptureFixture, data: bytes) -> None:
    status, page = raw(server, data)
    assert status < 500 and b"Traceback" not in page, (data, page[:200])
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]


# ---- what the runs of Schemathesis found (docs/survey.md) -----------------------------------------------


@pytest.mark.parametrize("path", ["/s", "/s/ask", "/s/thanks", "/say", "/say/find", "/signin", "/"])
def test_another_method_is_told_what_may_be_asked(browser: Browser, path: str) -> None:
    for method in ("TRACE", "PUT", "DELETE"):
        answer = browser.ask(method, path, headers={"origin": "http://office"})
        assert answer.status_code == 405 and "GET" in answer.headers["allow"] and "<h1>" in answer.text


def test_who_asks_for_the_head_alone_gets_it(
    server: Server, browser: Browser, queue: Queue, rooms: Rooms, clock: ManualClock
) -> None:
    """As some phones' scanners do before they open an address."""
    base = finished(rooms, queue)
    for path in (base, f"{base}/ask", "/s", "/say", "/static/phone.css"):
        with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as wire:
            wire.request("HEAD", path)
            answer = wire.getresponse()
            assert (answer.status, answer.read()) == (200, b""), path
    assert stored(rooms) == []


def test_a_question_that_cannot_be_heard_is_a_page_too(browser: Browser) -> None:
    for path in ("/s/hear/0/0/0/0.wav", "/s/hear/vi/sipas/1/clear.wav"):
        answer = browser.get(path)
        assert answer.status_code == 404 and answer.headers["content-type"].startswith("text/html")
