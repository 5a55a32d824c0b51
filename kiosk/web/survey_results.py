"""What the survey says: the office's page, each officer's own, and the same as files."""

# No postponed annotations here: FastAPI reads the types of the routes, which are made inside a function.
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import Response
from markupsafe import Markup, escape

from kiosk.office.periods import Quarter
from kiosk.office.results import last_thursday
from kiosk.office.types import SignedIn
from kiosk.reports.files import KINDS, Files
from kiosk.reports.forms import roman, sayer
from kiosk.reports.telling import strong_parts
from kiosk.reports.views import Views
from kiosk.web.door import Door
from kiosk.web.pages import Pages
from kiosk.web.rooms import Rooms


def survey_results(rooms: Rooms, pages: Pages, door: Door) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/results")
    say = sayer(rooms.staff_words)
    views, phone = Views(rooms.settings, say), Views(rooms.settings, say, slim=True)
    files = Files(rooms.settings, rooms.staff_words, rooms.results, rooms.figures)
    Supervisor = Annotated[SignedIn, Depends(door.having("supervisor", "administrator"))]  # noqa: N806  (a type)
    Who = Annotated[SignedIn, Depends(door.who)]  # noqa: N806  (a type)

    def asked(text: str) -> Quarter:
        """The quarter that an address names; the newest one when it names none that there is."""
        quarter = Quarter.parse(text)
        return quarter if quarter in rooms.results.quarters() else rooms.results.newest()

    def choice(chosen: Quarter) -> list[tuple[str, str, bool]]:
        return [
            (str(one), say("survey-quarter", quarter=roman(one)), one == chosen) for one in rooms.results.quarters()
        ]

    def officer_page(who: SignedIn, officer: str, quarter: Quarter, *, own: bool) -> Response:
        found = rooms.results.officer(officer, quarter)
        return pages.page(
            "results_officer.html", who=who, here="me" if own else "results", view=views.officer(found), own=own,
            phone=phone.officer(found), quarters=choice(quarter), drawn=drawn, either=either, strong=strong,
            file=f"/results/{'me' if own else f'officer/{officer}'}/{quarter}.pdf",
        )  # fmt: skip

    def officer_file(officer: str, quarter: str) -> Response:
        chosen = Quarter.parse(quarter)
        if chosen not in rooms.results.quarters() or rooms.results.name(officer) is None:
            raise HTTPException(404)
        return download(files.name(f"{chosen}-officer", "pdf"), files.officer(officer, chosen), KINDS["pdf"])

    @router.get("")
    def page(who: Supervisor, quarter: str = "") -> Response:
        chosen = asked(quarter)
        view, slim = (one.office(rooms.results.quarter(chosen), rooms.results.name) for one in (views, phone))
        thursday = last_thursday(rooms.counters.today())
        return pages.page(
            "results.html", who=who, here="results", view=view, quarters=choice(chosen), chosen=str(chosen),
            thursday=thursday, phone=slim, drawn=drawn, either=either, strong=strong,
        )  # fmt: skip

    @router.get("/me")
    def mine(who: Who, quarter: str = "") -> Response:
        return officer_page(who, who.officer.id, asked(quarter), own=True)

    @router.get("/me/{quarter}.pdf")
    def my_file(quarter: str, who: Who) -> Response:
        return officer_file(who.officer.id, quarter)

    @router.get("/officer/{officer}/{quarter}.pdf")
    def officers_file(officer: str, quarter: str, who: Supervisor) -> Response:
        return officer_file(officer, quarter)

    @router.get("/officer/{officer}")
    def of_officer(officer: str, who: Supervisor, quarter: str = "") -> Response:
        if rooms.results.name(officer) is None:
            raise HTTPException(404)
        return officer_page(who, officer, asked(quarter), own=False)

    @router.get("/file/{quarter}.{kind}")
    def file(quarter: str, kind: str, who: Supervisor) -> Response:
        chosen = Quarter.parse(quarter)
        if chosen not in rooms.results.quarters() or kind not in KINDS:
            raise HTTPException(404)
        return download(files.name(str(chosen), kind), files.quarter(chosen, kind), KINDS[kind])

    @router.get("/thursday/{day}.pdf")
    def chairman(day: str, who: Supervisor) -> Response:
        try:
            chosen = date.fromisoformat(day)
        except ValueError:
            raise HTTPException(404) from None
        past = chosen <= rooms.counters.today() and Quarter.of(chosen) in rooms.results.quarters()
        if chosen.weekday() != 3 or not past:
            raise HTTPException(404)
        return download(files.name(day, "pdf"), files.thursday(chosen), KINDS["pdf"])

    return router


def download(name: str, content: bytes, media_type: str) -> Response:
    """A file that the browser keeps."""
    return Response(content, media_type=media_type, headers={"content-disposition": f'attachment; filename="{name}"'})


def drawn(svg: str) -> Markup:
    """A chart inside a page, where it needs no name space."""
    return Markup(svg.replace(' xmlns="http://www.w3.org/2000/svg"', "", 1))  # noqa: S704  (kiosk.reports.charts escapes)


def either(wide: str, slim: str) -> Markup:
    """A chart in two shapes: the style sheet shows the one that fits."""
    return Markup("").join(
        drawn(svg.replace('class="chart"', f'class="chart {shape}"', 1))
        for svg, shape in ((wide, "wide"), (slim, "slim"))
        if svg
    )


def strong(sentence: str) -> Markup:
    """A sentence whose strong part stands between two *."""
    return Markup("").join(
        Markup("<b>{}</b>").format(part) if loud else escape(part) for part, loud in strong_parts(sentence)
    )
