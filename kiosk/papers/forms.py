"""A form as data: assets/papers/forms/<form>.toml beside its layout <form>.typ; the office's own in config/papers.

A field is named by who it is about and what it says: "mother.name". What a card holds (CARD_PARTS) fills the fields
of those parts; what one role has, another may copy. The order of the fields is the order of the conversation. How to
write one: docs/forms.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Literal

from pydantic import Field

from kiosk.settings import SettingsError, nearest
from kiosk.settings.models import Model, Text
from kiosk.settings.reading import read

CARD_PARTS = ("name", "sex", "birth", "number", "address", "issued", "paper")
"""What a card says of its holder; `paper` is number and day of issue as one line."""
LISTS = "lists.toml"
Kind = Literal["text", "name", "date", "year", "time", "number", "id", "choice"]
Given = Literal[
    "office", "authority", "place", "province", "today", "officer", "counter", "procedure", "code", "brought",
    "received", "limit", "due", "fee", "ticket",
]  # fmt: skip
"""What the office knows by itself; the web fills it in (web.papers)."""
_KEY = r"^[a-z][a-z0-9-]*$"
_FIELD_KEY = r"^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$"
_PLACE = re.compile(r"\{([a-z0-9.-]+)\}")
_NAMED = re.compile(r'"(?![\w-]+\.typ")([a-z][a-z0-9-]*\.[a-z][a-z0-9-]*)"')
"""A field's key as a layout names it."""
_REMARK = re.compile(r"//.*")
"""What a layout says to its reader, and what it only seems to print."""


class Only(Model):
    """The field or copy counts only while another field says one of these."""

    field: str
    says: list[Text] = Field(min_length=1)


class Within(Model):
    """A term that runs from a date: what the officer is told."""

    days: int = Field(gt=0)
    yes: Text
    no: Text


class Copy(Model):
    """What this role takes over from another, part by part, while `only` holds."""

    role: str
    only: Only


class Role(Model):
    """[[role]]: somebody (or something) the form speaks of."""

    key: str = Field(pattern=_KEY)
    name: Text
    card: bool = False
    """Whether a card may be scanned for this role."""
    sex: Text = ""
    """As the card writes it: a card of the other sex warns, and a scan looks for the role that fits."""
    may_lack: Text = ""
    """The words on the key that leaves this role out ("no father is declared")."""
    copy_from: list[Copy] = Field(default=[], alias="copy")


class FormField(Model):
    """[[field]]: one thing the form wants to know."""

    key: str = Field(pattern=_FIELD_KEY)
    label: Text
    type: Kind
    ask: Text = ""
    """The question, to be read aloud; none = it is never asked (a card, a copy or the officer's pen brings it)."""
    optional: bool = False
    choices: str | list[Text] = Field(default_factory=list)
    """A list of lists.toml by name, or the words themselves."""
    open: bool = True
    """Whether another answer than the choices is taken."""
    suggest: list[str] = Field(default_factory=list)
    """Fields whose values are offered as answers."""
    default: Text = ""
    only: Only | None = None
    given: Given | None = None
    words: bool = False
    """A date that also stands in words."""
    partial: bool = False
    """A date of which only the year, or month and year, may be known."""
    future: bool = False
    within: Within | None = None
    least: int = 0
    most: int = 999
    lines: int = Field(default=1, ge=1, le=30)
    """More than one: a text of several lines."""
    example: Text = ""
    """For the preview and for `kiosk check`."""

    @property
    def role(self) -> str:
        return self.key.partition(".")[0]

    @property
    def part(self) -> str:
        return self.key.partition(".")[2]


class Line(Model):
    """[[line]]: a sentence read back; "{mother.name}" stands for a field. `only` as with fields."""

    say: Text
    only: Only | None = None

    @property
    def fields(self) -> list[str]:
        """The keys that it names, in order."""
        return _PLACE.findall(self.say)

    @property
    def pieces(self) -> list[tuple[str, str]]:
        """(plain text, key of the field after it); the last key is empty."""
        parts = _PLACE.split(self.say)
        return [(parts[at], parts[at + 1] if at + 1 < len(parts) else "") for at in range(0, len(parts), 2)]


class FormFile(Model):
    """One form's file."""

    key: str = Field(pattern=_KEY)
    title: Text
    kind: Literal["declaration", "receipt"] = "declaration"
    number: Text = ""
    circular: Text
    source: Text
    effective_from: date
    effective_to: date | None = None
    confirmed: bool = False
    layout: str = Field(pattern=r"^[a-z0-9-]+\.typ$")
    procedures: list[str] = Field(default_factory=list)
    copies: int = Field(ge=1, le=9, default=1)
    role: list[Role] = Field(min_length=1)
    field: list[FormField] = Field(min_length=1)
    line: list[Line] = Field(min_length=1)


class Lists(Model):
    """lists.toml: answers to choose from, by name."""

    lists: dict[str, list[Text]] = Field(default_factory=dict)


@dataclass(frozen=True)
class Form:
    """A form that was found in order."""

    file: FormFile = field(repr=False)
    path: Path
    lists: Mapping[str, Sequence[str]] = field(repr=False)
    library: Path
    """The folder of form.typ, which every layout may import."""

    @property
    def key(self) -> str:
        return self.file.key

    @property
    def layout(self) -> Path:
        return self.path.parent / self.file.layout

    @cached_property
    def roles(self) -> dict[str, Role]:
        return {role.key: role for role in self.file.role}

    @cached_property
    def fields(self) -> dict[str, FormField]:
        return {one.key: one for one in self.file.field}

    def of_role(self, role: str) -> list[FormField]:
        """Its fields, in order."""
        return [one for one in self.file.field if one.role == role]

    def decides(self, one: FormField) -> bool:
        """Whether the field decides about a copy into its own role, so that it cannot come from it."""
        return any(copy.only.field == one.key for copy in self.roles[one.role].copy_from)

    def choices(self, one: FormField) -> Sequence[str]:
        """The answers that are offered by name."""
        return self.lists[one.choices] if isinstance(one.choices, str) else one.choices

    def in_force(self, day: date) -> bool:
        return self.file.effective_from <= day and (self.file.effective_to is None or day <= self.file.effective_to)


@dataclass(frozen=True)
class Forms:
    """Every form of the office, past and coming ones too."""

    all: Sequence[Form] = field(default_factory=tuple)

    def on(self, day: date) -> dict[str, Form]:
        """Those in force on `day`, by key; of two versions the younger."""
        found = sorted((one for one in self.all if one.in_force(day)), key=lambda one: one.file.effective_from)
        return {one.key: one for one in found}

    def for_procedure(self, procedure: str, day: date) -> list[Form]:
        """The declarations that this procedure asks for."""
        return [one for one in self.on(day).values() if procedure in one.file.procedures]

    def receipt(self, day: date) -> Form | None:
        """The receipt in force."""
        return next((one for one in self.on(day).values() if one.file.kind == "receipt"), None)


def load_forms(shipped: Path, own: Path) -> Forms:
    """All forms of both folders; a form of the office's own takes the place of the shipped one with its key and
    effective_from. Raises SettingsError."""
    lists: dict[str, list[str]] = {}
    for folder in (shipped, own):
        if (folder / LISTS).is_file():
            lists |= read(folder / LISTS, Lists).lists
    return Forms(tuple((_of_folder(shipped, lists, shipped) | _of_folder(own, lists, shipped)).values()))


def _of_folder(folder: Path, lists: Mapping[str, Sequence[str]], library: Path) -> dict[tuple[str, date], Form]:
    """Its forms, by key and effective_from."""
    found: dict[tuple[str, date], Form] = {}
    for path in sorted(folder.glob("*.toml")):
        if path.name != LISTS:
            form = load_form(path, lists, library)
            other = found.setdefault((form.key, form.file.effective_from), form)
            if other is not form:
                problem = f'"{form.key}" from {form.file.effective_from} stands in {other.path.name} too.'
                hint = "Remove one of the two, or give the newer its own effective_from."
                raise SettingsError(path.name, "key", problem, hint)
    return found


def load_form(path: Path, lists: Mapping[str, Sequence[str]], library: Path) -> Form:
    """One form, checked. Raises SettingsError: file, key, what is wrong, what to do."""
    form = Form(read(path, FormFile, like="the shipped birth.toml"), path, lists, library)
    for check in (_check_names, _check_choices, _check_references, _check_circles, _check_lines, _check_layout):
        check(form)
    return form


def _check_names(form: Form) -> None:
    file = form.path.name
    keys_of = {"role": [one.key for one in form.file.role], "field": [one.key for one in form.file.field]}
    for table, keys in keys_of.items():
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice:
            raise SettingsError(file, f"{table}.{twice}", "stands twice.", "Remove or rename one of them.")
    if form.file.effective_to and form.file.effective_to < form.file.effective_from:
        raise SettingsError(file, "effective_to", "lies before effective_from.")
    for one in form.file.field:
        if one.role not in form.roles:
            raise SettingsError(file, f"field.{one.key}", f'has no role "{one.role}".', nearest(one.role, form.roles))


def _check_references(form: Form) -> None:
    """Whatever names a field or a role names one that is there."""
    for one in form.file.field:
        _known(form, f"field.{one.key}.suggest", one.suggest)
        if one.only:
            _only(form, f"field.{one.key}.only", one.only)
    for role in form.file.role:
        for copy in role.copy_from:
            if copy.role not in form.roles:
                where = f"role.{role.key}.copy"
                raise SettingsError(
                    form.path.name, where, f'"{copy.role}" is no role.', nearest(copy.role, form.roles)
                )
            _only(form, f"role.{role.key}.copy.only", copy.only)


def _check_circles(form: Form) -> None:
    """No field may wait for itself, through conditions and copies."""
    graph: dict[str, set[str]] = {}
    for one in form.file.field:
        copies = [] if form.decides(one) else form.roles[one.role].copy_from
        sources = {f"{copy.role}.{one.part}" for copy in copies} & set(form.fields)
        needs = {one.only.field} if one.only else set()
        graph[one.key] = needs | sources | {copy.only.field for copy in copies}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        keys = " → ".join(circle.args[1])
        raise SettingsError(form.path.name, f"field.{circle.args[1][0]}", f"waits for itself: {keys}.") from None


def _only(form: Form, where: str, only: Only) -> None:
    _known(form, f"{where}.field", [only.field])
    one = form.fields[only.field]
    wrong = next((text for text in only.says if form.choices(one) and text not in form.choices(one)), None)
    if wrong is not None:
        hint = nearest(wrong, form.choices(one))
        raise SettingsError(form.path.name, f"{where}.says", f'"{wrong}" is no choice of {one.key}.', hint)


def _known(form: Form, where: str, keys: Iterable[str]) -> None:
    for key in keys:
        if key not in form.fields:
            raise SettingsError(form.path.name, where, f'"{key}" is no field.', nearest(key, form.fields))


def _check_choices(form: Form) -> None:
    for one in form.file.field:
        where = f"field.{one.key}.choices"
        if isinstance(one.choices, str) and one.choices not in form.lists:
            raise SettingsError(
                form.path.name, where, f'there is no list "{one.choices}".', nearest(one.choices, form.lists)
            )
        local = isinstance(one.choices, str) and one.open  # a list that the office has yet to fill
        if one.type == "choice" and not form.choices(one) and not one.suggest and not local:
            raise SettingsError(form.path.name, where, "is empty: nothing can be chosen.", "Give the choices.")


def _check_lines(form: Form) -> None:
    """Every field that somebody answers is read back in some line."""
    for number, line in enumerate(form.file.line, 1):
        _known(form, f"line.{number}", line.fields)
        if line.only:
            _only(form, f"line.{number}.only", line.only)
    read_back = {key for line in form.file.line for key in line.fields}
    for one in form.file.field:
        if one.ask and one.key not in read_back:
            raise SettingsError(
                form.path.name, f"field.{one.key}", "is asked but never read back.", "Name it in a [[line]]."
            )


def _check_layout(form: Form) -> None:
    """Every field stands in the layout, and the layout names no other."""
    try:
        source = form.layout.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        problem = f"{form.file.layout} cannot be read in {form.path.parent}."
        raise SettingsError(form.path.name, "layout", problem, "Put the layout beside this file.") from None
    named = set(_NAMED.findall(_REMARK.sub("", source)))
    for key in sorted(named - set(form.fields)):
        raise SettingsError(form.file.layout, key, "is no field of the form.", nearest(key, form.fields))
    for key in form.fields:
        if key not in named:
            hint = f'Show it: #row("label", "{key}"), or remove the field, or a quote is missing beside it.'
            raise SettingsError(form.file.layout, key, "is never printed.", hint)
