"""The pages' office on a Thursday morning: rooms on a temporary home, browsers without a network, a server with one,
and Debian's Chromium."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from kiosk import wiring
from kiosk.clock import ZONE, ManualClock
from kiosk.office.database import Database
from kiosk.office.migrate import migrate
from kiosk.office.officers import Officers
from kiosk.office.types import Role, Ticket, TicketOrder
from kiosk.settings import Settings, load, places
from kiosk.web.door import COOKIE
from kiosk.web.rooms import Rooms
from kiosk.web.server import create_app
from kiosk.wiring import build_web
from tests.until import until

THURSDAY = datetime(2026, 11, 26, 8, 0, tzinfo=ZONE)
PASSWORD = "ba-con-ngan"
PEOPLE: tuple[tuple[str, str, Role], ...] = (
    ("hanh", "Hanh", "officer"), ("minh", "Minh", "officer"), ("thu", "Thu", "supervisor"),
    ("quan", "Quan", "administrator"),
)  # fmt: skip


@pytest.fixture(scope="session")
def office_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database with four accounts, made once: passwords are slow to hash."""
    file = tmp_path_factory.mktemp("office") / "office.db"
    migrate(f"sqlite:///{file}", THURSDAY)
    database = Database(f"sqlite:///{file}")
    officers = Officers(database, "an-tan", ManualClock(THURSDAY))
    for login, name, role in PEOPLE:
        officers.add(login, name, role, PASSWORD)
    database.close()
    return file


@pytest.fixture(scope="package", autouse=True)
def words_are_read_once() -> Iterator[None]:
    """The words never change while the tests run, and reading them takes longer than most tests."""
    with pytest.MonkeyPatch.context() as patched:
        for name in ("load_words", "load_staff_words"):
            found = getattr(wiring, name)(load(places()))
            patched.setattr(wiring, name, lambda settings, found=found: found)
        yield


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(THURSDAY)


@pytest.fixture
def settings(tmp_path: Path, office_file: Path) -> Settings:
    found = load(places(home=tmp_path))
    file = Path(found.database_url.removeprefix("sqlite:///"))
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(office_file, file)
    return found


@pytest.fixture
def rooms(settings: Settings, clock: ManualClock) -> Rooms:
    return build_web(settings, clock)


def enlarged(rooms: Rooms, counters: int) -> Rooms:
    """The same office with more counters, all of them for the queue A."""
    settings = rooms.settings
    office = settings.office.model_copy(update={"counters": counters})
    series = {
        letter: one.model_copy(update={"counters": list(range(1, counters + 1))}) if letter == "A" else one
        for letter, one in settings.series.items()
    }
    return build_web(replace(settings, office=office, series=series), rooms.clock)


class Loop:
    """An event loop on a thread of its own: Playwright keeps the main thread's."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(60)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


@pytest.fixture(scope="session")
def loop() -> Iterator[Loop]:
    found = Loop()
    yield found
    found.close()


class Browser:
    """A browser in front of the application, without a network: it keeps cookies and names its origin."""

    def __init__(self, app: FastAPI, loop: Loop, address: str = "192.168.8.21") -> None:
        self.app, self._loop, self.address = app, loop, address
        self.cookies = httpx.Cookies()

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=(self.address, 5000))
            async with httpx.AsyncClient(
                transport=transport, base_url="http://office", cookies=self.cookies
            ) as client:
                answer = await client.request(method, path, **more)
                self.cookies = client.cookies
                return answer

        answer: httpx.Response = self._loop.run(asked())
        return answer

    def get(self, path: str) -> httpx.Response:
        return self.ask("GET", path)

    def post(self, path: str, **fields: str) -> httpx.Response:
        return self.ask("POST", path, data=fields, headers={"origin": "http://office"})

    def send_raw(self, path: str, fields: dict[str, bytes]) -> httpx.Response:
        """Fields of any bytes, as no browser sends them."""
        return self.ask("POST", path, content=urlencode(fields), headers={"origin": "http://office"})

    def do(self, step: str, **fields: str) -> httpx.Response:
        return self.post(f"/counter/do/{step}", **fields)

    def sign_in(self, login: str, counter: int | None = None, password: str = PASSWORD) -> Browser:
        answer = self.post("/signin", login=login, password=password, counter=str(counter or ""))
        assert answer.status_code == 303, answer.text
        return self

    @property
    def secret(self) -> str:
        return self.cookies.get(COOKIE) or ""


@pytest.fixture
def app(rooms: Rooms) -> FastAPI:
    return create_app(rooms)


@pytest.fixture
def browser(app: FastAPI, loop: Loop) -> Browser:
    return Browser(app, loop)


@pytest.fixture
def another(app: FastAPI, loop: Loop) -> Callable[..., Browser]:
    """Another machine's browser."""
    return lambda address="192.168.8.22": Browser(app, loop, address)


@pytest.fixture
def hanh(browser: Browser) -> Browser:
    """An officer at counter 1."""
    return browser.sign_in("hanh", 1)


class Queue:
    """People at the machine."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms, self._touches = rooms, 0

    def take(self, tile: str = "birth", series: str = "A", **more: Any) -> Ticket:
        self._touches += 1
        return self._rooms.tickets.issue(f"touch-{self._touches}", TicketOrder(tile, series, **more))


@pytest.fixture
def queue(rooms: Rooms) -> Queue:
    return Queue(rooms)


# ---- with a network ------------------------------------------------------------------------------------


class Server:
    """The real server on a thread; it may be ended and begin anew at the same port."""

    def __init__(self, rooms: Rooms) -> None:
        self.rooms, self.port = rooms, 0
        self._server: uvicorn.Server | None = None
        self.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        config = uvicorn.Config(
            create_app(self.rooms), log_level="critical", access_log=False, timeout_graceful_shutdown=0
        )
        server = self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=lambda: server.run(sockets=[listener]), daemon=True)
        self._thread.start()
        until(lambda: server.started)

    def stop(self) -> None:
        if self._server is not None:
            self._server.should_exit = True
            self._thread.join(20)
            assert not self._thread.is_alive()
        self._server = None


@pytest.fixture
def served() -> Iterator[Callable[[Rooms], Server]]:
    """Starts servers; all of them end with the test."""
    servers: list[Server] = []

    def start(rooms: Rooms) -> Server:
        servers.append(Server(rooms))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def server(rooms: Rooms, served: Callable[[Rooms], Server]) -> Server:
    return served(rooms)


@dataclass
class Stream:
    """What a page's live stream says, read on a thread."""

    address: str
    secret: str = ""
    events: list[tuple[float, str, dict[str, str]]] = field(default_factory=list)
    status: int = 0
    ended: bool = False
    read: threading.Event = field(default_factory=threading.Event)

    def start(self) -> Stream:
        self.read.set()
        threading.Thread(target=self._run, daemon=True).start()
        until(lambda: self.events or self.ended)
        return self

    def _run(self) -> None:
        cookies = {COOKIE: self.secret} if self.secret else {}
        try:
            with httpx.Client(cookies=cookies, timeout=30) as client, client.stream("GET", self.address) as answer:
                self.status, name = answer.status_code, ""
                for line in answer.iter_lines():
                    self.read.wait()
                    if line.startswith("event: "):
                        name = line.removeprefix("event: ")
                    elif line.startswith("data: "):
                        self.events.append((time.perf_counter(), name, json.loads(line.removeprefix("data: "))))
        except httpx.HTTPError:
            pass
        self.ended = True

    def named(self, name: str) -> list[dict[str, str]]:
        return [data for _, one, data in self.events if one == name]


# ---- Chromium ------------------------------------------------------------------------------------------


@pytest.fixture(scope="package")
def chromium() -> Iterator[Chromium]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        expect.set_options(timeout=15_000)
        yield browser
        browser.close()


@pytest.fixture
def window(chromium: Chromium) -> Iterator[Callable[..., BrowserContext]]:
    """Opens browser windows (contexts) of a given size; all of them close with the test."""
    opened: list[BrowserContext] = []

    def open_window(width: int = 1366, height: int = 768, **more: Any) -> BrowserContext:
        context = chromium.new_context(viewport={"width": width, "height": height}, **more)
        context.set_default_timeout(15_000)
        opened.append(context)
        return context

    yield open_window
    for context in opened:
        context.close()


def console_page(
    window: Callable[..., BrowserContext], server: Server, login: str = "hanh", counter: int = 1
) -> Page:
    """The console of an officer who has signed in, in Chromium."""
    context = window()
    officer = next(one for one in server.rooms.officers.all() if one.login == login)
    found = server.rooms.officers.sign_in(login, PASSWORD)
    assert found is not None
    server.rooms.officers.sit(found[1], counter)
    server.rooms.counters.sit(counter, officer.id)
    context.add_cookies([{"name": COOKIE, "value": found[1], "url": server.address}])
    page = context.new_page()
    page.goto(f"{server.address}/counter")
    return page
