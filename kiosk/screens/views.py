"""What a screen shows, as plain data: the visit makes a view, a screen draws it. No pixels, no Kivy."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from kiosk.office.types import Opening
from kiosk.words import Prompt


@dataclass(frozen=True)
class Choice:
    """Something to choose or to look at: a picture with its whole name, its short name and its spoken name."""

    key: str
    pictogram: str
    name: str
    short: str
    prompt: Prompt | None = None


@dataclass(frozen=True)
class Trail:
    """Where in the four steps the citizen is; `done` holds the pictures chosen so far."""

    step: int
    done: tuple[str, ...] = ()


@dataclass(frozen=True)
class View:
    """What all screens have. `says` is the officer's bubble, `prompts` what is spoken on arrival;
    `readings`: (target, prompt) spoken one by one, the target lit, when nobody touches."""

    language: str
    prompts: tuple[Prompt, ...] = ()
    says: str = ""
    readings: tuple[tuple[str, Prompt], ...] = ()
    back: bool = False
    trail: Trail | None = None

    screen = "view"


@dataclass(frozen=True)
class AttractView(View):
    today: date = date.min
    offers_ticket: bool = True
    offers_exit: bool = True
    screen = "attract"


@dataclass(frozen=True)
class LanguageView(View):
    languages: tuple[Choice, ...] = ()
    screen = "language"


@dataclass(frozen=True)
class ServiceView(View):
    tiles: tuple[Choice, ...] = ()
    group: Choice | None = None
    screen = "service"


@dataclass(frozen=True)
class BringView(View):
    tile: Choice | None = None
    documents: tuple[Choice, ...] = ()
    index: int = 0
    screen = "bring"

    @property
    def document(self) -> Choice:
        """The paper that is asked for now."""
        return self.documents[self.index]


@dataclass(frozen=True)
class CrowdedView(View):
    waiting: int = 0
    opening: Opening | None = None
    screen = "crowded"


@dataclass(frozen=True)
class ConfirmView(View):
    tile: Choice | None = None
    fee: str = ""
    when: str = (
        ""  # words key of the time limit shown: "limit-same-day", "limit-next-day", "limit-later", "" = unknown
    )
    priorities: tuple[Choice, ...] = ()
    priority: str = ""
    screen = "confirm"


@dataclass(frozen=True)
class TicketView(View):
    ticket_id: str = ""
    code: str = ""
    tile: Choice | None = None
    people_ahead: int = 0
    counter: int = 1
    paper: bool = True
    screen = "ticket"


@dataclass(frozen=True)
class ClosedView(View):
    opening: Opening | None = None
    offers_exit: bool = False
    screen = "closed"


@dataclass(frozen=True)
class TroubleView(View):
    code: str = ""  # the number, when one was already given
    screen = "trouble"


@dataclass(frozen=True)
class HelpView(View):
    answered: bool = False
    screen = "help"


@dataclass(frozen=True)
class ExitView(View):
    payload: str = ""  # what the QR says
    joins_wifi: bool = False  # the first of two pictures: join the office's network
    takes: bool = False  # the way to a number is offered too, as on the next two
    screen = "exit"


@dataclass(frozen=True)
class NumbersView(View):
    tiles: tuple[Choice, ...] = ()  # codes without a picture; then "more" and "not here" with theirs
    takes: bool = False
    screen = "numbers"


@dataclass(frozen=True)
class RateView(View):
    code: str = ""
    criterion: str = ""
    pictogram: str = ""  # what the question is about
    index: int = 0
    faces: tuple[Choice, ...] = ()
    payload: str = ""  # what the QR beside the faces says; "" = no QR any more
    joins_wifi: bool = False
    unknown: bool = False  # "I do not know" is offered beside "skip"
    takes: bool = False
    screen = "rate"


@dataclass(frozen=True)
class ThanksView(View):
    screen = "thanks"


@dataclass
class Choices:
    """What the citizen has said so far in this visit; thrown away as a whole when it ends."""

    language: str
    tile: str = ""
    papers: dict[str, bool] = field(default_factory=dict)
    priority: str = ""
    touch_id: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """The papers that were answered with "not yet", in the order they were asked."""
        return tuple(key for key, there in self.papers.items() if not there)
