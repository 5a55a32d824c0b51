"""A trial's day: it runs forward, other processes share it, and durations know nothing of it."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kiosk.clock import ZONE, ManualClock, SystemClock, TrialClock
from kiosk.settings import SettingsError, load, places
from kiosk.wiring import open_clock
from tests.until import until

THURSDAY = datetime(2026, 11, 26, 8, 0, tzinfo=ZONE)
BROKEN = ("tomorrow", "2026-11-26T08:00:00+07:00", "2026-11-26T08:00:00,0,1", "2026-11-26T08:00:00+07:00,0,0",
          "2026-11-26T08:00:00+07:00,nan,1", "2026-11-26T08:00:00+07:00,1e300,1",
          "2026-11-26T08:00:00+07:00,0,inf", "2026-11-26T08:00:00+07:00,0,-1", "1,2,3,4")  # fmt: skip


def test_a_trial_begins_at_its_start_and_runs_forward() -> None:
    clock = TrialClock(THURSDAY)
    first = clock.now()
    assert THURSDAY <= first < THURSDAY + timedelta(seconds=5)
    until(lambda: clock.now() > first)


def test_its_day_began_at_a_moment_of_the_wall() -> None:
    clock = TrialClock(THURSDAY, zero=time.time() - 3600)
    assert abs(clock.now() - THURSDAY - timedelta(hours=1)) < timedelta(seconds=5)


def test_it_may_run_faster_but_durations_do_not() -> None:
    clock = TrialClock(THURSDAY, zero=time.time() - 60, pace=60.0)
    assert abs(clock.now() - THURSDAY - timedelta(hours=1)) < timedelta(minutes=5)
    assert abs(clock.monotonic() - time.monotonic()) < 5


def test_what_takes_real_time_takes_more_of_a_faster_day() -> None:
    minute = timedelta(minutes=1)
    assert TrialClock(THURSDAY, pace=60.0).span(minute) == timedelta(hours=1)
    for clock in (SystemClock(), TrialClock(THURSDAY), ManualClock(THURSDAY)):
        assert clock.span(minute) == minute


def test_a_step_of_the_wall_clock_is_no_duration(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = TrialClock(THURSDAY)
    before = clock.monotonic()
    monkeypatch.setattr(time, "time", lambda wall=time.time: wall() + 3600)
    assert clock.now() >= THURSDAY + timedelta(hours=1)
    assert clock.monotonic() - before < 5


def test_its_text_is_the_same_clock() -> None:
    clock = TrialClock(THURSDAY, 1764063600.0)
    assert str(clock) == "2026-11-26T08:00:00+07:00,1764063600.0,1.0"
    assert str(TrialClock.parse(str(clock))) == str(clock)


def test_another_process_has_the_same_now(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clock = TrialClock(THURSDAY, pace=10.0)
    code = "from kiosk.wiring import open_clock; print(open_clock().now().isoformat())"
    environment = {"KIOSK_CLOCK": str(clock), "PATH": "/usr/bin:/bin"}
    before = clock.now()
    told = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert before <= datetime.fromisoformat(told.stdout.strip()) <= clock.now()


def test_without_a_trial_it_is_the_machines_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KIOSK_CLOCK", raising=False)
    assert isinstance(open_clock(), SystemClock)


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_clock_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("KIOSK_CLOCK", text)
    with pytest.raises(SettingsError, match=r"environment: KIOSK_CLOCK: .* is no clock"):
        open_clock()


def test_the_command_refuses_a_broken_clock(tmp_path: Path) -> None:
    environment = {"KIOSK_CLOCK": "soon", "KIOSK_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", "check"], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert "KIOSK_CLOCK" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_database_may_be_named_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("KIOSK_DATABASE", raising=False)
    assert load(places(home=tmp_path)).database_url == f"sqlite:///{tmp_path}/office.db"
    monkeypatch.setenv("KIOSK_DATABASE", "sqlite:////elsewhere.db")
    assert load(places(home=tmp_path)).database_url == "sqlite:////elsewhere.db"
