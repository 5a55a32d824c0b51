"""Plants breaches one after another in one process, and says what the audit found of each."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from kiosk.audit.looks import LOOKS
from kiosk.audit.rows import Place, Result
from kiosk.audit.run import measured, prepared
from kiosk.pictures import Pictures
from kiosk.screens.environment import prepare_environment
from kiosk.settings import Settings, load, places
from kiosk.wiring import load_words
from tests.audit.plants import PLANTS, Plant

CIRCLE = '<circle cx="128" cy="128" r="100" fill="#E8E4DA"/>'
PALE = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 256 256">{CIRCLE}</svg>'


def run(size: str, home: Path) -> dict[str, Result]:
    """For each breach of a size: what the audit says of its row."""
    settings = prepared(load(places(home)), size, "vi")
    prepare_environment(settings, offscreen=True, windowed=True)
    return {
        name: _planted(settings, plant, home / "assets" / name.replace(" ", "-"))
        for name, plant in PLANTS.items()
        if plant.size == size
    }


def _planted(settings: Settings, plant: Plant, folder: Path) -> Result:
    from kiosk.audit.live import Live
    from kiosk.audit.measures import MEASURES
    from kiosk.audit.probing import probe
    from kiosk.audit.walk import Walk

    if plant.words or plant.picture:
        settings = _with_assets(settings, plant, folder)
    if plant.settings:
        settings = plant.settings(settings)
    look = LOOKS[1] if plant.low else LOOKS[0]
    with ExitStack() as planted:
        for name, value in plant.patches():
            planted.enter_context(patch(name, value))
        live = Live(settings, load_words(settings), Pictures(settings.places.assets / "pictograms"), look)
        if plant.widget:
            plant.widget(live)
        walk = Walk(live, Place(plant.size, "vi", look.name))
        walk.go(lambda stop: stop.name in plant.stops, draw=plant.draw, keep=False)
        if plant.probe:
            probe(walk, draw=plant.draw)
        measure = next(one for one in MEASURES if one.row.number == plant.row)
        (result,) = measured(walk, [measure])
        live.close()
    return result


def _with_assets(settings: Settings, plant: Plant, folder: Path) -> Settings:
    """The same office with other words, or another drawing."""
    for part in ("words", "pictograms", "voice"):
        shutil.copytree(settings.places.assets / part, folder / part)
    words = folder / "words" / "vi.ftl"
    text = words.read_text(encoding="utf-8")
    for line, other in plant.words:
        assert text.count(f"\n{line}\n") == 1, line
        text = text.replace(f"\n{line}\n", f"\n{other}\n")
    words.write_text(text, encoding="utf-8")
    if plant.picture:
        (folder / "pictograms" / f"{plant.picture}.svg").write_text(PALE, encoding="utf-8")
    return replace(settings, places=replace(settings.places, assets=folder))
