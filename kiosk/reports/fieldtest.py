"""Forms to try the pictures with the people they are for: no captions, mixed order, answers to tick; A4."""

from __future__ import annotations

import random
from dataclasses import dataclass

from kiosk.pdf import set_paper
from kiosk.pictures import Pictures
from kiosk.settings import Settings
from kiosk.words import Words

MOST = 20
"""Pictures on one form: what one person can be asked in a quarter of an hour."""
ACTIONS = (
    "touch-here", "take-slip", "wait", "go-to-counter", "listen-again", "help", "back", "more", "yes", "no",
    "crowded", "another-day", "office-closed", "lunch", "printer-silent", "photo-number", "phone-scans-QR", "survey",
    "finished",
)  # fmt: skip
"""Actions and states that a visit needs; the rest comes from the office's own tiles, papers and priority."""


PRINTED = (
    "title", "form", "how", "rule", "date", "age", "speaks", "reads", "reads-yes", "reads-little", "reads-no", "ask",
    "right", "nearly", "wrong", "score", "key", "key-how", "number", "means", "people-right", "people-asked",
    "redraw", "order",
)  # fmt: skip
"""The template's words."""


@dataclass(frozen=True)
class Asked:
    """One picture and what it is to say."""

    picture: str
    means: str


def fieldtest(settings: Settings, words: Words, staff: Words, pictures: Pictures, seed: int) -> bytes:
    """The PDF: one form for each person asked, then the answers with a place to sum up. The same `seed` gives the
    same order. Raises PaperError."""
    language = settings.office.languages[0]

    def said(key: str) -> str:
        return " ".join(staff.shown(key, "vi").split())

    forms = mixed(asked(settings, words, staff, language), seed)
    return set_paper(
        settings.places.assets / "papers" / "fieldtest.typ",
        {
            "office": settings.office.name, "seed": seed,
            "words": {key: said(f"fieldtest-{key}") for key in PRINTED},
            "forms": [
                [{"picture": pictures.svg(one.picture), "means": one.means} for one in form] for form in forms
            ],
        },
    )  # fmt: skip


def asked(settings: Settings, words: Words, staff: Words, language: str) -> list[Asked]:
    """Every picture to try, once: the first meaning wins where tile and priority share a picture."""
    found: dict[str, str] = {}
    for tile in settings.tiles.values():
        found.setdefault(tile.pictogram, tile.said(language))
    for paper in settings.documents.values():
        found.setdefault(paper.pictogram, paper.called(language))
    for row in settings.priorities:
        found.setdefault(row.pictogram, row.called(language))
    for name in ACTIONS:
        found.setdefault(name, staff.shown(f"fieldtest-means-{name}", "vi"))
    return [Asked(picture, means) for picture, means in found.items()]


def mixed(pictures: list[Asked], seed: int) -> list[list[Asked]]:
    """The pictures in a random order, cut into forms of nearly the same length, none above MOST."""
    order = random.Random(seed).sample(pictures, len(pictures))  # noqa: S311 an order, no secret
    forms = -(-len(order) // MOST)
    return [order[start::forms] for start in range(forms)]
