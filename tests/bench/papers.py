"""What a declaration takes from values to PDF, each time with other values: typst remembers what it has set."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from kiosk.papers.draft import Value, example
from kiosk.papers.sheet import Printing, paper
from kiosk.pdf import set_paper
from kiosk.settings import load, places
from kiosk.wiring import load_papers, spell_date
from tests.bench.figure import Figure, p, timed

MOST = 300.0
"""Milliseconds: an officer presses the key and the paper is there."""
TIMES = 20
TODAY = date(2026, 11, 26)
LONG = "Tổ 12, thôn Thuận Hòa, khu tái định cư Đồng Bàu, đường liên thôn số 7, xã An Tân, tỉnh Gia Lai, nhà thứ "


def forms(folder: Path) -> list[Figure]:
    """Every form with its examples; birth also with addresses that need two lines."""
    settings = load(places())
    in_words, bare = spell_date(settings), folder / "bare.typ"
    bare.write_text("#json(bytes(sys.inputs.data)).number", encoding="utf-8")
    set_paper(bare, {"number": "0"})  # the fonts are read once
    floor = p(50, timed(lambda number: set_paper(bare, {"number": str(number)}), TIMES))
    found = []
    for form in load_papers(settings).all:
        for name, place in (("", "Thôn "), ("_long", LONG)) if form.key == "birth" else (("", "Thôn "),):
            draft = example(form, {}, TODAY)

            def one(number: int, draft=draft, place=place) -> None:  # type: ignore[no-untyped-def]
                for key in draft.form.fields:
                    if key.endswith((".address", ".place", ".name")):
                        draft.own[key] = Value(f"{place}{number}", "typed")
                paper(draft, in_words, TODAY, Printing())

            took = p(95, timed(one, TIMES))
            found.append(Figure(f"form_{form.key}{name}, p95", took, "ms", floor, "a bare page", MOST, "value"))
    return found
