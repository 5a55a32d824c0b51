"""config/*.toml → Settings. The only module that knows where config, assets and the office's data lie."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from kiosk.settings.checks import check_calendar, check_office, check_services
from kiosk.settings.errors import SettingsError, nearest
from kiosk.settings.models import AnyModel, CalendarFile, OfficeFile, Places, ServicesFile, Settings
from kiosk.settings.survey import Survey, check_survey

PACKAGE = Path(__file__).resolve().parent.parent
_SIGNS = "small letters, digits, hyphens"
PATTERNS = {
    r"^[a-z][a-z0-9-]*$": f"{_SIGNS}, a letter first",
    r"^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$": f"role.part, each in {_SIGNS}, a letter first",
    r"^[a-z0-9-]+\.typ$": f"{_SIGNS}, then .typ",
    r"^[a-z0-9-]{1,24}$": f"{_SIGNS}, at most 24",
    r"^[A-Z]$": "one capital letter, A to Z",
    r"^https?://[^\s/]+(/[^\s]*)?$": "an address, like http://192.168.1.10:8080",
}
"""What the models' patterns ask for, in words."""


def places(home: Path | None = None, config: Path | None = None) -> Places:
    """The folders in use: arguments first, then KIOSK_HOME / KIOSK_CONFIG, then var/ and config/ of the checkout;
    and the database's address, where KIOSK_DATABASE names one."""
    root = PACKAGE.parent
    chosen_home = home or Path(os.environ.get("KIOSK_HOME") or root / "var")
    chosen_config = config or Path(os.environ.get("KIOSK_CONFIG") or root / "config")
    return Places(
        config=chosen_config, assets=root / "assets", home=chosen_home,
        database_url=os.environ.get("KIOSK_DATABASE", ""),
    )  # fmt: skip


def load(where: Places) -> Settings:
    """Read and check every settings file. Raises SettingsError at the first mistake."""
    office = read(where.config / "office.toml", OfficeFile)
    services = read(where.config / "services.toml", ServicesFile)
    calendar = read(where.config / "calendar.toml", CalendarFile)
    survey = read(where.config / "survey.toml", Survey, address_form=office.office.address_form)
    settings = Settings(
        places=where,
        office=office.office,
        screen=office.screen,
        printer=office.printer,
        voice=office.voice,
        web=office.web,
        wifi=office.wifi,
        database=office.database,
        backup=office.backup,
        calling=office.calling,
        priorities=tuple(office.priority),
        calendar=calendar,
        series=_by("services.toml", "series", services.series, "letter"),
        home=tuple(services.home),
        tiles=_by("services.toml", "tile", services.tile, "key"),
        documents=_by("services.toml", "document", services.document, "key"),
        procedures=_by("services.toml", "procedure", services.procedure, "key"),
        survey=survey,
    )
    check_office(settings)
    check_services(settings)
    check_calendar(settings)
    check_survey(survey)
    return settings


def _by(file: str, table: str, rows: Sequence[AnyModel], key: str) -> dict[str, AnyModel]:
    found: dict[str, AnyModel] = {}
    for row in rows:
        name = getattr(row, key)
        if name in found:
            raise SettingsError(file, f"{table}.{name}", "stands twice.", "Remove or rename one of them.")
        found[name] = row
    return found


def read(path: Path, shape: type[AnyModel], like: str = "the shipped file", **context: Any) -> AnyModel:
    """One file in its shape. `like`: where the technician finds an example; `context`: what texts of the file are
    filled with. Raises SettingsError."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))  # some editors put a mark before UTF-8
    except FileNotFoundError:
        raise SettingsError(
            path.name, "(file)", f"is missing from {path.parent}.", "Copy it from the shipped config folder."
        ) from None
    except UnicodeDecodeError:
        raise SettingsError(path.name, "(file)", "is not UTF-8 text.", "Save it again as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(path.name, "(file)", f"is not valid TOML: {error}.") from None
    try:
        return shape.model_validate(raw, context=context)
    except ValidationError as error:
        raise _explain(path.name, shape, raw, error, like) from None


def _explain(file: str, shape: type[BaseModel], raw: Any, error: ValidationError, like: str) -> SettingsError:
    """The first mistake pydantic found, in a technician's words. An unknown key first: it explains a missing one."""
    details = sorted(error.errors(), key=lambda item: item["type"] != "extra_forbidden")[0]
    parts = list(details["loc"])
    key = _dotted(parts, raw)
    if details["type"] == "extra_forbidden":
        return SettingsError(
            file, key, "is not a known setting.", nearest(str(parts[-1]), _keys_beside(shape, parts))
        )
    if details["type"] == "missing":
        return SettingsError(file, key, "is missing.", f"Add it; {like} shows an example.")
    value = details["input"]
    hint = ""
    expected = details.get("ctx", {}).get("expected", "")
    if details["type"] == "literal_error" and isinstance(value, str):
        hint = nearest(value, [word.strip(" '") for word in str(expected).replace(" or ", ",").split(",")])
    if details["type"] == "string_type" and isinstance(value, int | float):
        hint = "Write it in quotes."
    shown = value if isinstance(value, str | int | float | bool) else type(value).__name__
    message = details["msg"].removeprefix("Value error, ")
    if details["type"] == "string_pattern_mismatch":
        message = f"must be {PATTERNS[details['ctx']['pattern']]}"
    return SettingsError(file, key, f"{message[0].lower()}{message[1:]} (it is {shown!r}).", hint)


def _dotted(parts: list[int | str], raw: Any) -> str:
    """tile.3.pictogram → tile.birth.pictogram, so that nobody has to count tables."""
    names: list[str] = []
    for part in parts:
        raw = _inside(raw, part)
        label = str(part)
        if isinstance(part, int) and isinstance(raw, dict):
            label = str(raw.get("key") or raw.get("letter") or raw.get("date") or part + 1)
        names.append(label)
    return ".".join(names)


def _inside(raw: Any, part: int | str) -> Any:
    """What stands at `part` of a parsed table or list, None when nothing does."""
    if isinstance(raw, dict):
        return raw.get(part)
    return raw[part] if isinstance(raw, list) and isinstance(part, int) and part < len(raw) else None


def _keys_beside(shape: type[BaseModel], parts: list[int | str]) -> list[str]:
    """The keys allowed where `parts` ends: walk the models down to the table that holds the unknown key."""
    for part in parts[:-1]:
        if isinstance(part, int):
            continue
        fields = {field.alias or name: field for name, field in shape.model_fields.items()}
        field = fields.get(str(part))
        inner = _model_in(field.annotation) if field else None
        if inner is None:
            break
        shape = inner
    return [field.alias or name for name, field in shape.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _model_in(argument)
        if found:
            return found
    return None
