"""One declaration as it is being filled: what is known and from where, what to ask next, what to look at again.

A value is the field's own (from a card, typed, taken over from another person of the visit), else what a copy brings
while its condition holds, else the form's default, else what the office gives. Only its own are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from kiosk.papers.card import Card
from kiosk.papers.forms import CARD_PARTS, Form, FormField, Line, Only, Role
from kiosk.papers.typed import Mistyped, keep, shown

Source = Literal["card", "typed", "copied", "preset", "office", ""]
"""Where a value comes from; "" = there is none."""


@dataclass(frozen=True)
class Value:
    """What stands in a field."""

    kept: str = ""
    source: Source = ""


NOTHING = Value()


@dataclass(frozen=True)
class Doubt:
    """Something to be looked at by eye. It warns and blocks nothing, but a name or an address that came damaged off
    the scanner: nothing is printed with those until somebody has compared them with the card.

    `key`: one of card.DOUBTS, or other-sex, same-card (of the role). `told`, `shown`: what the card's number says and
    what stands on it."""

    role: str
    key: str
    told: str = ""
    shown: str = ""


class CannotTake(Exception):
    """A card or a person that this form has no place for; `key` names the sentence."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)


@dataclass
class Draft:
    """A form and what is known. `given`: what the office knows by itself, by name (forms.Given)."""

    form: Form
    given: Mapping[str, str] = field(default_factory=dict)
    own: dict[str, Value] = field(default_factory=dict)
    scanned: dict[str, str] = field(default_factory=dict)
    """Role → number of the card scanned for it ("" = a person taken over)."""
    no_card: set[str] = field(default_factory=set)
    """Roles whose people have no card here: they are asked."""
    left_out: set[str] = field(default_factory=set)
    later: list[str] = field(default_factory=list)
    """Fields whose question was put off, in the order in which that happened."""
    doubts: list[Doubt] = field(default_factory=list)

    # ---- what is known -------------------------------------------------------------------------------------

    def value(self, key: str) -> Value:
        """What stands in the field now."""
        one = self.form.fields[key]
        if not self.counts(one):
            return NOTHING
        if key in self.own:
            return self.own[key]
        copied = self._copied(one)
        if copied.kept:
            return copied
        if one.given and self.given.get(one.given):
            return Value(self.given[one.given], "office")
        return Value(one.default, "preset") if one.default else NOTHING

    def text(self, key: str) -> str:
        """The same, as it is written on paper."""
        return shown(self.form.fields[key], self.value(key).kept)

    def counts(self, one: FormField) -> bool:
        """Whether the field belongs to this declaration: its role is not left out, its condition holds."""
        return one.role not in self.left_out and self._holds(one.only)

    def _holds(self, only: Only | None) -> bool:
        return only is None or self.value(only.field).kept in only.says

    def source_of(self, role: Role) -> str:
        """The role that this one is copied from now; "" = none."""
        return next((one.role for one in role.copy_from if self._holds(one.only)), "")

    def _copied(self, one: FormField) -> Value:
        if self.form.decides(one):
            return NOTHING
        source = self.source_of(self.form.roles[one.role])
        other = self.form.fields.get(f"{source}.{one.part}")
        if not source or other is None or other.key == one.key:
            return NOTHING
        found = self.value(other.key).kept
        # A whole date tells its year; the other way round there is nothing to copy
        kept = _fitting(one, found) if one.type in ("year", other.type) else ""
        return Value(kept, "copied") if kept else NOTHING

    # ---- scanning and typing -------------------------------------------------------------------------------

    def role_for(self, card: Card, wanted: str = "") -> str:
        """The role that a card is for: the wanted one, else the first free one whose sex fits, else the first free.
        Raises CannotTake."""
        if wanted in self.form.roles and self.form.roles[wanted].card:
            return wanted
        free = [role for role in self.free_roles() if role.key not in self.scanned]
        fits = [role for role in free if role.sex in ("", card.sex)] or free
        if not fits:
            raise CannotTake("card-no-role")
        return fits[0].key

    def free_roles(self) -> list[Role]:
        """Those that a card may be scanned for: neither left out nor copied from another."""
        roles = [one for one in self.form.file.role if one.card and one.key not in self.left_out]
        return [one for one in roles if not self.source_of(one) and self.speaks_of(one)]

    def speaks_of(self, role: Role) -> bool:
        """Whether any field of the role belongs to this declaration."""
        return any(self.counts(one) for one in self.form.of_role(role.key))

    def scan(self, card: Card, parts: Mapping[str, str], wanted: str = "") -> str:
        """Fill a role from a card; `parts` are the card's words for CARD_PARTS. Tells the role. Raises CannotTake."""
        role = self.role_for(card, wanted)
        self.left_out.discard(role)
        self.doubts = [one for one in self.doubts if one.role != role]
        for part in CARD_PARTS:
            one = self.form.fields.get(f"{role}.{part}")
            if one is not None and parts.get(part):
                self.own[one.key] = Value(_fitting(one, parts[part]), "card")
        self._doubt(role, card)
        self.scanned[role] = card.number
        self.no_card.discard(role)
        return role

    def _doubt(self, role: str, card: Card) -> None:
        keys = [key for key in card.doubts if key not in CARD_PARTS or f"{role}.{key}" in self.form.fields]
        keys += ["name"] if not card.name_sure else []
        keys += ["address"] if not card.address_sure and f"{role}.address" in self.form.fields else []
        found = [Doubt(role, key, **card.values(key)) for key in keys]
        if self.form.roles[role].sex not in ("", card.sex):
            found.append(Doubt(role, "other-sex"))
        if any(number == card.number for other, number in self.scanned.items() if other != role):
            found.append(Doubt(role, "same-card"))
        self.doubts += found

    def unverified(self) -> list[Doubt]:
        """What must be compared with the card before anything is printed."""
        return [one for one in self.doubts if one.key in ("name", "address")]

    def accept(self, doubt: Doubt) -> None:
        """It was looked at, and is right."""
        self.doubts = [one for one in self.doubts if one != doubt]

    def take_over(self, role: str, person: Mapping[str, str]) -> None:
        """Fill a role with somebody of this visit, part by part. Raises CannotTake."""
        if role not in self.form.roles:
            raise CannotTake("card-no-role")
        self.left_out.discard(role)
        for one in self.form.of_role(role):
            kept = person.get(one.part, "")
            if kept:
                self.own[one.key] = Value(_fitting(one, kept), "copied")
        self.scanned.setdefault(role, person.get("number", ""))

    def person(self, role: str) -> dict[str, str]:
        """What is known of a role, by part: for another role or another form."""
        return {one.part: self.value(one.key).kept for one in self.form.of_role(role) if self.value(one.key).kept}

    def give(self, key: str, text: str, today: date) -> None:
        """An answer, as typed; empty takes the field's own value away. Raises Mistyped."""
        one = self.form.fields[key]
        kept = keep(one, text, self.answers(one), today)
        self.later = [other for other in self.later if other != key]
        self.doubts = [doubt for doubt in self.doubts if (doubt.role, doubt.key) != (one.role, one.part)]
        if kept:
            self.own[key] = Value(kept, "typed")
        else:
            self.own.pop(key, None)

    def answers(self, one: FormField) -> list[str]:
        """What is offered: first what others have (`suggest`), then the choices; nothing twice."""
        found = [self.text(key) for key in one.suggest] + list(self.form.choices(one))
        return list(dict.fromkeys(text for text in found if text))

    def postpone(self, key: str) -> None:
        """Ask this after all others."""
        self.later = [other for other in self.later if other != key] + [key]

    def leave_out(self, role: str) -> None:
        """Nobody is declared in this role: its fields stay blank. Raises CannotTake when it must be there."""
        if role not in self.form.roles or not self.form.roles[role].may_lack:
            raise CannotTake("role-must-be")
        self.left_out.add(role)
        self.scanned.pop(role, None)
        self.doubts = [one for one in self.doubts if one.role != role]
        for one in self.form.of_role(role):
            self.own.pop(one.key, None)

    def without_card(self, role: str) -> None:
        """They have no card here: what it would have told is asked. Raises CannotTake."""
        if role not in self.form.roles:
            raise CannotTake("card-no-role")
        self.left_out.discard(role)
        self.no_card.add(role)

    def clear(self, role: str) -> None:
        """It was somebody else's card: what it told goes, what was typed stays. Raises CannotTake."""
        if role not in self.form.roles:
            raise CannotTake("card-no-role")
        self.scanned.pop(role, None)
        self.doubts = [one for one in self.doubts if one.role != role]
        for one in self.form.of_role(role):
            if self.own.get(one.key, NOTHING).source in ("card", "copied"):
                del self.own[one.key]

    def bring_back(self, role: str) -> None:
        """They are declared after all, and a card may come."""
        self.left_out.discard(role)
        self.no_card.discard(role)

    # ---- the conversation ----------------------------------------------------------------------------------

    def to_ask(self) -> list[FormField]:
        """The questions still open, in the order of the conversation; those put off come last. What a card would
        tell is not asked while one may still come."""
        open_now = [one for one in self.form.file.field if self._open(one)]
        put_off = [self.form.fields[key] for key in self.later]
        return [one for one in open_now if one not in put_off] + [one for one in put_off if one in open_now]

    def _open(self, one: FormField) -> bool:
        wanted = bool(one.ask) and not one.optional and self.counts(one) and not self.value(one.key).kept
        return wanted and not (one.part in CARD_PARTS and one.role in self.awaited())

    def awaited(self) -> list[str]:
        """Roles whose card has not come yet."""
        free = [one.key for one in self.free_roles()]
        return [key for key in free if key not in self.scanned and key not in self.no_card]

    def asked(self) -> list[FormField]:
        """Every question that was answered by typing, in order."""
        return [one for one in self.form.file.field if one.ask and self.own.get(one.key, NOTHING).source == "typed"]

    def known(self) -> int:
        """How many fields are filled without a question."""
        return sum(
            self.value(one.key).source in ("card", "copied", "preset", "office") for one in self.form.file.field
        )

    def blanks(self) -> list[FormField]:
        """Fields that will be dotted lines although the form wants them."""
        return [
            one for one in self.form.file.field
            if not one.optional and self.counts(one) and not self.value(one.key).kept
        ]  # fmt: skip

    def lines(self) -> list[Line]:
        """What is read back: a line of which nothing is known, or whose condition does not hold, is left out."""
        return [
            line for line in self.form.file.line
            if self._holds(line.only) and (not line.fields or any(self.value(key).kept for key in line.fields))
        ]  # fmt: skip

    # ---- keeping -------------------------------------------------------------------------------------------

    def dump(self) -> dict[str, Any]:
        """As plain data, for the visit's file."""
        return {
            "own": {key: [value.kept, value.source] for key, value in self.own.items()},
            "scanned": self.scanned, "no_card": sorted(self.no_card), "left_out": sorted(self.left_out),
            "later": self.later,
            "doubts": [[one.role, one.key, one.told, one.shown] for one in self.doubts],
        }  # fmt: skip

    @classmethod
    def load(cls, form: Form, given: Mapping[str, str], data: Mapping[str, Any]) -> Draft:
        """Back from the visit's file. What the form has no field for any more is dropped."""
        own = {key: Value(kept, source) for key, (kept, source) in data["own"].items() if key in form.fields}
        doubts = [Doubt(*one) for one in data["doubts"] if one[0] in form.roles]
        return cls(
            form, given, own, {role: number for role, number in data["scanned"].items() if role in form.roles},
            {role for role in data["no_card"] if role in form.roles},
            {role for role in data["left_out"] if role in form.roles},
            [key for key in data["later"] if key in form.fields], doubts,
        )  # fmt: skip


def _fitting(one: FormField, kept: str) -> str:
    """What is kept elsewhere, as this field keeps it: of a date, a year takes its year."""
    return kept[:4] if one.type == "year" else kept


def example(form: Form, given: Mapping[str, str], today: date) -> Draft:
    """The form filled with its own examples. Raises Mistyped with the field's key as `at`."""
    draft = Draft(form, given)
    for one in form.file.field:
        if one.example:
            try:
                draft.own[one.key] = Value(keep(one, one.example, draft.answers(one), today), "typed")
            except Mistyped as wrong:
                wrong.values["at"] = one.key
                raise
    return draft
