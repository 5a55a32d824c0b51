"""config/*.toml → typed settings.

A mistake stops the start with a SettingsError that names the file, the key, what is wrong and the nearest right
name. Nothing is read twice and nothing can be changed afterwards: every model is frozen.
"""

from kiosk.settings.errors import SettingsError, nearest
from kiosk.settings.models import (
    WEEKDAYS,
    CalendarFile,
    Calling,
    Capacity,
    Document,
    Hours,
    Places,
    Printer,
    Priority,
    Procedure,
    Screen,
    Series,
    Settings,
    Tile,
    Voice,
    Wifi,
)
from kiosk.settings.reading import load, places
from kiosk.settings.survey import Criterion, Degree, Group, Profile, Rating, RatingClass, Survey

__all__ = [
    "WEEKDAYS",
    "CalendarFile",
    "Calling",
    "Capacity",
    "Criterion",
    "Degree",
    "Document",
    "Group",
    "Hours",
    "Places",
    "Printer",
    "Priority",
    "Procedure",
    "Profile",
    "Rating",
    "RatingClass",
    "Screen",
    "Series",
    "Settings",
    "SettingsError",
    "Survey",
    "Tile",
    "Voice",
    "Wifi",
    "load",
    "nearest",
    "places",
]
