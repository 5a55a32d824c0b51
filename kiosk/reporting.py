"""Reports from the command line: the very files of the results page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from kiosk.administer import Mistake
from kiosk.clock import business_day
from kiosk.office.database import Database
from kiosk.office.figures import Figures
from kiosk.office.periods import Quarter
from kiosk.office.results import Results
from kiosk.pdf import PaperError
from kiosk.reports.card import card
from kiosk.reports.fieldtest import fieldtest
from kiosk.reports.files import Files
from kiosk.settings import Settings
from kiosk.wiring import load_pictures, load_staff_words, load_words, open_clock


def write(settings: Settings, quarter: str, thursday: str, folder: Path | None) -> list[Path]:
    """The files that were written. Raises Mistake, DatabaseError."""
    clock = open_clock()
    database = Database(settings.database_url)
    database.check_version()
    day = _thursday(thursday, business_day(clock.now())) if thursday else None
    wanted = _quarter(quarter) if quarter else None
    results = Results(settings, clock)
    known = results.quarters()
    if wanted is not None and wanted not in known:
        raise Mistake(f"--quarter: there is nothing of {wanted}; this office has {known[-1]} to {known[0]}.")
    figures = Figures(database, settings.office.site, clock)
    target = folder or settings.places.home / "reports"
    try:
        return Files(settings, load_staff_words(settings), results, figures).write(
            target, wanted or results.newest(), day
        )
    except OSError as error:
        raise Mistake(f"{target} cannot be written: {error.strerror}. Name another one: --folder DIR") from None
    except PaperError as error:
        raise Mistake(f"The report cannot be set: {error}") from None
    finally:
        database.close()


def _quarter(text: str) -> Quarter:
    found = Quarter.parse(text)
    if found is None:
        raise Mistake(f'--quarter: "{text}" is no quarter; write it like 2026Q3.')
    return found


def write_card(settings: Settings, file: Path | None) -> Path:
    """The counters' card. Raises Mistake, SettingsError, WordsError."""
    words, pictures = load_words(settings), load_pictures(settings)
    return _written(file or settings.places.home / "card.pdf", "card", lambda: card(settings, words, pictures))


def write_fieldtest(settings: Settings, file: Path | None, seed: int) -> Path:
    """The forms to try the pictures with citizens. Raises Mistake, SettingsError, WordsError."""
    words, staff, pictures = load_words(settings), load_staff_words(settings), load_pictures(settings)
    target = file or settings.places.home / "fieldtest.pdf"
    return _written(target, "forms", lambda: fieldtest(settings, words, staff, pictures, seed))


def _written(target: Path, name: str, make: Callable[[], bytes]) -> Path:
    """A sheet of this name, made and written. Raises Mistake."""
    try:
        made = make()
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(made)
    except OSError as error:
        raise Mistake(f"{target} cannot be written: {error.strerror}. Name another one: --file FILE") from None
    except PaperError as error:
        raise Mistake(f"The {name} cannot be set: {error}") from None
    return target


def _thursday(text: str, today: date) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise Mistake(f'--thursday: "{text}" is no date; write it like 2026-09-17.') from None
    if found.weekday() != 3:
        raise Mistake(f"--thursday: {found} is a {found:%A}.")
    if found > today:
        raise Mistake(f"--thursday: {found} has not come yet.")
    return found
