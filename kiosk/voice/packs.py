"""What people have recorded: a pack for each language (pack.toml and clips), and the script that they speak from.

A clip lies in assets/voice/<language>/<key>.wav. A sentence with a number or a name in it is joined from clips, in
the ways that assets/voice/script.toml gives; the first way whose clips are all there is taken, so no sentence is
half recorded. Nothing of a pack is played before its pack.toml says that the speaker agreed.
"""

from __future__ import annotations

import json
import logging
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from kiosk.text import nfc

log = logging.getLogger(__name__)

LEAST_DB, MOST_DB = -25.0, -15.0
"""How loud a pack may stand (sound.loudness), for an ear that finds a voice softer than the engine's -19."""


class PackError(Exception):
    """A pack.toml or script.toml that cannot be used: file and what is wrong."""


@dataclass(frozen=True)
class Pack:
    """Whose voice a language has, and what she allowed. Empty `consent`: nothing is played."""

    language: str
    name: str
    """The language's own name, for the technician."""
    dialect: str
    speaker: str
    consent: str
    """When and how the speaker agreed, in words; the paper itself stays in the office's files."""
    licence: str
    level_db: float
    """The loudness that its clips are brought to, as the kiosk measures it (sound.loudness)."""


def read_pack(folder: Path) -> Pack:
    """The pack.toml of assets/voice/<language>. Raises PackError."""
    path = folder / "pack.toml"
    data: dict[str, Any] = _read(path)
    names = [field.name for field in fields(Pack)]
    for name in names:
        number = name == "level_db"
        if not isinstance(data.get(name), (int, float) if number else str):
            raise PackError(f"{path}: {name} is missing or not a {'number' if number else 'text'}.")
    unknown = sorted(set(data) - set(names))
    if unknown:
        raise PackError(f"{path}: {unknown[0]} is not known. Known: {', '.join(names)}.")
    if data["language"] != folder.name:
        raise PackError(f'{path}: language is "{data["language"]}", but the folder is "{folder.name}".')
    if not LEAST_DB <= data["level_db"] <= MOST_DB:
        raise PackError(f"{path}: level_db is {data['level_db']}; it must lie between {LEAST_DB} and {MOST_DB}.")
    texts = {name: value.strip() for name, value in data.items() if isinstance(value, str)}
    return Pack(**texts, level_db=float(data["level_db"]))


def write_text(folder: Path, name: str, value: str) -> None:
    """Set a text of the pack.toml in `folder`; comments stay. Raises PackError when it has no such line."""
    path = folder / "pack.toml"
    line = re.compile(rf'^({name}\s*=\s*)"(?:[^"\\]|\\.)*"', re.MULTILINE)
    quoted = json.dumps(nfc(value), ensure_ascii=False)  # a JSON string is a TOML string
    text, count = line.subn(lambda found: found[1] + quoted, path.read_text(encoding="utf-8"))
    if count != 1:
        raise PackError(f"{path}: has no line for {name}.")
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


@dataclass(frozen=True)
class Script:
    """What there is to record, and how sentences are joined from it."""

    first: tuple[str, ...] = ()
    """Keys that a visit to a number needs; "letter-*" stands for a whole family."""
    say: Mapping[str, str] | None = None
    """Key → the Vietnamese words of a clip that is not a whole message."""
    join: Mapping[str, Sequence[Sequence[str]]] | None = None
    """Message → ways to say it; each a list of keys, "{number}" spelled out, "tile-{leaf}" filled in."""

    def first_keys(self, families: Mapping[str, Sequence[str]]) -> list[str]:
        """The keys to record first; `families`: what stands for the star, such as {"letter": ["A", "C"]}."""
        members = {"digit": "0123456789", **families}
        found: dict[str, None] = {}
        for key in self.first:
            family = key.removesuffix("-*")
            found.update(dict.fromkeys([key] if family == key else [f"{family}-{one}" for one in members[family]]))
        return list(found)

    def ways(self, key: str) -> Iterator[tuple[str, ...]]:
        """The ways to say the prompt `key` ("ticket-number?number=A012"), the best first."""
        name, _, tail = key.partition("?")
        values: dict[str, str] = {}
        for pair in tail.split("&"):
            values.setdefault(*pair.partition("=")[::2])  # names are in order: a text with & comes after its code
        if not tail:
            yield (name,)
        for way in (self.join or {}).get(name, ()):
            try:
                yield tuple(piece for part in way for piece in _pieces(part, values))
            except KeyError:
                continue


def read_script(folder: Path) -> Script:
    """The script.toml of assets/voice; without one, nothing is joined. Raises PackError."""
    path = folder / "script.toml"
    if not path.is_file():
        return Script()
    data = _read(path)
    try:
        return Script(tuple(data["first"]), dict(data["say"]), dict(data["join"]))
    except (KeyError, TypeError, ValueError) as error:
        raise PackError(f"{path}: needs first, [say] and [join] ({error}).") from None


@dataclass(frozen=True)
class Take:
    """Recorded clips that say one prompt together. `files`: path, time and size: a new recording is another take."""

    files: tuple[tuple[Path, int, int], ...]
    level_db: float


class Recordings:
    """The packs of one office, read again when a pack.toml changes. Any thread may use it."""

    def __init__(self, folder: Path) -> None:
        """`folder`: assets/voice. Raises PackError for a script that cannot be read."""
        self._folder = folder
        self.script = read_script(folder)
        self._packs: dict[str, tuple[int, Pack | None]] = {}

    def languages(self) -> list[str]:
        """Every language that has a pack."""
        return sorted(path.parent.name for path in self._folder.glob("*/pack.toml"))

    def pack(self, language: str) -> Pack | None:
        """The pack, as it is now; None when there is none, or none that can be read."""
        try:
            changed = (self._folder / language / "pack.toml").stat().st_mtime_ns
        except OSError:
            return None
        known = self._packs.get(language)
        if known is None or known[0] != changed:
            try:
                pack: Pack | None = read_pack(self._folder / language)
            except PackError as error:
                log.warning("A pack cannot be used: %s", error)
                pack = None
            known = self._packs[language] = (changed, pack)
        return known[1]

    def path(self, language: str, key: str) -> Path:
        """Where the clip `key` lies, there or not."""
        return self._folder / language / f"{key}.wav"

    def has(self, language: str, key: str) -> bool:
        """Whether somebody has recorded it."""
        return self.path(language, key).is_file()

    def ready(self, language: str, first: Sequence[str]) -> bool:
        """Whether a citizen can be offered this language: the speaker agreed, and the first clips are there."""
        pack = self.pack(language)
        return bool(pack and pack.consent) and all(self.has(language, key) for key in first)

    def takes(self, language: str, key: str) -> Iterator[Take]:
        """The recorded ways to say the prompt `key`, the best first."""
        pack = self.pack(language)
        # A key with a slash would lead out of the folder
        if pack is None or not pack.consent:
            return
        for way in self.script.ways(key):
            if any("/" in piece or piece.startswith(".") for piece in way):
                continue
            try:
                states = [(path, path.stat()) for path in (self.path(language, piece) for piece in way)]
            except (OSError, ValueError):
                continue
            yield Take(tuple((path, state.st_mtime_ns, state.st_size) for path, state in states), pack.level_db)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(nfc(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise PackError(f"{path}: is missing. Copy it from the shipped assets folder.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PackError(f"{path}: is not valid TOML: {error}.") from None


def _pieces(part: str, values: Mapping[str, str]) -> list[str]:
    """One part of a way as keys: a code in braces sign by sign, else a key with its values. Raises KeyError."""
    if part.startswith("{"):
        code = values[part.strip("{}")]
        return [f"digit-{sign}" if sign.isdigit() else f"letter-{sign}" for sign in code]
    return [part.format_map(values)]
