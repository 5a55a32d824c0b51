"""Message → text on the screen, or prompt for the loudspeaker. Messages live in assets/words/<language>.ftl (Fluent).

The value of a message is what is shown; its attribute `.spoken` is what is said when that differs. Numbers and
codes are handed over as plain text: spelling them for an engine is the voice's business.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from fluent.runtime import FluentBundle
from fluent.syntax import FluentParser
from fluent.syntax import ast as fluent_ast
from fluent.syntax.visitor import Visitor

from kiosk.text import nfc


class WordsError(Exception):
    """A words file that cannot be used: file, message, what is wrong, nearest right name."""

    def __init__(self, file: str, key: str, problem: str, hint: str = "") -> None:
        self.file, self.key, self.problem = file, key, problem
        super().__init__(f"{file}: {key}: {problem}" + (f" {hint}" if hint else ""))


@dataclass(frozen=True)
class Prompt:
    """Something spoken. `key` names its clip ("service-ask", "ticket-number?number=A012"); `text` is what is said."""

    key: str
    language: str
    text: str


class Words:
    """The words of one office in its languages. `common` values (the address form …) stand in every message."""

    def __init__(
        self,
        folder: Path,
        languages: Iterable[str],
        common: Mapping[str, Mapping[str, str]] | None = None,
        over: Mapping[str, str] | None = None,
    ) -> None:
        """`over`: language → the one that stands for what its own file does not have (a language that is spoken, and
        hardly written)."""
        self._common, self._over = common or {}, over or {}
        self._bundles: dict[str, FluentBundle] = {}
        self._keys: dict[str, dict[str, set[str]]] = {}
        for language in languages:
            path = folder / f"{language}.ftl"
            self._bundles[language], self._keys[language] = _read(path, folder, language)
        self._compare()

    @property
    def languages(self) -> list[str]:
        return list(self._bundles)

    def keys(self) -> set[str]:
        """Every message there is."""
        return set(next(iter(self._keys.values())))

    def shown(self, key: str, language: str, **values: str | int) -> str:
        """What stands on the screen or slip. A line break in the message is a line break on the screen."""
        return self._format(key, language, None, values)

    def said(self, key: str, language: str, **values: str | int) -> str:
        """What is spoken: the `.spoken` attribute, else what is shown, on one line."""
        message = self._message(key, language)
        attribute = "spoken" if "spoken" in message.attributes else None
        return " ".join(self._format(key, language, attribute, values).split())

    def prompt(self, key: str, language: str, **values: str | int) -> Prompt:
        """The prompt of a message. Its key carries the values, so that each wording has its own clip."""
        tail = "&".join(f"{name}={value}" for name, value in sorted(values.items()))
        return Prompt(f"{key}?{tail}" if tail else key, language, self.said(key, language, **values))

    def require(self, keys: Iterable[str]) -> None:
        """Raise WordsError if one of `keys` is in no file: called at start with every key the screens use."""
        language = self.languages[0]
        for key in keys:
            self._message(key, language)

    def _written(self, key: str, language: str) -> str:
        """The language whose file has the message."""
        return self._over[language] if language in self._over and key not in self._keys[language] else language

    def _message(self, key: str, language: str):  # type: ignore[no-untyped-def]  # fluent.runtime has no types
        language = self._written(key, language)
        if key not in self._keys[language]:
            close = difflib.get_close_matches(key, self._keys[language], n=1)
            raise WordsError(f"{language}.ftl", key, "is missing.", f'Nearest: "{close[0]}".' if close else "")
        return self._bundles[language].get_message(key)

    def _format(self, key: str, language: str, attribute: str | None, values: Mapping[str, str | int]) -> str:
        message = self._message(key, language)
        pattern = message.attributes[attribute] if attribute else message.value
        written, common = self._written(key, language), self._over.get(language, language)
        known: dict[str, str | int] = {name: texts.get(common, "") for name, texts in self._common.items()}
        known.update(values)
        text, errors = self._bundles[written].format_pattern(pattern, known)
        if errors:
            raise WordsError(f"{language}.ftl", key, f"cannot be filled: {errors[0]}.")
        return nfc(str(text))

    def _compare(self) -> None:
        """Every language has the same messages, and a message the same placeholders, or the start stops. One that
        stands over another may lack messages, but has none of its own."""
        first, *others = self._keys
        for other in others:
            for here, there in ((first, other), (other, first)) if other not in self._over else ((other, first),):
                for key in self._keys[here]:
                    if key not in self._keys[there]:
                        raise WordsError(f"{there}.ftl", key, f"is missing ({here}.ftl has it).")
            for key, names in self._keys[first].items():
                if names != self._keys[other].get(key, names):
                    problem = f"has other placeholders ({_list(self._keys[other][key])}) than {first}.ftl"
                    raise WordsError(f"{other}.ftl", key, f"{problem} ({_list(names)}).")


def _list(names: set[str]) -> str:
    return ", ".join(f"${name}" for name in sorted(names)) or "none"


class _Placeholders(Visitor):  # type: ignore[misc]
    """Collects the values that a message asks for, in all of its texts together."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: fluent_ast.VariableReference) -> None:  # noqa: N802  (the library's name)
        self.names.add(node.id.name)


OFFICE_WIDE = frozenset({"you", "You", "office"})
"""Values that stand in every message by themselves: a language may use them or not."""


def _read(path: Path, folder: Path, language: str) -> tuple[FluentBundle, dict[str, set[str]]]:
    try:
        source = nfc(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = [file.stem for file in folder.glob("*.ftl")]
        close = difflib.get_close_matches(language, known, n=1)
        hint = f'Nearest: "{close[0]}".' if close else f"Known languages: {', '.join(sorted(known))}."
        raise WordsError(path.name, language, "has no words file.", hint) from None
    keys: dict[str, set[str]] = {}
    resource = FluentParser().parse(source)
    for entry in resource.body:
        if isinstance(entry, fluent_ast.Junk):
            line = source[: entry.span.start].count("\n") + 1 if entry.span else 0
            raise WordsError(path.name, f"line {line}", f"is not a message: {entry.annotations[0].message}")
        if isinstance(entry, fluent_ast.Message):
            if entry.id.name in keys:
                raise WordsError(path.name, entry.id.name, "stands twice.")
            finder = _Placeholders()
            finder.visit(entry)
            keys[entry.id.name] = finder.names - OFFICE_WIDE
    # No isolation marks: invisible characters that a font shows as boxes and a voice may stumble over.
    bundle = FluentBundle([language], use_isolating=False)
    bundle.add_resource(resource)
    return bundle, keys
