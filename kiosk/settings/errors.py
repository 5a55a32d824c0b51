"""A mistake in a file of the office, told so that a technician can mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class SettingsError(Exception):
    """A mistake in a settings file, told so that a technician can mend it: file, key, what is wrong, what to do."""

    def __init__(self, file: str, key: str, problem: str, hint: str = "") -> None:
        self.file, self.key, self.problem, self.hint = file, key, problem, hint
        super().__init__(f"{file}: {key}: {problem}" + (f" {hint}" if hint else ""))


def nearest(word: str, known: Iterable[str]) -> str:
    """A sentence naming the closest known word, or all of them when none is close."""
    names = sorted(set(known))
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f'Did you mean "{close[0]}"?'
    return f"Known: {', '.join(names)}." if names else ""
