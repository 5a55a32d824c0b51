"""Written text → words that a speech engine reads right.

Engines read digits, codes and abbreviations wrongly (measured: espeak-ng says 11 of the numbers 0–1000 wrong
and runs the last two digits of a code together), so none is ever handed over: codes go letter by letter and
digit by digit, amounts become full numbers, and what remains is letters, spaces and marks that make a pause.
The words of a language stand in assets/voice/<language>/spelling.toml, where an office may change them.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from num2words import num2words

from kiosk.text import nfc

LONGEST_NUMBER = 12
"""Digits. Anything longer is no amount that people say: it is read digit by digit."""


class SpellingError(Exception):
    """A spelling file that cannot be used: file and what is wrong."""


class Spelling:
    """The reading rules of one language. `spell` is pure: the same text gives the same words."""

    def __init__(self, path: Path) -> None:
        """Read assets/voice/<language>/spelling.toml. Raises SpellingError naming the file and the table."""
        try:
            data: dict[str, Any] = tomllib.loads(nfc(path.read_text(encoding="utf-8")))
            self._language: str = data["engine_numbers"]
            self._alone = frozenset(data["alone"])
            self._letters: Mapping[str, str] = data["letters"]
            self._numbers: Mapping[str, Any] = data["numbers"]
            self._dates: Mapping[str, Any] = data["dates"]
            self._times: Mapping[str, str] = data["times"]
            self._units: Mapping[str, str] = data["units"]
            self._symbols: Mapping[str, str] = data["symbols"]
            self._phrases: Mapping[str, str] = data["phrases"]
            self._rules = self._compile()
        except FileNotFoundError:
            raise SpellingError(f"{path}: is missing. Copy it from the shipped assets folder.") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SpellingError(f"{path}: is not valid TOML: {error}.") from None
        except KeyError as error:
            raise SpellingError(f"{path}: {error.args[0]} is missing.") from None

    def spell(self, text: str) -> str:
        """`text` as words (NFC): no digit is left, no abbreviation, and no mark that an engine would name."""
        text = _plain(text)
        for pattern, replace in self._rules:
            # Spaces keep apart what stood together ("5G", "12A"); _tidy takes the needless ones away.
            text = pattern.sub(lambda found, replace=replace: f" {replace(found)} ", text)  # type: ignore[misc]
        return _tidy(text)

    def number(self, value: int) -> str:
        """A whole number in words, as an amount: with its thousands, and the hundreds that are empty."""
        if value < 0:
            return f"{self._numbers['minus']} {self.number(-value)}"
        if "groups" not in self._numbers:
            return str(num2words(value, lang=self._language)).replace(",", "").replace("-", " ")
        # num2words is right below a thousand only: above it swallows the empty hundreds of 1015.
        billions, rest = divmod(value, 10**9)
        words = [self.number(billions), self._numbers["billion"]] if billions else []
        for power in range(len(self._numbers["groups"]) - 1, -1, -1):
            group = rest // 1000**power % 1000
            if group:
                words += [self._group(group, first=not words), self._numbers["groups"][power]]
        return " ".join(filter(None, words)) or self._below_thousand(0)

    def digits(self, text: str, between: str = ", ") -> str:
        """The digits of `text` one by one."""
        return between.join(self._below_thousand(int(digit)) for digit in text if digit.isdigit())

    # ---- the rules, in the order in which they apply -------------------------------------------------------

    def _compile(self) -> list[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]]:
        group, decimal = re.escape(self._numbers["group_mark"]), re.escape(self._numbers["decimal_mark"])
        number = rf"(?:\d{{1,3}}(?:{group}\d{{3}})+(?!\d)|\d+)(?:{decimal}\d+)?"
        units = "|".join(re.escape(unit) for unit in _longest_first(self._units))
        phrases = "|".join(re.escape(phrase) for phrase in _longest_first(self._phrases))
        symbols = "|".join(re.escape(symbol) for symbol in self._symbols)
        mark = re.escape(self._times["mark"])
        letter = "[A-Za-z\u0110\u0111]"
        rules: list[tuple[str, Callable[[re.Match[str]], str]]] = [
            (rf"(?<!\w)(?:{phrases})(?![^\W\d_])(?!(?<=\d)\d)", lambda found: self._phrases[found[0]]),
            (r"(?<=\d)\s?[-–—]\s?(?=\d)", lambda found: self._numbers["to"]),
            (r"(?<![\d/])(\d{1,2})/(\d{1,2})(?:/(\d{4}))?(?![\d/])", self._date),
            (rf"(?<!\d)(\d{{1,2}})(?::|{mark}(?=\d))(\d{{2}})(?!\d)", self._time),
            (r"(?<![\w.,-])0\d{2,}(?:[ .]\d{3,4})*(?!\d)", lambda found: self._telephone(found[0])),
            (rf"(?<!\w)({number})\s?({units})(?!\w)", lambda f: f"{self._amount(f[1])} {self._units[f[2]]}"),
            (rf"(?<!\w)({letter})-?(\d+)(?!\w)", self._code),
            (r"(?<=\d)/(?=\d)", lambda found: self._numbers["over"]),
            (rf"(?<!\S)-(?={number})", lambda found: self._numbers["minus"]),
            (number, lambda found: self._amount(found[0])),
            (symbols, lambda found: self._symbols[found[0]]),
            (r"[^\W_]+(?:'[^\W_]+)*", lambda found: self._word(found[0])),
        ]
        return [(re.compile(pattern), replace) for pattern, replace in rules]

    def _code(self, found: re.Match[str]) -> str:
        return f"{self._letters[found[1].upper()]}, {self.digits(found[2])}"

    def _date(self, found: re.Match[str]) -> str:
        day, month = int(found[1]), int(found[2])
        if not (1 <= day <= 31 and 1 <= month <= 12):
            return found[0]
        if self._dates.get("ordinal_days"):
            spoken_day = str(num2words(day, lang=self._language, to="ordinal")).replace("-", " ")
        else:
            form = self._dates.get("first_days", "{day}") if day <= 10 else "{day}"
            spoken_day = form.format(day=self.number(day))
        spoken = str(self._dates["day_month"]).format(day=spoken_day, month=self._dates["months"][month - 1])
        if not found[3]:
            return spoken
        return str(self._dates["year"]).format(rest=spoken, year=self.number(int(found[3])))

    def _time(self, found: re.Match[str]) -> str:
        hour, minute = int(found[1]), int(found[2])
        if hour > 24 or minute > 59:
            return f"{found[1]} {found[2]}"
        form = "hour" if minute == 0 else "hour_few" if minute < 10 else "hour_minute"
        return self._times[form].format(hour=self.number(hour), minute=self.number(minute))

    def _telephone(self, text: str) -> str:
        return ", ".join(self.digits(block, " ") for block in re.split(r"[ .]", text))

    def _amount(self, text: str) -> str:
        text = text.replace(self._numbers["group_mark"], "")
        whole, _, part = text.partition(self._numbers["decimal_mark"])
        if len(whole) > LONGEST_NUMBER:
            return self.digits(whole + part)
        words = self.number(int(whole))
        return f"{words} {self._numbers['decimal']} {self.digits(part, ' ')}" if part else words

    def _word(self, word: str) -> str:
        """Capitals are an abbreviation, read letter by letter; with tone marks, a word that shouts."""
        if len(word) == 1:
            return word if word.upper() in self._alone else self._letters.get(word.upper(), word)
        if word.isupper() and not set(word) <= set(self._letters):
            return word.lower()
        return re.sub(r"[A-Z\u0110]{2,}", self._initials, word)

    def _initials(self, found: re.Match[str]) -> str:
        return " " + " ".join(self._letters[letter] for letter in found[0]) + " "

    # ---- numbers -------------------------------------------------------------------------------------------

    def _below_thousand(self, value: int) -> str:
        return str(num2words(value, lang=self._language))

    def _group(self, value: int, first: bool) -> str:
        """Three digits. Those that are not the first of a number also say their empty hundred."""
        if first or value >= 100:
            return self._below_thousand(value)
        link = f" {self._numbers['and']}" if value < 10 else ""
        return f"{self._numbers['empty_hundred']}{link} {self._below_thousand(value)}"


def _longest_first(table: Mapping[str, str]) -> list[str]:
    return sorted(table, key=len, reverse=True)


def _plain(text: str) -> str:
    """One written form: compatibility signs (², ①, full width) and digits of any script as plain digits."""
    text = unicodedata.normalize("NFKC", text).replace("\u2019", "'")
    digits = {ord(sign): str(unicodedata.digit(sign)) for sign in set(text) if sign.isdigit()}
    return nfc(text.translate(digits))


PAUSES = ",;:.!?"
"""The marks that stay, from the weakest to the strongest."""


def _tidy(text: str) -> str:
    """Only letters and pauses stay: dashes and brackets become a comma, other marks a space; of several
    pauses together the strongest counts."""
    text = re.sub(r"\s[-–—]+\s|[()\[\]{}–—]", ", ", text)
    text = "".join(sign if _speakable(sign) else " " for sign in text)
    text = re.sub(r"(?<![^\W_])['-]|['-](?![^\W_])", " ", text)
    text = re.sub(rf"\s*[{PAUSES}][\s{PAUSES}]*", lambda found: max(found[0], key=PAUSES.find) + " ", text)
    return nfc(" ".join(text.split())).lstrip(PAUSES + " ")


def _speakable(sign: str) -> bool:
    return sign.isalpha() or unicodedata.category(sign)[0] == "M" or sign in PAUSES + "'-"
