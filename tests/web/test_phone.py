"""The citizen's phone: where a number stands, without a script, without a name, readable in the sun."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.sync_api import BrowserContext, Page, expect

from kiosk.clock import ManualClock
from kiosk.office.types import Ticket
from kiosk.web.rooms import Rooms
from tests.web.conftest import PEOPLE, Browser, Loop, Queue, Server

Window = Callable[..., BrowserContext]
STATES = ("waiting", "soon", "called", "serving", "away", "done", "cancelled", "unserved", "ready", "over", "unknown")


@pytest.fixture
def phone(app: FastAPI, loop: Loop) -> Browser:
    return Browser(app, loop)


def brought_to(state: str, rooms: Rooms, queue: Queue, clock: ManualClock, language: str = "vi") -> str:
    """The address of a ticket that has come to a state."""
    counters = rooms.counters
    if state == "unknown":
        return "/t/nobody-has-this"
    if state == "waiting":
        for _ in range(4):
            queue.take()
        counters.sit(1, rooms.officers.all()[0].id)
        counters.call_next(1)
        counters.start(1)
    ticket = queue.take(language=language)
    if state in ("called", "serving", "away", "done", "ready"):
        counters.call_next(1)
    if state in ("serving", "away", "done", "ready"):
        counters.start(1)
    if state == "away":
        counters.fetch(1)
    if state == "ready":
        dossier = rooms.dossiers.receive(ticket.id, rooms.settings.procedures["birth-registration"], None)
        rooms.dossiers.ready(dossier.id)
    if state in ("done", "ready"):
        counters.finish(1)
    if state == "cancelled":
        counters.given(1, ticket)
        counters.undo(1)
    if state == "unserved":
        counters.end_day(clock.now().date())
    if state == "over":
        clock.advance(timedelta(days=7).total_seconds())
    return f"/t/{ticket.token}"


SAID = {
    "waiting": ("người\nphía trước", "people\nbefore you"),
    "soon": ("Sắp đến lượt rồi", "It is nearly your turn"),
    "called": ("Đến lượt rồi, mời vào", "Your turn, please come"),
    "serving": ("Đang làm việc tại", "You are served at"),
    "away": ("về thẳng quầy, không phải xếp hàng lại", "come straight back to the counter"),
    "done": ("Đã làm xong", "All done"),
    "cancelled": ("Số này không còn dùng", "This number is no longer valid"),
    "unserved": ("Số này không còn dùng", "This number is no longer valid"),
    "ready": ("Đã có kết quả", "Your result is ready"),
    "over": ("Số này đã hết ngày", "This number's day is over"),
    "unknown": ("Không tìm thấy số này", "Không tìm thấy số này"),  # nobody knows whose it is
}


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("state", STATES)
def test_every_state_says_what_to_do(
    phone: Browser, rooms: Rooms, queue: Queue, clock: ManualClock, state: str, language: str
) -> None:
    page = phone.get(brought_to(state, rooms, queue, clock, language))
    assert page.status_code == (404 if state == "unknown" else 200)
    text = re.sub(r"&#39;", "'", page.text)
    assert SAID[state][language == "en"] in text
    assert f'<html lang="{language if state != "unknown" else "vi"}">' in text
    assert (SAID["soon"][language == "en"] in text) == (state == "soon")
    if state in ("called", "serving"):
        assert ("Quầy 1" if language == "vi" else "Counter 1") in text
    # No script, nothing to fetch but our own, no store, no name
    assert "http" not in text.replace("http-equiv", "")
    assert page.headers["cache-control"] == "no-store" and page.headers["referrer-policy"] == "same-origin"
    assert "set-cookie" not in page.headers
    assert not any(re.search(rf"\b{name}\b", text) for _, name, _ in PEOPLE)
    assert ("<script" in text) == (state in ("done", "ready"))  # where the survey is offered
    lasting = state in ("done", "cancelled", "unserved", "over", "unknown")
    assert ('http-equiv="refresh"' in text) == (not lasting)


def test_the_page_looks_again_by_itself(phone: Browser, rooms: Rooms, queue: Queue, clock: ManualClock) -> None:
    page = phone.get(brought_to("waiting", rooms, queue, clock)).text
    assert '<meta http-equiv="refresh" content="20">' in page
    assert "Lúc 8:00 – trang tự xem lại sau 20 giây" in page


def ahead(page: str) -> int:
    found = re.search(r'<ul class="facts3">\s*<li>.*?<b>(\d+)</b>', page, re.DOTALL)
    assert found is not None
    return int(found[1])


def test_the_count_is_the_real_order(phone: Browser, rooms: Rooms, queue: Queue, clock: ManualClock) -> None:
    """Priority in between, and so on: what the phone says is what the counter then does."""
    rooms.counters.sit(1, rooms.officers.all()[0].id)
    tickets: list[Ticket] = []
    for number in range(9):
        priority = {"lane": "priority", "reason": "elderly"} if number in (4, 7, 8) else {}
        tickets.append(queue.take(**priority))
    told = {ticket.code: ahead(phone.get(f"/t/{ticket.token}").text) for ticket in tickets}
    order = []
    for _ in tickets:
        order.append(rooms.counters.call_next(1).ticket.code)
        rooms.counters.start(1)
        clock.advance(15 * 60)  # as long as this queue's people usually take
        rooms.counters.finish(1)
    assert sorted(told, key=lambda code: told[code]) == order
    assert sorted(told.values()) == list(range(9))


def test_a_result_is_told_on_a_later_day_too(phone: Browser, rooms: Rooms, queue: Queue, clock: ManualClock) -> None:
    address = brought_to("ready", rooms, queue, clock)
    clock.advance(timedelta(days=7).total_seconds())
    assert "Đã có kết quả" in phone.get(address).text


def test_nothing_of_the_dossier_is_told(phone: Browser, rooms: Rooms, queue: Queue, clock: ManualClock) -> None:
    address = brought_to("serving", rooms, queue, clock)
    current = rooms.counters.view(1).current
    assert current is not None
    dossier = rooms.dossiers.receive(current.ticket.id, rooms.settings.procedures["birth-registration"], None)
    rooms.dossiers.note(dossier.id, national_code="H29-0001", contact="0912345678")
    pages = [phone.get(address).text]
    rooms.dossiers.ready(dossier.id)
    pages.append(phone.get(address).text)
    for secret in ("H29-0001", "0912345678", "khai sinh", dossier.id, current.ticket.id):
        assert not any(secret in page for page in pages)
    assert phone.get(address.upper()).status_code == 404  # a secret is not almost right


def test_a_code_that_nobody_has_is_kindly_refused(phone: Browser) -> None:
    for address in ("/t/guess", "/t/%2e%2e%2fetc", "/nowhere", "/docs", "/openapi.json", "/t/%00", "/t/"):
        page = phone.get(address)
        assert page.status_code == 404 and "Không tìm thấy số này" in page.text


def test_the_exits_code_opens_a_page(phone: Browser) -> None:
    page = phone.get("/s")
    assert page.status_code == 200 and "Mời ông bà chấm điểm" in page.text


# ---- in Chromium ---------------------------------------------------------------------------------------

CONTRAST = """() => {
  const light = (text) => {
    const [red, green, blue] = text.match(/[\\d.]+/g).slice(0, 3).map((one) => {
      const part = Number(one) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ground = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (color !== "rgba(0, 0, 0, 0)") return color;
    }
    return "rgb(255, 255, 255)";
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !one.getClientRects().length) continue;
    const style = getComputedStyle(one);
    const [low, high] = [light(style.color), light(ground(one))].sort((a, b) => a - b);
    found.push([walker.currentNode.data.trim(), (high + 0.05) / (low + 0.05), parseFloat(style.fontSize)]);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def measured() -> list[tuple[float, str]]:
    """Contrasts that were seen."""
    return []


@pytest.mark.parametrize("state", STATES)
def test_every_state_can_be_read_and_touched(
    server: Server, window: Window, queue: Queue, clock: ManualClock, state: str, measured: list[Any]
) -> None:
    """360×640 as most old phones; without JavaScript."""
    address = server.address + brought_to(state, server.rooms, queue, clock)
    sizes: list[int] = []
    context = window(360, 640, java_script_enabled=False, is_mobile=True, has_touch=True, device_scale_factor=2)
    page = context.new_page()
    page.on("response", lambda one: sizes.append(len(one.body()) if one.ok or one.status == 404 else 0))
    page.goto(address)
    expect(page.locator("main")).to_be_visible()
    if state != "unknown":
        expect(page.locator("main .so").first).to_be_visible()
    assert sum(sizes) <= 60 * 1024, sizes
    for text, contrast, size in page.evaluate(CONTRAST):
        measured.append((contrast, text))
        assert contrast >= 7, (text, contrast)
        assert size >= 16, (text, size)
    for target in page.locator("a, button, input").all():
        box = target.bounding_box()
        assert box is not None and box["height"] >= 44 and box["width"] >= 44, target.inner_text()
    fits(page, 360)
    page.set_viewport_size({"width": 320, "height": 568})
    fits(page, 320)


def fits(page: Page, width: int) -> None:
    """Nothing is to the right of the glass."""
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    script = "all => all.map((one) => [one.getBoundingClientRect().right, one.outerHTML.slice(0, 80)])"
    wide = [html for right, html in page.locator("main *").evaluate_all(script) if right > width + 0.5]
    assert not wide, (width, wide)


def test_many_counters_and_long_numbers_fit(server: Server, window: Window, queue: Queue, clock: ManualClock) -> None:
    """A wait of hours, and the number at the counter beside it."""
    for _ in range(45):
        queue.take()
    server.rooms.counters.sit(1, server.rooms.officers.all()[0].id)
    server.rooms.counters.call_next(1)
    last = queue.take()
    page = window(320, 568, java_script_enabled=False, is_mobile=True, has_touch=True).new_page()
    page.goto(f"{server.address}/t/{last.token}")
    expect(page.locator(".facts3 b").first).to_have_text("44")
    fits(page, 320)
