"""The supervisor's first page: this Thursday, the same-day rate, dossiers by day, the total since the start."""

# No postponed annotations here: FastAPI reads the types of the routes, which are made inside a function.
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import RedirectResponse, Response

from kiosk.office.types import SignedIn
from kiosk.web.console_view import ConsoleDesk
from kiosk.web.door import Door
from kiosk.web.pages import Pages
from kiosk.web.rooms import Rooms

DAYS_SHOWN = 10


def supervisor(rooms: Rooms, pages: Pages, door: Door) -> APIRouter:
    """The routes."""
    router, desk = APIRouter(prefix="/office"), ConsoleDesk(rooms)
    Supervisor = Annotated[SignedIn, Depends(door.having("supervisor", "administrator"))]  # noqa: N806  (a type)

    @router.get("")
    def page(who: Supervisor, ended: str = "") -> Response:
        now = rooms.clock.now()
        today = rooms.counters.today()
        carried = rooms.dossiers.carried_over()
        late = [one for one in carried if rooms.dossiers.is_late(one)]
        unserved = rooms.counters.unserved(today)
        may_end = sum(one.state != "unserved" for one in unserved) if rooms.days.after_closing(now) else 0
        return pages.page(
            "office.html", who=who, here="office", figures=rooms.figures.day(today), totals=rooms.figures.totals(),
            bars=pages.render("bars.html", bars=rooms.figures.by_day(DAYS_SHOWN), year=today.year), unserved=unserved,
            may_end=may_end, carried=[desk.card(one, late) for one in carried],
            done=rooms.staff_words.shown("office-end-day-done", "vi") if ended else "",
        )  # fmt: skip

    @router.post("/end-day")
    def end_day(who: Supervisor) -> Response:
        now = rooms.clock.now()
        if rooms.days.after_closing(now):
            rooms.counters.end_day(rooms.counters.today())
        return RedirectResponse("/office?ended=1", 303)

    return router
