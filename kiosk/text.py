"""Vietnamese text as characters: one written form only."""

from __future__ import annotations

import unicodedata


def nfc(text: str) -> str:
    """Composed form (NFC): Kivy's bundled font lacks combining marks, and equal words must compare equal."""
    return unicodedata.normalize("NFC", text)
