"""A made-up history in a database of its own, for tests of results and reports."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from kiosk.clock import ZONE, ManualClock
from kiosk.office.database import Database
from kiosk.office.demo import Demo
from kiosk.office.migrate import migrate
from kiosk.office.periods import Quarter
from kiosk.settings import Settings, load, places

NOW = datetime(2026, 11, 26, 8, 0, tzinfo=ZONE)
Q3 = Quarter(2026, 3)
NAMES = ("=1+1", "Lê Thị Hạnh", "<b>*Minh*</b>")
TEXTS = ('=HYPERLINK("http://x")',)


@dataclass(frozen=True)
class History:
    """Where it lies, and what may be asked."""

    settings: Settings
    database: Database
    clock: ManualClock


def history(home: Path, per_thursday: int = 40, default: str = "", seed: int = 1) -> History:
    """Two years of Thursdays up to November 2026. `default`: another survey profile than the office's own."""
    settings = load(places(home=home))
    if default:
        settings = replace(settings, survey=settings.survey.model_copy(update={"default": default}))
    Path(settings.database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    migrate(settings.database_url, NOW)
    database, clock = Database(settings.database_url), ManualClock(NOW)
    Demo(settings, database, clock, seed).write(2, per_thursday, NAMES, TEXTS, trial=False)
    return History(settings, database, clock)
