"""The web application: server-rendered pages, no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, select_autoescape

from kiosk.office.database import DatabaseError
from kiosk.office.tickets import Tickets
from kiosk.office.types import Ticket
from kiosk.settings import Settings
from kiosk.words import Words

_HEADERS = {
    # The address of a slip is a secret: it goes to nobody else and stays in no shared cache.
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
}


def create_app(settings: Settings, words: Words, tickets: Tickets) -> FastAPI:
    """The application, built anew for each caller. Its pages speak the language of the ticket."""
    app = FastAPI(title=settings.office.name, docs_url=None, redoc_url=None, openapi_url=None)
    templates = Environment(loader=FileSystemLoader(settings.places.assets / "web"), autoescape=select_autoescape())
    home_language = settings.office.languages[0]

    def page(name: str, status: int = 200, ticket: Ticket | None = None, note: str = "") -> HTMLResponse:
        language = ticket.language if ticket and ticket.language in words.languages else home_language
        html = templates.get_template("page.html").render(
            language=language,
            office=f"{settings.office.name} – {settings.office.authority}",
            title=words.shown(f"web-{name}-title", language),
            text=words.shown(f"web-{name}-text", language),
            note=words.shown(note, language) if note else "",
            ticket=ticket,
        )
        return HTMLResponse(html, status_code=status)

    @app.middleware("http")
    async def protect(request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
        answer = await proceed(request)
        answer.headers.update(_HEADERS)
        return answer

    @app.get("/t/{token}")
    def keep_this_slip(token: str) -> HTMLResponse:
        """What the slip's QR opens."""
        try:
            ticket = tickets.by_token(token)
        except DatabaseError:
            return page("keep", 503)
        if ticket is None:
            return page("unknown", 404)
        return page("keep", ticket=ticket, note="web-keep-note")

    @app.get("/s")
    def survey() -> HTMLResponse:
        """What the exit's QR opens."""
        return page("survey")

    @app.get("/")
    def home() -> HTMLResponse:
        return page("survey")

    @app.exception_handler(404)
    def nowhere(request: Request, error: Exception) -> HTMLResponse:
        return page("unknown", 404)

    return app
