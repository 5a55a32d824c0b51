"""The survey by the real ways of those who answer: a slip printed by the machine, the machine's own glass, a phone.

A number is taken by injected touches, its slip goes to a printer in another process, an officer presses the
console's keys, and a phone opens the address that is read off the paper's dots or off the screen's pixels, as by a
camera.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect, sync_playwright
from sqlalchemy import text

from kiosk.clock import ManualClock, TrialClock
from kiosk.office.database import Database
from kiosk.office.migrate import migrate
from kiosk.office.periods import Quarter
from kiosk.office.released import BATCH
from kiosk.office.results import Results
from kiosk.settings import load, places
from kiosk.web.questions import spoken
from kiosk.wiring import build_web
from tests.journeys import scenarios
from tests.journeys.scenarios import THURSDAY, alone
from tests.printing.decoder import decode
from tests.printing.fake_printer import PrinterProcess
from tests.until import until
from tests.web.conftest import PASSWORD, Server, console_page
from tests.web.test_survey import looked_at

SLIPS = 5
CORE = ("polite", "clear", "time", "result-right")
FIRST_PAGE_BYTES = 60 * 1024


@dataclass
class Morning:
    """One Thursday morning after which each number was finished at a counter."""

    server: Server
    browser: Chromium
    slips: list[str]
    """What the camera reads off each slip, in the order of the numbers."""
    glass: dict[str, str]
    """The same off the screen: "exit", and the numbers' own."""
    pictures: Path

    def responses(self) -> Counter[tuple[str, ...]]:
        """Channel and answers ("polite 5") of every response in the office's database."""
        database = Database(self.server.rooms.settings.database_url)
        query = (
            "select r.key, r.channel, a.criterion || ' ' || coalesce(cast(a.value as text), a.missing)"
            " from survey_response r join survey_answer a on a.response = r.key order by r.key, a.criterion"
        )
        found: dict[str, tuple[str, ...]] = {}
        with database.read() as session:
            for key, channel, answer in session.execute(text(query)):
                found[key] = (*found.get(key, (channel,)), answer)
        database.close()
        return Counter(found.values())

    def standing(self, address: str) -> str:
        """Whether the slip behind `address` may still answer."""
        return self.server.rooms.surveys.standing(address.rsplit("/", 1)[1])


def read_off(picture: Image.Image) -> str:
    """The one code that a camera finds in `picture`."""
    (code,) = zxingcpp.read_barcodes(picture)
    return code.text


def serve_all(browser: Chromium, server: Server, count: int) -> None:
    """The officer of counter 1 calls, serves and finishes everybody, with the console's keys."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = console_page(lambda: context, server)
    for number in range(1, count + 1):
        for key, said in (("t", f"Đã gọi A{number:03}."), ("b", f"Bắt đầu phục vụ A{number:03}."), ("x", "Đã xong")):
            expect(page.locator(f'[data-letter="{key.upper()}"]')).to_be_enabled()
            page.keyboard.press(key, delay=20)
            expect(page.locator("#toast")).to_contain_text(said)
    context.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        expect.set_options(timeout=15_000)
        yield found
        found.close()


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory, browser: Chromium) -> Iterator[Morning]:
    folder = tmp_path_factory.mktemp("morning")
    home = folder / "home"
    home.mkdir()
    settings, clock = load(places(home=home)), TrialClock(THURSDAY)
    migrate(settings.database_url, THURSDAY)
    rooms = build_web(settings, clock)
    rooms.officers.add("hanh", "Hanh", "officer", PASSWORD)
    assert rooms.clips is not None
    profile = settings.survey.profiles[0]
    assert rooms.clips.prepare([spoken(profile, one, "vi") for one in CORE[:3]]) == []  # the last one stays mute
    server, printer = Server(rooms), PrinterProcess(folder / "printer")
    try:
        with ThreadPoolExecutor(1) as pool:
            kiosk = pool.submit(
                alone, scenarios.numbers_then_the_way_out, home, printer.address, str(clock), server.address, SLIPS
            )
            until(lambda: kiosk.done() or len(printer.jobs()) >= SLIPS, 120, "the slips were not printed")
            serve_all(browser, server, SLIPS)
            (home / "finished").touch()
            kiosk.result()
        slips = [read_off(decode(job, 576).image()) for job in printer.wait_for(SLIPS)]
        glass = {path.stem: read_off(Image.open(path)) for path in (home / "glass").glob("*.png")}
        (folder / "phone").mkdir()
        yield Morning(server, browser, slips, glass, folder / "phone")
    finally:
        server.stop()
        printer.close()


WORDS = {"5": "Rất hài lòng", "4": "Hài lòng", "3": "Bình thường", "skipped": "Bỏ qua", "unknown": "Không biết"}


def answer_all(morning: Morning, address: str, values: tuple[str, ...], *, script: bool, name: str) -> Page:
    """A phone opens what it has scanned and answers each question; the thank-you page. Every page is photographed."""
    context = morning.browser.new_context(
        viewport={"width": 360, "height": 640}, java_script_enabled=script, is_mobile=True, has_touch=True,
        device_scale_factor=2,
    )  # fmt: skip
    page, bytes_loaded, shots = context.new_page(), [], iter(range(1, 20))
    page.on("response", lambda one: bytes_loaded.append(int(one.headers.get("content-length", 0))))

    def look(title: str) -> None:
        looked_at(page, script=script, title=title)
        page.screenshot(path=morning.pictures / f"{name}-{next(shots)}.png", full_page=True)

    page.goto(address)
    look(".+")
    assert 5_000 < sum(bytes_loaded) <= FIRST_PAGE_BYTES, bytes_loaded
    page.get_by_role("link", name="Chấm điểm").tap()
    faces = set()
    for number, value in enumerate(values, start=1):
        expect(page.locator("#count")).to_have_text(f"Câu {number}/{len(values)}")
        look(f"Câu {number}/{len(values)}")
        assert page.evaluate("document.documentElement.scrollHeight") <= 640, "all of it is on the glass at once"
        box = page.locator(".faces").bounding_box()
        faces.add(box and round(box["y"]))
        page.get_by_role("button", name=WORDS[value], exact=True).tap()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Đã nhận")
    assert len(faces) == 1, "a face is where it was on the page before"
    look("Đã nhận.+")
    return page


def of(channel: str, values: tuple[str, ...]) -> Counter[tuple[str, ...]]:
    """One response as the database has it."""
    return Counter([(channel, *sorted(f"{key} {value}" for key, value in zip(CORE, values, strict=True)))])


def test_what_a_camera_reads_is_the_office_s_own_address(morning: Morning) -> None:
    assert len(set(morning.slips)) == SLIPS
    for address in morning.slips:
        assert re.fullmatch(re.escape(morning.server.address) + r"/t/\w{19}", address)
    assert morning.glass == {
        "exit": f"{morning.server.address}/s", "A003": morning.slips[2], "A004": morning.slips[3],
    }  # fmt: skip


@pytest.mark.parametrize("script", [True, False])
def test_from_the_slip_to_the_thanks(morning: Morning, script: bool) -> None:
    address, values = morning.slips[0 if script else 1], ("5", "4", "skipped", "unknown")
    before = morning.responses()
    assert morning.standing(address) == "open"
    page = answer_all(morning, address, values, script=script, name=f"slip-{'script' if script else 'plain'}")
    assert morning.responses() - before == of("slip", values)
    assert morning.standing(address) == "used"
    page.context.close()
    other = morning.browser.new_context(viewport={"width": 360, "height": 640}, java_script_enabled=script).new_page()
    other.goto(address)
    expect(other.get_by_role("heading", level=1)).to_have_text("Số này đã chấm điểm rồi")
    looked_at(other, script=script)
    other.screenshot(path=morning.pictures / f"used-{script}.png", full_page=True)
    other.context.close()
    assert morning.responses() - before == of("slip", values)


@pytest.mark.parametrize("script", [True, False])
def test_from_the_exit_to_the_thanks(morning: Morning, script: bool) -> None:
    """Without a number: a channel of its own, and no slip is spent."""
    values = ("3", "5", "4", "4")
    before, standing = morning.responses(), [morning.standing(one) for one in morning.slips]
    name = f"exit-{'script' if script else 'plain'}"
    page = answer_all(morning, morning.glass["exit"], values, script=script, name=name)
    assert morning.responses() - before == of("door", values)
    assert [morning.standing(one) for one in morning.slips] == standing
    page.context.close()


@pytest.mark.parametrize(("code", "script"), [("A003", True), ("A004", False)])
def test_from_the_number_s_own_code_on_the_glass_to_the_thanks(morning: Morning, code: str, script: bool) -> None:
    """It is the slip's address: A003 has tapped faces at the machine, which spent nothing of it."""
    address, values = morning.glass[code], ("4", "4", "4", "5")
    before = morning.responses()
    assert before[("kiosk", "clear 2", "polite 4")] == 1
    assert morning.standing(address) == "open"
    page = answer_all(morning, address, values, script=script, name=f"glass-{code}")
    assert morning.responses() - before == of("slip", values)
    assert morning.standing(address) == "used"
    page.get_by_role("link", name="Góp ý bằng lời").tap()
    looked_at(page, script=script)
    page.screenshot(path=morning.pictures / f"say-{code}.png", full_page=True)
    page.get_by_label("Ông bà muốn nói điều gì?").fill("Ghế ít quá, các cụ phải đứng")
    page.get_by_role("button", name="Gửi").tap()
    expect(page.locator(".code")).to_be_visible()
    looked_at(page, script=script)
    page.screenshot(path=morning.pictures / f"code-{code}.png", full_page=True)
    page.context.close()


def test_the_office_s_results_count_each_way_apart(morning: Morning) -> None:
    """When the quarter is closed: all of the slips are told, one answer at the machine is not told apart,
    and a question with fewer than five answers stands in no total."""
    for number, address in enumerate(morning.slips):  # whoever has not answered yet does so now, in whatever order
        if morning.standing(address) == "open":
            values = ("5", "5", "5", "5")
            answer_all(morning, address, values, script=bool(number % 2), name=f"rest-{number}").context.close()
    rooms = morning.server.rooms
    stored = morning.responses()
    later = Results(rooms.settings, ManualClock(THURSDAY + timedelta(days=60)))
    found = later.quarter(Quarter.parse("2026Q4"))
    assert found.closed and found.finished == SLIPS
    told = {one.channel: one.responses for one in found.channels}
    doors = sum(count for key, count in stored.items() if key[0] == "door")
    assert told == {"slip": SLIPS, "kiosk": None, "door": doors if doors >= BATCH else None}
    assert found.core is not None
    valid = Counter(
        answer[:-2] for key in stored.elements() if key[0] != "door" for answer in key[1:] if answer[-1].isdigit()
    )
    told_of = {criterion: count for criterion, count in valid.items() if count >= BATCH}
    assert (found.core.valid, found.core.people) == (sum(told_of.values()), SLIPS + 1)
