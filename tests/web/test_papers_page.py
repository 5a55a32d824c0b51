"""A birth declaration at the counter, in Chromium: from the ticket to the paper, with a scanner as a keyboard."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from kiosk.papers.draft import Draft
from kiosk.settings import Settings
from kiosk.web.rooms import Rooms
from tests.papers.test_scan import Keys
from tests.until import until
from tests.web.conftest import Queue, Server, console_page

MOTHER = "052195000123|211234567|ĐINH THỊ MẪU|05031995|Nữ|Thôn 2, xã An Tân, tỉnh Gia Lai|01022022"
FATHER = "052093000124||ĐINH VĂN THỬ|05031993|Nam|Thôn 3, xã An Tân, tỉnh Gia Lai|01022022"
TYPED = {
    "requester.relation": "1", "child.name": "Đinh Thị Bé", "child.sex": "2", "child.birth": "14/11/2026",
    "mother.ethnic": "2", "father.ethnic": "2", "child.ethnic": "1", "child.birthplace": "Trạm Y tế xã An Tân",
    "child.home": "1", "wedding.number": "12", "wedding.book": "01/2020", "wedding.date": "5/3/2020",
    "wedding.place": "UBND xã An Tân",
}  # fmt: skip
"""What no card holds."""


A_HANDS_GAP = 45
"""Milliseconds from key to key: quicker ones are a scanner's."""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The scanner's terminator ends a scan, however slowly this machine hands its keys on."""
    return replace(settings, web=settings.web.model_copy(update={"scanner_silence_ms": 5000}))


class Hands:
    """An officer's: every key and every click is counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, key: str) -> None:
        self.count += 1
        self.page.wait_for_load_state()  # before its script runs, the page hears no key
        self.page.keyboard.press(key, delay=80)  # two keys within 60 ms are no hand's

    def type(self, text: str) -> None:
        self.count += len(text)
        self.page.keyboard.type(text, delay=A_HANDS_GAP)


def scan(page: Page, text: str) -> None:
    """A scanner that knows Unicode, with a terminator; nobody's hands."""
    page.wait_for_load_state()
    keys = Keys(page)
    with page.expect_navigation():
        keys.type(text)
        keys.type(["Enter"])


@pytest.fixture(autouse=True)
def empty_shelf(rooms: Rooms) -> Iterator[None]:
    yield
    shutil.rmtree(rooms.shelf.folder, ignore_errors=True)


def test_a_birth_from_the_ticket_to_the_paper(
    window: Callable[..., BrowserContext], server: Server, queue: Queue, tmp_path: Path
) -> None:
    queue.take()
    page = console_page(window, server)
    hands = Hands(page)
    for key, shown in (("t", ".tag.call"), ("b", ".tag.now")):
        page.keyboard.press(key)
        page.wait_for_selector(f".nowcard {shown}")
    hands.press("k")
    page.wait_for_selector("body.step-told")
    hands.press("Space")
    hands.press("Enter")
    page.wait_for_selector("#answer")
    scan(page, FATHER)
    scan(page, MOTHER)
    asked = []
    while page.locator("#answer").count():
        field = page.locator("#answer [name=field]").input_value()
        asked.append(field)
        assert field in TYPED or page.locator("[inputmode=numeric]").count(), f"a card has {field}"
        with page.expect_navigation():
            hands.type(TYPED.get(field, "2"))
            hands.press("Enter")
    assert set(TYPED) <= set(asked)
    assert len(asked) == len(set(asked)), "something was asked twice"
    page.wait_for_selector("body.step-read")
    expect(page.locator(".lines")).to_contain_text("Mẹ cháu bé là Đinh Thị Mẫu")
    expect(page.locator(".lines")).to_contain_text("Cha cháu bé là Đinh Văn Thử")
    page.add_init_script("window.print = () => { window.printed = (window.printed || 0) + 1; }")
    hands.press("i")
    page.wait_for_selector("body.step-print")
    page.wait_for_selector("[data-print=done]")
    assert page.evaluate("window.printed") == 1
    assert page.evaluate("document.querySelector('.pages img').naturalWidth") > 300
    paper = page.request.get(f"{server.address}/counter/papers/birth/sheet.pdf").body()
    (tmp_path / "birth.pdf").write_bytes(paper)
    assert paper.startswith(b"%PDF-")

    by_hand = typed_by_hand(server.rooms)
    print(f"{hands.count} keys with two scans, {by_hand} by hand: ratio {hands.count / by_hand:.2f}")
    assert hands.count / by_hand <= 0.35

    hands.press("Enter")
    page.wait_for_selector(".nowcard")
    hands.press("x")
    until(lambda: len(server.rooms.shelf) == 0)


def typed_by_hand(rooms: Rooms) -> int:
    """Keys to type every field of the same paper: its text and a Tab. Days in words count, as on the paper."""
    ticket = rooms.counters.view(1).current
    assert ticket is not None
    form = rooms.forms.on(rooms.clock.now().date())["birth"]
    draft = Draft.load(form, {}, rooms.shelf.peek(ticket.ticket.id)["drafts"]["birth"])
    found = 0
    for key, one in form.fields.items():
        text = draft.text(key)
        words = rooms.in_words(rooms.clock.now().date().fromisoformat(draft.value(key).kept)) if one.words else ""
        found += len(text) + len(words) + 1 if text else 0
    return found


def test_a_scan_never_lands_in_the_answer(
    window: Callable[..., BrowserContext], server: Server, queue: Queue
) -> None:
    """Half of an answer stands in the field as the card comes; a key of the card is no command."""
    page = opened(window, server, queue)
    page.keyboard.type("Đinh", delay=A_HANDS_GAP)
    scan(page, MOTHER)
    expect(page.locator(".role.ok")).to_contain_text("Mẹ")
    assert "052195" not in page.locator("input[name=text]").input_value()


def test_bad_scans_are_told_and_the_page_goes_on(
    window: Callable[..., BrowserContext], server: Server, queue: Queue
) -> None:
    page = opened(window, server, queue)
    scan(page, MOTHER[:50])
    expect(page.locator("#problem")).to_contain_text("một phần mã")
    scan(page, MOTHER + FATHER)
    expect(page.locator("#problem")).to_contain_text("dính vào nhau")
    page.evaluate("document.dispatchEvent(new CustomEvent('scan:long'))")  # what 2,001 signs tell: test_scan
    expect(page.locator("#told")).to_contain_text("dài hơn nhiều")
    scan(page, MOTHER)
    expect(page.locator(".role.ok")).to_contain_text("Mẹ")


def opened(window: Callable[..., BrowserContext], server: Server, queue: Queue) -> Page:
    """The first question of a birth declaration."""
    queue.take()
    page = console_page(window, server)
    server.rooms.counters.call_next(1, None)
    server.rooms.counters.start(1)
    page.goto(f"{server.address}/counter/papers/birth")
    page.check("[name=agreed]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#answer")
    page.wait_for_load_state()
    return page


def test_keys_of_the_page(window: Callable[..., BrowserContext], server: Server, queue: Queue) -> None:
    """Back, later, and the way to the counter; what is wrong is told beside the field."""
    page = opened(window, server, queue)
    first = page.locator("#answer [name=field]").input_value()
    with page.expect_navigation():
        page.keyboard.press("F2")
    second = page.locator("#answer [name=field]").input_value()
    assert second != first
    with page.expect_navigation():
        page.keyboard.type("Bé 123", delay=A_HANDS_GAP)
        page.keyboard.press("Enter")
    expect(page.locator("#wrong")).to_contain_text("Họ tên chỉ có chữ")
    with page.expect_navigation():
        page.fill("[name=text]", "Đinh Bé")
        page.keyboard.press("Enter")
    with page.expect_navigation():
        page.keyboard.press("ArrowUp")
    assert page.locator("[name=text]").input_value() == "ĐINH BÉ"
    with page.expect_navigation():
        page.keyboard.press("Escape")
    page.wait_for_selector(".nowcard")


def test_a_trial_has_a_scanner_that_is_none(
    window: Callable[..., BrowserContext], served: Callable[[Rooms], Server], rooms: Rooms, queue: Queue
) -> None:
    from kiosk.papers import samples

    cards = [(one.label, one.text) for one in samples.load(rooms.settings.places.assets)]
    page = opened(window, served(replace(rooms, trial=True, sample_cards=cards)), queue)
    with page.expect_navigation():
        page.select_option("#virtual", index=1)
    expect(page.locator(".role.ok, .role.warnrole").first).to_be_visible()


@pytest.mark.parametrize("size", [(1366, 768), (1366, 657), (1280, 720)])
def test_nothing_is_cut_off(
    window: Callable[..., BrowserContext], server: Server, queue: Queue, size: tuple[int, int]
) -> None:
    """The page itself never scrolls, the main key is in sight, a long circular does not run under the number."""
    page = opened(window, server, queue)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    circular, plate = (page.locator(f".bar {name}").bounding_box() for name in (".who span", ".barso"))
    assert circular and plate and circular["x"] + circular["width"] <= plate["x"]
    root = page.evaluate("(({scrollWidth, scrollHeight}) => [scrollWidth, scrollHeight])(document.documentElement)")
    assert root <= [size[0], size[1]]
    box = page.locator(".acts3 .btn.main").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= size[1]
    assert re.match(r"\d", page.locator(".picks kbd").first.text_content() or "")
