"""Checks across tables: what one file names must stand in another, and times must make sense."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any

from kiosk.settings.errors import SettingsError, nearest
from kiosk.settings.models import Settings


def check_services(settings: Settings) -> None:
    file = "services.toml"
    for name in settings.home:
        _known(file, "home", name, settings.tiles, "tile")
    if not any(settings.tiles[name].unsure for name in settings.home):
        raise SettingsError(
            file, "home", 'has no tile with unsure = true ("something else / I do not know").', "Add one."
        )
    opened = {child for tile in settings.tiles.values() for child in tile.opens}
    for tile in settings.tiles.values():
        where = f"tile.{tile.key}"
        if tile.opens:
            if tile.series:
                raise SettingsError(
                    file,
                    f"{where}.series",
                    "stands on a group; only its tiles have one.",
                    "Remove series or opens.",
                )
            for child in tile.opens:
                _known(file, f"{where}.opens", child, settings.tiles, "tile")
                if settings.tiles[child].opens:
                    raise SettingsError(
                        file, f"{where}.opens", f'"{child}" is a group itself: two levels are enough.'
                    )
        else:
            _known(file, f"{where}.series", tile.series, settings.series, "series")
        if tile.key not in settings.home and tile.key not in opened:
            raise SettingsError(
                file,
                where,
                "can never be chosen: neither home nor a group names it.",
                "Add it to one of them, or remove it.",
            )
        for name in tile.documents:
            _known(file, f"{where}.documents", name, settings.documents, "document")
        for name in tile.procedures:
            _known(file, f"{where}.procedures", name, settings.procedures, "procedure")
    for procedure in settings.procedures.values():
        for name in procedure.documents:
            _known(file, f"procedure.{procedure.key}.documents", name, settings.documents, "document")
        if procedure.effective_to and procedure.effective_to < procedure.effective_from:
            raise SettingsError(file, f"procedure.{procedure.key}.effective_to", "lies before effective_from.")
    for series in settings.series.values():
        for counter in series.counters:
            if not 1 <= counter <= settings.office.counters:
                raise SettingsError(
                    file,
                    f"series.{series.letter}.counters",
                    f"names counter {counter}; the office has 1 to {settings.office.counters}.",
                )


def check_office(settings: Settings) -> None:
    office = settings.office
    for language in office.recorded_languages:
        if language in office.languages:
            raise SettingsError(
                "office.toml",
                "office.recorded_languages",
                f'"{language}" stands in languages as well.',
                "Take it out there: it is offered by itself once it is recorded.",
            )
    web = settings.web
    if web.https and web.https_port == web.port:
        raise SettingsError(
            "office.toml",
            "web.https_port",
            f"is {web.port} like web.port; HTTP and HTTPS need a port each.",
            "Choose another one, like 8443.",
        )


def check_calendar(settings: Settings) -> None:
    file = "calendar.toml"
    lists = [("hours", settings.calendar.hours)]
    lists += [(f"extra_day.{day.date}.hours", day.hours) for day in settings.calendar.extra_day if day.hours]
    for key, hours in lists:
        last = time(0, 0)
        for opens, closes in hours:
            if not last <= opens < closes:
                raise SettingsError(
                    file,
                    key,
                    f"{opens:%H:%M}–{closes:%H:%M} is not after what stands before it.",
                    "Write opening times in order, each opening before closing.",
                )
            last = closes


def _known(file: str, key: str, name: str, known: Mapping[str, Any], what: str) -> None:
    if name not in known:
        raise SettingsError(
            file, key, f'names the {what} "{name}", which does not exist.', nearest(name, list(known))
        )
