"""The virtual scanner's cards: made-up people for trials (assets/papers/cards.toml), and codes that are no card."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

FILE = Path("papers") / "cards.toml"


class SamplesError(Exception):
    """A cards.toml that cannot be used: file, key, what is wrong."""


@dataclass(frozen=True)
class Sample:
    """One card to hold under the virtual scanner."""

    key: str
    label: str
    """What stands on its key, in the officers' language."""
    text: str
    """What a scanner would send, for card.read; not in NFC by itself, and for some no card at all."""


def load(assets: Path) -> tuple[Sample, ...]:
    """The cards in the order of the file, always the same. Raises SamplesError."""
    path = assets / FILE
    try:
        data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SamplesError(f"{path}: is missing. Copy it from the shipped assets folder.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SamplesError(f"{path}: is not valid TOML: {error}.") from None
    tables = data.get("card")
    if not isinstance(tables, list) or not tables:
        raise SamplesError(f"{path}: has no [[card]].")
    names = [field.name for field in fields(Sample)]
    samples: dict[str, Sample] = {}
    for place, table in enumerate(tables, start=1):
        if not isinstance(table, dict) or set(table) != set(names) or not all(_text(one) for one in table.values()):
            raise SamplesError(f"{path}: [[card]] {place}: wants {', '.join(names)}, each a text, and nothing else.")
        if table["key"] in samples:
            raise SamplesError(f'{path}: [[card]] {place}: key "{table["key"]}" stands twice.')
        samples[table["key"]] = Sample(**table)
    return tuple(samples.values())


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
