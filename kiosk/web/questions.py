"""Which questions follow which on a phone, and how they sound: the same for every way to answer."""

from __future__ import annotations

import hashlib
from collections.abc import Container
from datetime import date
from typing import Literal

from kiosk.settings import Profile, Settings
from kiosk.words import Prompt

More = Literal["", "some", "all"]
"""What is asked: the core questions; some others, drawn for this response; all the others."""


def more_of(text: str) -> More:
    """What a form or an address asks for."""
    return "some" if text == "some" else "all" if text == "all" else ""


def sequence(profile: Profile, key: str, more: More) -> list[str]:
    """The criteria of one round, in the order of asking. `key`: of the response, which decides by itself, and for as
    long as it lives, which of the others are drawn."""
    if not more:
        return list(profile.core)
    others = [one for one in profile.criteria if one not in profile.core]
    if more == "all":
        return others
    drawn = sorted(others, key=lambda one: hashlib.sha256(f"{key}|{one}".encode()).digest())[: profile.module]
    return [one for one in others if one in drawn]


def next_of(order: list[str], answered: Container[str], after: str = "") -> str:
    """The first question behind `after` that was not answered; "" = the round is over."""
    left = order[order.index(after) + 1 :] if after in order else order
    return next((one for one in left if one not in answered), "")


def spoken(profile: Profile, criterion: str, language: str) -> Prompt:
    """The question as it is read out."""
    return Prompt(f"survey-{criterion}", language, profile.criteria[criterion].asked(language))


def asked(settings: Settings, day: date) -> list[Prompt]:
    """Every question of `day`, for the clips that are made ahead."""
    profile = settings.survey.profile_on(day)
    if profile is None:
        return []
    return [spoken(profile, one, language) for language in settings.office.languages for one in profile.criteria]
