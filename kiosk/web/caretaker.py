"""What the office's time asks for by itself: yesterday's numbers end, contacts that have served are forgotten, the
night's backup is made."""

from __future__ import annotations

import logging
import threading
from datetime import date, datetime, timedelta

from kiosk.clock import SystemClock
from kiosk.office.database import DatabaseError
from kiosk.office.nightly import back_up_everywhere, is_due
from kiosk.office.today import machine_floors
from kiosk.web.rooms import Rooms

log = logging.getLogger(__name__)

ROUND_SECONDS = 30.0
CONTACT_DAYS = 30
"""A result that nobody fetched for so long after its day: its contact is emptied (domain: purge ages)."""


class Caretaker:
    """A thread that looks at the calendar twice a minute."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._stop = threading.Event()
        self._done_for: date | None = None
        self._doubt: str = ""

    def start(self) -> None:
        """Begin with a first round."""
        threading.Thread(target=self._run, name="caretaker", daemon=True).start()

    def stop(self) -> None:
        """No further round."""
        self._stop.set()

    def _run(self) -> None:
        while True:
            try:
                self.round()
            except DatabaseError as error:
                log.error("a round of the caretaker failed: %s", error)
            if self._stop.wait(ROUND_SECONDS):
                return

    def round(self) -> None:
        """Once a business day: end what earlier days left, forget old contacts. Once a night: back up."""
        now = self._rooms.clock.now()
        today = self._rooms.counters.today()
        if today != self._done_for:
            ended = self._rooms.counters.end_days_before(today)
            if ended:
                log.info("%d numbers of earlier days ended", ended)
            self._rooms.dossiers.forget_contacts(today - timedelta(days=CONTACT_DAYS))
            self._done_for = today
        self._clear_the_shelf(now)
        self._look_at_the_clock()
        settings = self._rooms.settings
        if settings.database_url.startswith("sqlite") and not self._rooms.trial:
            folders = settings.backup_folders
            if is_due(folders[0], now, self._rooms.days):
                back_up_everywhere(settings.database_url, folders, now, settings.backup.keep, self._rooms.health)

    def _clear_the_shelf(self, now: datetime) -> None:
        """Papers of visits that have ended, however they did; after closing only of those who sit at a counter."""
        shelf = self._rooms.shelf
        if not len(shelf):
            return
        closed = self._rooms.days.closed_for_today(now)
        forgotten = shelf.keep_only(self._rooms.tickets.going_on(at_counters_only=closed))
        if forgotten:
            log.info("papers of %d visits that have ended were forgotten", forgotten)

    def _look_at_the_clock(self) -> None:
        """A doubtful clock becomes a health row, once; a good one takes it back."""
        # A trial's clock is on a day of its own: this machine's files say nothing about it
        floors = machine_floors() if isinstance(self._rooms.clock, SystemClock) else []
        found = self._rooms.counters.clock_doubt(floors)
        if found != self._doubt:
            detail = f"the clock is {found} of what has happened" if found else ""
            self._rooms.health.report("clock", found or "ok", detail)
            self._doubt = found
