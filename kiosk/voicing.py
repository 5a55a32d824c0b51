"""`kiosk voice`: the voices of people. What is recorded, what is missing, taking recordings in, hearing one."""

from __future__ import annotations

import difflib
import json
import sys
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated, get_args

import typer

from kiosk.administer import Mistake
from kiosk.office.types import OpeningReason
from kiosk.settings import Settings, load, nearest, places
from kiosk.text import nfc
from kiosk.voice import recording, sound
from kiosk.voice.packs import Pack, Recordings, read_pack, write_text
from kiosk.voice.spelling import Spelling
from kiosk.words import Prompt

voice = typer.Typer(help="The voices of people: recorded clips, a pack for each language.", no_args_is_help=True)

SOUNDS = (".mp3", ".m4a", ".aac", ".ogg", ".opus", ".flac", ".wma", ".3gp", ".amr", ".aif", ".aiff")
"""What phones and recorders save that is no WAV: named, so that nobody wonders where a clip went."""
ASKED = {
    "speaker": "How does the speaker want to be named? (may stay empty)",
    "dialect": "Where does the speaker come from?",
    "consent": "When and how did the speaker agree to be heard here?",
    "licence": "Where may the recordings be used?",
}
"""Fields of pack.toml that only a person can fill in."""


@dataclass(frozen=True)
class Line:
    """One clip to record: the name of its file without .wav, the Vietnamese words, whether a number needs it."""

    key: str
    text: str
    first: bool
    recorded: bool


class Booth:
    """The packs of one office and what they could hold."""

    def __init__(self, settings: Settings) -> None:
        """Raises SettingsError, PackError."""
        self.settings = settings
        self.folder = settings.places.assets / "voice"
        self.recordings = Recordings(self.folder)
        self._known: dict[str, dict[str, str]] = {}

    def pack(self, language: str) -> Pack:
        """Raises Mistake for a language without a pack, PackError."""
        known = self.recordings.languages()
        if language not in known:
            raise Mistake(f'"{language}" has no pack in {self.folder}. {nearest(language, known)}')
        return read_pack(self.folder / language)

    def lines(self, language: str) -> list[Line]:
        """Everything that can be recorded: first what a number needs, then pieces of sentences, then all the rest."""
        from kiosk.wiring import first_clips

        texts = self.texts(language)
        first = first_clips(self.settings, self.recordings)
        return [
            Line(key, texts[key], key in first, self.recordings.has(language, key))
            for key in dict.fromkeys((*first, *texts))
        ]

    def missing(self, language: str) -> list[str]:
        """What keeps the language from being offered."""
        left = [line.key for line in self.lines(language) if line.first and not line.recorded]
        reasons = [f"{len(left)} of the first clips are missing"] if left else []
        return reasons if self.pack(language).consent else [*reasons, "the speaker's consent is missing"]

    def texts(self, language: str) -> dict[str, str]:
        """Clip → what to say, for everything that can be recorded."""
        if language not in self._known:
            self._known[language] = self._texts(language)
        return self._known[language]

    def _texts(self, language: str) -> dict[str, str]:
        from kiosk.wiring import check, load_words, open_clock

        office = self.settings.office
        spoken = not (self.folder / language / "spelling.toml").is_file()
        recorded = list(dict.fromkeys((*office.recorded_languages, *([language] if spoken else []))))
        told = {"languages": list(dict.fromkeys(("vi", language))), "recorded_languages": recorded}
        settings = replace(self.settings, office=office.model_copy(update=told))
        words = load_words(settings)
        whole = [words.prompt("language-choose", language)]
        if language == office.languages[0]:  # what stands when nobody is there is said in the home language
            whole += [words.prompt(f"closed-{reason}", language) for reason in get_args(OpeningReason)[1:]]
        whole += [prompt for prompt in check(settings, open_clock()) if prompt.language == language]
        return {**self._pieces(settings), **{prompt.key: prompt.text for prompt in whole if "?" not in prompt.key}}

    def _pieces(self, settings: Settings) -> dict[str, str]:
        """The clips that sentences are joined from."""
        from kiosk.screens.storyboard import Storyboard
        from kiosk.wiring import load_words, open_clock

        you = settings.office.address_form["vi"]
        forms = {"you": you, "You": you[:1].upper() + you[1:]}
        spelling = Spelling(self.folder / "vi" / "spelling.toml")
        board = Storyboard(settings, load_words(settings), open_clock(), choices_per_page=4)
        return {
            **{key: text.format_map(forms) for key, text in (self.recordings.script.say or {}).items()},
            **{f"letter-{letter}": letter for letter in settings.series},
            **{f"digit-{digit}": spelling.digits(digit) for digit in "0123456789"},
            **{f"paper-{paper.key}": board.asks(paper, "vi") for paper in settings.documents.values()},
        }


@voice.command("list")
def list_packs(as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Every language: whose voice, how much of it is recorded, whether citizens are offered it."""
    booth = _booth()
    rows = []
    for language in booth.recordings.languages():
        pack, lines = booth.pack(language), booth.lines(language)
        first = [line for line in lines if line.first]
        row = {
            **asdict(pack), "recorded": sum(line.recorded for line in lines), "clips": len(lines),
            "first_recorded": sum(line.recorded for line in first), "first_clips": len(first),
            "usable": not booth.missing(language), "offered": _offered(booth, language),
        }  # fmt: skip
        rows.append(row)
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        typer.echo(f"{row['language']}  {row['name']}: {row['offered']}")
        typer.echo(f"     dialect: {row['dialect'] or '–'}; speaker: {row['speaker'] or '–'}")
        typer.echo(
            f"     recorded: {row['first_recorded']} of the {row['first_clips']} first clips, "
            f"{row['recorded']} of {row['clips']} in all"
        )


@voice.command("missing")
def list_missing(
    language: str,
    everything: Annotated[bool, typer.Option("--all", help="Also what a number does not need.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """The clips still to be recorded, as a list to read from: the file's name, and what to say in your language."""
    booth = _booth()
    pack = booth.pack(language)
    lines = [line for line in booth.lines(language) if not line.recorded]
    wanted = [line for line in lines if line.first or everything]
    if as_json:
        typer.echo(json.dumps([asdict(line) for line in wanted], ensure_ascii=False, indent=1))
        return
    for title, part in (
        ("First, so that the language is offered", [line for line in wanted if line.first]),
        ("Then", [line for line in wanted if not line.first]),
    ):
        if part:
            typer.echo(f"{pack.name} ({language}). {title}: {len(part)} clips")
            width = max(len(line.key) for line in part) + len(".wav")
            for number, line in enumerate(part, start=1):
                typer.echo(f"{number:4}  {line.key + '.wav':{width}}  {line.text}")
    if not wanted:
        typer.echo(f"{pack.name} ({language}): nothing is missing" + ("." if everything else " that a number needs."))
    if not everything and len(lines) > len(wanted):
        typer.echo(f"{len(lines) - len(wanted)} more can follow: kiosk voice missing {language} --all")


@voice.command("import")
def take_in(
    language: str,
    folder: Annotated[Path, typer.Argument(help="WAV files, each named by its clip: digit-1.wav")],
    speaker: Annotated[str, typer.Option(help="As the speaker wants to be named.")] = "",
    dialect: Annotated[str, typer.Option(help="Where the speaker comes from.")] = "",
    consent: Annotated[str, typer.Option(help="When and how the speaker agreed.")] = "",
    licence: Annotated[str, typer.Option(help="Where the recordings may be used.")] = "",
) -> None:
    """Check, trim and level recordings and put them into a pack. Exit code 1: some were refused, 2: all."""
    booth = _booth()
    pack = booth.pack(language)
    if not folder.is_dir():
        raise Mistake(f"{folder} is no folder.")
    known = booth.texts(language)
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in (".wav", *SOUNDS))
    if not files:
        raise Mistake(f"{folder} has no WAV files.")
    refused = 0
    for path in files:
        try:
            _take(path, known, booth.folder / language, pack.level_db)
        except sound.SoundError as error:
            refused += 1
            typer.echo(f"refused: {error}")
    typer.echo(f"{len(files) - refused} of {len(files)} recordings were taken into {booth.folder / language}.")
    given = {"speaker": speaker, "dialect": dialect, "consent": consent, "licence": licence}
    _note(booth.folder / language, pack, given)
    typer.echo(f"{pack.name}: {_offered(booth, language)}.")
    if not booth.pack(language).consent:
        typer.echo(f"Nothing of it is played before consent stands in {booth.folder / language / 'pack.toml'}.")
    if refused:
        raise typer.Exit(2 if refused == len(files) else 1)


@voice.command("play")
def play(
    language: str,
    key: Annotated[str, typer.Argument(help='A clip, or a sentence with its values: "ticket-number?number=A012"')],
) -> None:
    """Hear a clip as citizens will, with whatever stands in for it when nobody has recorded it."""
    from kiosk.voice.player import open_player
    from kiosk.wiring import open_clips

    booth = _booth()
    pack, prompt = booth.pack(language), _prompt(booth, language, key)
    if booth.recordings.has(language, key) and not pack.consent:
        raise Mistake(
            f"{key} is recorded, but not played: consent is missing in {booth.folder / language / 'pack.toml'}."
        )
    clips = open_clips(booth.settings)
    clip, by = clips.fetch(prompt), clips.recorded(prompt)
    if clip is None:
        raise Mistake(f"{key} has no sound. {clips.problem}")
    player, why = open_player(booth.settings.voice.volume_db)
    if not player.available:
        player.close()
        raise Mistake(why)
    spoken = f'recorded in "{by}"' if by else "not recorded, an engine speaks"
    level = sound.loudness(sound.read_wav(clip.path))
    typer.echo(f"{key}: {spoken}, {clip.seconds:.2f} s at {level:.1f} dBFS: {prompt.text}")
    ended = threading.Event()
    player.play(clip, ended.set)
    ended.wait(clip.seconds + 2.0)
    player.close()


def _booth() -> Booth:
    return Booth(load(places()))


def _offered(booth: Booth, language: str) -> str:
    """Whether citizens find the language on the screen, and if not why, as words."""
    office, missing = booth.settings.office, booth.missing(language)
    if language in office.recorded_languages:
        return f"not offered: {', '.join(missing)}" if missing else "offered"
    if language in office.languages:
        return "offered; an engine speaks what is not recorded"
    return "not offered: office.toml does not name it"


def _take(path: Path, known: Iterable[str], target: Path, level_db: float) -> None:
    """One recording into the pack. Raises SoundError, a sentence that begins with the file's name."""
    if path.suffix.lower() in SOUNDS:
        raise sound.SoundError(f"{path.name}: is no WAV file. Save it as WAV, 16 bit.")
    key = nfc(path.stem)
    if key not in known:
        close = difflib.get_close_matches(key, list(known), n=1)
        hint = f' Did you mean "{close[0]}.wav"?' if close else " The names: kiosk voice missing LANGUAGE --all"
        raise sound.SoundError(f"{path.name}: no clip has this name.{hint}")
    sound.write_wav(target / f"{key}.wav", recording.fit(path.name, recording.read(path), level_db))


def _note(folder: Path, pack: Pack, given: dict[str, str]) -> None:
    """Write what was given into pack.toml; at a terminal, ask for what is missing."""
    for name, question in ASKED.items():
        value = given[name]
        if not value and not getattr(pack, name) and sys.stdin.isatty():
            value = typer.prompt(question, default="", show_default=False)
        if value:
            write_text(folder, name, value)


def _prompt(booth: Booth, language: str, key: str) -> Prompt:
    """The prompt of a clip or of a sentence with its values. Raises Mistake, WordsError."""
    from kiosk.wiring import load_words

    name, _, tail = key.partition("?")
    if tail:
        values = dict(pair.partition("=")[::2] for pair in tail.split("&"))
        words = load_words(booth.settings)
        return replace(words.prompt(name, "vi", **values), language=language)
    texts = booth.texts(language)
    if key not in texts:
        raise Mistake(f'"{key}" is no clip. {nearest(key, texts)}')
    return Prompt(key, language, texts[key])
