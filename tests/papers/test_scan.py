"""The scanner's ways into a page, in Chromium: the real script on a small page, keys that come at the times of a
scanner's or of a hand's, and a stand-in for Web Serial."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.papers.keys import Keys

Window = Callable[..., BrowserContext]
SCRIPT = Path(__file__).parents[2] / "assets" / "web" / "static" / "scan.js"
CARD = "052195001234||ĐINH THỊ MẪU|05031995|Nữ|Thôn 1, xã An Tân|25082021"
PLAIN = "052195001234||DINH THI MAU|05031995|Nam|Thon 1|25082021"
PAGE = """<!doctype html><meta charset="utf-8"><title>x</title>
<script>
  window.scans = []; window.seen = []; window.pressed = []; window.told = [];
  for (const name of ["scan", "scan:long", "serial:there", "serial:gone"])
    document.addEventListener(name, (event) => { told.push(name); if (name === "scan") scans.push(event.detail); });
  document.addEventListener("keydown", (event) => seen.push(event.key));  // the page's shortcuts
  document.addEventListener("click", (event) => pressed.push(event.target.id));
  document.addEventListener("submit", (event) => { event.preventDefault(); pressed.push("submit"); });
  document.addEventListener("change", (event) => pressed.push("change " + event.target.id));
</script>
<script src="/scan.js" defer data-silence="SILENCE"></script>
<form><input id="field" value="Đinh Mẫu"><input id="short" maxlength="5" value="ab">
<input id="number" type="number" value="3"><input id="day" type="date" value="2026-11-26">
<input id="when" type="date">
<select id="list"><option>A</option><option>05</option><option>0521</option></select>
<button id="go">Go</button></form>
<textarea id="area">một hai</textarea><button id="alone" type="button">Alone</button>
<dialog id="box"><input id="inside" value="trong"><button id="close" type="button">Close</button></dialog>
<button id="port" type="button" data-serial hidden>Port</button>"""
PATIENT = 5000
"""Milliseconds of silence: for scans that end by their terminator, however slow the machine that runs the test."""


@pytest.fixture
def page(window: Window) -> Page:
    """The small page on an address that Chromium takes for secure; opened by `opened`."""
    return window().new_page()


def opened(page: Page, silence: int = PATIENT) -> Page:
    def answer(route: Route) -> None:
        if route.request.url.endswith("scan.js"):
            route.fulfill(body=SCRIPT.read_text(encoding="utf-8"), content_type="text/javascript")
        else:
            route.fulfill(body=PAGE.replace("SILENCE", str(silence)), content_type="text/html")

    page.route("http://localhost/**", answer)
    page.goto("http://localhost/")
    return page


def passing(page: Page, milliseconds: int) -> None:
    """Let the script's own waiting pass, on the page's clock."""
    page.evaluate("(time) => new Promise((done) => setTimeout(done, time))", milliseconds)


def scans(page: Page, *wanted: str) -> None:
    """Wait until just these have come."""
    page.wait_for_function("(count) => scans.length >= count", arg=len(wanted))
    assert page.evaluate("scans") == list(wanted)


def state(page: Page, field: str) -> list[Any]:
    """Value, caret and whether it has the focus."""
    return page.evaluate(  # type: ignore[no-any-return]
        "(id) => { const one = document.getElementById(id);"
        " return [one.value, one.selectionStart, one.selectionEnd, document.activeElement === one]; }",
        field,
    )


def place(page: Page, field: str, start: int, end: int | None = None) -> None:
    """Put the caret into a field, or select a part of it."""
    page.focus(f"#{field}")
    page.evaluate(
        "([id, from, to]) => document.getElementById(id).setSelectionRange(from, to)",
        [field, start, start if end is None else end],
    )


# ---- bursts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [CARD, PLAIN])
@pytest.mark.parametrize("terminator", ["Enter", "Tab"])
def test_a_burst_into_an_empty_page(page: Page, text: str, terminator: str) -> None:
    Keys(opened(page)).scan(text, terminator)
    scans(page, text)
    assert page.evaluate("document.activeElement === document.body")
    assert page.evaluate("pressed") == []
    assert len(page.evaluate("seen")) == 7, "only the signs before it was known have reached the page"


@pytest.mark.parametrize("field", ["field", "area"])
@pytest.mark.parametrize(("start", "end"), [(2, 2), (1, 4), (0, 0), (7, 7)])
def test_a_field_gets_back_its_words_its_caret_and_its_selection(
    page: Page, field: str, start: int, end: int
) -> None:
    place(opened(page), field, start, end)
    before = state(page, field)
    Keys(page).scan(CARD)
    scans(page, CARD)
    assert state(page, field) == before
    assert page.evaluate("pressed") == [], "neither the form was sent nor a change told"


def test_what_was_written_by_hand_still_tells_its_change(page: Page) -> None:
    """The page saves a field when it changed: a scan in between must not make the browser forget."""
    place(opened(page), "field", 8)
    hand = Keys(page)
    hand.type("xyz", gap=90)
    hand.scan(PLAIN)
    scans(page, PLAIN)
    assert state(page, "field")[0] == "Đinh Mẫuxyz"
    page.focus("#area")
    assert page.evaluate("pressed") == ["change field"]


def test_undo_does_not_bring_a_scan_back(page: Page) -> None:
    place(opened(page), "field", 8)
    hand = Keys(page)
    hand.type("xyz", gap=90)
    hand.scan(PLAIN)
    scans(page, PLAIN)
    passing(page, 100)
    for _ in range(3):
        page.keyboard.press("Control+z")
        assert "0521" not in state(page, "field")[0]


@pytest.mark.parametrize("field", ["short", "number", "day", "when", "list"])
def test_fields_of_every_kind_stay_as_they_were(page: Page, field: str) -> None:
    opened(page).focus(f"#{field}")
    value = page.input_value(f"#{field}")
    Keys(page).scan(CARD)
    scans(page, CARD)
    assert page.input_value(f"#{field}") == value
    assert page.evaluate("document.activeElement.id") == field
    assert "submit" not in page.evaluate("pressed")


@pytest.mark.parametrize("button", ["alone", "go"])
def test_a_focused_button_is_not_pressed_and_keeps_its_focus(page: Page, button: str) -> None:
    opened(page).focus(f"#{button}")
    scanner = Keys(page)
    scanner.scan(CARD)
    passing(page, 100)
    scanner.scan("05 2195 0012 34|A")
    scans(page, CARD, "05 2195 0012 34|A")
    assert page.evaluate("pressed") == []
    assert page.evaluate("document.activeElement.id") == button
    passing(page, 100)
    page.keyboard.press("Enter", delay=20)
    assert page.evaluate("pressed") == [button] + (["submit"] if button == "go" else []), "afterwards its key works"


def test_a_burst_into_an_open_dialog_stays_in_its_field(page: Page) -> None:
    opened(page).evaluate("document.getElementById('box').showModal()")
    place(page, "inside", 3)
    Keys(page).scan(CARD)
    scans(page, CARD)
    assert state(page, "inside") == ["trong", 3, 3, True]
    assert page.evaluate("document.getElementById('box').open")


def test_a_dialog_without_a_field_takes_a_burst_whole(page: Page) -> None:
    opened(page).evaluate("document.getElementById('box').showModal()")
    page.focus("#close")
    Keys(page).scan(CARD)
    scans(page, CARD)
    assert page.evaluate("[document.activeElement.id, pressed]") == ["close", []]


def test_a_short_scan_with_its_terminator_presses_nothing(page: Page) -> None:
    place(opened(page), "field", 4)
    Keys(page).scan("0521")
    scans(page, "0521")
    assert state(page, "field") == ["Đinh Mẫu", 4, 4, True]
    assert page.evaluate("pressed") == []


def test_a_short_scan_leaves_no_half_of_a_date(page: Page) -> None:
    opened(page).focus("#when")
    Keys(page).scan("052")
    scans(page, "052")
    assert page.evaluate("document.getElementById('when').validity.valid")


def test_half_a_scan_is_told_after_a_silence(page: Page) -> None:
    place(opened(page, silence=400), "field", 4)
    Keys(page).scan(PLAIN[:20], terminator="")
    scans(page, PLAIN[:20])
    assert state(page, "field") == ["Đinh Mẫu", 4, 4, True]


def test_a_second_terminator_presses_nothing(page: Page) -> None:
    """CR LF: Enter twice, or Enter and Ctrl+J."""
    opened(page).focus("#go")
    scanner = Keys(page)
    scanner.scan(PLAIN)
    scanner.at += 0.004
    scanner.key("j", "keyDown", modifiers=2)
    scanner.type(["Enter"])
    scans(page, PLAIN)
    assert page.evaluate("pressed") == []


def test_two_scans_one_after_the_other(page: Page) -> None:
    place(opened(page), "field", 4)
    Keys(page).scan([*PLAIN, "Enter", *CARD])  # type: ignore[arg-type]
    scans(page, PLAIN, CARD)
    assert state(page, "field") == ["Đinh Mẫu", 4, 4, True]


def test_two_scans_run_together_are_one_for_the_server_to_judge(page: Page) -> None:
    Keys(opened(page)).scan(PLAIN + PLAIN)
    scans(page, PLAIN + PLAIN)


LOTS = """(count) => { for (let at = 0; at < count; at += 1)
  document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", { key: "7", code: "Digit7", bubbles: true, cancelable: true })); }"""


def test_five_kilobytes_are_dropped_and_said(page: Page) -> None:
    place(opened(page, silence=200), "field", 4)
    page.evaluate(LOTS, 5120)
    page.wait_for_function("told.length > 0")
    assert page.evaluate("told") == ["scan:long"]
    page.evaluate(LOTS, 2000)
    scans(page, "7" * 2000)
    assert state(page, "field") == ["Đinh Mẫu", 4, 4, True]


def test_no_key_of_a_burst_commands_page_or_browser(page: Page) -> None:
    """Ctrl+P, Escape, F-keys in a code: the server is told that there was a control."""
    place(opened(page), "field", 4)
    scanner = Keys(page)
    scanner.scan("0521950012", terminator="")
    scanner.at += 0.004
    scanner.key("p", "keyDown", modifiers=2)
    page.keyboard.press("Escape")
    page.keyboard.press("F1")
    scanner.type([*"34", "Enter"])
    scans(page, "0521950012\x10\x1b34")
    assert not {"p", "Escape", "F1"} & set(page.evaluate("seen"))


def test_a_sign_that_a_layout_swallows_is_seen_to_be_lost(page: Page) -> None:
    """US-International waits after an apostrophe for a letter to put it on."""
    scanner = Keys(opened(page))
    scanner.scan("052195001234||H", terminator="")
    scanner.at += 0.004
    scanner.key("'", "rawKeyDown", key="Dead", code="Quote", windowsVirtualKeyCode=222)
    scanner.type([*"BIA", "Enter"])
    scans(page, "052195001234||H\ufffdBIA")


def test_an_input_method_that_mends_its_letters_within_a_burst(page: Page) -> None:
    """Unikey makes Đ of DD: it takes letters back and sends others."""
    place(opened(page), "field", 4)
    Keys(page).scan([*"052195001234||DD", "Backspace", "Backspace", *"ĐINH|"])  # type: ignore[arg-type]
    scans(page, "052195001234||ĐINH|")
    assert state(page, "field") == ["Đinh Mẫu", 4, 4, True]


def test_letters_that_are_composed_come_out_of_the_guard(page: Page) -> None:
    """An input method that composes hides its keys ("Process"); what it has made is collected all the same."""
    place(opened(page), "field", 4)
    scanner = Keys(page)
    scanner.scan("052195001234||", terminator="")
    for text in ("D", "Đ", "ĐI"):
        scanner.key("d", "rawKeyDown", key="Process", windowsVirtualKeyCode=229)
        scanner.wire.send(
            "Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)}
        )
    scanner.wire.send("Input.insertText", {"text": "ĐINH"})
    scanner.type([*"|05", "Enter"])
    scans(page, "052195001234||ĐINH|05")
    assert state(page, "field") == ["Đinh Mẫu", 4, 4, True]


def test_keys_that_do_not_tell_their_signs_are_read_from_the_field(page: Page) -> None:
    """From the first key on an input method has its hand in it."""
    place(opened(page), "field", 4, 6)
    scanner = Keys(page)
    scanner.at = max(scanner.at + 1, time.time())
    for sign in "052195001234":
        scanner.at += 0.004
        scanner.key(sign, "rawKeyDown", key="Process", windowsVirtualKeyCode=229)
        scanner.wire.send("Input.insertText", {"text": sign})
    scanner.type(["Enter"])
    scans(page, "052195001234")
    assert state(page, "field") == ["Đinh Mẫu", 4, 6, True]


# ---- what is no burst ----------------------------------------------------------------------------------


@pytest.mark.parametrize("gap", [40, 50, 60, 120])
def test_fast_hands_are_left_alone(page: Page, gap: float) -> None:
    place(opened(page, silence=60), "area", 7)
    hand = Keys(page)
    hand.type("xin chao ba con den nop ho so", gap)
    hand.type(["Enter"], gap)
    expect(page.locator("#area")).to_have_value("một haixin chao ba con den nop ho so\n")
    assert page.evaluate("told") == []
    assert len(page.evaluate("seen")) == 30


def test_rolling_hands_are_left_alone(page: Page) -> None:
    """A key goes down before the one before it is up: pairs 10 ms apart, the pairs at a champion's speed."""
    place(opened(page, silence=60), "field", 8)
    hand = Keys(page)
    for first, second in zip("khongvietkhong"[::2], "khongvietkhong"[1::2], strict=True):
        hand.at += 0.06
        hand.key(first, "keyDown")
        hand.at += 0.01
        hand.key(second, "keyDown")
        hand.key(first, "keyUp")
        hand.key(second, "keyUp")
    hand.type(["Enter"], 60)
    expect(page.locator("#field")).to_have_value("Đinh Mẫukhongvietkhong")
    assert page.evaluate("[told, pressed.includes('submit')]") == [[], True]


def test_a_syllable_that_an_input_method_sends_anew_is_left_alone(page: Page) -> None:
    """Unikey, after the tone's key: backspaces, then the letters again, as quick as a scanner; then Enter by hand."""
    place(opened(page, silence=60), "field", 8)
    hand = Keys(page)
    hand.type(" nghiengs", 90)
    hand.type([*["Backspace"] * 8, *"nghieng", *"nghieng"], 2)
    hand.type(["Enter"], 30)
    expect(page.locator("#field")).to_have_value("Đinh Mẫu nghiengnghieng")
    assert page.evaluate("[told, pressed.includes('submit')]") == [[], True]


def test_paste_and_a_held_key_are_no_bursts(page: Page) -> None:
    place(opened(page, silence=60), "field", 8)
    hand = Keys(page)
    hand.wire.send("Input.insertText", {"text": CARD})
    for _ in range(20):
        hand.at += 0.01
        hand.key("a", "keyDown", autoRepeat=True)
    hand.key("a", "keyUp")
    expect(page.locator("#field")).to_have_value(f"Đinh Mẫu{CARD}{'a' * 20}")
    passing(page, 150)
    assert page.evaluate("told") == []


def test_a_hand_that_wrote_just_before_loses_nothing(page: Page) -> None:
    place(opened(page), "field", 8)
    scanner = Keys(page)
    scanner.type("xyz", gap=90)
    scanner.type([], 0)
    scanner.at += 0.05
    scanner.type([*PLAIN, "Enter"])
    scans(page, PLAIN)
    assert state(page, "field") == ["Đinh Mẫuxyz", 11, 11, True]


# ---- a scanner on a serial port ------------------------------------------------------------------------

SERIAL = """
  class Port extends EventTarget {
    constructor() { super(); this.readable = null; this.opened = 0; }
    async open(options) {
      if (!options.baudRate) throw new TypeError("baudRate");
      if (this.busy) throw new DOMException("Failed to open serial port.", "NetworkError");
      if (this.readable) throw new DOMException("The port is already open.", "InvalidStateError");
      this.opened += 1; this.stream();
    }
    stream() { this.readable = new ReadableStream({ start: (control) => { this.control = control; } }); }
    async close() { if (this.readable && this.readable.locked) throw new TypeError("locked"); this.readable = null; }
    send(bytes) { this.control.enqueue(new Uint8Array(bytes)); }
    // A framing error gives a new stream; unplugging gives none
    frame() { const old = this.control; this.stream(); old.error(new DOMException("", "FramingError")); }
    unplug() {
      this.readable = null; this.control.error(new DOMException("The device has been lost.", "NetworkError"));
      serial.dispatchEvent(Object.defineProperty(new Event("disconnect"), "target", { value: this }));
    }
    plug() { serial.dispatchEvent(Object.defineProperty(new Event("connect"), "target", { value: this })); }
  }
  class Serial extends EventTarget {
    async getPorts() { return window.known; }
    async requestPort() {
      if (!window.chosen) throw new DOMException("No port selected.", "NotFoundError");
      return window.chosen;
    }
  }
  const serial = new Serial();
  window.port = new Port(); window.known = KNOWN ? [port] : []; window.chosen = null;
  Object.defineProperty(navigator, "serial", { value: serial });
"""
"""Web Serial's own interface: getPorts, requestPort, connect and disconnect; open, readable, close."""


def with_serial(page: Page, known: bool = True) -> Page:
    page.add_init_script(SERIAL.replace("KNOWN", "true" if known else "false"))
    opened(page)
    if known:
        told(page, "serial:there")
    return page


def told(page: Page, *wanted: str) -> None:
    """Wait until just these events have come."""
    page.wait_for_function("(count) => told.length >= count", arg=len(wanted))
    assert page.evaluate("told") == list(wanted)


def send(page: Page, *chunks: bytes) -> None:
    page.evaluate("(chunks) => { for (const chunk of chunks) port.send(chunk); }", [list(chunk) for chunk in chunks])


def test_a_known_port_is_opened_by_itself_and_a_card_comes_whole(page: Page) -> None:
    with_serial(page)
    send(page, f"{CARD}\r\n".encode())
    scans(page, CARD)
    expect(page.locator("#port")).to_be_hidden()


def test_letters_cut_between_two_packets_are_whole(page: Page) -> None:
    with_serial(page)
    send(page, *(bytes([one]) for one in f"{CARD}\r".encode()))
    scans(page, CARD)


def test_a_scan_without_line_end_and_a_half_one_are_told_after_a_silence(page: Page) -> None:
    with_serial(page)
    send(page, CARD.encode())
    scans(page, CARD)
    send(page, CARD.encode()[:15])
    scans(page, CARD, CARD[:14] + "\ufffd")


def test_two_scans_in_one_packet(page: Page) -> None:
    with_serial(page)
    send(page, f"{CARD}\r\n\r\n{PLAIN}\n".encode())
    scans(page, CARD, PLAIN)


def test_broken_letters_are_kept_for_the_server_to_see(page: Page) -> None:
    with_serial(page)
    send(page, b"0521|\xc4|\xe1\xbb\r", b"0521|\xe1\xbb")
    scans(page, "0521|\ufffd|\ufffd", "0521|\ufffd")


def test_five_kilobytes_from_a_port_are_dropped_and_said(page: Page) -> None:
    with_serial(page)
    send(page, b"7" * 3000, b"7" * 2120 + b"\r", f"{CARD}\r".encode())
    scans(page, CARD)
    assert page.evaluate("told") == ["serial:there", "scan:long", "scan"]


def test_the_button_asks_once_for_the_port(page: Page) -> None:
    with_serial(page, known=False)
    expect(page.locator("#port")).to_be_visible()
    page.click("#port")  # the officer closes the browser's list
    expect(page.locator("#port")).to_be_visible()
    page.evaluate("window.chosen = port")
    page.click("#port")
    told(page, "serial:there")
    expect(page.locator("#port")).to_be_hidden()
    send(page, f"{CARD}\r".encode())
    scans(page, CARD)


def test_unplugged_and_plugged_in_again(page: Page) -> None:
    with_serial(page)
    page.evaluate("port.unplug()")
    told(page, "serial:there", "serial:gone")
    expect(page.locator("#port")).to_be_visible()
    page.evaluate("window.port = new port.constructor(); port.plug()")
    told(page, "serial:there", "serial:gone", "serial:there")
    send(page, f"{CARD}\r".encode())
    scans(page, CARD)


def test_a_framing_error_does_not_end_it(page: Page) -> None:
    with_serial(page)
    page.evaluate("port.frame()")
    page.wait_for_function("port.readable.locked")
    send(page, f"{CARD}\r".encode())
    scans(page, CARD)


def test_a_port_that_another_page_holds_is_told(page: Page) -> None:
    page.add_init_script(SERIAL.replace("KNOWN", "true") + "port.busy = true;")
    opened(page)
    told(page, "serial:gone")
    expect(page.locator("#port")).to_be_visible()


def test_without_web_serial_there_is_no_button(page: Page) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'serial', { value: undefined });")
    opened(page)
    expect(page.locator("#port")).to_be_hidden()
    assert page.evaluate("told") == []
