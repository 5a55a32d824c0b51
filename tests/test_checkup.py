"""`kiosk check`: every look gives one finding, troubles are told with what to do, nothing ends in a traceback."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kiosk.checkup import Checkup, Finding, report
from kiosk.clock import ZONE, ManualClock
from kiosk.office.database import Database
from kiosk.office.health import HealthBoard
from kiosk.office.migrate import migrate
from kiosk.settings import Settings, load, places
from kiosk.wiring import open_keeper
from tests.printing.fake_printer import PrinterProcess

THURSDAY = datetime(2026, 11, 26, 8, 0, tzinfo=ZONE)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = load(places(home=tmp_path))
    migrate(settings.database_url, THURSDAY)
    return settings


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[PrinterProcess]:
    process = PrinterProcess(tmp_path / "printer")
    yield process
    process.close()


def finding(settings: Settings, name: str, **options: bool) -> Finding:
    checkup = Checkup(settings, ManualClock(THURSDAY), **options)
    return checkup._look(name, getattr(checkup, f"_{name}"))


def with_printer(settings: Settings, address: str) -> Settings:
    return replace(settings, printer=settings.printer.model_copy(update={"address": address}))


def test_a_round_has_one_line_for_each_thing(settings: Settings) -> None:
    findings = Checkup(settings, ManualClock(THURSDAY)).run()
    assert len({one.name for one in findings}) == len(findings) == 15
    said: list[str] = []
    well = report(findings, said.append, as_json=False)
    assert well == all(one.state != "bad" for one in findings)
    assert all(one.todo for one in findings if one.state != "ok"), "each trouble says what to do"


def test_papers_in_memory_are_well_and_on_a_disk_are_not(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert finding(settings, "papers").state in ("ok", "care"), "care: this machine swaps"
    monkeypatch.setattr("kiosk.checkup.file_system", lambda _: "ext4")
    assert finding(settings, "papers").state == "bad"


def test_the_printer_is_asked_and_prints_a_test_slip(settings: Settings, printer: PrinterProcess) -> None:
    mine = with_printer(settings, printer.address)
    assert finding(mine, "printer").state == "ok"
    assert not printer.jobs()
    told = finding(mine, "printer", print_slip=True)
    assert (told.state, "test slip: printed" in told.text) == ("ok", True)
    assert len(printer.jobs()) == 1
    printer.set("paper-out")
    told = finding(mine, "printer")
    assert (told.state, told.todo) == ("bad", "Put in paper.")


def test_a_printer_that_is_away_is_told(settings: Settings) -> None:
    told = finding(with_printer(settings, "tcp://127.0.0.1:1"), "printer")
    assert told.state == "bad" and "absent" in told.text and told.todo


def test_damage_is_found(settings: Settings) -> None:
    assert finding(settings, "database").state == "ok"
    file = settings.places.database
    whole = bytearray(file.read_bytes())
    for page in range(3, len(whole) // 4096, 2):
        whole[page * 4096 : page * 4096 + 512] = b"\xff" * 512
    file.write_bytes(whole)
    told = finding(settings, "database")
    assert told.state == "bad" and told.todo


def test_no_database_is_told_and_the_rest_is_looked_at(tmp_path: Path) -> None:
    settings = load(places(home=tmp_path / "new"))
    states = {one.name: one.state for one in Checkup(settings, ManualClock(THURSDAY)).run()}
    assert states["database"] == "bad"
    assert states["disk"] == "ok"


def test_an_old_or_failed_backup_is_told(settings: Settings) -> None:
    clock = ManualClock(THURSDAY)
    database = Database(settings.database_url)
    health = HealthBoard(database, settings.office.site, clock)
    assert finding(settings, "backup").state == "care"
    health.report("backup", "ok", "office-20261126.db")
    assert finding(settings, "backup").state == "ok"
    health.report("backup", "absent", "the stick is away")
    assert finding(settings, "backup").state == "bad"
    database.close()


def https_on(settings: Settings, moment: datetime) -> Finding:
    checkup = Checkup(settings, ManualClock(moment))
    return checkup._look("https", checkup._https)


def test_the_certificates_are_looked_at(settings: Settings) -> None:
    """From off to served: each trouble has its own line, and what to do."""
    assert finding(settings, "https").text.startswith("off")
    web = {"https": True, "host": "127.0.0.1", "https_port": 1}
    mine = replace(settings, web=settings.web.model_copy(update=web))
    assert finding(mine, "https").text == "no certificate yet"
    keeper = open_keeper(mine)
    held = keeper.keep()
    end, last = held.server.not_valid_after_utc, held.authority.not_valid_after_utc
    for moment, state, says in (
        (end - timedelta(days=300), "care", "nobody answers"),
        (end - timedelta(days=100), "care", "not renewed by itself"),
        (end + timedelta(days=1), "bad", "not valid now"),
        (held.server.not_valid_before_utc - timedelta(days=1), "bad", "not valid now"),
        (last - timedelta(days=300), "care", "the authority ends"),
        (last + timedelta(days=1), "bad", "the authority ends"),
    ):
        told = https_on(mine, moment)
        assert (told.state, says in told.text, bool(told.todo)) == (state, True, True), told
    keeper.authority_file.chmod(0o644)
    told = finding(mine, "https")
    assert told.state == "bad" and "authority.pem" in told.text and "chmod 600" in told.todo
    keeper.authority_file.write_text("nothing")
    assert "damaged" in finding(mine, "https").todo


def test_a_name_that_the_certificate_lacks_is_told(settings: Settings) -> None:
    def named(url: str, port: int) -> Settings:
        web = {"https": True, "host": "127.0.0.1", "https_port": port}
        office = settings.office.model_copy(update={"public_url": url})
        return replace(settings, office=office, web=settings.web.model_copy(update=web))

    keeper = open_keeper(settings)
    today = keeper.keep().server.not_valid_before_utc + timedelta(days=2)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(keeper.server_file)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def serve() -> None:
            for _ in range(3):
                with suppress(OSError):
                    context.wrap_socket(listener.accept()[0], server_side=True).close()

        threading.Thread(target=serve, daemon=True).start()
        assert https_on(named(settings.office.public_url, port), today).state == "ok"
        told = https_on(named("http://10.9.9.9:8080", port), today)
        assert (told.state, told.text, told.todo) == (
            "care", "the certificate lacks 10.9.9.9", "kiosk certificate --renew"
        )  # fmt: skip
        told = https_on(named("http://motcua.example", port), today)
        assert told.state == "care" and "may not speak for motcua.example" in told.text
