"""The supervisor's first page: one day in figures, dossiers by day, and the total since the start.

Totals of the time before this program come from a CSV with two columns, date and dossiers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from kiosk.clock import ZONE, Clock, business_day
from kiosk.office.counters import UNFINISHED
from kiosk.office.database import Database
from kiosk.office.tables import DossierRow, EarlierTotal, TicketEvent, TicketRow
from kiosk.office.types import DayFigures, Totals

_AROUND = " \t\r\"\xa0\ufeff"
"""What may stand around a cell. A spreadsheet puts quotes there; neither a date nor a count needs any inside."""
_MOST_DIGITS = 6


class CsvError(Exception):
    """A file of earlier totals that cannot be read: file, line, what is wrong, what to do."""


class Figures:
    """The figures of one site."""

    def __init__(self, database: Database, site: str, clock: Clock) -> None:
        self._database, self._site, self._clock = database, site, clock

    def day(self, day: date) -> DayFigures:
        """One day in figures."""
        start = datetime.combine(day, time(), ZONE)
        with self._database.read() as session:
            mine = select(TicketRow).where(TicketRow.site == self._site, TicketRow.day == day)
            tickets = list(session.execute(mine).scalars())
            given_back = select(TicketEvent.ticket_id).where(
                TicketEvent.site == self._site, TicketEvent.kind == "undone", TicketEvent.detail == "give",
                TicketEvent.at >= start, TicketEvent.at < start + timedelta(days=1),
            )  # fmt: skip
            taken_back = set(session.execute(given_back).scalars())
            received = list(session.execute(self._dossiers().where(TicketRow.day == day)).scalars())
            returned = self._dossiers().where(
                DossierRow.returned_at >= start, DossierRow.returned_at < start + timedelta(days=1)
            )
            returned_count = len(session.execute(returned).all())
        real = [row for row in tickets if row.id not in taken_back]
        states = Counter(row.state for row in real)
        return DayFigures(
            day=day,
            issued=len(real),
            served=states["done"],
            waiting=sum(states[state] for state in UNFINISHED),
            unserved=states["unserved"],
            absent=states["cancelled"],
            received=len(received),
            same_day=sum(row.returned_at is not None and business_day(row.returned_at) == day for row in received),
            returned=returned_count,
            median_wait=_median(_minutes(row.issued_at, row.started_at) for row in real if row.started_at),
            median_service=_median(
                _minutes(row.started_at, row.finished_at) for row in real if row.started_at and row.finished_at
            ),
        )

    def by_day(self, most: int = 12) -> list[tuple[date, int]]:
        """Dossiers received by day, the newest `most` days, oldest first; earlier totals among them."""
        with self._database.read() as session:
            counts = Counter(self._received(session))
            earlier = session.execute(select(EarlierTotal).where(EarlierTotal.site == self._site)).scalars()
            for row in earlier:
                counts[row.day] += row.dossiers
        return sorted(counts.items())[-most:]

    def totals(self) -> Totals:
        """Since the start, the time before this program included."""
        with self._database.read() as session:
            received = self._received(session)
            query = select(EarlierTotal.day, EarlierTotal.dossiers).where(EarlierTotal.site == self._site)
            earlier = {day: count for day, count in session.execute(query) if count}
        count = sum(earlier.values())
        return Totals(sum(received.values()) + count, count, len(received.keys() | earlier.keys()))

    def _received(self, session: Session) -> dict[date, int]:
        """Dossiers by the day of their ticket: that is the day on which they were received."""
        query = self._dossiers().with_only_columns(TicketRow.day, func.count()).group_by(TicketRow.day)
        return {row[0]: row[1] for row in session.execute(query)}

    def _dossiers(self) -> Select[DossierRow]:
        return (
            select(DossierRow)
            .join(TicketRow, TicketRow.id == DossierRow.ticket_id)
            .where(DossierRow.site == self._site)
        )

    def import_earlier(self, rows: Sequence[tuple[date, int]]) -> None:
        """Put these days in place of what was imported before, all or nothing."""
        with self._database.write() as session:
            session.execute(delete(EarlierTotal).where(EarlierTotal.site == self._site))
            session.add_all(EarlierTotal(site=self._site, day=day, dossiers=count) for day, count in rows)


def read_earlier(path: Path, today: date) -> list[tuple[date, int]]:
    """Read a CSV of earlier totals: a heading, then `date,dossiers` (2023-12-28 or 28/12/2023). Raises CsvError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise CsvError(f"{path}: there is no such file.") from None
    except UnicodeDecodeError:
        raise CsvError(f"{path}: is no UTF-8 text. Save it as CSV (UTF-8).") from None
    except OSError as error:
        raise CsvError(f"{path}: cannot be read: {error.strerror}. Check name and rights.") from None
    sign = ";" if ";" in text.partition("\n")[0] else ","
    found: dict[date, int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        row = line.split(sign)
        cells = [cell.strip(_AROUND) for cell in row if cell.strip(_AROUND)]
        if not cells or (number == 1 and not cells[0][:1].isdigit()):
            continue
        where = f"{path}: line {number}"
        if len(cells) < 2:
            raise CsvError(f"{where}: has one column; write date{sign}dossiers.")
        day = _day(cells[0])
        if day is None:
            raise CsvError(f'{where}: "{cells[0]}" is no date; write it like 2023-12-28 or 28/12/2023.')
        if day > today:
            raise CsvError(f"{where}: {day:%d/%m/%Y} has not come yet; correct the date or leave the line out.")
        if not (cells[1].isascii() and cells[1].isdigit() and len(cells[1]) <= _MOST_DIGITS):
            raise CsvError(f'{where}: "{cells[1]}" is no count of dossiers; write a whole number like 17.')
        if day in found:
            raise CsvError(f"{where}: {day:%d/%m/%Y} stands twice; put both counts into one line.")
        found[day] = int(cells[1])
    if not found:
        raise CsvError(f"{path}: holds no day. Write lines like 2023-12-28{sign}17.")
    return sorted(found.items())


def _day(text: str) -> date | None:
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None


def _minutes(start: datetime | None, end: datetime | None) -> float:
    return (end - start).total_seconds() / 60 if start and end else 0.0


def _median(values: Iterable[float]) -> int | None:
    found = list(values)
    return round(median(found)) if found else None
