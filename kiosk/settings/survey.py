"""survey.toml: what citizens are asked, by version and date. Old answers keep the version they were given under."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationInfo

from kiosk.settings.errors import SettingsError, nearest
from kiosk.settings.models import LanguageText, Model, Text

FILE = "survey.toml"
_KEY = r"^[a-z][a-z0-9-]*$"


def _addressed(value: dict[str, str], info: ValidationInfo) -> dict[str, str]:
    """{you} and {You} → how the office addresses citizens, given as the context `address_form`."""
    forms: dict[str, str] = (info.context or {}).get("address_form", {})
    return {language: _fill(text, language, forms) for language, text in value.items()}


def _fill(text: str, language: str, forms: dict[str, str]) -> str:
    def form(found: re.Match[str]) -> str:
        name = found[1]
        if name not in ("you", "You"):
            raise ValueError(f"has no value for {{{name}}}; only {{you}} and {{You}} are known")
        if language not in forms:
            raise ValueError(f'uses {{{name}}}, but office.toml has no address_form for "{language}"')
        said = forms[language]
        return said if name == "you" else said[:1].upper() + said[1:]

    return re.sub(r"\{([^{}]*)\}", form, text)


AskedText = Annotated[LanguageText, AfterValidator(_addressed)]
"""A text said to a citizen, with the address form filled in."""


class Degree(Model):
    """survey.toml [[profile]] scale: one answer that can be given."""

    value: int = Field(ge=0, le=10)
    face: str
    """A pictogram."""
    words: LanguageText


class Criterion(Model):
    """survey.toml [[profile.group.criterion]]. `question` is asked and spoken; `formal` names it in reports."""

    key: str = Field(pattern=_KEY)
    question: AskedText
    formal: LanguageText
    pictogram: str = ""
    """What it is about, beside the question; "" = only words."""
    words: list[LanguageText] = Field(default=[])
    """Answers of its own in place of the scale's words, in the scale's order."""

    def asked(self, language: str) -> str:
        """The question in `language` (Vietnamese when it has none)."""
        return self.question.get(language) or self.question["vi"]

    def called(self, language: str) -> str:
        """The criterion's formal wording in `language` (Vietnamese when it has none)."""
        return self.formal.get(language) or self.formal["vi"]


class Group(Model):
    """survey.toml [[profile.group]]: criteria that reports sum up together."""

    key: str = Field(pattern=_KEY)
    name: LanguageText
    criterion: list[Criterion] = Field(min_length=1)


class RatingClass(Model):
    """survey.toml [[profile.rating]] classes: a name for points from `at_least` on."""

    key: str = Field(pattern=_KEY)
    at_least: int = Field(ge=0)
    name: LanguageText


class Rating(Model):
    """survey.toml [[profile.rating]]: points of several criteria → a class, for the unit or for an officer."""

    key: Literal["unit", "officer"]
    criteria: list[str] = Field(default=[])
    """Whose points are added; none named = all of the profile."""
    classes: list[RatingClass] = Field(min_length=1)


class Profile(Model):
    """survey.toml [[profile]]: one version of one questionnaire, in force on [effective_from, effective_to)."""

    key: str = Field(pattern=_KEY)
    version: int = Field(ge=1)
    name: LanguageText
    effective_from: date
    effective_to: date | None = None
    """The first day on which it no longer holds."""
    source: Text
    verified_by: Text
    scale: list[Degree] = Field(min_length=2, max_length=5)
    satisfied_from: int
    """This value and those above it count as satisfied."""
    dont_know: bool
    core: list[str] = Field(min_length=3, max_length=5)
    module: int = Field(ge=0, le=5, default=3)
    """How many other criteria are drawn at random for who wants to say more."""
    group: list[Group] = Field(min_length=1)
    rating: list[Rating] = Field(default=[])

    @property
    def criteria(self) -> dict[str, Criterion]:
        """Every criterion by key, in the file's order."""
        return {criterion.key: criterion for group in self.group for criterion in group.criterion}

    @property
    def values(self) -> tuple[int, ...]:
        """The values that an answer may have, the best first."""
        return tuple(degree.value for degree in self.scale)

    def holds_on(self, day: date) -> bool:
        """The profile is in force on `day`."""
        return self.effective_from <= day and (self.effective_to is None or day < self.effective_to)

    def words(self, criterion: str, language: str) -> list[str]:
        """The words of the answers to `criterion` in `language`, in the scale's order."""
        own = self.criteria[criterion].words or [degree.words for degree in self.scale]
        return [words.get(language) or words["vi"] for words in own]

    def criteria_of(self, rating: Rating) -> tuple[str, ...]:
        """The criteria whose points `rating` adds."""
        return tuple(rating.criteria or self.criteria)


class Survey(Model):
    """survey.toml."""

    default: str
    petition_days: int = Field(ge=1, le=120)
    """Days until a petition must be answered."""
    profiles: list[Profile] = Field(alias="profile", min_length=1)

    def profile_on(self, day: date, key: str = "") -> Profile | None:
        """The profile in force on `day`, the default one unless `key` names another; None = no survey that day."""
        wanted = key or self.default
        return next((one for one in self.profiles if one.key == wanted and one.holds_on(day)), None)

    def profile(self, key: str, version: int) -> Profile:
        """The very version under which answers were given. Raises SettingsError when the file has lost it."""
        for one in self.profiles:
            if (one.key, one.version) == (key, version):
                return one
        known = [f"{one.key} version {one.version}" for one in self.profiles]
        wanted = f"{key} version {version}"
        raise SettingsError(
            FILE, f"profile.{key}", f"version {version} is missing, and answers of it exist.", nearest(wanted, known)
        )

    def faces(self) -> Iterator[tuple[str, str]]:
        """(key, pictogram) of every face the scales name."""
        for profile in self.profiles:
            for degree in profile.scale:
                yield f"profile.{profile.key}.scale.{degree.value}.face", degree.face

    def pictograms(self) -> Iterator[tuple[str, str]]:
        """(key, pictogram) of every face, and of every criterion that has a picture."""
        yield from self.faces()
        for profile in self.profiles:
            for criterion in profile.criteria.values():
                if criterion.pictogram:
                    yield f"profile.{profile.key}.criterion.{criterion.key}.pictogram", criterion.pictogram


def check_survey(survey: Survey) -> None:
    """What one table of survey.toml names must stand in another, and dates must make sense. Raises SettingsError."""
    keys = [profile.key for profile in survey.profiles]
    if survey.default not in keys:
        _unknown("default", survey.default, keys, "profile")
    seen: set[tuple[str, int]] = set()
    for profile in survey.profiles:
        where = f"profile.{profile.key}"
        if (profile.key, profile.version) in seen:
            raise SettingsError(
                FILE, f"{where}.version", f"{profile.version} stands twice.", "Give the newer row the next number."
            )
        seen.add((profile.key, profile.version))
        if profile.effective_to and profile.effective_to <= profile.effective_from:
            raise SettingsError(
                FILE, f"{where}.effective_to", "is not after effective_from.",
                "It is the first day on which the profile no longer holds.",
            )  # fmt: skip
        _check_profile(where, profile)
    _check_dates(survey)


def _check_profile(where: str, profile: Profile) -> None:
    values = list(profile.values)
    if any(later >= earlier for earlier, later in pairwise(values)):
        raise SettingsError(FILE, f"{where}.scale", f"has the values {values}.", "Write the best answer first.")
    if profile.satisfied_from not in values:
        raise SettingsError(
            FILE, f"{where}.satisfied_from", f"{profile.satisfied_from} is no value of the scale {values}."
        )
    everyone = [criterion.key for group in profile.group for criterion in group.criterion]
    _once(f"{where}.group", [group.key for group in profile.group])
    _once(f"{where}.criterion", everyone)
    _once(f"{where}.core", profile.core)
    _once(f"{where}.rating", [rating.key for rating in profile.rating])
    for name in profile.core:
        if name not in everyone:
            _unknown(f"{where}.core", name, everyone, "criterion")
    for criterion in profile.criteria.values():
        if criterion.words and len(criterion.words) != len(values):
            raise SettingsError(
                FILE, f"{where}.criterion.{criterion.key}.words",
                f"has {len(criterion.words)} answers; the scale has {len(values)}.",
            )  # fmt: skip
    for rating in profile.rating:
        _check_rating(f"{where}.rating.{rating.key}", rating, everyone)


def _check_rating(where: str, rating: Rating, everyone: list[str]) -> None:
    _once(f"{where}.criteria", rating.criteria)
    _once(f"{where}.classes", [one.key for one in rating.classes])
    for name in rating.criteria:
        if name not in everyone:
            _unknown(f"{where}.criteria", name, everyone, "criterion")
    edges = [one.at_least for one in rating.classes]
    if edges[-1] != 0 or any(later >= earlier for earlier, later in pairwise(edges)):
        raise SettingsError(
            FILE, f"{where}.classes", f"begin at {edges} points.", "Write the highest class first, the last from 0."
        )


def _check_dates(survey: Survey) -> None:
    """On one day, one version of a profile holds."""
    in_order = sorted(survey.profiles, key=lambda one: (one.key, one.effective_from))
    for earlier, later in pairwise(in_order):
        if earlier.key == later.key and (earlier.effective_to is None or later.effective_from < earlier.effective_to):
            raise SettingsError(
                FILE, f"profile.{earlier.key}.effective_to",
                f"versions {earlier.version} and {later.version} both hold on {later.effective_from}.",
                f"End version {earlier.version} with effective_to = {later.effective_from}.",
            )  # fmt: skip


def _once(where: str, names: list[str]) -> None:
    twice: list[Any] = [name for name in names if names.count(name) > 1]
    if twice:
        raise SettingsError(FILE, f"{where}.{twice[0]}", "stands twice.", "Remove or rename one of them.")


def _unknown(where: str, name: str, known: list[str], what: str) -> None:
    raise SettingsError(FILE, where, f'names the {what} "{name}", which does not exist.', nearest(name, known))
