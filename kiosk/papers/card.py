"""What a scanner read off an ID card → Card, or Unreadable(kind). Nothing else is ever raised, and nothing is kept.

The code on the card (facts, domain) is UTF-8 with `|` between the fields: number, earlier number or nothing, name,
birth, sex, address, day of issue; cards since 2024-07-01 have more, which are dropped unread. A scanner that plays a
keyboard may spoil every letter that is not plain ASCII, never the digits: so a name or an address that shows a trace
of damage is handed on as it came and marked, for an officer's eye. A doubt warns and never blocks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from kiosk.text import nfc

LONGEST = 2000
"""Characters of a scan; a card has 150 to 300."""
MALE, FEMALE = "Nam", "Nữ"  # literal

Kind = Literal["empty", "half", "two", "long", "damaged", "insurance", "vneid", "no-card"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""Why a scan is no card. Each has its sentence in the officers' words: card-<kind>."""
DOUBTS = ("birth-year", "sex", "year-only", "birth", "issued", "number", "old-number", "name", "address")
"""What an officer should look at, each with its sentence card-doubt-<doubt>."""


class Unreadable(Exception):
    """This is no card that can be read. It knows the kind only: what was scanned must reach no log."""

    def __init__(self, kind: Kind) -> None:
        self.kind: Kind = kind
        super().__init__(kind)

    @property
    def key(self) -> str:
        """The sentence for the officer."""
        return f"card-{self.kind}"


@dataclass(frozen=True)
class Card:
    """An ID card as its code tells it, in NFC."""

    number: str
    """12 digits; 9 on what a reader made of an earlier paper."""
    old_number: str
    """The number of the paper before it (9 or 12 digits), "" if none."""
    name: str
    """In capitals, as the card prints it; as it came when `name_sure` is False."""
    birth: date
    sex: str
    """MALE or FEMALE."""
    address: str
    issued: date | None
    """None: the code does not say, or says no date."""
    name_sure: bool = True
    """False: letters are lost or bent, or may be; to be compared with the card."""
    address_sure: bool = True
    year_only: bool = False
    """The card tells a year only (elders): `birth` is its 1 January, which must not be printed as the birthday."""
    doubts: tuple[str, ...] = ()
    """Of DOUBTS, without "name" and "address", which `name_sure` and `address_sure` tell. Warns, never blocks."""

    def values(self, doubt: str) -> Mapping[str, str]:
        """What the sentence of a doubt may name: `told` by the number, `shown` by the other fields."""
        told, shown = "", ""
        if doubt == "birth-year" and len(self.number) == 12:
            told, shown = str(_born(self.number)), str(self.birth.year)
        elif doubt == "sex" and len(self.number) == 12:
            told, shown = _sex_of(self.number), self.sex
        elif doubt == "year-only":
            shown = str(self.birth.year)
        elif doubt == "birth":
            shown = f"{self.birth:%d/%m/%Y}"
        else:
            shown = {"name": self.name, "address": self.address, "number": self.number}.get(doubt, "")
        return {"told": told, "shown": shown}


def doubt_key(doubt: str) -> str:
    """The sentence of a doubt."""
    return f"card-doubt-{doubt}"


def read(text: str, today: date | None = None) -> Card:
    """The card of a scan as the scanner sent it. With `today`, dates that are still to come are doubted.
    Raises Unreadable."""
    if len(text) > LONGEST:
        raise Unreadable("long")
    text = _bare(text)
    if not text:
        raise Unreadable("empty")
    text = _repaired(text)
    if len(_HEART.findall(text)) > 1:
        raise Unreadable("two")
    if any(unicodedata.category(sign) in _NO_TEXT for sign in text):
        raise Unreadable("damaged")
    # What a card has after its seventh field is cut off here and seen by nobody
    fields = [" ".join(field.split()) for field in text.split("|", 7)[:7]]
    if len(fields) < 7 or not _NUMBER.fullmatch(fields[0]) or not _SEX.fullmatch(fields[4]):
        raise Unreadable(_kind_of(text, fields))
    return _card(fields, last="|" not in text.split("|", 6)[6], today=today)


# ---- the text as a whole -------------------------------------------------------------------------------

_ENDS = "\ufeff\x02\x03\t\r\n \xa0"
"""What scanners put around a code: mark of byte order, start and end of text, terminators, blanks."""
_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z](?:\\[0-9]{6})?|\\[0-9]{6}")
"""AIM's sign for the kind of code ("]Q1"), and the character set that the code announces ("\\000026")."""
_NO_TEXT = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Controls, invisible signs that turn or hide text, halves of characters, what no alphabet has."""
_SEX = re.compile(r"nam|n(?!a)[^|\s]{0,5}", re.IGNORECASE)
"""There are only two words, and the first is plain ASCII: an N with anything else is the second one, spoilt."""
_HEART = re.compile(r"\|[0-9]{4,8}\|[Nn][^|\s]{0,5}\|")
"""Birth and sex: every card has this once."""
_HEAD = re.compile(r"(?<![0-9])(?:[0-9]{8})?[0-9]{12}\|(?:[0-9]{9})?\|[^|0-9]")
"""The beginning of a card, also right after the day on which another was issued."""
_NUMBER = re.compile(r"[0-9]{9}|[0-9]{12}")
_BENT = dict.fromkeys((*range(0x80, 0xA0), 0xAD), "\ufffd")
"""What remains of letters taken for a code page, when it could not be read again: invisible, so it is made seen."""
_PAGES = ("cp1252", "cp1258", "cp437", "cp850")
"""Code pages in which computers here take a scanner's UTF-8 for other letters."""


def _bare(text: str) -> str:
    """Without what stands around a code."""
    text = text.strip(_ENDS)
    sign = _SYMBOLOGY.match(text)
    return text[sign.end() :].strip(_ENDS) if sign else text


def _repaired(text: str) -> str:
    """In NFC; UTF-8 that was taken for a code page is read again, once or twice over. It is certain: letters of
    a name do not make UTF-8 by chance, and it is done for the whole text or not at all."""
    for _ in range(2):
        again = next((found for page in _PAGES if (found := _reread(text, page))), "")
        if not again:
            break
        text = again
    return nfc(text).translate(_BENT)


def _reread(text: str, page: str) -> str:
    """The UTF-8 that a code page was taken for; "" when it was not so."""
    if text.isascii():
        return ""
    try:
        return b"".join(_byte(sign, page) for sign in text).decode("utf-8")
    except UnicodeError:
        return ""


def _byte(sign: str, page: str) -> bytes:
    """The byte that a code page shows as this sign. Where Windows' pages have no sign they keep the byte's number."""
    try:
        return sign.encode(page)
    except UnicodeEncodeError:
        return sign.encode("latin-1") if "\x80" <= sign <= "\x9f" else sign.encode("ascii")


def _kind_of(text: str, fields: list[str]) -> Kind:
    """What it is that is no card."""
    if re.match(r"https?://", text, re.IGNORECASE):
        return "vneid" if re.match(r"https?://[^/]*(?:vneid|gov\.vn)", text, re.IGNORECASE) else "no-card"
    if _INSURANCE.match(text):
        return "insurance"
    if _OPAQUE.fullmatch(text):
        return "vneid"
    if len(_HEAD.findall(text)) > 1 or (_HEART.search(text) and re.match(r"[0-9]{13}", fields[0])):
        return "two"
    if re.fullmatch(r"[0-9]{1,12}", fields[0]):
        return "half" if len(fields) < 7 or not _NUMBER.fullmatch(fields[0]) else "damaged"
    if _HEART.search(text):
        return "half" if len(fields) < 7 else "damaged"
    return "no-card"


_INSURANCE = re.compile(
    r"(?:[A-Za-z]{2}[0-9]{13}|[0-9]{10})\|(?:[0-9A-Fa-f]{2}){4,}(?:\||$)|(?!000201)(?:[0-9A-Fa-f]{2}){16,}\$?$"
)
"""The health insurance card: its number, then the name in hexadecimal; or hexadecimal alone
(what begins with 000201 is a code for a bank transfer)."""
_OPAQUE = re.compile(r"[\w-]{8,}\.[\w-]{8,}\.[\w-]*|(?!000201)[A-Za-z0-9+/_-]{40,}={0,2}", re.ASCII)
"""VNeID's: a signed token, or base64 for its own reader."""


# ---- the fields ----------------------------------------------------------------------------------------

EARLIEST, LATEST = 1900, 2399
"""Years of birth that a number can tell; before them nobody had such a card."""


def _card(fields: list[str], last: bool, today: date | None) -> Card:
    """The card of seven fields; `last`: nothing follows them."""
    number, old, name, born, sex_word, address, issued = fields
    birth, year_only = _birth(born)
    if birth is None or not any(sign.isalpha() for sign in name):
        raise Unreadable("two" if len(_HEAD.findall("|".join(fields))) > 1 else "damaged")
    if not re.fullmatch(r"(?:[0-9]{8})?", issued):
        raise Unreadable(_kind_of_end(issued, last))
    sex = MALE if sex_word.lower() == MALE.lower() else FEMALE
    day = _date(issued)
    sound = sex_word in (MALE, FEMALE) and not (sex_word + name + address).isascii()
    address_sure = sound and _address_is_whole(address)
    # Both came by the same way: what bent the address may have taken letters of the name without a trace
    name_sure = sound and _name_is_whole(name) and (address_sure or not address)
    known_old = old if _NUMBER.fullmatch(old) else ""
    found = {
        "birth-year": len(number) == 12 and _born(number) != birth.year,
        "sex": len(number) == 12 and _sex_of(number) != sex,
        "year-only": year_only,
        "birth": today is not None and birth > today,
        "issued": bool(issued) and (day is None or day < birth or (today is not None and day > today)),
        # No paper with 9 digits ever had a code: the first three may be lost
        "number": len(number) == 9,
        "old-number": old != known_old,
    }
    name = name.upper() if set(name.lower()) <= _LETTERS_OF_NAMES else name
    doubts = tuple(key for key in DOUBTS if found.get(key))
    return Card(number, known_old, name, birth, sex, address, day, name_sure, address_sure, year_only, doubts)


def _kind_of_end(issued: str, last: bool) -> Kind:
    """What is wrong with the day of issue: cut off, the next card hanging on it, or a field too many before it."""
    if last and re.fullmatch(r"[0-9]{1,7}", issued):
        return "half"
    return "two" if re.fullmatch(r"[0-9]{17}|[0-9]{20}", issued) else "damaged"


def _date(text: str) -> date | None:
    """ddmmyyyy."""
    if not re.fullmatch(r"[0-9]{8}", text):
        return None
    try:
        return date(int(text[4:]), int(text[2:4]), int(text[:2]))
    except ValueError:
        return None


def _birth(text: str) -> tuple[date | None, bool]:
    """The birthday; a year alone, or a date with nothing in place of its day, is that year's 1 January and True."""
    year_only = re.fullmatch(r"(?:00(?:0[0-9]|1[0-2]))?([0-9]{4})", text)
    found = _date(f"0101{year_only[1]}") if year_only else _date(text)
    return (found if found and EARLIEST <= found.year <= LATEST else None), bool(year_only)


def _born(number: str) -> int:
    """The year of birth in a number of 12 digits: the fourth tells century and sex."""
    return EARLIEST + 100 * (int(number[3]) // 2) + int(number[4:6])


def _sex_of(number: str) -> str:
    return FEMALE if int(number[3]) % 2 else MALE


# ---- traces of damage ----------------------------------------------------------------------------------

_LETTERS = frozenset(
    nfc(vowel + tone)
    for vowel in "aeiouyăâêôơư"  # literal
    for tone in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
) | set("bcdđghklmnpqrstvxfjwzĕĭŏŭčƀ\u0306")  # literal
"""Vietnamese small letters, and those of the highlands' names (breve)."""
_LETTERS_OF_NAMES = _LETTERS | set(" '’-.")
_SIGNS_OF_ADDRESSES = frozenset(" '’-.,/()0123456789:;&+\"–")
_VOWELS = frozenset("aeiouy")
_STARTS = "b|c|ch|d|g|gh|gi|h|k|kh|l|m|n|ng|ngh|nh|ph|qu|r|s|t|th|tr|v|x|"
_KEYED = re.compile(
    # Telex: doubled letters, a key behind a vowel, or a syllable of Vietnamese shape with its tone's key at the end
    r".*(?:dd|aa|ee|oo|[aeiouy][a-z]*[fjwz]).*"
    rf"|(?:{_STARTS})[aeiouy]+(?:ch|ng|nh|[cmnpt])?[srx]"
    # VNI: digits in a syllable
    r"|(?=.{3})[a-z]*[aeiouy][a-z]*[1-9]{1,2}[a-z]*[1-9]?|d9[a-z]+[1-9]{0,2}"
)


def _letters(word: str) -> str:
    """A word in small letters without marks."""
    return "".join(sign for sign in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(sign))


def _keyed(word: str) -> bool:
    """Whether keys of an input method are left: DDINH, THIJ, MA64U. They would have become letters with marks, so a
    word that has some is not looked at, nor are names of the highlands that end like Ksor."""
    return word.isascii() and bool(_KEYED.fullmatch(word.lower()))


def _name_is_whole(name: str) -> bool:
    """No letter of another alphabet, none evidently lost, no key of an input method."""
    words = name.split()
    if not set(name.lower()) <= _LETTERS_OF_NAMES:
        return False
    return not any(_keyed(word) or ("'" not in word and not _VOWELS & set(_letters(word))) for word in words)


def _address_is_whole(address: str) -> bool:
    """Likewise. Addresses abbreviate in capitals (TDP, QL19), so only small letters without a vowel are a loss."""
    if not any(sign.isalpha() for sign in address) or not set(address.lower()) <= _LETTERS | _SIGNS_OF_ADDRESSES:
        return False
    words = re.findall(r"[^\s.,/()]+", address)
    lost = (word for word in words if word.isalpha() and word.islower() and not _VOWELS & set(_letters(word)))
    return not any(_keyed(word) for word in words) and not any(lost)
