"""The whole audit: a process for each walk, for Kivy has one window in its life; rows put together at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kiosk.album import SIZES, for_size
from kiosk.audit.looks import LOOKS, Look
from kiosk.audit.rows import Measure, Place, Reading, Result, result_of, together
from kiosk.screens.environment import prepare_environment, screens_apart
from kiosk.settings import Settings, Wifi
from kiosk.wiring import load_pictures, load_words

LANGUAGES = ("vi", "en")


@dataclass(frozen=True)
class Errand:
    """One walk to make. `first`: of what it is the first walk, so that what is the same elsewhere is taken here."""

    settings: Settings
    size: str
    language: str
    look: Look
    first: frozenset[str]
    pictures: bool

    def takes(self, measure: Measure) -> bool:
        """Whether a measure belongs to this walk."""
        return not measure.once or measure.once in self.first


def audit(
    settings: Settings,
    sizes: Sequence[str] = tuple(SIZES),
    languages: Sequence[str] = LANGUAGES,
    looks: Sequence[Look] = LOOKS,
    *,
    pictures: bool = False,
    processes: int = 2,
) -> list[Result]:
    """Every row over all walks. `pictures`: with screenshots, for the report."""
    errands = [
        Errand(
            settings, size, language, look,
            _first(language == languages[0] and look == looks[0], size == sizes[0] and look == looks[0]),
            pictures,
        )
        for language in languages for size in sizes for look in looks if size in look.sizes
    ]  # fmt: skip
    with screens_apart(processes) as pool:
        walks = pool.map(walk_and_measure, errands, chunksize=1)
    return together(result for results in walks for result in results if result.readings)


def walk_and_measure(errand: Errand) -> list[Result]:
    """One walk, in a process of its own."""
    settings = prepared(errand.settings, errand.size, errand.language)
    prepare_environment(settings, offscreen=True, windowed=True)
    from kiosk.audit.live import Live  # only now: Kivy reads its environment as it is imported
    from kiosk.audit.measures import MEASURES
    from kiosk.audit.probing import probe
    from kiosk.audit.walk import Walk

    place = Place(errand.size, errand.language, errand.look.name)
    walk = Walk(Live(settings, load_words(settings), load_pictures(settings), errand.look), place)
    walk.go(keep=errand.pictures)
    if "language" in errand.first:
        probe(walk)
    return measured(walk, [measure for measure in MEASURES if errand.takes(measure)])


def _first(language: bool, size: bool) -> frozenset[str]:
    kinds = {"language": language, "size": size, "walk": language and size}
    return frozenset(name for name, holds in kinds.items() if holds)


def measured(walk, measures: Sequence[Measure]) -> list[Result]:  # type: ignore[no-untyped-def]
    """The rows of one walk."""
    return [
        result_of(measure.row, _taken(measure, walk), walk.place, walk.pictures)
        for measure in measures
        if not measure.forms or walk.form in measure.forms
    ]


def _taken(measure: Measure, walk) -> list[Reading]:  # type: ignore[no-untyped-def]
    """A measure's readings. A way that leads nowhere is one as well: the row is broken there."""
    from kiosk.screens.driver import NothingHappened

    try:
        return list(measure.take(walk))
    except NothingHappened as missed:
        return [Reading(0.0, False, str(missed))]


def prepared(settings: Settings, size: str, language: str) -> Settings:
    """An office with such a glass, this language first, and a network of its own: then every screen comes."""
    fitted = for_size(settings, size, language)
    return fitted if fitted.wifi else replace(fitted, wifi=Wifi(ssid="Mot cua", password="khachhang"))  # noqa: S106
