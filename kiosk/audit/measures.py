"""All measures, as on the page."""

from __future__ import annotations

from kiosk.audit import contrasts, loudspeaker, shapes, speech, times, touching
from kiosk.audit.rows import Measure

MEASURES: tuple[Measure, ...] = (
    *shapes.MEASURES,
    *touching.MEASURES,
    *speech.MEASURES,
    *loudspeaker.MEASURES,
    *contrasts.MEASURES,
    *times.MEASURES,
)
