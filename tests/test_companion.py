"""The web process beside the screen is started again when it ends, and ends with the screen."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from kiosk.companion import pages
from kiosk.office.migrate import migrate
from kiosk.settings import Settings, load, places
from kiosk.wiring import open_clock
from tests.own_office import settings_at_a_free_port
from tests.until import until


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    config, _ = settings_at_a_free_port(tmp_path)
    settings = load(places(home=tmp_path / "home", config=config))
    migrate(settings.database_url, open_clock().now())
    return settings


def listener(port: int) -> int:
    """The process that listens at `port`; 0 when none does."""
    wanted = f"{port:04X}"
    lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    inodes = {line.split()[9] for line in lines if line.split()[1].endswith(f":{wanted}") and line.split()[3] == "0A"}
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                names = {str(link.readlink()) for link in (process / "fd").iterdir()}
            except OSError:
                continue
            if names & {f"socket:[{inode}]" for inode in inodes}:
                return int(process.name)
    return 0


def test_it_comes_back_and_it_ends(settings: Settings) -> None:
    port, told = settings.web.port, []
    environment = {"KIOSK_HOME": str(settings.places.home), "KIOSK_CONFIG": str(settings.places.config)}
    with pages(settings, told.append, environment):
        until(lambda: listener(port), 30, "the pages did not come")
        first = listener(port)
        os.kill(first, signal.SIGKILL)
        until(lambda: listener(port) not in (0, first), 30, "the pages did not come again")
    assert listener(port) == 0
    assert told == []
