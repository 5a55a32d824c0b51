"""The tables. Every row carries its site, so that many offices fit into one database."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, MetaData, String, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from kiosk.clock import ZONE

SCHEMA_VERSION = "0003"
"""The migration that this code expects; the newest one in migrations/versions."""


class Moment(TypeDecorator[datetime]):
    """An aware moment: stored in UTC, read in the office's zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC).astimezone(ZONE)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Moment, str: String(64)}  # noqa: RUF012  (SQLAlchemy's own form)


class SeriesCounter(Base):
    """The last number given in a series on a business day."""

    __tablename__ = "series_counter"

    site: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    series: Mapped[str] = mapped_column(String(1), primary_key=True)
    last_number: Mapped[int]


class TicketRow(Base):
    """A number that was given, and where it stands. It carries the tile, never a name."""

    __tablename__ = "ticket"
    __table_args__ = (
        UniqueConstraint("site", "day", "series", "number"),
        CheckConstraint("number > 0", name="number_positive"),
        Index(None, "site", "day", "state"),
        # One ticket at a counter at a time, whatever two officers press
        Index(
            "uq_ticket_at_counter", "site", "counter", unique=True,
            sqlite_where=text("state IN ('called', 'serving')"),
            postgresql_where=text("state IN ('called', 'serving')"),
        ),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(primary_key=True)
    site: Mapped[str]
    day: Mapped[date]
    series: Mapped[str] = mapped_column(String(1))
    number: Mapped[int]
    touch_id: Mapped[str] = mapped_column(unique=True)
    token: Mapped[str] = mapped_column(unique=True)
    tile: Mapped[str]
    lane: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str]
    missing: Mapped[str] = mapped_column(String(400))
    """Document keys, separated by spaces."""
    language: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    issued_at: Mapped[datetime]
    queue: Mapped[str] = mapped_column(String(1))
    """The series whose counters serve it now: its own, until it is transferred to another tile."""
    queued_at: Mapped[datetime]
    """Since when it waits in its place: moves when the person was absent."""
    counter: Mapped[int | None]
    """Where it is called or served; while waiting, the only counter that may call it."""
    officer_id: Mapped[str | None]
    called_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    calls: Mapped[int]
    absences: Mapped[int]
    pick: Mapped[str] = mapped_column(String(32))
    """Why it was called before others."""


class TicketEvent(Base):
    """What happened to a ticket: rows are only ever added."""

    __tablename__ = "ticket_event"

    id: Mapped[str] = mapped_column(primary_key=True)
    site: Mapped[str]
    ticket_id: Mapped[str] = mapped_column(ForeignKey("ticket.id"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(32))
    detail: Mapped[str] = mapped_column(String(200))


class PrintJobRow(Base):
    """A slip to print, and what became of it."""

    __tablename__ = "print_job"
    __table_args__ = (Index(None, "site", "state", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    site: Mapped[str]
    ticket_id: Mapped[str] = mapped_column(ForeignKey("ticket.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str]
    attempts: Mapped[int]
    day: Mapped[date]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class HelpCallRow(Base):
    """Somebody at a machine asked for an officer."""

    __tablename__ = "help_call"

    id: Mapped[str] = mapped_column(primary_key=True)
    site: Mapped[str]
    place: Mapped[str]
    called_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str]
    withdrawn_at: Mapped[datetime | None]


class DeviceHealth(Base):
    """A device as the process that owns it last saw it: one row a device."""

    __tablename__ = "device_health"

    site: Mapped[str] = mapped_column(primary_key=True)
    device: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    detail: Mapped[str] = mapped_column(String(400))
    at: Mapped[datetime]


class CounterRow(Base):
    """A counter: who sits there, whether it pauses, and what its last step was."""

    __tablename__ = "counter"

    site: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    officer_id: Mapped[str | None]
    paused: Mapped[bool]
    ordinary_run: Mapped[int]
    """Ordinary numbers called since the last priority one."""
    undo: Mapped[str] = mapped_column(String(2000))
    """The last step and what stood before it, as JSON; empty = nothing to undo."""


class CallRow(Base):
    """A sentence for the lobby's loudspeaker: spoken once, in the order of the keys."""

    __tablename__ = "lobby_call"
    __table_args__ = (Index(None, "site", "spoken_at", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    site: Mapped[str]
    kind: Mapped[str] = mapped_column(String(16))
    """call, recall, result, coming, rate."""
    code: Mapped[str] = mapped_column(String(16))
    counter: Mapped[int | None]
    language: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]
    spoken_at: Mapped[datetime | None]


class DossierRow(Base):
    """What was received for a ticket, and when its result goes back. The exact procedure stands here, no name."""

    __tablename__ = "dossier"
    __table_args__ = (Index(None, "site", "state", "due"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    site: Mapped[str]
    ticket_id: Mapped[str] = mapped_column(ForeignKey("ticket.id"), index=True)
    officer_id: Mapped[str | None]
    procedure: Mapped[str]
    national_code: Mapped[str]
    missing: Mapped[str] = mapped_column(String(400))
    fee_taken: Mapped[bool]
    contact: Mapped[str] = mapped_column(String(120))
    """How to reach who went home, only if they want it; emptied when the result is returned."""
    state: Mapped[str] = mapped_column(String(16))
    """received, ready, returned."""
    same_day: Mapped[bool]
    due: Mapped[date]
    received_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]


class OfficerRow(Base):
    """Somebody who signs in."""

    __tablename__ = "officer"
    __table_args__ = (UniqueConstraint("site", "login"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    site: Mapped[str]
    login: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(16))
    """officer, supervisor, administrator."""
    password: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool]
    created_at: Mapped[datetime]


class SessionRow(Base):
    """A signed-in browser. Only a hash of its secret is kept."""

    __tablename__ = "session"

    key: Mapped[str] = mapped_column(primary_key=True)
    site: Mapped[str]
    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"), index=True)
    counter: Mapped[int | None]
    expires_at: Mapped[datetime]


class EarlierTotal(Base):
    """Dossiers of a time before this program: a day and how many."""

    __tablename__ = "earlier_total"

    site: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    dossiers: Mapped[int]


class OfficeSecret(Base):
    """What signs the addresses on slips. It never leaves the database."""

    __tablename__ = "office_secret"

    site: Mapped[str] = mapped_column(primary_key=True)
    secret: Mapped[str]


class SpentToken(Base):
    """That a slip's one answer was given, by a mark from which the slip cannot be told without the secret; and
    nothing of what was answered. Stored in no order of time."""

    __tablename__ = "spent_token"
    __table_args__ = ({"sqlite_with_rowid": False},)

    site: Mapped[str] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(primary_key=True)


class ResponseRow(Base):
    """One person's answers to the survey. No ticket, no time finer than the week, no order: the key is random."""

    __tablename__ = "survey_response"
    __table_args__ = (Index(None, "site", "week"), {"sqlite_with_rowid": False})

    key: Mapped[str] = mapped_column(primary_key=True)
    site: Mapped[str]
    profile: Mapped[str]
    version: Mapped[int]
    week: Mapped[str] = mapped_column(String(8))
    """The ISO week: "2026-W48"."""
    officer_id: Mapped[str | None]
    series: Mapped[str] = mapped_column(String(1))
    """The group of procedures; empty where no number stands behind the answer."""
    channel: Mapped[str] = mapped_column(String(8))
    """slip (the phone), door (the exit's code, without a number), kiosk (faces at the machine)."""


class AnswerRow(Base):
    """One answer to one criterion."""

    __tablename__ = "survey_answer"
    __table_args__ = ({"sqlite_with_rowid": False},)

    response: Mapped[str] = mapped_column(ForeignKey("survey_response.key"), primary_key=True)
    criterion: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int | None]
    """None: skipped, or not known."""
    missing: Mapped[str] = mapped_column(String(8))
    """skipped, unknown; empty where there is a value."""


class FeedbackRow(Base):
    """What a citizen wrote. Nothing leads from it to a ticket or to a response."""

    __tablename__ = "feedback"
    __table_args__ = (
        UniqueConstraint("site", "code"), Index(None, "site", "state", "due"), {"sqlite_with_rowid": False},
    )  # fmt: skip

    key: Mapped[str] = mapped_column(primary_key=True)
    site: Mapped[str]
    code: Mapped[str] = mapped_column(String(16))
    """By which the citizen finds the answer."""
    kind: Mapped[str] = mapped_column(String(16))
    """comment (may stay without answer), petition (has a deadline)."""
    text: Mapped[str] = mapped_column(String(500))
    officer_id: Mapped[str | None]
    """The officer whom it is about: cannot open it."""
    state: Mapped[str] = mapped_column(String(16))
    """new, read, answered."""
    day: Mapped[date]
    due: Mapped[date | None]
    answer: Mapped[str] = mapped_column(String(1000))
    answered_by: Mapped[str | None]
    answered_on: Mapped[date | None]
