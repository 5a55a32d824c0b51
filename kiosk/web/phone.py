"""The citizen's phone: my number, and what stands behind the exit's code. No script is needed, nobody signs in."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from kiosk.office.types import Ticket
from kiosk.web.pages import Pages
from kiosk.web.rooms import Rooms

REFRESH_SECONDS = 20
WARN_AHEAD = 2
"""So few before me: I had better not go away."""


def phone(rooms: Rooms, pages: Pages) -> APIRouter:
    """The routes."""
    router = APIRouter()

    def plain(name: str, status: int = 200, ticket: Ticket | None = None, note: str = "") -> Response:
        language = pages.language(ticket.language if ticket else "")
        return pages.page("phone_plain.html", language, status, name=name, note=note, ticket=ticket)

    @router.get("/t/{token}")
    def my_number(token: str) -> Response:
        """What the slip's code opens: where this number stands."""
        ticket = rooms.tickets.by_token(token)
        if ticket is None:
            return plain("unknown", 404)
        now = rooms.clock.now()
        ready = rooms.dossiers.ready_of_ticket(ticket.id)
        if ticket.day != rooms.counters.today() and not ready:
            return plain("over", ticket=ticket)
        board = rooms.board.view()
        serving = next((one for one in board.counters if one.code == ticket.code), None)
        wait = rooms.waits.of(ticket)
        state = "ready" if ready else ("called" if serving and serving.called else ticket.state)
        return pages.page(
            "phone_number.html", pages.language(ticket.language), ticket=ticket, state=state, wait=wait, now=now,
            counter=serving.counter if serving else None, refresh=REFRESH_SECONDS, soon=wait.ahead <= WARN_AHEAD,
            others=[one for one in board.counters if one.code and one.counter in wait.counters],
        )  # fmt: skip

    @router.get("/s")
    def survey() -> Response:
        """What the exit's code opens."""
        return plain("survey")

    @router.get("/")
    def home() -> Response:
        return RedirectResponse("/signin", 303)

    return router
