"""What the page of a declaration shows, as plain data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from string import capwords

from kiosk.papers.card import Card, doubt_key
from kiosk.papers.draft import Doubt, Draft
from kiosk.papers.forms import Form, FormField, Role
from kiosk.papers.sheet import InWords, words_of
from kiosk.papers.typed import Mistyped, keep, shown, whole_day

Words = Callable[..., str]
SHOWN_ANSWERS = 9
"""Answers that have a digit."""
CC_LAW = date(2024, 7, 1)
"""From this day cards have the name of Law 26/2023/QH15."""
QUIET_PARTS = ("number", "paper")
"""Parts that are shown, and never read out in a room full of people."""
COMING = 4
"""Questions shown ahead."""
_ICONS = {"card": "card", "typed": "pen", "copied": "copy", "preset": "desk", "office": "desk", "": ""}
_SHOWS = {"birth-year": "birth", "year-only": "birth"}
"""Doubt → the part of the role that it is about, where its name is another."""


@dataclass(frozen=True)
class Person:
    """Somebody of this visit who may be taken over. `ref` names them to the server: form and role, no value."""

    ref: str
    name: str
    sex: str = ""
    """As the card writes it; "" = not known."""


@dataclass(frozen=True)
class RoleCard:
    """A role on the left: whose card has come, whose is awaited; and what has no card and may be left out."""

    key: str
    name: str
    state: str
    """ok, now (the next scan goes here), wait, asked (no card), group (nobody's card), out (not declared)."""
    text: str
    may_lack: str
    people: tuple[Person, ...]
    card: bool


@dataclass(frozen=True)
class Warned:
    """A doubt in words."""

    role: str
    key: str
    name: str
    """The role's."""
    text: str
    accept: str
    edit: str
    """The field to mend instead; "" = none."""


@dataclass(frozen=True)
class Cell:
    """A field on the sheet at the right."""

    key: str
    label: str
    text: str
    icon: str
    here: bool


@dataclass(frozen=True)
class Question:
    """What is asked now."""

    field: FormField
    role: str
    number: int
    total: int
    value: str
    answers: tuple[str, ...]
    """Those with a digit."""
    all_answers: tuple[str, ...]
    coming: tuple[str, ...]
    editing: bool
    again: bool
    """It was put off, and nothing else is open: whoever cannot answer it now leaves the dots."""
    siblings: tuple[tuple[str, str], ...]
    """(key, label) of the fields in the same line, when it is mended from there."""


@dataclass(frozen=True)
class ReadLine:
    """A sentence read back, and the field that is mended first."""

    pieces: tuple[tuple[str, str], ...]
    """(text, what it is): "" words, "value", "quiet" a value that is not read out."""
    edit: str


def card_parts(card: Card, t: Words) -> dict[str, str]:
    """A card's words for the parts of a role (forms.CARD_PARTS)."""
    birth = str(card.birth.year) if card.year_only else card.birth.isoformat()
    issued = card.issued.isoformat() if card.issued else ""
    line = t(f"card-paper-{_paper(card)}", number=card.number)
    if card.issued:
        line = t("card-paper-issued", paper=line, by=t(f"card-by-{_paper(card)}"), day=f"{card.issued:%d/%m/%Y}")
    return {
        "name": card.name, "sex": card.sex, "birth": birth, "number": card.number,
        "address": card.address, "issued": issued, "paper": line,
    }  # fmt: skip


def _paper(card: Card) -> str:
    """What the paper is called and who gave it, by the law of the day it was issued."""
    if len(card.number) != 12:
        return "cmnd"
    return "cc" if card.issued and card.issued >= CC_LAW else "cccd"


class PaperDesk:
    """Puts the page of one draft together. `t`: officers' words; `people`: who may be taken over."""

    def __init__(self, draft: Draft, t: Words, today: date, in_words: InWords, people: tuple[Person, ...]) -> None:
        self._draft, self._t, self._today, self._in_words, self._people = draft, t, today, in_words, people

    @property
    def form(self) -> Form:
        return self._draft.form

    # ---- left: whose cards -------------------------------------------------------------------------------

    def target(self, wanted: str) -> str:
        """The role of the next scan; "" = none is awaited."""
        awaited = self._draft.awaited()
        free = [one.key for one in self._draft.free_roles()]
        return wanted if wanted in free else awaited[0] if awaited else ""

    def roles(self, target: str) -> tuple[RoleCard, ...]:
        """Every role that a card may be scanned for, and every other that may be left out while it is asked about."""
        return tuple(self._role(one, target) for one in self.form.file.role if self._matters(one))

    def _matters(self, role: Role) -> bool:
        # A role that is copied whole from another needs no card of its own
        there = self._draft.speaks_of(role) or role.key in self._draft.left_out
        return there and not self._draft.source_of(role) and (role.card or self._may_go(role))

    def _may_go(self, role: Role) -> bool:
        return bool(role.may_lack) and (
            role.key in self._draft.left_out or any(one.role == role.key for one in self._draft.to_ask())
        )

    def _role(self, role: Role, target: str) -> RoleCard:
        draft, t = self._draft, self._t
        filled = sum(draft.value(one.key).source in ("card", "copied") for one in self.form.of_role(role.key))
        if role.key in draft.left_out:
            state, text = "out", t("papers-role-out")
        elif role.key in draft.scanned:
            how = "scanned" if draft.scanned[role.key] else "taken"
            name = capwords(draft.value(f"{role.key}.name").kept) if f"{role.key}.name" in self.form.fields else ""
            state, text = "ok", t(f"papers-role-{how}", count=filled, name=name)
        elif not role.card:
            state, text = "group", t("papers-role-group")
        elif role.key == target:
            state, text = "now", t("papers-role-now")
        elif role.key in draft.no_card:
            state, text = "asked", t("papers-role-asked")
        else:
            state, text = "wait", t("papers-role-wait")
        same = [other for other in self.form.file.role if draft.source_of(other) == role.key]
        name = " – ".join((role.name, *(other.name.lower() for other in same)))
        mine = f"{self.form.key}:{role.key}"
        others = tuple(
            one for one in self._people if one.ref != mine and ("" in (one.sex, role.sex) or one.sex == role.sex)
        )
        return RoleCard(role.key, name, state, text, role.may_lack, others, role.card)

    def doubts(self) -> tuple[Warned, ...]:
        """What is to be looked at by eye."""
        return tuple(
            Warned(
                one.role, one.key, self.form.roles[one.role].name,
                self._t(doubt_key(one.key), role=self.form.roles[one.role].name, told=one.told, shown=one.shown),
                self._t("papers-doubt-right"),
                self._about(one),
            )
            for one in self._draft.doubts
        )  # fmt: skip

    def _about(self, doubt: Doubt) -> str:
        key = f"{doubt.role}.{_SHOWS.get(doubt.key, doubt.key)}"
        return key if key in self.form.fields else ""

    # ---- middle: the question -----------------------------------------------------------------------------

    def question(self, at: str = "", typed: str | None = None) -> Question | None:
        """The field `at`, else the next one to ask; None = nothing is open. `typed`: what was typed and refused."""
        draft, to_ask = self._draft, self._draft.to_ask()
        one = self.form.fields.get(at) or (to_ask[0] if to_ask else None)
        if one is None:
            return None
        editing = bool(at) and one not in to_ask
        answered = len(draft.asked())
        number = to_ask.index(one) + 1 if one in to_ask else 0
        answers = draft.answers(one)
        return Question(
            field=one, role=self.form.roles[one.role].name, number=answered + number,
            total=answered + len(to_ask), value=draft.text(one.key) if typed is None else typed,
            answers=tuple(answers[:SHOWN_ANSWERS]), all_answers=tuple(answers),
            coming=tuple(other.ask for other in to_ask if other is not one)[:COMING], editing=editing,
            again=bool(to_ask) and to_ask[0].key in draft.later,
            siblings=self._siblings(one) if editing else (),
        )  # fmt: skip

    def _siblings(self, one: FormField) -> tuple[tuple[str, str], ...]:
        keys = next((line.fields for line in self._draft.lines() if one.key in line.fields), [])
        names = [(key, self.form.fields[key].label) for key in keys]
        return tuple(names) if len(names) > 1 else ()

    def _named(self, one: FormField) -> str:
        return f"{one.label} ({self.form.roles[one.role].name.lower()})"

    def before(self, at: str) -> str:
        """The question asked before this one; "" = none."""
        order = [one.key for one in self.form.file.field if one in self._draft.asked() or one.key == at]
        if at not in order:
            return order[-1] if order else ""
        return order[order.index(at) - 1] if order.index(at) else ""

    def echo(self, key: str, typed: str) -> str:
        """How a typed answer will stand on the paper; "" when there is nothing to add. Raises Mistyped."""
        one = self.form.fields[key]
        kept = keep(one, typed, self._draft.answers(one), self._today)
        words = words_of(one, kept, self._in_words) if one.words else ""
        text = shown(one, kept)
        if words:
            return self._t("papers-echo-words", text=text, words=words)
        return text if text != typed.strip() else ""

    def term(self, key: str, typed: str | None = None) -> tuple[bool, str]:
        """(in time, what the officer is told) of a date with a term; (True, "") where there is none."""
        one = self.form.fields[key]
        if one.within is None:
            return True, ""
        try:
            kept = self._draft.value(key).kept if typed is None else keep(one, typed, (), self._today)
        except Mistyped:
            return True, ""
        day = whole_day(one, kept)
        if day is None:
            return True, ""
        past = (self._today - day).days
        said = one.within.yes if past <= one.within.days else one.within.no
        return past <= one.within.days, said.replace("{days}", str(past))

    # ---- right: the sheet ---------------------------------------------------------------------------------

    def sheet(self, here: str) -> tuple[tuple[str, tuple[Cell, ...]], ...]:
        """The declaration as it stands, role by role."""
        found = []
        for role in self.form.file.role:
            cells = tuple(self._cell(one, here) for one in self.form.of_role(role.key) if self._draft.counts(one))
            if cells:
                found.append((role.name, cells))
        return tuple(found)

    def _cell(self, one: FormField, here: str) -> Cell:
        icon = _ICONS[self._draft.value(one.key).source]
        return Cell(one.key, one.label, self._draft.text(one.key), icon, one.key == here)

    # ---- reading back -------------------------------------------------------------------------------------

    def lines(self) -> tuple[ReadLine, ...]:
        """What is read to the citizen; a value that is not known is said to be missing."""
        found = []
        for line in self._draft.lines():
            pieces: list[tuple[str, str]] = []
            for text, key in line.pieces:
                pieces += [(text, "")] if text else []
                quiet = key and self._quiet(self.form.fields[key])
                pieces += [(self._spoken(key), "quiet" if quiet else "value")] if key else []
            typed = [key for key in line.fields if self._draft.value(key).source not in ("office", "preset")]
            found.append(ReadLine(tuple(pieces), (typed or line.fields or [""])[0]))
        return tuple(found)

    def _quiet(self, one: FormField) -> bool:
        return one.part in QUIET_PARTS and self.form.roles[one.role].card

    def _spoken(self, key: str) -> str:
        """A value inside a sentence: names and days as people say them."""
        one, kept = self.form.fields[key], self._draft.value(key).kept
        if not kept:
            return self._t("papers-unknown")
        if one.type == "name":
            return capwords(kept)
        if one.type == "date":
            names = ("papers-said-year", "papers-said-month", "papers-said-day")
            parts = [int(part) for part in kept.split("-")]
            year, month, day = (*parts, 0, 0)[:3]
            return self._t(names[len(parts) - 1], year=str(year), month=str(month), day=str(day))
        return self._draft.text(key)

    def left_blank(self) -> tuple[str, ...]:
        """Roles that are left out or of which nothing is known: whole parts of the paper that stay dotted."""
        known = {one.role for one in self.form.file.field if self._draft.value(one.key).kept}
        wanted = {one.role for one in self._draft.blanks()}
        return tuple(role.name for role in self.form.file.role if role.key not in known | wanted)

    def blanks(self) -> tuple[str, ...]:
        """Fields that will be dotted lines."""
        return tuple(self._named(one) for one in self._draft.blanks())


def people_of(drafts: Mapping[str, Draft]) -> tuple[Person, ...]:
    """Everybody whom this visit has named, each once."""
    found: dict[str, Person] = {}
    for key, draft in drafts.items():
        for role in draft.form.file.role:
            person = draft.person(role.key)
            name = person.get("name", "")
            if name and person.get("paper"):  # a child has none, and signs nothing
                found.setdefault(name, Person(f"{key}:{role.key}", capwords(name), person.get("sex", "") or role.sex))
    return tuple(found.values())


