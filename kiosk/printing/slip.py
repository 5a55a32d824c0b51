"""What stands on the paper: texts, already in the citizen's language, and names of pictures. No layout."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """One of the facts that picture and digits alone can tell: seat 5, clock 20–35, counter 1, 2."""

    picture: str
    """Pictogram name ("seated", "clock", "counter")."""
    digits: str
    words: str


@dataclass(frozen=True)
class Slip:
    """One paper. Empty texts, empty tuples and an empty QR address leave their part out of the paper."""

    office: str
    """Who issued it; a " – " is where it may be broken in two lines."""
    date: str
    series: str
    """The series' letter, white on the black tab."""
    number: str
    """The digits beside the tab: "012"."""
    service: str
    """The tile's name."""
    picture: str
    """The tile's pictogram."""
    facts: tuple[Fact, ...] = ()
    missing_heading: str = ""
    missing: tuple[str, ...] = ()
    """Papers still to bring: one line with a box to tick for each."""
    qr: str = ""
    """The address that the QR code carries."""
    qr_caption: str = ""
    note: str = ""
    """The last, legal line."""
    reprint: str = ""
    """White on a black band on top: this number was printed before."""
    trial: str = ""
    """White on a black band on top: this paper is not valid."""
