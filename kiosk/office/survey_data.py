"""All that the results are made of, read once from a copy of the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from kiosk.clock import business_day
from kiosk.office.database import Database
from kiosk.office.periods import iso_week
from kiosk.office.released import NOBODY, Form
from kiosk.office.statistics import Missing
from kiosk.office.tables import AnswerRow, DossierRow, OfficerRow, ResponseRow, TicketRow


@dataclass(frozen=True)
class SurveyData:
    """The data of one site, as they were at `read_at`."""

    day: date
    read_at: float
    forms: Mapping[tuple[str, int], tuple[Form, ...]]
    """By profile and version."""
    finished: Mapping[tuple[str, str], int]
    """Numbers by week and officer."""
    received: Mapping[tuple[str, str], int]
    same_day: Mapping[tuple[str, str], int]
    names: Mapping[str, str]


def read(database: Database, site: str, day: date, read_at: float) -> SurveyData:
    """Everything that figures are made of, from a database that nobody waits for."""
    mine = ResponseRow.site == site
    with database.read() as session:
        answers: dict[str, dict[str, int | Missing]] = {}
        rows = select(AnswerRow.response, AnswerRow.criterion, AnswerRow.value, AnswerRow.missing)
        for response, key, value, missing in session.execute(rows.join(ResponseRow).where(mine)):
            gap: Missing = "unknown" if missing == "unknown" else "skipped"
            answers.setdefault(response, {})[key] = gap if value is None else value
        forms: dict[tuple[str, int], list[Form]] = {}
        for row in session.execute(
            select(
                ResponseRow.key, ResponseRow.profile, ResponseRow.version, ResponseRow.week, ResponseRow.channel,
                ResponseRow.officer_id, ResponseRow.series,
            ).where(mine)
        ):  # fmt: skip
            form = Form(row.week, answers.get(row.key, {}), row.channel, row.officer_id or NOBODY, row.series)
            forms.setdefault((row.profile, row.version), []).append(form)
        ended = (
            select(TicketRow.day, TicketRow.officer_id, func.count())
            .where(TicketRow.site == site, TicketRow.state == "done")
            .group_by(TicketRow.day, TicketRow.officer_id)
        )
        finished: Counter[tuple[str, str]] = Counter()
        for when, officer, count in session.execute(ended):
            finished[iso_week(when), officer or NOBODY] += count
        received: Counter[tuple[str, str]] = Counter()
        same_day: Counter[tuple[str, str]] = Counter()
        dossiers = select(TicketRow.day, DossierRow.officer_id, DossierRow.returned_at)
        for when, officer, back in session.execute(dossiers.join(DossierRow).where(DossierRow.site == site)):
            where = iso_week(when), officer or NOBODY
            received[where] += 1
            same_day[where] += back is not None and business_day(back) == when
        names = dict(session.execute(select(OfficerRow.id, OfficerRow.name).where(OfficerRow.site == site)).all())
    known = {key: tuple(sorted(found, key=_order)) for key, found in forms.items()}
    return SurveyData(day, read_at, known, finished, received, same_day, names)


def _order(form: Form) -> tuple[str, ...]:
    return form.week, form.officer, form.series, form.channel
