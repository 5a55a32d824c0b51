"""Is there still room today? A plain estimate, said before a number is taken."""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.office.types import Crowd
from kiosk.settings import Series


def crowd(waiting: Mapping[str, int], series: Mapping[str, Series], counters_open: int, minutes_left: float) -> Crowd:
    """How full it is. `waiting`: tickets that wait, by series letter; `minutes_left`: opening minutes left today.

    Too many: the work that waits (each ticket takes its series' usual minutes), shared among the counters that are
    open, is longer than what is left of the day. A series that is no more in the settings counts ten minutes.
    """
    work = sum(count * (series[letter].minutes if letter in series else 10.0) for letter, count in waiting.items())
    return Crowd(waiting=sum(waiting.values()), too_many=work / counters_open > minutes_left)
