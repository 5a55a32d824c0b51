"""The citizen's phone: my number. No script is needed, nobody signs in."""

# No postponed annotations here: FastAPI reads the types of the routes, which are made inside a function.
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from kiosk.web.pages import Pages
from kiosk.web.rooms import Rooms
from kiosk.web.survey import SLIP, invitation
from kiosk.web.ways import Way, Ways

REFRESH_SECONDS = 20
WARN_AHEAD = 2
"""So few before me: I had better not go away."""


def phone(rooms: Rooms, pages: Pages, ways: Ways) -> APIRouter:
    """The routes."""
    router = APIRouter()
    Here = Annotated[Way, Depends(ways.of)]  # noqa: N806  (a type)

    @router.get(SLIP)
    def my_number(request: Request, way: Here) -> Response:
        """What the slip's code opens: where this number stands; when it is finished, the survey."""
        ticket = way.ticket
        if ticket is None:
            name, status = ("over", 200) if way.standing == "expired" else ("unknown", 404)
            return pages.page("phone_plain.html", way.language, status, name=name, note="", ticket=None)
        ready = rooms.dossiers.ready_of_ticket(ticket.id)
        mine = ways.mine(way, request)
        if not ready:
            if mine is not None and not invitation(way, mine)["offer"]:
                return RedirectResponse(f"{way.base}/thanks", 303)
            if way.standing == "used" and mine is None:
                # A browser that comes from outside may hide the cookie: coming from our own page, it shows it
                return pages.page("survey_used.html", way.language, way=way, ticket=ticket, again=f"{way.base}/ask")
            over = ticket.day != rooms.counters.today() and ticket.state != "done"
            if over or way.standing == "expired":
                return pages.page("phone_plain.html", way.language, name="over", note="", ticket=ticket)
        board = rooms.board.view()
        serving = next((one for one in board.counters if one.code == ticket.code), None)
        wait = rooms.waits.of(ticket)
        state = "ready" if ready else ("called" if serving and serving.called else ticket.state)
        return pages.page(
            "phone_number.html", way.language, ticket=ticket, state=state, wait=wait, now=rooms.clock.now(),
            counter=serving.counter if serving else None, refresh=REFRESH_SECONDS, soon=wait.ahead <= WARN_AHEAD,
            others=[one for one in board.counters if one.code and one.counter in wait.counters],
            way=way, **invitation(way, mine),
        )  # fmt: skip

    @router.get("/")
    def home() -> Response:
        return RedirectResponse("/signin", 303)

    return router
