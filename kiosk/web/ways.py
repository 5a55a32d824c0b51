"""How a phone comes to the survey, and how it goes on with its own response: a cookie that no script can read, sent
for this one address only.

The cookie is made when the first question is shown; the response is opened under a digest of it when the first answer
comes. So a phone that sends the same answer twice, because the net is slow, is known again, and nobody else is.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import Response

from kiosk.office import ids
from kiosk.office.surveys import Answering, Standing
from kiosk.office.types import Ticket
from kiosk.settings import Profile
from kiosk.web.pages import Pages
from kiosk.web.rooms import Rooms

COOKIE = "kiosk_answers"
DOOR = "/s"
SLIP_LASTS = timedelta(days=7)
"""No slip takes answers for longer."""
DOOR_LASTS = timedelta(hours=12)
"""The door's address is everybody's: next Thursday it is a new response."""


@dataclass(frozen=True)
class Way:
    """What was opened: a slip's address, or the exit's code."""

    base: str
    """Where its pages lie: "/t/<token>" or "/s"."""
    token: str
    """Empty at the door."""
    ticket: Ticket | None
    standing: Standing
    profile: Profile | None
    """What would be asked; None = nothing."""
    language: str


class Ways:
    """Finds ways and responses."""

    def __init__(self, rooms: Rooms, pages: Pages) -> None:
        self._rooms, self._pages = rooms, pages

    def of(self, request: Request) -> Way:
        """The way that the address names."""
        rooms, token = self._rooms, request.path_params.get("token")
        if token is None:
            profile = rooms.settings.survey.profile_on(rooms.counters.today())
            return Way(DOOR, "", None, "open" if profile else "no-survey", profile, self._pages.language(""))
        ticket = rooms.tickets.by_token(token)
        profile = rooms.settings.survey.profile_on(ticket.day) if ticket else None
        language = self._pages.language(ticket.language if ticket else "")
        return Way(
            f"/t/{quote(token, safe='')}", token, ticket, rooms.surveys.standing(token), profile, language
        )  # fmt: skip

    def mine(self, way: Way, request: Request) -> Answering | None:
        """The response that this phone has begun on this way."""
        secret = request.cookies.get(COOKIE, "")
        return self._rooms.surveys.answering(_key(way, secret)) if secret else None

    def begin(self, way: Way, request: Request) -> tuple[Answering | None, str]:
        """Open this phone's response; (None, …) when somebody else was first, or it may not be. With the phone's
        secret, to be handed out again."""
        secret = request.cookies.get(COOKIE, "") or ids.new_secret()
        key, surveys = _key(way, secret), self._rooms.surveys
        found = surveys.begin(way.token, "slip", key) if way.token else surveys.begin_at_door(key)
        # The same phone may have asked twice at once
        return found or surveys.answering(key), secret

    def hand(self, answer: Response, way: Way, request: Request, secret: str = "") -> None:
        """Give the phone its secret, unless it has one."""
        if request.cookies.get(COOKIE):
            return
        answer.set_cookie(
            COOKIE, secret or ids.new_secret(), path=way.base, httponly=True, samesite="strict",
            max_age=int((SLIP_LASTS if way.token else DOOR_LASTS).total_seconds()),
            secure=request.url.scheme == "https",
        )  # fmt: skip

    def forget(self, answer: Response, way: Way) -> None:
        """The next one on this phone begins anew."""
        answer.delete_cookie(COOKIE, path=way.base, httponly=True, samesite="strict")


def _key(way: Way, secret: str) -> str:
    """The response's key: nobody can choose it, and who reads it in the database cannot answer with it."""
    digest = hashlib.sha256(f"{way.base}|{secret}".encode(errors="replace")).digest()
    return base64.urlsafe_b64encode(digest[: ids.SECRET_BYTES]).decode()
