"""config/*.toml → typed settings. The only module that knows where config, assets and the office's data lie.

A mistake stops the start with a SettingsError that names the file, the key, what is wrong and the nearest right
name. Nothing is read twice and nothing can be changed afterwards: every model is frozen.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from kiosk.text import nfc

PACKAGE = Path(__file__).resolve().parent


class SettingsError(Exception):
    """A mistake in a settings file, told so that a technician can mend it: file, key, what is wrong, what to do."""

    def __init__(self, file: str, key: str, problem: str, hint: str = "") -> None:
        self.file, self.key, self.problem, self.hint = file, key, problem, hint
        super().__init__(f"{file}: {key}: {problem}" + (f" {hint}" if hint else ""))


def nearest(word: str, known: Iterator[str] | list[str]) -> str:
    """A sentence naming the closest known word, or all of them when none is close."""
    names = sorted(set(known))
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f'Did you mean "{close[0]}"?'
    return f"Known: {', '.join(names)}." if names else ""


# ---- the shapes -----------------------------------------------------------------------------------------------

Text = Annotated[str, AfterValidator(nfc)]


def _language_text(value: Any) -> Any:
    """A plain string in a settings file is Vietnamese."""
    return {"vi": value} if isinstance(value, str) else value


LanguageText = Annotated[dict[str, Text], BeforeValidator(_language_text)]
"""A text by language code; a plain string is Vietnamese."""


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


AnyModel = TypeVar("AnyModel", bound=Model)


class Office(Model):
    """office.toml [office]: who we are. All local names are data; the commune was merged once already."""

    site: str = Field(pattern=r"^[a-z0-9-]{1,24}$")
    name: Text
    authority: Text
    public_url: str = Field(pattern=r"^https?://[^\s/]+(/[^\s]*)?$")
    languages: list[str] = Field(min_length=1)
    place: Literal["entrance", "exit", "both"] = "both"
    counters: int = Field(ge=1, le=20)
    address_form: LanguageText


class Screen(Model):
    """office.toml [screen]. The diagonal is measured on the device: EDID lies."""

    width: int = Field(ge=640, le=7680)
    height: int = Field(ge=640, le=7680)
    diagonal_inches: float = Field(gt=5, le=70)
    idle_warning_seconds: int = Field(ge=15, le=600)
    reduced_motion: bool = False


class Printer(Model):
    """office.toml [printer]. One address says how it is reached."""

    address: str
    paper_mm: Literal[80, 58]
    baud_fine: bool = False


class Voice(Model):
    """office.toml [voice]. Rate in espeak words per minute (140–150 suits elders, facts/voice)."""

    engine_voice: dict[str, str]
    rate: int = Field(ge=80, le=300)
    volume_db: float = Field(ge=-30, le=0, default=0.0)


class Web(Model):
    """office.toml [web]."""

    host: str = "127.0.0.1"
    port: int = Field(ge=1, le=65535)


class Wifi(Model):
    """office.toml [wifi]: the office's own network, for phones without data. Absent = no join picture."""

    ssid: Text = Field(min_length=1, max_length=32)
    password: str = Field(default="", max_length=63)
    hidden: bool = False


class Database(Model):
    """office.toml [database]. Empty url = a SQLite file in the office's data folder."""

    url: str = ""


class Priority(Model):
    """office.toml [[priority]]: one picture of the row on the confirm screen. Self-declared, no proof asked."""

    key: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    pictogram: str
    name: LanguageText
    source: Text


class OfficeFile(Model):
    office: Office
    screen: Screen
    printer: Printer
    voice: Voice
    web: Web
    wifi: Wifi | None = None
    database: Database = Database()
    priority: list[Priority] = Field(default=[], max_length=4)


class Series(Model):
    """services.toml [[series]]: one queue. Letters must not be confused by ear: no B/P, no D/Đ together."""

    letter: str = Field(pattern=r"^[A-Z]$")
    name: LanguageText
    counters: list[int] = Field(min_length=1)
    minutes: float = Field(gt=0, le=240)


class Document(Model):
    """services.toml [[document]]: one paper a citizen may be asked to bring. `ask`: the question, when
    "did you bring …?" does not fit."""

    key: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    pictogram: str
    name: LanguageText
    ask: LanguageText = {}

    def called(self, language: str) -> str:
        """The paper's name in `language` (Vietnamese when it has none)."""
        return self.name.get(language) or self.name["vi"]


class Procedure(Model):
    """services.toml [[procedure]]: one administrative procedure (TTHC), dated because law changes."""

    key: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    code: str = ""
    name: LanguageText
    documents: list[str] = []
    bring: LanguageText = {}
    fee: LanguageText
    exemptions: LanguageText = {}
    limit: LanguageText
    same_day: Literal["yes", "often", "sometimes", "no"]
    fifteen_rule: bool = False
    source: Text
    effective_from: date
    effective_to: date | None = None
    confirmed: bool = False
    note: LanguageText = {}


class Tile(Model):
    """services.toml [[tile]]: a picture to choose. A leaf stands for procedures; a group (`opens`) for one page of leaves."""

    key: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    pictogram: str
    name: LanguageText
    short: LanguageText = {}
    spoken: LanguageText = {}
    series: str = ""
    procedures: list[str] = []
    documents: list[str] = Field(default=[], max_length=4)
    fee: LanguageText = {}
    opens: list[str] = Field(default=[], max_length=6)
    unsure: bool = False

    def called(self, language: str) -> str:
        """The tile's whole name in `language` (Vietnamese when it has none)."""
        return self.name.get(language) or self.name["vi"]

    def label(self, language: str) -> str:
        """The short name, for narrow places."""
        return self.short.get(language) or self.called(language)

    def said(self, language: str) -> str:
        """What is spoken for this tile."""
        return self.spoken.get(language) or self.called(language)


class ServicesFile(Model):
    series: list[Series] = Field(min_length=1)
    home: list[str] = Field(min_length=1, max_length=6)
    tile: list[Tile]
    document: list[Document]
    procedure: list[Procedure]


Hours = tuple[time, time]


def _clock_times(value: Any) -> Any:
    """Hours are written ["07:00", "11:30"]."""
    return [[time.fromisoformat(t) if isinstance(t, str) else t for t in pair] for pair in value]


HoursList = Annotated[list[Hours], BeforeValidator(_clock_times)]


class ExtraDay(Model):
    """calendar.toml [[extra_day]]: a service day beside the Thursdays."""

    date: date
    reason: LanguageText
    hours: HoursList = []


class CancelledDay(Model):
    """calendar.toml [[cancelled_day]]: a Thursday without service."""

    date: date
    reason: LanguageText


class Holiday(Model):
    """calendar.toml [[holiday]]: a day off that the built-in list lacks."""

    date: date
    name: LanguageText


class Capacity(Model):
    """calendar.toml [capacity]: how many can be served before closing. Off = never warn."""

    warn: bool = True
    counters_open: int = Field(ge=1, le=20)


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class CalendarFile(Model):
    service_weekdays: list[Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]]
    other_days: Literal["guide", "tickets"] = "guide"
    hours: HoursList = Field(min_length=1)
    fifteen_rule: time = time(15, 0)
    holidays: bool = True
    working_holidays: list[date] = []
    holiday: list[Holiday] = []
    extra_day: list[ExtraDay] = []
    cancelled_day: list[CancelledDay] = []
    capacity: Capacity


@dataclass(frozen=True)
class Places:
    """Where things lie on this machine. `home` is the only folder we write to."""

    config: Path
    assets: Path
    home: Path

    @property
    def database(self) -> Path:
        return self.home / "office.db"

    @property
    def slips(self) -> Path:
        return self.home / "slips"

    @property
    def cache(self) -> Path:
        return self.home / "cache"


@dataclass(frozen=True)
class Settings:
    """Everything the office has decided, checked as a whole."""

    places: Places
    office: Office
    screen: Screen
    printer: Printer
    voice: Voice
    web: Web
    wifi: Wifi | None
    database: Database
    priorities: tuple[Priority, ...]
    calendar: CalendarFile
    series: Mapping[str, Series]
    home: tuple[str, ...]
    tiles: Mapping[str, Tile]
    documents: Mapping[str, Document]
    procedures: Mapping[str, Procedure]

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL: the configured one, else the SQLite file of this office."""
        return self.database.url or f"sqlite:///{self.places.database}"

    def pictograms(self) -> Iterator[tuple[str, str, str]]:
        """(file, key, pictogram) of every picture the settings name: wiring checks that each exists."""
        for priority in self.priorities:
            yield "office.toml", f"priority.{priority.key}.pictogram", priority.pictogram
        for tile in self.tiles.values():
            yield "services.toml", f"tile.{tile.key}.pictogram", tile.pictogram
        for document in self.documents.values():
            yield "services.toml", f"document.{document.key}.pictogram", document.pictogram


# ---- reading --------------------------------------------------------------------------------------------------


def places(home: Path | None = None, config: Path | None = None) -> Places:
    """The folders in use: arguments first, then KIOSK_HOME / KIOSK_CONFIG, then the checkout (or the wheel)."""
    root = PACKAGE.parent if (PACKAGE.parent / "config").is_dir() else PACKAGE
    chosen_home = home or (Path(os.environ["KIOSK_HOME"]) if os.environ.get("KIOSK_HOME") else root / "var")
    chosen_config = config or (
        Path(os.environ["KIOSK_CONFIG"]) if os.environ.get("KIOSK_CONFIG") else root / "config"
    )
    return Places(config=chosen_config, assets=root / "assets", home=chosen_home)


def load(where: Places) -> Settings:
    """Read and check every settings file. Raises SettingsError at the first mistake."""
    office = _read(where.config / "office.toml", OfficeFile)
    services = _read(where.config / "services.toml", ServicesFile)
    calendar = _read(where.config / "calendar.toml", CalendarFile)
    settings = Settings(
        places=where,
        office=office.office,
        screen=office.screen,
        printer=office.printer,
        voice=office.voice,
        web=office.web,
        wifi=office.wifi,
        database=office.database,
        priorities=tuple(office.priority),
        calendar=calendar,
        series=_by("services.toml", "series", services.series, "letter"),
        home=tuple(services.home),
        tiles=_by("services.toml", "tile", services.tile, "key"),
        documents=_by("services.toml", "document", services.document, "key"),
        procedures=_by("services.toml", "procedure", services.procedure, "key"),
    )
    _check_services(settings)
    _check_calendar(settings)
    return settings


def _by(file: str, table: str, rows: Sequence[AnyModel], key: str) -> dict[str, AnyModel]:
    found: dict[str, AnyModel] = {}
    for row in rows:
        name = getattr(row, key)
        if name in found:
            raise SettingsError(file, f"{table}.{name}", "stands twice.", "Remove or rename one of them.")
        found[name] = row
    return found


def _read(path: Path, shape: type[AnyModel]) -> AnyModel:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(
            path.name, "(file)", f"is missing from {path.parent}.", "Copy it from the shipped config folder."
        ) from None
    except UnicodeDecodeError:
        raise SettingsError(path.name, "(file)", "is not UTF-8 text.", "Save it again as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(path.name, "(file)", f"is not valid TOML: {error}.") from None
    try:
        return shape.model_validate(raw)
    except ValidationError as error:
        raise _explain(path.name, shape, raw, error) from None


def _explain(file: str, shape: type[BaseModel], raw: Any, error: ValidationError) -> SettingsError:
    """The first mistake pydantic found, in a technician's words. An unknown key goes first: it explains a missing one."""
    details = sorted(error.errors(), key=lambda item: item["type"] != "extra_forbidden")[0]
    parts = list(details["loc"])
    key = _dotted(parts, raw)
    if details["type"] == "extra_forbidden":
        return SettingsError(
            file, key, "is not a known setting.", nearest(str(parts[-1]), _keys_beside(shape, parts))
        )
    if details["type"] == "missing":
        return SettingsError(file, key, "is missing.", "Add it; the shipped file shows an example.")
    value = details["input"]
    hint = ""
    expected = details.get("ctx", {}).get("expected", "")
    if details["type"] == "literal_error" and isinstance(value, str):
        hint = nearest(value, [word.strip(" '") for word in str(expected).replace(" or ", ",").split(",")])
    shown = value if isinstance(value, str | int | float | bool) else type(value).__name__
    message = details["msg"].removeprefix("Value error, ")
    return SettingsError(file, key, f"{message[0].lower()}{message[1:]} (it is {shown!r}).", hint)


def _dotted(parts: list[int | str], raw: Any) -> str:
    """tile.3.pictogram → tile.birth.pictogram, so that nobody has to count tables."""
    names: list[str] = []
    for part in parts:
        raw = raw[part] if isinstance(raw, list | dict) and _has(raw, part) else None
        label = str(part)
        if isinstance(part, int) and isinstance(raw, dict):
            label = str(raw.get("key") or raw.get("letter") or raw.get("date") or part + 1)
        names.append(label)
    return ".".join(names)


def _has(raw: Any, part: int | str) -> bool:
    return part in raw if isinstance(raw, dict) else isinstance(part, int) and part < len(raw)


def _keys_beside(shape: type[BaseModel], parts: list[int | str]) -> list[str]:
    """The keys allowed where `parts` ends: walk the models down to the table that holds the unknown key."""
    for part in parts[:-1]:
        if isinstance(part, int):
            continue
        field = shape.model_fields.get(str(part))
        inner = _model_in(field.annotation) if field else None
        if inner is None:
            break
        shape = inner
    return list(shape.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _model_in(argument)
        if found:
            return found
    return None


# ---- checks across tables -------------------------------------------------------------------------------------


def _known(file: str, key: str, name: str, known: Mapping[str, Any], what: str) -> None:
    if name not in known:
        raise SettingsError(
            file, key, f'names the {what} "{name}", which does not exist.', nearest(name, list(known))
        )


def _check_services(settings: Settings) -> None:
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
        if "vi" not in tile.name:
            raise SettingsError(file, f"{where}.name", "has no Vietnamese text (vi).")
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


def _check_calendar(settings: Settings) -> None:
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
