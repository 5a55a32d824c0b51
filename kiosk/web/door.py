"""Signing in and out, and the first administrator. Sessions are cookies that no script can read."""

from __future__ import annotations

import logging
import secrets
import threading
import time
import unicodedata
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from kiosk.clock import Clock
from kiosk.office.counters import Refused
from kiosk.office.officers import SESSION_LENGTH, as_login
from kiosk.office.types import Role, SignedIn
from kiosk.web.pages import Pages, hm
from kiosk.web.rooms import Rooms

log = logging.getLogger(__name__)

COOKIE = "kiosk_session"
SECURE_COOKIE = f"__Host-{COOKIE}"
"""Its name by HTTPS. Cookies know no ports: a page by HTTP may neither read nor replace a secure one of the same
name, so who had signed in by HTTPS could not sign in by HTTP any more."""
WINDOW_MINUTES = 10
TRIES_HERE, TRIES_LOGIN, TRIES_ADDRESS = 5, 20, 30
"""Wrong passwords in ten minutes: for one login from one machine, for one login, from one machine."""

Fields = dict[str, str]


async def form(request: Request) -> Fields:
    """The fields of a sent form, each once, without control characters: every field of ours is one line."""
    body = (await request.body()).decode("utf-8", errors="replace")
    return {name: one_line(values[-1]) for name, values in parse_qs(body, keep_blank_values=True).items()}


def one_line(text: str) -> str:
    """`text` without control characters, also those that no key types."""
    return "".join(sign for sign in text if unicodedata.category(sign) not in ("Cc", "Cs"))


Form = Annotated[Fields, Depends(form)]


def cookie_name(request: Request) -> str:
    """What the session's cookie is called on the way by which `request` came."""
    return SECURE_COOKIE if request.url.scheme == "https" else COOKIE


def session_secret(request: Request) -> str:
    """The secret of the session; "" without one."""
    return request.cookies.get(cookie_name(request), "")


class NotSignedIn(Exception):
    """Nobody, or somebody who may not: the door is shown."""


class Door:
    """Who is in front of a page, and whether they may see it."""

    def __init__(self, rooms: Rooms) -> None:
        self._officers = rooms.officers
        self.guesses = Guesses(rooms.clock)

    def who(self, request: Request) -> SignedIn:
        """Somebody who has signed in. Raises NotSignedIn."""
        found = self._officers.signed_in(session_secret(request))
        if found is None:
            raise NotSignedIn
        return found

    def having(self, *roles: Role) -> Callable[[Request], SignedIn]:
        """Somebody with one of `roles`. Raises NotSignedIn, or 403."""

        def check(request: Request) -> SignedIn:
            found = self.who(request)
            if found.officer.role not in roles:
                raise HTTPException(403)
            return found

        return check


class Guesses:
    """Counts wrong passwords, in memory only."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._resets: Counter[str] = Counter()
        self.turn = threading.Lock()
        """Held from the question to the count: of many guesses at once no more are tried than one by one."""

    def locked_until(self, login: str, address: str) -> datetime | None:
        """When this login may be tried again from this machine, in the next whole minute; None = now."""
        for item, key in self._limits(login, address):
            if not self._limiter.test(item, key):
                reset = self._limiter.get_window_stats(item, key).reset_time
                over = self._clock.now() + timedelta(seconds=max(1.0, reset - time.time()) + 59)
                return over.replace(second=0, microsecond=0)
        return None

    def wrong(self, login: str, address: str) -> None:
        """One more."""
        for item, key in self._limits(login, address):
            self._limiter.hit(item, key)

    def forget(self, login: str) -> None:
        """The password of this login is another one now: counting begins anew."""
        self._resets[login] += 1

    def _limits(self, login: str, address: str) -> list[tuple[RateLimitItemPerMinute, str]]:
        known = f"{login} {self._resets[login]}"
        return [
            (RateLimitItemPerMinute(TRIES_HERE, WINDOW_MINUTES), f"here {known} {address}"),
            (RateLimitItemPerMinute(TRIES_LOGIN, WINDOW_MINUTES), f"login {known}"),
            (RateLimitItemPerMinute(TRIES_ADDRESS, WINDOW_MINUTES), f"address {address}"),
        ]


def door(rooms: Rooms, pages: Pages, guesses: Guesses, first_key: str) -> APIRouter:
    """The routes. `first_key`: the secret of the first-run link, "" when there is an administrator already."""
    router = APIRouter()

    def sign_in_page(status: int = 200, problem: str = "", login: str = "") -> Response:
        return pages.page(
            "signin.html", status=status, problem=problem, login=login, now=rooms.clock.now(),
            sitting=rooms.counters.sitting(),
        )  # fmt: skip

    @router.get("/signin")
    def ask() -> Response:
        return sign_in_page()

    @router.post("/signin")
    def sign_in(request: Request, fields: Form) -> Response:
        login, password = as_login(fields.get("login", "")), fields.get("password", "")
        address = request.client.host if request.client else ""
        with guesses.turn:
            until = guesses.locked_until(login, address)
            found = rooms.officers.sign_in(login, password) if until is None else None
            if found is None and until is None:
                guesses.wrong(login, address)
        if until is not None:
            log.warning("sign-in: too many wrong passwords, refused")
            return sign_in_page(429, rooms.staff_words.shown("signin-locked", "vi", until=hm(until)), login)
        if found is None:
            log.warning("sign-in: refused")
            return sign_in_page(401, rooms.staff_words.shown("signin-wrong", "vi"), login)
        rooms.officers.sign_out(session_secret(request))  # who was signed in before is so no longer
        officer, secret = found
        counter = counter_number(fields.get("counter", ""), rooms.settings.office.counters)
        rooms.officers.sit(secret, counter)
        rooms.counters.sit(counter, officer.id)
        answer = RedirectResponse("/counter" if counter else home_of(officer.role), 303)
        answer.set_cookie(
            cookie_name(request), secret, max_age=int(SESSION_LENGTH.total_seconds()), httponly=True,
            samesite="strict", secure=request.url.scheme == "https",
        )  # fmt: skip
        return answer

    @router.post("/signout")
    def sign_out(request: Request) -> Response:
        secret = session_secret(request)
        found = rooms.officers.signed_in(secret)
        if found is not None:
            rooms.counters.sit(None, found.officer.id)
            rooms.officers.sign_out(secret)
        answer = RedirectResponse("/signin", 303)
        by_https = request.url.scheme == "https"
        answer.delete_cookie(cookie_name(request), httponly=True, samesite="strict", secure=by_https)
        return answer

    def first_page(status: int = 200, problem: str = "", fields: Fields | None = None) -> Response:
        known = fields or {}
        return pages.page(
            "first.html", status=status, problem=problem, login=known.get("login", ""), name=known.get("name", "")
        )

    def may_be_first(key: str) -> bool:
        fits = bool(first_key) and secrets.compare_digest(key.encode(), first_key.encode())
        return fits and not rooms.officers.exist()

    @router.get("/first/{key}")
    def first(key: str) -> Response:
        if not may_be_first(key):
            return RedirectResponse("/signin", 303)
        return first_page()

    @router.post("/first/{key}")
    def make_first(key: str, fields: Form) -> Response:
        if not may_be_first(key):
            return RedirectResponse("/signin", 303)
        if fields.get("password") != fields.get("again"):
            return first_page(400, rooms.staff_words.shown("people-passwords-differ", "vi"), fields)
        try:
            rooms.officers.add(
                fields.get("login", ""), fields.get("name", ""), "administrator", fields.get("password", "")
            )
        except Refused as refused:
            return first_page(400, rooms.staff_words.shown(f"people-{refused.key}", "vi"), fields)
        return RedirectResponse("/signin", 303)

    return router


def home_of(role: Role) -> str:
    """The first page of somebody who sits at no counter."""
    return {"officer": "/signin", "supervisor": "/office", "administrator": "/people"}[role]


def counter_number(text: str, most: int) -> int | None:
    """The counter that a form names; None when there is no such counter."""
    return {str(number): number for number in range(1, most + 1)}.get(text)
