"""`kiosk run --trial` on a machine without a display: one visit, the files it left, and 0; its pages beside it."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
import wave
from datetime import datetime
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from kiosk.clock import ZONE, TrialClock
from kiosk.companion import pages
from kiosk.office.database import Database
from kiosk.office.migrate import migrate
from kiosk.office.tickets import Tickets
from kiosk.office.types import TicketOrder
from kiosk.settings import Settings, load, places
from kiosk.trial import environment, trial_settings
from tests.printing.decoder import decode
from tests.until import until

THURSDAY = datetime(2026, 11, 26, 8, 0, tzinfo=ZONE)


def test_a_trial_without_a_display_plays_a_visit_and_names_what_it_left(tmp_path: Path) -> None:
    environment = {"KIOSK_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", "run", "--trial"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr
    assert "There is no display" in done.stdout
    assert "Thursday" in done.stdout
    left = [
        (kind.strip(), Path(path)) for kind, path in re.findall(r"^  ([a-z ]+?) +(/.+)$", done.stdout, re.MULTILINE)
    ]
    assert [kind for kind, _ in left] == ["screen"] * 7 + ["slip", "slip bytes", "sound"]
    for kind, path in left:
        assert path.stat().st_size > 1000, path
        if kind == "screen":
            with Image.open(path) as picture:
                assert picture.size == (1080, 1920)
    files = dict(left)
    paper = decode(files["slip bytes"].read_bytes(), 576).image()
    assert zxingcpp.read_barcodes(paper)
    with Image.open(files["slip"]) as slip:
        assert zxingcpp.read_barcodes(slip.convert("L"))
    with wave.open(str(files["sound"])) as sound:
        assert sound.getnframes() / sound.getframerate() > 20


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A trial's settings, with a port of its own and a database of the office that it must not touch."""
    config = shutil.copytree(places().config, tmp_path / "config")
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    text = (config / "office.toml").read_text(encoding="utf-8")
    text = text.replace("port = 8080", f"port = {port}").replace('host = "0.0.0.0"', 'host = "127.0.0.1"')
    (config / "office.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("KIOSK_DATABASE", f"sqlite:///{tmp_path}/the-office.db")
    settings = trial_settings(load(places(home=tmp_path / "home", config=config)))
    (tmp_path / "home").mkdir()
    migrate(settings.database_url, THURSDAY)
    return settings


def test_its_pages_show_its_own_numbers_and_end_with_it(settings: Settings, tmp_path: Path) -> None:
    clock, told = TrialClock(THURSDAY), []
    database = Database(settings.database_url)
    ticket = Tickets(database, settings.office.site, clock).issue("t", TicketOrder("birth", "A"))
    address = f"http://127.0.0.1:{settings.web.port}"

    def answers() -> bool:
        """A database of somebody else would not know this slip."""
        try:
            with urllib.request.urlopen(f"{address}/t/{ticket.token}", timeout=5) as page:
                return bool(page.status == 200)
        except urllib.error.URLError:
            return False

    with pages(settings, told.append, environment(settings, clock)):
        until(answers, 40, "the pages did not come")
    assert not answers()
    assert told == []
    assert not (tmp_path / "the-office.db").exists()
    database.close()


def test_it_goes_on_without_pages_when_the_port_is_taken(settings: Settings) -> None:
    told: list[str] = []
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", settings.web.port))
        other.listen()
        with pages(settings, told.append, {}):
            pass
    assert f"Port {settings.web.port} is in use" in told[0]
