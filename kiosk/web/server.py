"""The web application: server-rendered pages, a little script of our own, nothing from elsewhere."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from kiosk.office.database import DatabaseError
from kiosk.watchdog import PAT_SECONDS, Watchdog
from kiosk.web.bursts import Bursts
from kiosk.web.caretaker import Caretaker
from kiosk.web.console import console
from kiosk.web.door import Door, NotSignedIn, door
from kiosk.web.guard import HEADERS, Guard
from kiosk.web.inbox import inbox
from kiosk.web.live import Live
from kiosk.web.lobby_board import lobby_board
from kiosk.web.pages import Pages
from kiosk.web.papers import papers
from kiosk.web.people import people
from kiosk.web.phone import phone
from kiosk.web.rooms import Rooms
from kiosk.web.say import say
from kiosk.web.supervisor import supervisor
from kiosk.web.survey import survey
from kiosk.web.survey_results import survey_results
from kiosk.web.trust import trust
from kiosk.web.ways import Ways

log = logging.getLogger(__name__)


def create_app(rooms: Rooms, first_key: str = "") -> FastAPI:
    """The application, built anew for each caller. `first_key`: the secret of the link that makes the first
    administrator; "" = there is no such link."""
    settings = rooms.settings
    live, caretaker = Live(rooms.watch), Caretaker(rooms)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        live.start()
        caretaker.start()
        pats = asyncio.create_task(_pat(Watchdog({"changes": lambda: live.alive})))
        yield
        pats.cancel()
        caretaker.stop()
        live.stop()

    app = FastAPI(
        title=settings.office.name, docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan,
        redirect_slashes=False,
    )  # fmt: skip
    pages = Pages(settings, rooms.words, rooms.staff_words, trial=rooms.trial)
    who, ways, bursts = Door(rooms), Ways(rooms, pages), Bursts()
    for router in (
        phone(rooms, pages, ways),
        survey(rooms, pages, ways, bursts),
        say(rooms, pages, ways, bursts),
        door(rooms, pages, who.guesses, first_key),
        console(rooms, pages, who, live),
        papers(rooms, pages, who),
        lobby_board(rooms, pages, live),
        supervisor(rooms, pages, who),
        survey_results(rooms, pages, who),
        people(rooms, pages, who),
        inbox(rooms, pages, who),
        trust(rooms, pages),
    ):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=settings.places.assets / "web" / "static"))
    app.mount("/pictograms", StaticFiles(directory=settings.places.assets / "pictograms"))
    app.add_middleware(Guard)

    @app.exception_handler(NotSignedIn)
    async def to_the_door(request: Request, error: Exception) -> Response:
        if _asked_by_script(request):
            return JSONResponse({"say": rooms.staff_words.shown("signin-again", "vi"), "door": True}, 401)
        return RedirectResponse("/signin", 303)

    @app.exception_handler(403)
    async def not_yours(request: Request, error: Exception) -> Response:
        return pages.page("notice.html", status=403, title="notice-not-yours", text="notice-not-yours-text")

    @app.exception_handler(404)
    @app.exception_handler(405)
    async def nowhere(request: Request, error: HTTPException) -> Response:
        """No such page, or not for what was asked of it; then its headers say what may be asked."""
        answer = pages.page(
            "phone_plain.html", pages.language(""), error.status_code, name="unknown", note="", ticket=None
        )
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(DatabaseError)
    async def no_database(request: Request, error: Exception) -> Response:
        log.error("a page: %s", error)
        return trouble(
            request, f"database-{error.kind}" if isinstance(error, DatabaseError) else "database-other", 503
        )

    @app.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> Response:
        """A mistake of ours. Answered outside the guard, so it needs the headers here."""
        answer = trouble(request, "database-other", 500)
        answer.headers.update({**HEADERS, "cache-control": "no-store"})
        return answer

    def trouble(request: Request, key: str, status: int) -> Response:
        if _asked_by_script(request):
            return JSONResponse({"say": rooms.staff_words.shown(key, "vi"), "bad": True}, status)
        if request.url.path == "/s" or request.url.path.startswith(("/t/", "/s/", "/say")):
            name = "keep" if request.url.path.startswith("/t/") and request.url.path.count("/") == 2 else "trouble"
            return pages.page("phone_plain.html", pages.language(""), status, name=name, note="", ticket=None)
        return pages.page("notice.html", status=status, title="notice-database", text=key)

    return app


async def _pat(watchdog: Watchdog) -> None:
    """From the event loop itself: a loop that hangs says nothing."""
    while True:
        watchdog.pat()
        await asyncio.sleep(PAT_SECONDS)


def _asked_by_script(request: Request) -> bool:
    """Our script takes an answer as data; a form or an address opens a page."""
    return request.url.path.startswith(("/counter/do/", "/counter/here/")) or request.url.path.endswith("/live")
