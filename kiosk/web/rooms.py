"""What the pages are handed by wiring: the office's rooms, the words, the clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.clock import Clock
from kiosk.office.board import LobbyBoard
from kiosk.office.calls import LobbyCalls
from kiosk.office.changes import ChangeWatch
from kiosk.office.counters import Counters
from kiosk.office.days import Days
from kiosk.office.dossiers import Dossiers
from kiosk.office.feedback import FeedbackBox
from kiosk.office.figures import Figures
from kiosk.office.health import HealthBoard
from kiosk.office.help import HelpCalls
from kiosk.office.officers import Officers
from kiosk.office.printjobs import PrintJobs
from kiosk.office.results import Results
from kiosk.office.surveys import Surveys
from kiosk.office.tickets import Tickets
from kiosk.office.waits import Waits
from kiosk.papers.forms import Forms
from kiosk.papers.sheet import InWords
from kiosk.papers.shelf import Shelf
from kiosk.settings import Settings
from kiosk.voice.clips import ClipStore
from kiosk.words import Words

if TYPE_CHECKING:
    from kiosk.authority.keeper import Secured


@dataclass(frozen=True)
class Rooms:
    """Everything that a page may ask."""

    settings: Settings
    words: Words
    """For citizens, in their languages."""
    staff_words: Words
    """For officers, in Vietnamese."""
    clock: Clock
    days: Days
    tickets: Tickets
    counters: Counters
    dossiers: Dossiers
    calls: LobbyCalls
    officers: Officers
    board: LobbyBoard
    waits: Waits
    figures: Figures
    jobs: PrintJobs
    help: HelpCalls
    health: HealthBoard
    watch: ChangeWatch
    surveys: Surveys
    results: Results
    feedback: FeedbackBox
    forms: Forms
    """Declarations and receipts."""
    shelf: Shelf
    """What is known of the papers of who is here: in memory, gone with the visit."""
    in_words: InWords
    """A day as it stands in words on a declaration."""
    sample_cards: Sequence[tuple[str, str]] = ()
    """(name, text) of the virtual scanner's cards; trials only."""
    clips: ClipStore | None = None
    """For the board's own sound, and for questions that a phone reads out; None = both are silent."""
    trial: bool = False
    secured: Secured | None = None
    """The office's certificates; None = there is no HTTPS, or it could not start."""
