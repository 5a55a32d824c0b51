"""Where the fonts lie. They come with packages: Debian's fonts-noto-core, else the Roboto that Kivy ships.

Noto Sans has every Vietnamese letter and equal-width digits (facts: I, l and 1 are told apart). Roboto is the
fallback for a machine where nobody could install system packages.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

_NOTO = Path("/usr/share/fonts/truetype/noto")


def bold() -> Path:
    """Labels, digits, everything that must be read from a distance."""
    return _font("NotoSans-Bold.ttf", "Roboto-Bold.ttf")


def regular() -> Path:
    """Second lines only."""
    return _font("NotoSans-Regular.ttf", "Roboto-Regular.ttf")


def _font(noto: str, roboto: str) -> Path:
    wanted = _NOTO / noto
    if wanted.is_file():
        return wanted
    kivy = find_spec("kivy")  # finds the folder without importing Kivy, which would take over logging and arguments
    if kivy is None or kivy.origin is None:
        raise FileNotFoundError(f"no font: {wanted} is missing. Run: apt-get install fonts-noto-core")
    return Path(kivy.origin).parent / "data" / "fonts" / roboto
