"""The shapes of config/*.toml. Every model is frozen; every description names the file and table it stands in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from kiosk.text import nfc

if TYPE_CHECKING:
    from kiosk.settings.survey import Survey

Text = Annotated[str, AfterValidator(nfc)]


def _language_text(value: Any) -> Any:
    """A plain string in a settings file is Vietnamese; a text in several languages has Vietnamese among them."""
    if isinstance(value, str):
        return {"vi": value}
    if isinstance(value, dict) and "vi" not in value:
        raise ValueError("has no Vietnamese text (vi)")
    return value


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
    locality: Text = ""
    """The commune's name as it stands before the day on papers."""
    province: Text = ""
    public_url: str = Field(pattern=r"^https?://[^\s/]+(/[^\s]*)?$")
    languages: list[str] = Field(min_length=1)
    recorded_languages: list[str] = []
    """Languages that only people's recordings speak; each is offered once its first clips are there."""
    place: Literal["entrance", "exit", "both"] = "both"
    counters: int = Field(ge=1, le=20)
    address_form: LanguageText

    @property
    def engine_languages(self) -> list[str]:
        """Those that a speech engine speaks."""
        return [language for language in self.languages if language not in self.recorded_languages]


class Screen(Model):
    """office.toml [screen]. The diagonal is measured on the device: EDID lies."""

    width: int = Field(ge=640, le=7680)
    height: int = Field(ge=640, le=7680)
    diagonal_inches: float = Field(gt=5, le=70)
    idle_warning_seconds: int = Field(ge=15, le=600)
    reduced_motion: bool = False
    dim: Literal["never", "closed", "always"] = "never"
    """When the first screen darkens: while the office is closed, or whenever nobody comes."""
    dim_after_minutes: float = Field(gt=0, le=600, default=10)
    text_off: bool = False
    """Every word is hidden but digits: proves that the pictures carry the visit (facts/accessibility, row 28)."""


class Printer(Model):
    """office.toml [printer]. One address says how it is reached."""

    address: str
    paper_mm: Literal[80, 58]
    profile: Literal["generic", "known"] = "generic"
    """Whether it draws QR codes and large letters itself."""


class Voice(Model):
    """office.toml [voice]. Rate in espeak words per minute (140–150 suits elders, facts/voice)."""

    engine_voice: dict[str, str]
    rate: int = Field(ge=80, le=300)
    volume_db: float = Field(ge=-30, le=0, default=0.0)


class Web(Model):
    """office.toml [web]."""

    host: str = "127.0.0.1"
    port: int = Field(ge=1, le=65535)
    https: bool = False
    """The same pages are served by HTTPS too, for the counters, under the office's own certificate authority."""
    https_port: int = Field(ge=1, le=65535, default=8443)
    scanner_gap_ms: int = Field(ge=5, le=35, default=20)
    """A card scanner in keyboard mode: the mean from key to key (hands stay above 40)."""
    scanner_silence_ms: int = Field(ge=50, le=10_000, default=120)
    """A scan without a terminator ends after so long."""
    board_sound: bool = False
    """The lobby board offers to speak the calls itself (for a television far from the kiosk's loudspeaker)."""


class Wifi(Model):
    """office.toml [wifi]: the office's own network, for phones without data. Absent = no join picture."""

    ssid: Text = Field(min_length=1, max_length=32)
    password: str = Field(default="", max_length=63)
    hidden: bool = False


class Calling(Model):
    """office.toml [calling]: the order of calls, and when somebody counts as not there."""

    ordinary_per_priority: int = Field(ge=0, le=10, default=2)
    """This many ordinary numbers between two priority ones; 0 = priority always first."""
    longest_wait_minutes: int = Field(ge=5, le=600, default=60)
    """Whoever waits longer goes first, whatever the lane."""
    calls_before_absent: int = Field(ge=1, le=10, default=2)
    seconds_before_absent: int = Field(ge=0, le=600, default=20)
    absences_before_cancel: int = Field(ge=1, le=10, default=3)
    invite_by_voice: bool = True
    """*Finish* invites to the survey at the exit, where there is one."""


class Database(Model):
    """office.toml [database]. Empty url = a SQLite file in the office's data folder."""

    url: str = ""


class Backup(Model):
    """office.toml [backup]: where the nightly copy goes, beside the data folder's own `backups`."""

    folder: str = ""
    """A mounted stick or another disk; empty = the data folder only."""
    keep: int = Field(ge=2, le=365, default=14)


class Priority(Model):
    """office.toml [[priority]]: one picture of the row on the confirm screen. Self-declared, no proof asked."""

    key: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    pictogram: str
    name: LanguageText
    source: Text

    def called(self, language: str) -> str:
        """The group's name in `language` (Vietnamese when it has none)."""
        return self.name.get(language) or self.name["vi"]


class OfficeFile(Model):
    office: Office
    screen: Screen
    printer: Printer
    voice: Voice
    web: Web
    wifi: Wifi | None = None
    database: Database = Database()
    backup: Backup = Backup()
    calling: Calling = Calling()
    priority: list[Priority] = Field(default=[], max_length=4)


class Series(Model):
    """services.toml [[series]]: one queue. Letters must not be confused by ear: no B with P."""

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
    working_days: int | None = Field(ge=0, le=250, default=None)
    """How many working days a result takes that does not come on the same day; none = until the next service day."""
    fifteen_rule: bool = False
    source: Text
    effective_from: date
    effective_to: date | None = None
    confirmed: bool = False
    note: LanguageText = {}


class Tile(Model):
    """services.toml [[tile]]: a picture to choose. A leaf stands for procedures; a group (`opens`) for a page of
    leaves."""

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
    database_url: str = ""
    """Another database than office.toml's: a trial hands its own to the processes that it starts."""

    @property
    def database(self) -> Path:
        return self.home / "office.db"

    @property
    def slips(self) -> Path:
        return self.home / "slips"

    @property
    def backups(self) -> Path:
        return self.home / "backups"

    @property
    def cache(self) -> Path:
        return self.home / "cache"

    @property
    def certificates(self) -> Path:
        """The office's certificate authority and its server's certificate: keys, never copied into a backup."""
        return self.home / "certificates"


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
    backup: Backup
    calling: Calling
    priorities: tuple[Priority, ...]
    calendar: CalendarFile
    series: Mapping[str, Series]
    home: tuple[str, ...]
    tiles: Mapping[str, Tile]
    documents: Mapping[str, Document]
    procedures: Mapping[str, Procedure]
    survey: Survey

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL: the one from outside, else the configured one, else the SQLite file of this office."""
        return self.places.database_url or self.database.url or f"sqlite:///{self.places.database}"

    def surveys_on(self, day: date) -> bool:
        """Whether the machine asks for the survey on `day`: it stands at the exit, and a profile is in force."""
        return self.office.place != "entrance" and self.survey.profile_on(day) is not None

    @property
    def backup_folders(self) -> tuple[Path, ...]:
        """Where backups go and are looked for: our own folder, then the configured one."""
        own = (self.places.backups,)
        return (*own, Path(self.backup.folder)) if self.backup.folder else own

    def pictograms(self) -> Iterator[tuple[str, str, str]]:
        """(file, key, pictogram) of every picture the settings name: wiring checks that each exists."""
        for priority in self.priorities:
            yield "office.toml", f"priority.{priority.key}.pictogram", priority.pictogram
        for tile in self.tiles.values():
            yield "services.toml", f"tile.{tile.key}.pictogram", tile.pictogram
        for document in self.documents.values():
            yield "services.toml", f"document.{document.key}.pictogram", document.pictogram
        for key, picture in self.survey.pictograms():
            yield "survey.toml", key, picture
