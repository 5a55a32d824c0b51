"""The console's keys in Chromium: one letter, one step; never by accident; nothing that is being typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page, expect

from kiosk.clock import ManualClock
from kiosk.settings import Settings
from kiosk.web.rooms import Rooms
from tests.papers.keys import Keys
from tests.until import until
from tests.web.conftest import Queue, Server, console_page

Window = Callable[..., BrowserContext]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A scan ends by its terminator, however slowly this machine hands keys on."""
    return replace(settings, web=settings.web.model_copy(update={"scanner_silence_ms": 5000}))


@pytest.fixture
def page(window: Window, server: Server, rooms: Rooms) -> Page:
    """The console of counter 1."""
    rooms.health.report("kiosk", "ok")
    return console_page(window, server)


def press(page: Page, key: str) -> None:
    """A finger: down for a while, up, and not at once the next."""
    page.keyboard.press(key, delay=20)


def toast(page: Page, text: str) -> None:
    expect(page.locator("#toast")).to_have_text(text)


def steps_sent(page: Page) -> list[str]:
    """Notes the steps that the page asks for."""
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url.rsplit("/", 1)[1]) if "/do/" in one.url else None)
    return sent


def undisturbed(page: Page, milliseconds: int = 200) -> None:
    """Let the page's own waiting (60 ms) pass, on the page's clock."""
    page.evaluate(f"() => new Promise((done) => setTimeout(done, {milliseconds}))")


def quick(wire: CDPSession, text: str, milliseconds: float = 0) -> None:
    """Keys as a scanner sends them, each with its physical code."""
    for sign in text:
        code, number = (f"Digit{sign}" if sign.isdigit() else f"Key{sign.upper()}"), ord(sign.upper())
        event: dict[str, Any] = {"code": code, "key": sign, "windowsVirtualKeyCode": number}
        wire.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": sign, **event})
        wire.send("Input.dispatchKeyEvent", {"type": "keyUp", **event})


# ---- each key ------------------------------------------------------------------------------------------


def test_a_whole_visit_by_letters(page: Page, queue: Queue, clock: ManualClock, rooms: Rooms) -> None:
    queue.take()
    expect(page.locator("#now .so").first).to_have_text("A001")
    press(page, "t")
    toast(page, "Đã gọi A001.")
    expect(page.locator('[data-letter="L"]')).to_be_enabled()
    press(page, "l")
    toast(page, "Loa sẽ đọc lại A001.")
    expect(page.locator("#now .state")).to_contain_text("Đã gọi 2 lần")
    press(page, "b")
    toast(page, "Bắt đầu phục vụ A001.")
    expect(page.locator('[data-letter="1"]')).to_be_visible()
    press(page, "1")
    toast(page, "Đã ghi hồ sơ: Đăng ký khai sinh.")
    expect(page.locator('[data-letter="D"]')).to_be_visible()
    press(page, "d")
    expect(page.locator("#toast")).to_contain_text("Đổi hẹn trả: ")
    expect(page.locator('[data-letter="R"]')).to_be_enabled()
    press(page, "r")
    toast(page, "A001 ra lấy giấy tờ. Về thì bấm Gọi vào.")
    expect(page.locator('[data-letter="Z"]')).to_contain_text("Hoàn tác: ra lấy giấy A001")
    press(page, "z")
    toast(page, "Đã bỏ ghi ra lấy giấy tờ.")
    expect(page.locator('[data-letter="X"]')).to_be_enabled()
    press(page, "x")
    toast(page, "Đã xong A001.")
    expect(page.locator('[data-letter="N"]')).to_be_enabled()
    press(page, "n")
    toast(page, "Quầy tạm nghỉ.")
    expect(page.locator("#now .state")).to_contain_text("Quầy đang tạm nghỉ")
    press(page, "p")
    toast(page, "Đã phát A002. Phiếu in ở máy lấy số.")
    rooms.help.call("entrance")
    expect(page.locator('[data-letter="H"]')).to_be_visible()
    press(page, "h")
    toast(page, "Máy lấy số đã báo: cán bộ đang đến.")


def test_absent_and_to_another_counter(page: Page, queue: Queue, clock: ManualClock, rooms: Rooms) -> None:
    queue.take()
    rooms.counters.call_next(1)
    rooms.counters.recall(1)
    expect(page.locator('[data-letter="V"] small')).to_contain_text("bấm được sau")
    expect(page.locator('[data-letter="V"]')).to_be_disabled()
    clock.advance(21)
    rooms.health.report("kiosk", "ok")
    expect(page.locator('[data-letter="V"]')).to_be_enabled()
    press(page, "v")
    toast(page, "A001 xuống cuối hàng.")
    expect(page.locator('[data-letter="T"]')).to_be_enabled()
    press(page, "t")
    toast(page, "Đã gọi A001.")
    expect(page.locator('[data-letter="C"]')).to_be_enabled()
    press(page, "c")
    expect(page.locator("#transfer-dialog")).to_be_visible()
    press(page, "t")  # letters of the page behind do nothing
    undisturbed(page)
    press(page, "3")
    toast(page, "Đã chuyển A001 sang quầy 3.")
    expect(page.locator("#transfer-dialog")).to_be_hidden()


# ---- never by accident ---------------------------------------------------------------------------------


@pytest.fixture
def dossier(page: Page, queue: Queue, rooms: Rooms) -> str:
    """Somebody sits here with two dossiers; the second one's details are open. The second dossier's key."""
    queue.take()
    ticket = rooms.counters.call_next(1).ticket
    rooms.counters.start(1)
    for name in ("birth-registration", "birth-again"):
        rooms.dossiers.receive(ticket.id, rooms.settings.procedures[name], None)
    expect(page.locator("article.one")).to_have_count(2)
    for index in range(2):
        page.locator("article.one details").nth(index).evaluate("one => { one.open = true; }")
    return rooms.dossiers.of_ticket(ticket.id)[1].id


def field(page: Page, dossier: str, name: str) -> Any:
    return page.locator(f'article[data-dossier="{dossier}"] [data-field="{name}"]')


def test_letters_in_a_field_are_only_letters(page: Page, dossier: str, rooms: Rooms) -> None:
    sent = steps_sent(page)
    contact = field(page, dossier, "contact")
    contact.focus()
    for key in "txbn1":  # slowly: no burst
        press(page, key)
        undisturbed(page, 130)
    assert sent == []
    expect(contact).to_have_value("txbn1")
    # Alt and the letter act there, and what was typed is kept
    page.keyboard.press("Alt+x", delay=20)
    until(lambda: rooms.counters.view(1).current is None)
    until(lambda: any(one.contact == "txbn1" for one in rooms.dossiers.carried_over()))


@pytest.mark.parametrize("burst", ["T", "TT", "T1L2B3X4", "httpstX"])
def test_a_scanners_burst_is_no_command(page: Page, queue: Queue, burst: str) -> None:
    """Several keys, each within 60 ms of the one before; a single key is a command. (A burst that a busy machine has
    drawn out is none: it is sent again.)"""
    queue.take()
    expect(page.locator('[data-letter="T"]')).to_be_enabled()
    page.route("**/counter/do/*", lambda route: route.abort())
    page.evaluate("window.at = []; document.addEventListener('keydown', (event) => window.at.push(event.timeStamp))")
    sent, wire = steps_sent(page), page.context.new_cdp_session(page)
    for _ in range(10):
        sent.clear()
        page.evaluate("window.at.length = 0")
        quick(wire, burst)
        undisturbed(page)
        times = page.evaluate("window.at")
        assert len(times) >= len(burst) - 1  # the last of eight is the scanner script's already
        if all(after - before < 50 for before, after in pairwise(times)):
            break
        undisturbed(page, 600)
    else:
        pytest.skip("this machine is too busy to type like a scanner")
    assert sent == (["next"] if burst == "T" else [])


def test_a_scan_beside_the_consoles_keys(page: Page, dossier: str, rooms: Rooms) -> None:
    """A card full of the console's letters presses none of its keys, the field that has the focus stays as it was,
    nothing is kept, and the officer is told where to scan."""
    text = "052196000101||TXBLRDC MAU|05031996|Nam|Thon 1|25082021"
    page.evaluate("window.scans = []; document.addEventListener('scan', (event) => window.scans.push(event.detail))")
    sent = steps_sent(page)
    Keys(page).scan(text)
    contact = field(page, dossier, "contact")
    contact.focus()
    Keys(page).scan(text)
    until(lambda: page.evaluate("window.scans.length") == 2)
    assert page.evaluate("window.scans") == [text, text]
    expect(page.locator("#toast")).to_contain_text("Bấm K")
    expect(contact).to_be_focused()
    expect(contact).to_have_value("")
    page.keyboard.press("Tab", delay=100)
    undisturbed(page)
    assert sent == []


def test_a_key_held_down_is_no_command(page: Page, queue: Queue) -> None:
    queue.take()
    expect(page.locator('[data-letter="T"]')).to_be_enabled()
    sent = steps_sent(page)
    wire = page.context.new_cdp_session(page)
    event = {"code": "KeyT", "key": "t", "windowsVirtualKeyCode": 84}
    wire.send("Input.dispatchKeyEvent", {"type": "keyDown", **event})
    undisturbed(page, 80)
    for _ in range(3):
        wire.send("Input.dispatchKeyEvent", {"type": "keyDown", "autoRepeat": True, **event})
        undisturbed(page, 80)
    wire.send("Input.dispatchKeyEvent", {"type": "keyUp", **event})
    undisturbed(page)
    assert sent == []


def test_control_and_a_letter_belong_to_the_browser(page: Page, queue: Queue) -> None:
    queue.take()
    expect(page.locator('[data-letter="T"]')).to_be_enabled()
    sent = steps_sent(page)
    for key in ("Control+c", "Control+x", "Control+z", "Meta+t"):
        page.keyboard.press(key, delay=20)
        undisturbed(page, 70)
    undisturbed(page)
    assert sent == []


@pytest.mark.parametrize("key", ["ê", "ư", "Process", "đ", "T"])
def test_an_input_method_bends_no_key(page: Page, queue: Queue, key: str) -> None:
    """Unikey makes other letters of what is pressed; the place on the keyboard stays."""
    queue.take()
    expect(page.locator('[data-letter="T"]')).to_be_enabled()
    wire = page.context.new_cdp_session(page)
    event = {"code": "KeyT", "key": key, "windowsVirtualKeyCode": 229}
    wire.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **event})
    wire.send("Input.dispatchKeyEvent", {"type": "keyUp", **event})
    toast(page, "Đã gọi A001.")


def test_keys_can_be_switched_off_and_it_is_remembered(page: Page, queue: Queue) -> None:
    queue.take()
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Phím tắt: đang bật").click()
    expect(page.locator("[data-keys]")).to_contain_text("Phím tắt: đang tắt")
    page.reload()
    expect(page.locator("[data-keys]")).to_contain_text("Phím tắt: đang tắt")
    expect(page.locator('[data-letter="T"]')).to_be_enabled()
    sent = steps_sent(page)
    press(page, "t")
    undisturbed(page)
    assert sent == []
    page.keyboard.press("Alt+t", delay=20)  # Alt and the letter always
    toast(page, "Đã gọi A001.")


def test_a_trembling_finger_gets_one_ticket(page: Page, rooms: Rooms) -> None:
    button = page.locator('[data-letter="P"]')
    button.dblclick(delay=30)
    expect(page.locator("#toast")).to_contain_text("Đã phát")
    button.click()
    undisturbed(page)
    assert len(rooms.tickets.all_waiting()) == 1
    undisturbed(page, 600)
    button.click()
    until(lambda: len(rooms.tickets.all_waiting()) == 2)


# ---- dialogs -------------------------------------------------------------------------------------------


def test_another_number_is_found_and_called(page: Page, queue: Queue) -> None:
    for _ in range(12):
        queue.take()
    expect(page.locator(".waiting, #line .count")).to_contain_text("12")
    page.get_by_role("button", name="Số khác, in lại phiếu…").click()
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("01")  # A001, A010, A011, A012: not one alone
    page.keyboard.press("Enter")
    expect(page.locator("#choose-dialog")).to_be_visible()
    page.keyboard.type("1")
    expect(page.locator("#choose [data-code]:visible")).to_have_count(1)
    page.keyboard.press("Enter")
    toast(page, "Đã gọi A011.")
    expect(page.locator("#choose-dialog")).to_be_hidden()


def test_escape_closes_every_dialog(page: Page, queue: Queue, rooms: Rooms) -> None:
    queue.take()
    rooms.counters.call_next(1)
    rooms.counters.start(1)
    expect(page.locator('[data-letter="C"]')).to_be_enabled()
    for key, dialog in (("c", "#transfer-dialog"), ("0", "#procedures-dialog")):
        press(page, key)
        expect(page.locator(dialog)).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator(dialog)).to_be_hidden()
        undisturbed(page, 70)
    page.get_by_role("button", name="Số khác, in lại phiếu…").click()
    page.locator("#choose-dialog [data-close]").click()
    expect(page.locator("#choose-dialog")).to_be_hidden()


# ---- what is being typed -------------------------------------------------------------------------------


def test_a_live_update_does_not_disturb_who_types(
    page: Page, dossier: str, queue: Queue, rooms: Rooms, clock: ManualClock
) -> None:
    """The dossiers are drawn anew while somebody writes: words, focus, caret and the right dossier stay, and what was
    written is kept when the field is left."""
    contact = field(page, dossier, "contact")
    contact.focus()
    page.keyboard.type("0912")
    page.keyboard.press("Home")
    ticket = rooms.counters.view(1).current.ticket  # type: ignore[union-attr]
    rooms.dossiers.receive(ticket.id, rooms.settings.procedures["birth-with-recognition"], None)
    expect(page.locator("article.one")).to_have_count(3)
    expect(field(page, dossier, "contact")).to_be_focused()
    expect(field(page, dossier, "contact")).to_have_value("0912")
    page.keyboard.type("(")
    expect(field(page, dossier, "contact")).to_have_value("(0912")
    rooms.dossiers.receive(ticket.id, rooms.settings.procedures["birth-with-recognition"], None)
    expect(page.locator("article.one")).to_have_count(4)
    page.keyboard.press("Tab")  # left without another key
    until(lambda: [one.contact for one in rooms.dossiers.of_ticket(ticket.id) if one.id == dossier] == ["(0912"])
    assert [one.contact for one in rooms.dossiers.of_ticket(ticket.id)].count("(0912") == 1


def test_a_syllable_being_composed_is_not_torn(page: Page, dossier: str, rooms: Rooms) -> None:
    """An input method that composes (ibus): the page waits until the syllable is whole."""
    wire = page.context.new_cdp_session(page)
    field(page, dossier, "contact").focus()
    wire.send("Input.imeSetComposition", {"text": "trươ", "selectionStart": 4, "selectionEnd": 4})
    ticket = rooms.counters.view(1).current.ticket  # type: ignore[union-attr]
    rooms.dossiers.receive(ticket.id, rooms.settings.procedures["birth-registration"], None)
    expect(page.locator("#results li")).to_have_count(2)  # the update has come
    expect(page.locator("article.one")).to_have_count(2)
    wire.send("Input.insertText", {"text": "trưởng"})
    expect(page.locator("article.one")).to_have_count(3)
    expect(field(page, dossier, "contact")).to_have_value("trưởng")
    expect(field(page, dossier, "contact")).to_be_focused()
    page.keyboard.press("Enter")
    until(lambda: [one.contact for one in rooms.dossiers.of_ticket(ticket.id) if one.id == dossier] == ["trưởng"])


def test_two_ticks_in_a_row_are_both_kept(page: Page, dossier: str, rooms: Rooms) -> None:
    """Also while the first one is still on its way."""
    papers = page.locator(f'article[data-dossier="{dossier}"] [data-paper]')
    count = papers.count()
    assert count >= 2
    papers.evaluate_all("all => all.forEach((one) => one.click())")
    ticket = rooms.counters.view(1).current.ticket  # type: ignore[union-attr]
    until(lambda: [len(one.missing) for one in rooms.dossiers.of_ticket(ticket.id) if one.id == dossier] == [count])


def test_a_note_that_could_not_be_written_is_tried_again(page: Page, dossier: str, rooms: Rooms) -> None:
    contact = field(page, dossier, "contact")
    page.route("**/counter/do/note", lambda route: route.fulfill(status=503, json={"say": "sau", "bad": True}))
    contact.fill("0912")
    contact.blur()
    toast(page, "sau")
    page.unroute("**/counter/do/note")
    contact.focus()
    contact.blur()
    toast(page, "Đã ghi.")
    assert [one.contact for one in rooms.dossiers.carried_over() if one.id == dossier] == ["0912"]


def test_the_console_fits_a_small_screen(page: Page, dossier: str, queue: Queue) -> None:
    """1366x768 less the browser's bars: no page scroll, and no key outside."""
    page.set_viewport_size({"width": 1366, "height": 657})
    for _ in range(20):
        queue.take()
    expect(page.locator("#line li")).to_have_count(20)
    assert page.evaluate("document.documentElement.scrollHeight") <= 657
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366
    for key in page.locator(".act").all():
        box = key.bounding_box()
        assert box is not None and box["y"] + box["height"] <= 657 and box["height"] >= 44
