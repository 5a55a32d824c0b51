"""The counters' way by HTTPS: real Chromium that trusts the office and one that does not, beside the phones' HTTP."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from cryptography.x509 import load_der_x509_certificate
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Error, Page, expect

from kiosk import serving
from kiosk.authority.certificates import fingerprint
from kiosk.authority.keeper import Secured
from kiosk.clock import Clock
from kiosk.office.nightly import back_up_everywhere
from kiosk.settings import Settings
from kiosk.web.door import COOKIE, SECURE_COOKIE
from kiosk.web.server import create_app
from kiosk.wiring import build_web, open_keeper
from tests.own_office import settings_at_a_free_port
from tests.until import until
from tests.web.conftest import PASSWORD
from tests.web.nss import trust_in


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


class Office:
    """The pages of an office by HTTP and HTTPS, as `kiosk web` serves them, on a thread."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        web = settings.web.model_copy(
            update={"host": "127.0.0.1", "port": free_port(), "https": True, "https_port": free_port()}
        )
        self.settings = replace(settings, web=web)
        self.said: list[str] = []
        self.secure = serving._secure(self.settings, self.said.append)
        secured = self.secure[0] if self.secure else None
        self.rooms = build_web(self.settings, clock, secured=secured)
        self._pages = serving._Pages(create_app(self.rooms), self.secure)
        listener = serving._listen(self.settings, "port")
        self._thread = threading.Thread(target=lambda: self._pages.run(sockets=[listener]), daemon=True)
        self._thread.start()
        until(lambda: self._pages.started and (self._pages._beside is None or self._pages._beside.started))

    @property
    def secured(self) -> Secured:
        assert self.secure
        return self.secure[0]

    @property
    def http(self) -> str:
        return f"http://localhost:{self.settings.web.port}"

    @property
    def https(self) -> str:
        return f"https://localhost:{self.settings.web.https_port}"

    def client(self) -> httpx.Client:
        """A client that trusts this office's authority, and nobody else."""
        context = ssl.create_default_context(cadata=self.secured.file)
        return httpx.Client(verify=context, timeout=10)

    def connect(self) -> ssl.SSLSocket:
        """An open connection by HTTPS."""
        context = ssl.create_default_context(cadata=self.secured.file)
        plain = socket.create_connection(("localhost", self.settings.web.https_port), timeout=10)
        return context.wrap_socket(plain, server_hostname="localhost")

    def stop(self) -> None:
        self._pages.should_exit = True
        self._thread.join(20)
        assert not self._thread.is_alive()


@pytest.fixture
def office(settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(serving, "CERTIFICATES_ROUND", 0.02)
    found = Office(settings, clock)
    yield found
    found.stop()


@pytest.fixture
def trusting(office: Office, chromium: Chromium, tmp_path: Path) -> Iterator[Chromium]:
    """A Chromium into which an administrator has imported the file of /trust."""
    (tmp_path / "office.crt").write_bytes(httpx.get(f"{office.http}/trust/an-tan-kiosk.crt").content)
    trust_in(tmp_path / "browser", tmp_path / "office.crt")
    environment = {**os.environ, "HOME": str(tmp_path / "browser")}
    browser = chromium.browser_type.launch(
        executable_path="/usr/bin/chromium", args=["--no-sandbox"], env=environment
    )
    yield browser
    browser.close()


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/signin")
    page.fill("[name=login]", "hanh")
    page.fill("[name=password]", PASSWORD)
    page.locator("label:has([name=counter][value='1'])").click()
    page.locator("form button").last.click()
    expect(page).to_have_url(f"{address}/counter")


def test_a_counter_that_trusts_the_office_may_open_a_scanner(office: Office, trusting: Chromium) -> None:
    context = trusting.new_context()
    context.set_default_timeout(15_000)
    page = context.new_page()
    sign_in(page, office.https)
    assert page.evaluate("[window.isSecureContext, typeof navigator.serial]") == [True, "object"]
    expect(page.locator("body.stale")).to_have_count(0)
    page.reload()
    expect(page).to_have_url(f"{office.https}/counter")
    found = {one["name"]: one for one in context.cookies()}
    assert list(found) == [SECURE_COOKIE]
    assert (found[SECURE_COOKIE]["secure"], found[SECURE_COOKIE]["httpOnly"]) == (True, True)
    # The same browser, the same host, by HTTP: it can sign in as well, and both ways go on
    sign_in(page, office.http)
    assert {one["name"] for one in context.cookies()} == {COOKIE, SECURE_COOKIE}
    page.goto(f"{office.https}/counter")
    expect(page).to_have_url(f"{office.https}/counter")


def test_who_does_not_trust_it_is_warned_by_https_and_not_by_http(office: Office, chromium: Chromium) -> None:
    page = chromium.new_page()
    with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
        page.goto(f"{office.https}/signin")
    page.close()
    page = chromium.new_page()  # the first one is busy with its warning
    answer = page.goto(f"{office.http}/signin")
    assert answer and answer.status == 200
    page.close()
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"{office.https}/signin")


def test_no_page_binds_a_browser_to_https(office: Office) -> None:
    with office.client() as client:
        for address in (office.http, office.https):
            for path in ("/signin", "/trust", "/board", "/s", "/static/look.css"):
                answer = client.get(address + path)
                assert "strict-transport-security" not in answer.headers
                assert "upgrade-insecure" not in answer.headers.get("content-security-policy", "")
                assert not answer.headers.get("location", "").startswith("http")


def test_a_form_is_taken_from_our_own_pages_only(office: Office) -> None:
    fields = {"login": "hanh", "password": PASSWORD, "counter": "1"}
    plain, host = office.https.replace("https:", "http:"), office.https
    with office.client() as client:
        for address, origin, status in (
            (host, host, 303), (office.http, office.http, 303), (host, plain, 403), (host, office.http, 403),
            (office.http, host, 403), (host, "https://evil.example", 403),
        ):  # fmt: skip
            answer = client.post(f"{address}/signin", data=fields, headers={"origin": origin})
            assert answer.status_code == status, (address, origin)


def test_what_is_given_away_is_what_the_page_and_the_command_say(office: Office) -> None:
    answer = httpx.get(f"{office.http}/trust/an-tan-kiosk.crt")
    assert answer.headers["content-type"] == "application/x-x509-ca-cert"
    assert 'filename="an-tan-kiosk.crt"' in answer.headers["content-disposition"]
    told = fingerprint(load_der_x509_certificate(answer.content))
    assert hashlib.sha256(answer.content).hexdigest().upper() == told.replace(" ", "")
    page = httpx.get(f"{office.http}/trust").text
    assert re.findall("<span>([0-9A-F]{4})</span>", page) == told.split()
    assert f"{office.https}/counter" in page
    assert b"PRIVATE" not in answer.content


@pytest.mark.parametrize("host", ["[", "[::", "a b", "192.168.8.10:x", "\"><script>", "x" * 300])
def test_a_strange_host_is_sent_to_an_address_of_ours(office: Office, host: str) -> None:
    answer = httpx.get(f"{office.http}/trust", headers={"host": host})
    assert answer.status_code == 200
    assert re.search(r'href="https://[0-9a-z.:\[\]]+/counter"', answer.text)


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (360, 740)])
def test_the_page_fits(office: Office, chromium: Chromium, width: int, height: int) -> None:
    page = chromium.new_page(viewport={"width": width, "height": height})
    page.goto(f"{office.http}/trust")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.close()


def test_a_renewal_by_hand_reaches_new_connections_while_an_old_one_lives(office: Office) -> None:
    def ask(line: ssl.SSLSocket) -> bytes:
        line.sendall(b"GET /signin HTTP/1.1\r\nhost: localhost\r\n\r\n")
        answer = b""
        while b"</html>" not in answer:
            answer += line.recv(65536)
        return answer

    def shown() -> bytes | None:
        with office.connect() as line:
            return line.getpeercert(binary_form=True)

    with office.connect() as old:
        first = old.getpeercert(binary_form=True)
        assert first == shown()
        open_keeper(office.settings).renew()
        until(lambda: shown() != first)
        assert ask(old).startswith(b"HTTP/1.1 200")
        assert old.getpeercert(binary_form=True) == first


def test_without_https_nothing_is_made_and_there_is_no_such_page(
    rooms: object, browser: object, settings: Settings
) -> None:
    assert browser.get("/trust").status_code == 404  # type: ignore[attr-defined]
    assert not settings.places.certificates.exists()


def test_no_key_is_in_a_backup(office: Office, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    folders = (tmp_path / "own", stick)  # not the office's: its caretaker may be at work there
    assert not back_up_everywhere(
        office.settings.database_url, folders, office.rooms.clock.now(), 14, office.rooms.health
    )
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    keys = [file.read_bytes() for file in office.settings.places.certificates.iterdir()]
    assert files and len(keys) == 2
    for file in files:
        content = file.read_bytes()
        assert b"PRIVATE KEY" not in content and not any(key in content for key in keys)


def taken(settings: Settings) -> str:
    with socket.create_server(("127.0.0.1", 0)) as other:
        web = {"host": "127.0.0.1", "https": True, "https_port": other.getsockname()[1]}
        said: list[str] = []
        assert serving._secure(replace(settings, web=settings.web.model_copy(update=web)), said.append) is None
    return said[0]


def damaged(settings: Settings) -> str:
    settings.places.certificates.mkdir(parents=True)
    (settings.places.certificates / "authority.pem").write_text("nothing")
    said: list[str] = []
    web = settings.web.model_copy(update={"https": True})
    assert serving._secure(replace(settings, web=web), said.append) is None
    return said[0]


@pytest.mark.parametrize(("trouble", "why"), [(taken, "https_port: port"), (damaged, "damaged")])
def test_why_there_is_no_https_is_said(settings: Settings, trouble: Callable[[Settings], str], why: str) -> None:
    line = trouble(settings)
    assert line.startswith("HTTPS cannot be served, HTTP goes on: ") and why in line


# ---- the commands ----------------------------------------------------------------------------------------


@pytest.fixture
def place(tmp_path: Path, office_file: Path) -> tuple[dict[str, str], int, int]:
    """An office of its own: environment, HTTP port, HTTPS port."""
    config, port = settings_at_a_free_port(tmp_path)
    secure_port = free_port()
    file = config / "office.toml"
    text = file.read_text(encoding="utf-8").replace("https = false", "https = true")
    file.write_text(text.replace("https_port = 8443", f"https_port = {secure_port}"), encoding="utf-8")
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(office_file, home / "office.db")
    return {**os.environ, "KIOSK_HOME": str(home), "KIOSK_CONFIG": str(config)}, port, secure_port


def command(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kiosk", "certificate", *words], env=environment, capture_output=True, text=True,
        stdin=subprocess.DEVNULL, timeout=60, check=False,
    )  # fmt: skip


def test_the_command_tells_renews_and_begins_anew(place: tuple[dict[str, str], int, int]) -> None:
    environment, _, _ = place
    first = json.loads(command(environment, "--renew", "--json").stdout)
    second = json.loads(command(environment, "--new-authority", "--yes", "--json").stdout)
    assert first["fingerprint"] != second["fingerprint"]
    told = command(environment).stdout
    assert second["fingerprint"] in told and "localhost" in told and "until" in told


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "no certificate yet"),
        (("--new-authority",), "add --yes"),
        (("--renew", "--new-authority"), "not both"),
        (("--yes",), "--new-authority"),
    ],
)
def test_the_command_refuses_with_a_sentence(
    place: tuple[dict[str, str], int, int], words: tuple[str, ...], says: str
) -> None:
    done = command(place[0], *words)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert done.stderr.startswith("kiosk: ") and says in done.stderr


@pytest.mark.parametrize("port_is_taken", [False, True])
def test_the_service_serves_both_and_ends_both(
    place: tuple[dict[str, str], int, int], port_is_taken: bool
) -> None:
    environment, port, secure_port = place
    other = socket.create_server(("127.0.0.1", secure_port)) if port_is_taken else None
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "kiosk", "web"], env=environment, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        until(lambda: answers(port), 40, "the pages did not come")
        assert httpx.get(f"http://127.0.0.1:{port}/trust").status_code == (404 if port_is_taken else 200)
        if not port_is_taken:
            file = httpx.get(f"http://127.0.0.1:{port}/trust/an-tan-kiosk.crt").content
            context = ssl.create_default_context(cadata=file)
            until(lambda: answers(secure_port))
            assert httpx.get(f"https://localhost:{secure_port}/signin", verify=context).status_code == 200
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=20)[0]
    finally:
        process.kill()
        if other:
            other.close()
    wanted = "HTTPS cannot be served, HTTP goes on" if port_is_taken else "Authority:   an-tan kiosk CA"
    assert wanted in said
    assert not answers(port)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
