"""The supervisor's inbox: what citizens wrote, answered under the code that they hold."""

# No postponed annotations here: FastAPI reads the types of the routes, which are made inside a function.
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import RedirectResponse, Response

from kiosk.office.counters import Refused
from kiosk.office.feedback import KINDS, LONGEST_ANSWER, Feedback, FeedbackKind, letters_of
from kiosk.office.types import SignedIn
from kiosk.web.door import Door, Form
from kiosk.web.pages import Pages
from kiosk.web.rooms import Rooms

VIEWS = ("todo", "answered", "all")


def inbox(rooms: Rooms, pages: Pages, door: Door) -> APIRouter:
    """The routes."""
    router, box = APIRouter(prefix="/inbox"), rooms.feedback
    Supervisor = Annotated[SignedIn, Depends(door.having("supervisor", "administrator"))]  # noqa: N806  (a type)

    def show(
        who: SignedIn, view: str = "todo", item: Feedback | None = None, *, find: str = "", problem: str = "",
        done: str = "", status: int = 200,
    ) -> Response:  # fmt: skip
        every = box.inbox(who.officer.id)
        shown = [one for one in every if matches(one, view, find)]
        officers = {one.id: one.name for one in rooms.officers.all()}
        today = rooms.counters.today()
        return pages.page(
            "inbox.html", status=status, who=who, here="inbox", items=shown, item=item, view=view, views=VIEWS,
            find=find, counts={name: sum(matches(one, name) for one in every) for name in VIEWS}, today=today,
            days_left=lambda one: (one.due - today).days if one.due else None, officers=officers,
            most=LONGEST_ANSWER, problem=problem, done=done,
        )  # fmt: skip

    def t(key: str) -> str:
        return rooms.staff_words.shown(key, "vi")

    def lost(who: SignedIn) -> Response:
        return show(who, problem=t("refused-no-such-item"), status=404)

    @router.get("")
    def page(who: Supervisor, view: str = "todo", find: str = "", done: str = "") -> Response:
        view = view if view in VIEWS else "todo"
        told = t(f"inbox-done-{done}") if done in ("answered", "moved", "named") else ""
        return show(who, "all" if find else view, find=find[:40], done=told)

    @router.get("/{key}")
    def one(who: Supervisor, key: str, view: str = "todo") -> Response:
        try:
            return show(who, view if view in VIEWS else "todo", box.open(key, who.officer.id))
        except Refused:
            return lost(who)

    @router.post("/{key}/answer")
    def answer(who: Supervisor, key: str, fields: Form) -> Response:
        try:
            box.answer(key, who.officer.id, fields.get("text", ""))
        except Refused as refused:
            if refused.key == "no-such-item":
                return lost(who)
            return show(who, item=box.open(key, who.officer.id), problem=t("refused-no-text"), status=400)
        return RedirectResponse("/inbox?done=answered", 303)

    @router.post("/{key}/kind")
    def kind(who: Supervisor, key: str, fields: Form) -> Response:
        wanted: FeedbackKind | None = next((one for one in KINDS if one == fields.get("kind")), None)
        try:
            if wanted is None:  # a complaint: told where to go, under its code
                box.answer(key, who.officer.id, rooms.staff_words.shown("inbox-complaint-answer", "vi"))
            else:
                box.refile(key, who.officer.id, wanted)
        except Refused:
            return lost(who)
        return RedirectResponse("/inbox?done=moved", 303)

    @router.post("/{key}/about")
    def about(who: Supervisor, key: str, fields: Form) -> Response:
        known = {officer.id for officer in rooms.officers.all()}
        named = fields.get("officer", "")
        try:
            box.about(key, who.officer.id, named if named in known else None)
        except Refused:
            return lost(who)
        return RedirectResponse("/inbox?done=named", 303)

    return router


def matches(one: Feedback, view: str, find: str = "") -> bool:
    """Whether an item belongs to a view, and its code to what is looked for."""
    if find and letters_of(find) not in one.code:
        return False
    return view == "all" or (one.state == "answered") == (view == "answered")

