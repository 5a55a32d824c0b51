"""The reference slips: what is measured, drawn and compared is the same for everybody."""

from __future__ import annotations

import tomllib
from pathlib import Path

from kiosk.printing.slip import Fact, Slip

NAMES = sorted(path.stem for path in Path(__file__).parent.glob("*.toml"))


def reference(name: str) -> Slip:
    """The slip of `name`.toml: its keys are the fields of a Slip."""
    fields = tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text(encoding="utf-8"))
    facts = tuple(Fact(**fact) for fact in fields.pop("facts", []))
    missing = tuple(fields.pop("missing", []))
    return Slip(**fields, facts=facts, missing=missing)
