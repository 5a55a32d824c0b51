"""The counters' card, as a phone sees it: the PDF's page is drawn by Chromium, its codes are read off the pixels."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, sync_playwright
from typer.testing import CliRunner

from kiosk import __main__ as program
from kiosk.reports.card import card
from kiosk.settings import Settings, Wifi, load, places
from kiosk.wiring import load_pictures, load_words
from tests.until import until

NETWORK = Wifi(ssid='Một cửa; "An Tân"', password="pass:word;2026")
JOIN = 'WIFI:T:WPA;S:Một cửa\\; \\"An Tân\\";P:pass\\:word\\;2026;;'
SURVEY = "http://192.168.8.10:8080/s"


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """Chromium with its own PDF viewer, which the old headless mode lacks."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--headless=new"],
            ignore_default_args=["--headless", "--headless=old", "--disable-extensions"],
        )  # fmt: skip
        yield browser.new_context(viewport={"width": 1000, "height": 1400}).new_page()
        browser.close()


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return load(places(home=tmp_path_factory.mktemp("home")))


def codes(page: Page, pdf: Path) -> list[str]:
    """What a phone reads off the drawn page, from the top."""
    found: list[str] = []

    def read() -> bool:
        picture = Image.open(io.BytesIO(page.screenshot()))
        seen = sorted(zxingcpp.read_barcodes(picture), key=lambda code: code.position.top_left.y)
        found[:] = [code.text for code in seen]
        return bool(found)

    page.goto(f"{pdf.as_uri()}#toolbar=0&view=Fit")
    until(read, 30)
    return found


@pytest.mark.parametrize(("wifi", "wanted"), [(NETWORK, [JOIN, SURVEY]), (None, [SURVEY])], ids=["network", "alone"])
def test_a_phone_reads_the_codes_off_the_page(
    page: Page, settings: Settings, tmp_path: Path, wifi: Wifi | None, wanted: list[str]
) -> None:
    office = replace(settings, wifi=wifi)
    pdf = tmp_path / "card.pdf"
    pdf.write_bytes(card(office, load_words(office), load_pictures(office)))
    assert codes(page, pdf) == wanted
    assert b"/Type/Pages/Count 1/" in pdf.read_bytes()


def test_the_command_says_where_the_card_is_and_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIOSK_HOME", str(tmp_path))
    told = CliRunner().invoke(program.cli, ["card"])
    assert told.exit_code == 0
    file, hint = told.stdout.splitlines()
    assert Path(file).read_bytes().startswith(b"%PDF")
    assert "[wifi]" in hint
