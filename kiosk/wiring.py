"""Builds the rooms of one process, starts them in order and stops them in reverse. Nothing is built anywhere else."""

from __future__ import annotations

import logging
import os
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kiosk.clock import Clock, SystemClock, TrialClock, business_day
from kiosk.desk import Desk
from kiosk.lobby import Lobby, Sentences
from kiosk.office.board import LobbyBoard
from kiosk.office.calls import LobbyCalls
from kiosk.office.changes import ChangeWatch
from kiosk.office.counters import Counters
from kiosk.office.database import Database
from kiosk.office.days import Days
from kiosk.office.dossiers import Dossiers
from kiosk.office.feedback import FeedbackBox
from kiosk.office.figures import Figures
from kiosk.office.health import HealthBoard
from kiosk.office.help import HelpCalls
from kiosk.office.holding import hold
from kiosk.office.officers import Officers
from kiosk.office.printjobs import PrintJobs
from kiosk.office.results import Results
from kiosk.office.surveys import Surveys
from kiosk.office.tickets import Tickets
from kiosk.office.today import machine_floors
from kiosk.office.waits import Waits
from kiosk.papers import samples
from kiosk.papers.forms import Forms, load_forms
from kiosk.papers.sheet import InWords
from kiosk.papers.shelf import Shelf, shelf_folder
from kiosk.pictures import PictureMissing, Pictures
from kiosk.printing import escpos
from kiosk.printing.addresses import AddressError, parse_address
from kiosk.printing.links import open_link
from kiosk.screens.environment import prepare_environment
from kiosk.screens.loudness import STEPS_DB, USUAL
from kiosk.screens.rehearsal import rehearse, words_drawn
from kiosk.screens.storyboard import Storyboard
from kiosk.settings import Settings, SettingsError, nearest
from kiosk.voice.clips import FALLBACK, ClipStore
from kiosk.voice.packs import Recordings, read_pack
from kiosk.voice.player import Player, open_player
from kiosk.voice.render import Renderer, voices
from kiosk.voice.speaker import Speaker
from kiosk.voice.spelling import Spelling
from kiosk.web.questions import asked
from kiosk.web.rooms import Rooms
from kiosk.words import Prompt, Words

if TYPE_CHECKING:
    from kiosk.authority.keeper import Keeper, Secured
    from kiosk.screens.app import KioskApp

log = logging.getLogger(__name__)

SHIPPED_LANGUAGES = ("vi", "en")


def open_clock() -> Clock:
    """The office's time: the machine's, or in a process that a trial has started, the trial's (KIOSK_CLOCK). Raises
    SettingsError for a value that is no clock."""
    text = os.environ.get("KIOSK_CLOCK", "")
    if not text:
        return SystemClock()
    try:
        return TrialClock.parse(text)
    except ValueError:
        hint = 'Leave it out, or write it like "2026-11-26T08:00:00+07:00,1764063600.0,1.0".'
        raise SettingsError("environment", "KIOSK_CLOCK", f'"{text}" is no clock.', hint) from None


def with_recorded(settings: Settings) -> Settings:
    """The same office with the languages that only people's recordings speak, those whose first clips are there.
    Raises SettingsError for one without a pack, PackError for a pack that cannot be read."""
    folder = settings.places.assets / "voice"
    recordings, ready = Recordings(folder), []
    for language in settings.office.recorded_languages:
        if language not in recordings.languages():
            hint = nearest(language, recordings.languages())
            raise SettingsError("office.toml", "office.recorded_languages", f'"{language}" has no pack.', hint)
        read_pack(folder / language)
        known = language in settings.office.languages
        if not known and recordings.ready(language, first_clips(settings, recordings)):
            ready.append(language)
    office = settings.office.model_copy(update={"languages": [*settings.office.languages, *ready]})
    return replace(settings, office=office)


def first_clips(settings: Settings, recordings: Recordings) -> list[str]:
    """The clips without which a language is not offered: the letters and the first page's tiles are the office's."""
    return recordings.script.first_keys({"letter": list(settings.series), "tile": settings.home})


def load_words(settings: Settings) -> Words:
    """The office's words. Raises WordsError, also for a message that only a shipped language has: the slip would
    miss it on Thursday."""
    forms = settings.office.address_form
    capital = {language: form[:1].upper() + form[1:] for language, form in forms.items()}
    languages = dict.fromkeys((*settings.office.languages, *SHIPPED_LANGUAGES))
    over = dict.fromkeys(settings.office.recorded_languages, FALLBACK)
    return Words(settings.places.assets / "words", languages, {"you": forms, "You": capital}, over)


def load_pictures(settings: Settings) -> Pictures:
    """The pictograms. Raises SettingsError for one that the settings name and that has no file."""
    pictures = Pictures(settings.places.assets / "pictograms", settings.places.cache / "pictures")
    for file, key, name in settings.pictograms():
        try:
            pictures.check(name)
        except PictureMissing as missing:
            raise SettingsError(file, key, str(missing)) from None
    return pictures


def load_staff_words(settings: Settings) -> Words:
    """The officers' words: Vietnamese only. Raises WordsError."""
    return Words(settings.places.assets / "words" / "staff", ["vi"])


def check(settings: Settings, clock: Clock | None = None) -> list[Prompt]:
    """Look at everything that the office may have changed, and raise the first mistake: words, pictures, spelling,
    printer address, packs. Returns all that will be said, on the day of `clock` first of all."""
    settings = with_recorded(settings)
    return _check(settings, load_words(settings), clock or open_clock())


def _check(settings: Settings, words: Words, clock: Clock) -> list[Prompt]:
    """The same with words that were read already: it is a tenth of a second of the screen's start."""
    words.require(words_drawn())
    load_staff_words(settings)
    load_pictures(settings)
    for language in settings.office.engine_languages:
        Spelling(settings.places.assets / "voice" / language / "spelling.toml")
    _check_voices(settings)
    try:
        parse_address(settings.printer.address)
    except AddressError as error:
        raise SettingsError("office.toml", "printer.address", str(error)) from None
    board = Storyboard(settings, words, clock, choices_per_page=4)
    prompts = rehearse(settings, words, board, Days(settings.calendar).opening(clock.now()))
    said = (*prompts, *Sentences(settings, words).rehearsal(), *asked(settings, business_day(clock.now())))
    return list(dict.fromkeys(said))


def _check_voices(settings: Settings) -> None:
    """The engine takes an unknown voice for another one (for "no-such" it speaks Norwegian), so we look first."""
    known = voices()
    for language in settings.office.engine_languages if known else []:
        voice = settings.voice.engine_voice.get(language, language).partition("+")[0]
        if not any(name == voice or name.startswith(f"{voice}-") for name in known):
            problem = f'espeak-ng has no voice "{voice}".'
            near = [name for name in known if name[:1] == voice[:1]]
            raise SettingsError("office.toml", f"voice.engine_voice.{language}", problem, nearest(voice, near))


def open_clips(settings: Settings) -> ClipStore:
    """The clips of this office, recorded and rendered."""
    voice = settings.places.assets / "voice"
    languages = dict.fromkeys((*settings.office.engine_languages, FALLBACK))
    spellings = {language: Spelling(voice / language / "spelling.toml") for language in languages}
    renderer = Renderer(settings.voice.engine_voice, settings.voice.rate)
    return ClipStore(voice, settings.places.cache / "voice", renderer, spellings)


@dataclass
class LobbyScreen:
    """The process of the touch screen: it owns the screen, the printer and the one loudspeaker."""

    settings: Settings
    words: Words
    clock: Clock
    days: Days
    clips: ClipStore
    player: Player
    speaker: Speaker
    database: Database
    desk: Desk
    lobby: Lobby
    app: KioskApp
    prompts: list[Prompt]

    def start(self) -> None:
        """Desk and printer begin to work, then the calls; prompts are made ready behind the screen's back."""
        self.desk.start()
        self.lobby.start()
        threading.Thread(target=self._prepare, name="prepare", daemon=True).start()

    def stop(self) -> None:
        """Everything ends, in reverse."""
        self.lobby.stop()
        self.desk.stop()
        self.database.close()

    def _prepare(self) -> None:
        """Behind the first frame: the printer's library (a second on a PC, ten on a small board), then the voice."""
        escpos.load(self.settings.places.cache / "escpos")

        def progress(done: int, total: int) -> None:
            self.app.prepared(done, total)
            if done == total or done % 50 == 0:
                log.info("voice: %d of %d prompts are ready", done, total)

        left = self.clips.prepare(self.prompts, progress)
        if left:
            log.warning("voice: %d prompts have no sound. %s", len(left), self.clips.problem)


def build_screen(
    settings: Settings, clock: Clock, *, trial: bool = False, player: Player | None = None, offscreen: bool = False
) -> LobbyScreen:
    """The lobby screen's rooms, not yet started. `trial`: marked as such; `player`: another loudspeaker than the
    machine's; `offscreen`: no display. Raises SettingsError, WordsError, SpellingError, DatabaseError."""
    settings = with_recorded(settings)
    words = load_words(settings)
    prompts = _check(settings, words, clock)
    pictures, days = load_pictures(settings), Days(settings.calendar)
    database = Database(settings.database_url)
    database.check_version()
    database.held = hold(settings.database_url)
    site = settings.office.site
    clips = open_clips(settings)
    tickets, jobs = Tickets(database, site, clock), PrintJobs(database, site, clock)
    health = HealthBoard(database, site, clock)
    player = player or open_player(settings.voice.volume_db)[0]
    speaker = Speaker(clips, player, loudness=STEPS_DB[USUAL])
    desk = Desk(
        settings, words, pictures, clock, days, tickets,
        Waits(database, site, clock, settings.series, settings.calling), jobs, HelpCalls(database, site, clock),
        health, Surveys(database, site, clock, settings.survey), speaker,
        lambda: open_link(settings.printer.address, settings.places.slips), trial=trial,
    )  # fmt: skip
    lobby = Lobby(
        Sentences(settings, words), ChangeWatch(settings.database_url), LobbyCalls(database, site, clock), tickets,
        jobs, health, clock, speaker, clips, desk.wake_printer,
    )  # fmt: skip
    prepare_environment(settings, offscreen=offscreen, windowed=trial)
    from kiosk.screens.app import KioskApp  # only now: Kivy reads its environment as it is imported

    app = KioskApp(settings, words, pictures, desk, clock, trial=trial)
    desk.attach(app)
    return LobbyScreen(settings, words, clock, days, clips, player, speaker, database, desk, lobby, app, prompts)


def load_papers(settings: Settings) -> Forms:
    """Every form, the shipped ones and the office's own (config/papers). Raises SettingsError."""
    forms = load_forms(settings.places.assets / "papers" / "forms", settings.places.config / "papers")
    for form in forms.all:
        for name in form.file.procedures:
            if name not in settings.procedures:
                hint = nearest(name, settings.procedures)
                raise SettingsError(form.path.name, "procedures", f'"{name}" is no procedure of services.toml.', hint)
    return forms


def spell_date(settings: Settings) -> InWords:
    """How a day is written in words. Raises SpellingError."""
    spelling = Spelling(settings.places.assets / "voice" / "vi" / "spelling.toml")
    return lambda day: spelling.spell(f"{day.day}/{day.month}/{day.year}")


def open_keeper(settings: Settings) -> Keeper:
    """Who keeps this office's certificates. Nothing is read or made yet."""
    from kiosk.authority.keeper import Keeper  # late: its library is needed by offices with HTTPS only
    from kiosk.authority.names import names_of

    office = settings.office
    return Keeper(
        settings.places.certificates, office.site, office.authority, lambda: names_of(office.public_url),
        SystemClock(), machine_floors,
    )  # fmt: skip


def build_web(
    settings: Settings, clock: Clock, *, trial: bool = False, secured: Secured | None = None
) -> Rooms:
    """The rooms of the web process; `secured`: where HTTPS is served too. Raises SettingsError, WordsError,
    SpellingError, DatabaseError."""
    settings = with_recorded(settings)
    database = Database(settings.database_url)
    database.check_version()
    database.held = hold(settings.database_url)
    site, days = settings.office.site, Days(settings.calendar)
    return Rooms(
        settings=settings, words=load_words(settings), staff_words=load_staff_words(settings), clock=clock, days=days,
        tickets=Tickets(database, site, clock),
        counters=Counters(database, site, clock, settings.series, settings.calling, settings.surveys_on),
        dossiers=Dossiers(database, site, clock, days, settings.calendar),
        calls=LobbyCalls(database, site, clock),
        officers=Officers(database, site, clock),
        board=LobbyBoard(database, site, clock, settings.office.counters),
        waits=Waits(database, site, clock, settings.series, settings.calling),
        figures=Figures(database, site, clock),
        jobs=PrintJobs(database, site, clock),
        help=HelpCalls(database, site, clock),
        health=HealthBoard(database, site, clock),
        watch=ChangeWatch(settings.database_url),
        surveys=Surveys(database, site, clock, settings.survey),
        results=Results(settings, clock),
        feedback=FeedbackBox(database, site, clock, settings.survey.petition_days),
        forms=load_papers(settings),
        shelf=Shelf(shelf_folder(settings.database_url)),
        in_words=spell_date(settings),
        sample_cards=[(one.label, one.text) for one in samples.load(settings.places.assets)] if trial else (),
        clips=open_clips(settings),
        trial=trial,
        secured=secured,
    )  # fmt: skip
