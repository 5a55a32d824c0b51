"""The address on a slip: compact, signed, and good until its Sunday. It tells forged from expired without a table.

Fourteen bits of day, five of series, fourteen of number, then 80 bits of HMAC-SHA256 with the office's own secret
over site and number (facts/reliability asks for 80 or more): nineteen letters and digits.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import string
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kiosk.office.periods import answers_until, iso_week
from kiosk.office.tables import OfficeSecret

LETTERS = string.digits + string.ascii_uppercase + string.ascii_lowercase
LENGTH = 19
"""Letters of a token: 62 to the 19th is just above 2 to the 113th."""
_FIRST_DAY = date(2020, 1, 1)
_SIGNATURE = 80
_NUMBER_BITS, _SERIES_BITS, _DAY_BITS = 14, 5, 14


@dataclass(frozen=True)
class Named:
    """The number that a token names."""

    day: date
    series: str
    number: int

    def expired(self, today: date) -> bool:
        """Too old to be answered, or of a day that is still to come. Where the number or its result stands is told
        for longer."""
        return not self.day <= today <= answers_until(iso_week(self.day))


class Tokens:
    """Makes and reads the tokens of one site."""

    def __init__(self, secret: str, site: str) -> None:
        self._secret, self._site = secret.encode(), site

    def make(self, day: date, series: str, number: int) -> str:
        """The token of a number. Raises ValueError for a number beyond 16,383."""
        if number >> _NUMBER_BITS:
            raise ValueError(f"number {number} is too large for a token")
        payload = ((day - _FIRST_DAY).days << _SERIES_BITS | ord(series) - ord("A")) << _NUMBER_BITS | number
        return _written(payload << _SIGNATURE | self._signature(payload))

    def read(self, token: str) -> Named | None:
        """What a token names; None for one that we did not make."""
        if len(token) != LENGTH or any(letter not in LETTERS for letter in token):
            return None
        value = 0
        for letter in token:
            value = value * len(LETTERS) + LETTERS.index(letter)
        payload, signature = value >> _SIGNATURE, value & (1 << _SIGNATURE) - 1
        if payload >> _DAY_BITS + _SERIES_BITS + _NUMBER_BITS:
            return None
        if not hmac.compare_digest(_bytes(signature), _bytes(self._signature(payload))):
            return None
        number, rest = payload & (1 << _NUMBER_BITS) - 1, payload >> _NUMBER_BITS
        series, days = rest & (1 << _SERIES_BITS) - 1, rest >> _SERIES_BITS
        return Named(_FIRST_DAY + timedelta(days=days), chr(ord("A") + series), number)

    def digest(self, purpose: str, token: str) -> str:
        """A mark that a token was used for `purpose`, from which the token cannot be told."""
        return hmac.new(self._secret, f"{purpose}|{token}".encode(), hashlib.sha256).hexdigest()

    def _signature(self, payload: int) -> int:
        made = hmac.new(self._secret, f"slip|{self._site}|{payload}".encode(), hashlib.sha256).digest()
        return int.from_bytes(made[: _SIGNATURE // 8], "big")


def tokens(session: Session, site: str, *, make: bool = False) -> Tokens:
    """The tokens of `site`. Its secret is made when it is first needed, with `make`, in a transaction that may write;
    without one, none is ours yet."""
    found = session.get(OfficeSecret, site)
    if found is None and not make:
        return Tokens(secrets.token_hex(32), site)
    if found is None:
        # Another process may do so in this moment: the first one holds
        with suppress(IntegrityError), session.begin_nested():
            session.add(OfficeSecret(site=site, secret=secrets.token_hex(32)))
        found = session.get_one(OfficeSecret, site)
    return Tokens(found.secret, site)


def _written(value: int) -> str:
    letters = []
    for _ in range(LENGTH):
        value, rest = divmod(value, len(LETTERS))
        letters.append(LETTERS[rest])
    return "".join(reversed(letters))


def _bytes(signature: int) -> bytes:
    return signature.to_bytes(_SIGNATURE // 8, "big")
