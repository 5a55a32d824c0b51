"""Cards as scanners send them, whole and spoilt: for the properties and the fuzz run. No real person's data."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable

NAMES = ("ĐINH THỊ MẪU", "TRẦN VĂN THỬ", "LÊ NGỌC ÁNH MẪU", "KSOR H'BIA MẪU", "Y BLƠR THỬ", "NGUYỄN THỬ", "A NHI MẪU")
PLACES = (
    "Thôn 1, xã An Tân, huyện An Lão, Bình Định", "Tổ 3, TDP Gò Bùi, thị trấn An Lão, An Lão, Bình Định",
    "12/5 đường Nguyễn Huệ, phường Quy Nhơn, Gia Lai", "Làng 3 (O Đắk), xã An Toàn, tỉnh Gia Lai", "Ấp Bắc",
)  # fmt: skip
PAGES = ("cp1252", "cp1258", "cp437", "cp850", "latin-1", "ascii", "shift_jis", "cp1251", "utf-16-le")
Chance = random.Random
"""A source of chance with a fixed seed."""


def card(chance: Chance) -> str:
    """A card as it should come, of any kind that there is."""
    woman, year = chance.randrange(2), chance.randrange(1900, 2021)
    sign = (year - 1900) // 100 * 2 + woman
    number = f"{chance.randrange(1, 97):03}{sign}{year % 100:02}{chance.randrange(10**6):06}"
    birth = f"{chance.randrange(1, 29):02}{chance.randrange(1, 13):02}{year}"
    old = chance.choice(("", f"{chance.randrange(10**9):09}"))
    issued = f"{chance.randrange(1, 29):02}{chance.randrange(1, 13):02}{chance.randrange(2021, 2027)}"
    more = chance.choice(("", "", "||PHẠM THỬ|LÊ MẪU|", "|" * chance.randrange(9)))
    sex = ("Nam", "Nữ")[woman]
    return f"{number}|{old}|{chance.choice(NAMES)}|{birth}|{sex}|{chance.choice(PLACES)}|{issued}{more}"


def _anything(chance: Chance, length: int) -> str:
    """Characters of all planes, halves of characters among them."""
    tops = (0x80, 0x100, 0x2000, 0x3000, 0xE000, 0x110000)
    return "".join(chr(chance.randrange(chance.choice(tops))) for _ in range(length))


def _put(text: str, chance: Chance, sign: str) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + sign + text[at + chance.randrange(3) :]


def _changed(text: str, chance: Chance) -> str:
    for _ in range(chance.randrange(1, 5)):
        sign = chance.choice((*"|||0129 ?Nu\t", chr(chance.randrange(0x300)), _anything(chance, 1)))
        text = _put(text, chance, sign)
    return text


def _controls(text: str, chance: Chance) -> str:
    signs = ("\x00", "\x1b[2J", "\x1b]0;x\x07", "\x1d", "\r\n", "\u202e", "\u200d", "\x9b1m", "\x08", "\ud800")
    return _put(text, chance, chance.choice(signs))


def _wrong_page(text: str, chance: Chance) -> str:
    """Written by one code page, read by another, and cut by what neither knows."""
    for _ in range(chance.randrange(1, 3)):
        how = chance.choice(("replace", "ignore"))
        text = text.encode(chance.choice(("utf-8", *PAGES)), how).decode(chance.choice(("utf-8", *PAGES)), how)
    return text


def _keyed(text: str, chance: Chance) -> str:
    """Telex: letters come apart into the keys that make them."""
    marks = {"\u0300": "f", "\u0301": "s", "\u0309": "r", "\u0303": "x", "\u0323": "j", "\u031b": "w", "\u0306": "w"}
    apart = unicodedata.normalize("NFD", text.replace("Đ", "DD").replace("đ", "dd"))
    return "".join(marks.get(sign, "a" if unicodedata.combining(sign) else sign) for sign in apart)


def _around(text: str, chance: Chance) -> str:
    before = chance.choice(("", "]Q1", "]Q1\\000026", "\ufeff", "\x02", "  "))
    return before + text + chance.choice(("", "\r", "\n", "\r\n", "\t", "\x03", " \r\n"))


def _other(text: str, chance: Chance) -> str:
    """Codes of other things."""
    hexed = text[:40].encode("utf-8", "replace").hex()
    return chance.choice((
        f"GD{chance.randrange(10**13):013}|{hexed}|05/03/1996|2|", hexed, f"https://vneid.gov.vn/{hexed}",
        f"http://192.168.1.2/t/{hexed[:12]}", f"eyJ{hexed}.{hexed}.x", f"000201{hexed}", text[:12], text[:9], "",
        f"{chance.randrange(10**13)}", "WIFI:S:UBND;T:WPA;P:12345678;;",
    ))  # fmt: skip


SPOILERS: dict[str, Callable[[str, Chance], str]] = {
    "whole": lambda text, chance: text,
    "around": _around,
    "cut": lambda text, chance: text[: chance.randrange(len(text))],
    "beheaded": lambda text, chance: text[chance.randrange(len(text)) :],
    "doubled": lambda text, chance: text[: chance.randrange(1, 300)] + chance.choice(("", "\r", "\n")) + card(chance),
    "changed": _changed,
    "controls": _controls,
    "code-page": _wrong_page,
    "telex": _keyed,
    "apart": lambda text, chance: unicodedata.normalize(chance.choice(("NFD", "NFKD")), text),
    "case": lambda text, chance: chance.choice((text.lower(), text.upper(), text.swapcase())),
    "shuffled": lambda text, chance: "|".join(chance.sample(text.split("|"), len(text.split("|")))),
    "anything": lambda text, chance: _anything(chance, chance.randrange(60)),
    "long": lambda text, chance: (text * 60)[: chance.randrange(1900, 5200)],
    "other": _other,
}
"""By name: a card → what a scanner made of it."""
