"""The nightly backup: after closing, or at the next start when the machine was switched off before. Every folder
gets its own copy; what came of it stands as a health row."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from kiosk.office.backup import back_up, backups, taken_at
from kiosk.office.database import DatabaseError
from kiosk.office.days import Days
from kiosk.office.health import HealthBoard

log = logging.getLogger(__name__)


def is_due(folder: Path, now: datetime, days: Days) -> bool:
    """Whether the newest backup was made before the office last closed; also when there is none."""
    found = backups(folder)
    return not found or taken_at(found[-1]) < days.last_closing(now).replace(tzinfo=None)


def back_up_everywhere(
    url: str, folders: Sequence[Path], now: datetime, keep: int, health: HealthBoard
) -> list[tuple[Path, str]]:
    """A backup into each folder. Our own, the first, is made when it is missing; another one that is missing is a
    stick that is away. Returns (folder, trouble) of each that failed; tells the health board."""
    failed: list[tuple[Path, str]] = []
    made: list[str] = []
    for number, folder in enumerate(folders):
        try:
            if number == 0:
                folder.mkdir(parents=True, exist_ok=True)
            elif not folder.is_dir():
                raise DatabaseError(f"{folder} is away.")
            made.append(back_up(url, folder, now, keep).name)
        except (DatabaseError, OSError) as error:
            log.error("backup: %s", error)
            failed.append((folder, str(error)))
    state = "ok" if not failed else ("absent" if made else "failed")
    health.report("backup", state, failed[0][1] if failed else made[0])
    return failed
