"""What citizens write: the page for it, with or without a number, and the answer, found by a code.

A complaint or a denunciation is not taken; the page says where it goes."""

# No postponed annotations here: FastAPI reads the types of the routes, which are made inside a function.
import secrets
import threading
import unicodedata
from collections import OrderedDict
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from kiosk.office.feedback import KINDS, LONGEST_TEXT, FeedbackKind, as_code
from kiosk.text import nfc
from kiosk.web.bursts import Bursts
from kiosk.web.pages import Pages
from kiosk.web.rooms import Rooms
from kiosk.web.survey import SLIP
from kiosk.web.ways import Way, Ways

MOST_REMEMBERED = 500


class Sent:
    """Which code a form was given, for a while and in memory only: sent twice, it is taken once."""

    def __init__(self) -> None:
        self._codes: OrderedDict[str, str] = OrderedDict()
        self.turn = threading.Lock()
        """Held from the question to the answer."""

    def code(self, once: str) -> str:
        """The code of the form `once`; "" = it is new."""
        return self._codes.get(once, "")

    def remember(self, once: str, code: str) -> None:
        """Form `once` has this code."""
        if once:
            self._codes[once] = code
        while len(self._codes) > MOST_REMEMBERED:
            self._codes.popitem(last=False)


async def written(request: Request) -> dict[str, str]:
    """The fields of a sent form, each once. A line's end is a space; other signs that no key types are left out."""
    fields = parse_qs((await request.body()).decode("utf-8", errors="replace"), keep_blank_values=True)
    return {name: _plain(values[-1]) for name, values in fields.items()}


Written = Annotated[dict[str, str], Depends(written)]


def say(rooms: Rooms, pages: Pages, ways: Ways, bursts: Bursts) -> APIRouter:
    """The routes."""
    router = APIRouter()
    sent = Sent()
    Here = Annotated[Way, Depends(ways.of)]  # noqa: N806  (a type)

    def form(
        way: Way, officer: str | None, status: int = 200, problem: str = "", text: str = "",
        kind: FeedbackKind = "comment", once: str = "", about: bool = False,
    ) -> Response:  # fmt: skip
        return pages.page(
            "say.html", way.language, status, way=way, problem=problem, text=text, kind=kind, about=about,
            once=once or secrets.token_urlsafe(9), officer=bool(officer), longest=LONGEST_TEXT,
            over=max(0, len(text) - LONGEST_TEXT),
        )  # fmt: skip

    def officer_of(way: Way, request: Request) -> str | None:
        """Who served the one who writes: only known to the phone that answers for a number."""
        mine = ways.mine(way, request) if way.token else None
        return mine.officer_id if mine else None

    @router.get(f"{SLIP}/say")
    @router.get("/say")
    def ask(request: Request, way: Here) -> Response:
        return form(way, officer_of(way, request))

    @router.post(f"{SLIP}/say")
    @router.post("/say")
    def take(request: Request, way: Here, fields: Written) -> Response:
        """Take one in; when it cannot be taken, the page comes again with all that was written."""
        text = " ".join(nfc(fields.get("text", "")).split())
        once, about = fields.get("once", "")[:40], "about" in fields
        kind = next((one for one in KINDS if one == fields.get("kind")), KINDS[0])
        officer = officer_of(way, request)
        problem, status = "", 400
        if not text:
            problem = "say-empty"
        elif len(text) > LONGEST_TEXT:
            problem = "say-long"
        with sent.turn:
            code = sent.code(once) if not problem else ""
            if not problem and not code and not bursts.allows("write", request):
                problem, status = "say-busy", 429
            if problem:
                return form(way, officer, status, problem, text, kind, once, about)
            if not code:
                code = rooms.feedback.write(kind, text, officer if about else None)
                sent.remember(once, code)
        return RedirectResponse(f"/say/{code}?new=1", 303)

    def find_page(status: int = 200, problem: str = "", code: str = "") -> Response:
        return pages.page("say_find.html", pages.language(""), status, problem=problem, code=code)

    @router.get("/say/find")
    def find() -> Response:
        return find_page()

    @router.post("/say/find")
    def look_up(fields: Written) -> Response:
        given = fields.get("code", "")[:40]
        code = as_code(given)
        return RedirectResponse(f"/say/{code}", 303) if code else find_page(404, "say-no-code", given)

    @router.get("/say/{code}")
    def read(request: Request, code: str, new: str = "") -> Response:
        """State and answer; never what was written, for a code may be read over a shoulder."""
        if not bursts.allows("look", request):
            return find_page(429, "say-look-busy")
        known = as_code(code[:40])
        item = rooms.feedback.by_code(known) if known else None
        if item is None:
            return find_page(404, "say-no-code", code[:40])
        return pages.page(
            "say_code.html", pages.language(""), item=item, new=new == "1" and item.state == "new",
            groups=item.groups,
        )  # fmt: skip

    return router


def _plain(text: str) -> str:
    spaced = "".join(" " if sign in "\r\n\t" else sign for sign in text)
    return "".join(sign for sign in spaced if unicodedata.category(sign) not in ("Cc", "Cs"))
