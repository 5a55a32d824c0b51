"""What the counter console shows, as plain data: which keys can be pressed, and if not, why not."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kiosk.clock import business_day
from kiosk.office.types import AtCounter, CounterView, Dossier, Health, HelpCall, InLine, Ticket
from kiosk.settings import Procedure, Settings
from kiosk.web.rooms import Rooms

Words = Callable[..., str]

QUIET_AFTER = timedelta(seconds=35)
"""A kiosk that has not said for so long that it lives (it does every ten seconds) is away."""
PRINTER_TROUBLE = ("absent", "paper-out", "cover-open", "error", "offline")
ERRORS_OF_THEIR_OWN = ("hot", "garbled")
"""Errors that are no jam: another sentence."""
_ICONS = {"elderly": "elder", "disabled": "wheel", "mother-child": "child", "merit": "medal"}
"""Priority pictogram → line icon."""


@dataclass(frozen=True)
class Act:
    """A key of the console. `wait`: seconds until it can be pressed."""

    letter: str
    step: str
    label: str
    sub: str
    enabled: bool = False
    main: bool = False
    wide: bool = False
    wait: int = 0


@dataclass(frozen=True)
class Notice:
    """A sentence in the row above: help, care, bad, calm; with at most one key."""

    kind: str
    icon: str
    strong: str
    text: str = ""
    letter: str = ""
    step: str = ""
    target: str = ""
    label: str = ""
    dialog: str = ""


@dataclass(frozen=True)
class Row:
    """One who waits."""

    ticket: Ticket
    name: str
    minutes: int
    priority: str
    icon: str
    absences: int


@dataclass(frozen=True)
class Paper:
    """A document of a dossier."""

    key: str
    name: str
    missing: bool


@dataclass(frozen=True)
class DossierCard:
    """A dossier with its words."""

    dossier: Dossier
    name: str
    confirmed: bool
    due: str
    late: bool
    papers: tuple[Paper, ...]
    fee: str
    exemptions: str


@dataclass(frozen=True)
class Offer:
    """A procedure that can be chosen with a digit."""

    digit: str
    key: str
    name: str
    due: str


@dataclass(frozen=True)
class ConsoleView:
    """The whole console."""

    now: datetime
    view: CounterView
    state: str
    """idle, called, serving, paused."""
    next: Row | None
    after: Row | None
    why: str
    priority: str
    priority_icon: str
    tile_name: str
    tile_picture: str
    told_missing: str
    acts: tuple[Act, ...]
    undo: str
    notices: tuple[Notice, ...]
    line: tuple[Row, ...]
    elsewhere: tuple[Row, ...]
    away: tuple[Row, ...]
    waiting_in_room: int
    dossiers: tuple[DossierCard, ...]
    offers: tuple[Offer, ...]
    results: tuple[DossierCard, ...]
    late: int
    just_returned: tuple[DossierCard, ...]
    receipt: str
    """The key of the receipt's form in force; "" = none."""


class ConsoleDesk:
    """Puts the console of a counter together."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms, self._settings = rooms, rooms.settings

    def t(self, key: str, **values: str | int) -> str:
        """An officer's word."""
        return self._rooms.staff_words.shown(key, "vi", **values)

    def view(self, counter: int) -> ConsoleView:
        """Everything that stands on the console of `counter` now."""
        rooms, now = self._rooms, self._rooms.clock.now()
        view = rooms.counters.view(counter)
        current = view.current
        state = current.ticket.state if current else ("paused" if view.paused else "idle")
        line = tuple(self.row(one, now) for one in view.line)
        elsewhere = tuple(self.row(one, now) for one in view.elsewhere)
        away = tuple(self.row(InLine(ticket, ticket.issued_at, 0, "chosen"), now) for ticket in view.away)
        shown = current.ticket if current else (view.line[0].ticket if view.line else None)
        dossiers = rooms.dossiers.of_ticket(current.ticket.id) if current else []
        results = rooms.dossiers.to_return()
        late = [one for one in results if rooms.dossiers.is_late(one)]
        return ConsoleView(
            now=now, view=view, state=state,
            next=line[0] if line else None, after=line[1] if len(line) > 1 else None,
            why=self._why(view), priority=self._priority(shown), priority_icon=_ICONS.get(shown.reason, "flag")
            if shown and shown.lane == "priority" and shown.reason in _ICONS else "user",
            tile_name=self._tile(shown), tile_picture=self._picture(shown), told_missing=self._missing(shown),
            acts=acts(view, now, self.t), undo=self._undo(view), notices=self._notices(now),
            line=line, elsewhere=elsewhere, away=away, waiting_in_room=len(line) + len(elsewhere),
            dossiers=tuple(self.card(one, late) for one in dossiers),
            offers=self._offers(current, dossiers, now),
            results=tuple(self.card(one, late) for one in results), late=len(late),
            just_returned=tuple(self.card(one, ()) for one in rooms.dossiers.just_returned()),
            receipt=receipt.key if (receipt := rooms.forms.receipt(business_day(now))) else "",
        )  # fmt: skip

    # ---- rows ------------------------------------------------------------------------------------------

    def row(self, one: InLine, now: datetime) -> Row:
        """Somebody who waits, with words."""
        ticket = one.ticket
        waited = int((now - ticket.issued_at).total_seconds() // 60)
        icon = _ICONS.get(ticket.reason, "user")
        return Row(ticket, self._short(ticket), max(0, waited), self._priority(ticket), icon, one.absences)

    def card(self, dossier: Dossier, late: Sequence[Dossier]) -> DossierCard:
        """A dossier, with words."""
        procedure = self._settings.procedures.get(dossier.procedure)
        keys = procedure.documents if procedure else []
        documents = self._settings.documents
        return DossierCard(
            dossier=dossier,
            name=procedure.name["vi"] if procedure else dossier.procedure,
            confirmed=bool(procedure and procedure.confirmed),
            due=self._due(dossier.due),
            late=dossier in late,
            papers=tuple(
                Paper(key, documents[key].called("vi"), key in dossier.missing) for key in keys if key in documents
            ),
            fee=procedure.fee["vi"] if procedure else "",
            exemptions=procedure.exemptions.get("vi", "") if procedure else "",
        )

    def _offers(self, current: AtCounter | None, dossiers: Sequence[Dossier], now: datetime) -> tuple[Offer, ...]:
        """The procedures behind the ticket's picture, for the digits 1 to 9; those in force today."""
        if current is None:
            return ()
        tile = self._settings.tiles.get(current.ticket.tile)
        keys = [key for key in (tile.procedures if tile else []) if self.in_force(key, business_day(now))]
        offers = []
        for index, key in enumerate(keys[:9]):
            procedure = self._settings.procedures[key]
            due = self._rooms.dossiers.would_be_due(procedure, None)
            offers.append(Offer(str(index + 1), key, procedure.name["vi"], self._due(due)))
        return tuple(offers)

    def in_force(self, key: str, today: date) -> bool:
        """Whether a procedure is valid today."""
        procedure = self._settings.procedures.get(key)
        if procedure is None or procedure.effective_from > today:
            return False
        return procedure.effective_to is None or procedure.effective_to >= today

    def all_procedures(self) -> list[Procedure]:
        """Every procedure in force today, by name."""
        today = business_day(self._rooms.clock.now())
        found = [one for key, one in self._settings.procedures.items() if self.in_force(key, today)]
        return sorted(found, key=lambda one: one.name["vi"])

    # ---- words -----------------------------------------------------------------------------------------

    def _tile(self, ticket: Ticket | None) -> str:
        tile = self._settings.tiles.get(ticket.tile) if ticket else None
        return tile.said("vi") if tile else ""

    def _short(self, ticket: Ticket) -> str:
        tile = self._settings.tiles.get(ticket.tile)
        return tile.called("vi") if tile else ""

    def _picture(self, ticket: Ticket | None) -> str:
        tile = self._settings.tiles.get(ticket.tile) if ticket else None
        return tile.pictogram if tile else ""

    def _missing(self, ticket: Ticket | None) -> str:
        documents = self._settings.documents
        keys = [key for key in (ticket.missing if ticket else ()) if key in documents]
        return ", ".join(documents[key].called("vi") for key in keys)

    def _priority(self, ticket: Ticket | None) -> str:
        if ticket is None or ticket.lane != "priority":
            return ""
        row = next((one for one in self._settings.priorities if one.key == ticket.reason), None)
        return self.t("priority", name=row.called("vi").lower() if row else "") if row else self.t("priority-plain")

    def _due(self, due: date) -> str:
        days = (due - business_day(self._rooms.clock.now())).days
        if days == 0:
            return self.t("due-today")
        weekday = self.t(f"weekday-{due.weekday()}")
        return self.t("due-day", weekday=weekday, day=f"{due.day}/{due.month}")

    def _why(self, view: CounterView) -> str:
        if not view.line:
            return ""
        first, calling = view.line[0], self._settings.calling
        return self.t(
            f"why-{first.reason}", minutes=int((self._rooms.clock.now() - first.since).total_seconds() // 60),
            guard=calling.longest_wait_minutes, ratio=calling.ordinary_per_priority,
        )  # fmt: skip

    def _undo(self, view: CounterView) -> str:
        return self.t(f"undo-{view.undo}", code=view.undo_code) if view.undo else self.t("undo-nothing")

    # ---- notices ---------------------------------------------------------------------------------------

    def _notices(self, now: datetime) -> tuple[Notice, ...]:
        """At most two, the gravest left: broken, somebody waits for help, care, calm."""
        rooms = self._rooms
        health = {one.device: one for one in rooms.health.all()}
        found = [*self._kiosk(health, now), *self._printer(health, now), *self._loudspeaker(health, now)]
        found += [*self._data(health), *self._time(health, now)]
        found += [self._help(call, now) for call in rooms.help.open_calls()[:1]]
        found += self._slips()
        rank = {"help": 0, "bad": 1, "care": 2}
        found.sort(key=lambda notice: rank[notice.kind])
        return tuple(found[:2]) or (Notice("calm", "check", "", self.t("notice-all-well")), self._today(now))

    def _today(self, now: datetime) -> Notice:
        day = self._rooms.figures.day(self._rooms.counters.today())
        text = self.t(
            "notice-today", served=day.served, waiting=day.waiting, received=day.received, returned=day.returned
        )
        return Notice("calm", "chart", "", text)

    def _kiosk(self, health: dict[str, Health], now: datetime) -> list[Notice]:
        kiosk = health.get("kiosk")
        if kiosk is None:
            return [Notice("bad", "kiosk", self.t("notice-kiosk-never"), self.t("notice-kiosk-todo"))]
        if self._is_quiet(kiosk, now):
            since = self.t("since", time=f"{kiosk.at:%H:%M}".removeprefix("0"))
            return [
                Notice(
                    "bad", "kiosk", self.t("notice-kiosk-away"), f"{since} {self.t('notice-kiosk-todo')}",
                    dialog="howto-kiosk", label=self.t("notice-howto"),
                )
            ]  # fmt: skip
        return []

    def _is_quiet(self, kiosk: Health, now: datetime) -> bool:
        return now - kiosk.at > self._rooms.clock.span(QUIET_AFTER)

    def _printer(self, health: dict[str, Health], now: datetime) -> list[Notice]:
        printer, kiosk = health.get("printer"), health.get("kiosk")
        if printer is None or kiosk is None or self._is_quiet(kiosk, now):
            return []
        if printer.state in PRINTER_TROUBLE:
            waiting = self._rooms.jobs.waiting_count()
            text = self.t("notice-slips-wait", count=waiting) if waiting else ""
            dialog = "howto-paper" if printer.state in ("paper-out", "cover-open") else "howto-printer"
            told = printer.detail if printer.detail in ERRORS_OF_THEIR_OWN else printer.state
            strong = self.t(f"notice-printer-{told}")
            return [Notice("bad", "roll", strong, text, dialog=dialog, label=self.t("notice-howto"))]
        if printer.detail == "near-end":
            strong = self.t("notice-printer-near-end")
            return [Notice("care", "roll", strong, dialog="howto-paper", label=self.t("notice-howto"))]
        return []

    def _loudspeaker(self, health: dict[str, Health], now: datetime) -> list[Notice]:
        loudspeaker = health.get("loudspeaker")
        if loudspeaker is None or loudspeaker.state == "ok":
            return []
        return [Notice("care", "speak", self.t("notice-silent"), self.t("notice-silent-todo"))]

    def _data(self, health: dict[str, Health]) -> list[Notice]:
        """The backup's and the database's word: care for the evening, not for the person at the counter."""
        found = []
        backup, database = health.get("backup"), health.get("database")
        if backup is not None and backup.state != "ok":
            found.append(Notice("care", "shield", self.t("notice-backup"), self.t("notice-backup-todo")))
        today = business_day(self._rooms.clock.now())
        if database is not None and database.state == "rescued" and business_day(database.at) == today:
            found.append(Notice("care", "shield", self.t("notice-rescued"), self.t("notice-rescued-todo")))
        return found

    def _time(self, health: dict[str, Health], now: datetime) -> list[Notice]:
        """A clock that cannot be believed: numbers go on, somebody should look."""
        clock = health.get("clock")
        if clock is None or clock.state == "ok":
            return []
        told = f"{now:%H:%M} {now.day}/{now.month}/{now.year}"
        return [Notice("care", "clock", self.t("notice-clock", time=told), self.t("notice-clock-todo"))]

    def _help(self, call: HelpCall, now: datetime) -> Notice:
        ago = int((now - call.called_at).total_seconds() // 60)
        text = self.t("ago-minutes", count=ago) if ago else self.t("ago-now")
        return Notice(
            "help", "hand", self.t("notice-help"), text, letter="H", step="help", target=call.id,
            label=self.t("act-help"),
        )  # fmt: skip

    def _slips(self) -> list[Notice]:
        """A slip of today that may not have come out: a person decides."""
        return [
            Notice(
                "care", "printer", self.t("notice-slip-unsure", code=code), step="reprint", target=ticket_id,
                label=self.t("act-reprint"),
            )
            for ticket_id, code in self._rooms.jobs.unsure()[:1]
        ]  # fmt: skip


def acts(view: CounterView, now: datetime, t: Words) -> tuple[Act, ...]:
    """The seven keys of the counter: always the same places, each with what it does or why it cannot be pressed."""
    state = view.current.ticket.state if view.current else "idle"
    code = view.current.ticket.code if view.current else ""
    first = view.line[0].ticket.code if view.line else ""
    called, serving = state == "called", state == "serving"
    wait = max(0, math.ceil((view.absent_from - now).total_seconds())) if view.absent_from and called else 0
    if called:
        next_sub = t("next-after-start")
    elif serving:
        next_sub = t("next-after-finish", code=first) if first else t("next-after-finish-none")
    else:
        next_sub = t("next-calls", code=first, counter=view.counter) if first else t("next-nobody")
    here = "here" if serving else "idle"
    return (
        Act("T", "next", t("act-next"), next_sub, state == "idle" and bool(first), state == "idle", wide=True),
        Act("L", "recall", t("act-recall"), t("recall-does", code=code) if called else t(f"recall-{here}"), called),
        Act("V", "absent", t("act-absent"), *_absent(view, called, wait, here, t)),
        Act("B", "start", t("act-start"), t("start-does") if called else t(f"start-{here}"), called, called),
        Act("X", "finish", t("act-finish"), t(f"finish-{state}"), serving, serving),
        Act("C", "transfer", t("act-transfer"), t(f"transfer-{state}"), called or serving),
        Act("R", "fetch", t("act-fetch"), t(f"fetch-{state}"), serving),
    )


def _absent(view: CounterView, called: bool, wait: int, here: str, t: Words) -> tuple[str, bool, bool, bool, int]:
    """Sub, enabled, main, wide, wait of the key "absent"."""
    if not called:
        return t(f"absent-{here}"), False, False, False, 0
    if view.calls_missing:
        return t("absent-call-again", count=view.calls_missing), False, False, False, 0
    if wait:
        return t("absent-wait", seconds=wait), False, False, False, wait
    return t("absent-does"), True, False, False, 0


def choices(settings: Settings, counter: int) -> tuple[list[int], list[tuple[str, str, str]]]:
    """Where a number can be sent from `counter`: other counters; pictures (key, name, pictogram) with a queue."""
    others = [number for number in range(1, settings.office.counters + 1) if number != counter]
    tiles = [(tile.key, tile.called("vi"), tile.pictogram) for tile in settings.tiles.values() if tile.series]
    return others, tiles
