"""The looks that every screen is walked in. A look is what a citizen can turn on: the touches that do it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """A way in which all screens can look. `acts`: touches on the first screen that turn it on."""

    name: str
    acts: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ("21", "15", "10")
    """The glasses that have it."""


LOOKS: tuple[Look, ...] = (Look("normal"), Look("low", ("low",), ("21",)))
