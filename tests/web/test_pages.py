"""What a phone sees after scanning a slip or the exit's code."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import urllib.request
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from kiosk.clock import ZONE, ManualClock
from kiosk.office.migrate import migrate
from kiosk.office.tickets import Tickets
from kiosk.office.types import TicketOrder
from kiosk.settings import load, places
from kiosk.web.rooms import Rooms
from kiosk.web.server import create_app
from kiosk.wiring import build_web
from tests.until import until

THURSDAY = datetime(2026, 11, 26, 8, 0, tzinfo=ZONE)


@pytest.fixture
def rooms(tmp_path: Path) -> Rooms:
    settings = load(places(home=tmp_path))
    migrate(settings.database_url, THURSDAY)
    return build_web(settings, ManualClock(THURSDAY))


@pytest.fixture
def tickets(rooms: Rooms) -> Tickets:
    return rooms.tickets


class Phone:
    """A browser in front of the application."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def get(self, path: str) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://office") as client:
                return await client.get(path)

        return asyncio.run(ask())


@pytest.fixture
def phone(rooms: Rooms) -> Phone:
    return Phone(create_app(rooms))


def test_the_slips_code_opens_keep_this_slip(phone: Phone, tickets: Tickets) -> None:
    ticket = tickets.issue("t", TicketOrder("birth", "A"))
    page = phone.get(f"/t/{ticket.token}")
    assert page.status_code == 200
    assert "phía trước" in page.text
    assert "<span>001</span>" in page.text
    assert "không thay giấy tiếp nhận hồ sơ" in page.text
    assert '<html lang="vi">' in page.text


def test_a_code_that_nobody_has_is_kindly_refused(phone: Phone) -> None:
    for address in ("/t/guess", "/t/%2e%2e%2fetc", "/nowhere", "/docs", "/openapi.json"):
        page = phone.get(address)
        assert page.status_code == 404
        assert "Không tìm thấy số này" in page.text


def test_the_exits_code_opens_a_page(phone: Phone) -> None:
    assert phone.get("/s").status_code == 200


def test_nothing_comes_from_elsewhere_and_the_secret_stays_here(phone: Phone, tickets: Tickets) -> None:
    page = phone.get(f"/t/{tickets.issue('t', TicketOrder('birth', 'A')).token}")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "http://" not in page.text and "https://" not in page.text and "<script" not in page.text


def test_the_command_serves_and_ends_when_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = tmp_path / "config"
    config.mkdir()
    for file in places().config.glob("*.toml"):
        text = file.read_text(encoding="utf-8").replace('host = "0.0.0.0"', 'host = "127.0.0.1"')
        (config / file.name).write_text(text.replace("port = 8080", f"port = {port}"), encoding="utf-8")
    environment = {"KIOSK_CONFIG": str(config), "KIOSK_HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-m", "kiosk"]
    subprocess.run([*command, "migrate"], env=environment, check=True, capture_output=True, timeout=60)
    with subprocess.Popen([*command, "web"], env=environment, stdout=subprocess.DEVNULL) as process:

        def answers() -> bool:
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        until(answers)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/s", timeout=10) as page:
            assert page.status == 200
        process.terminate()
        assert process.wait(20) in (0, -15)
