"""The administrator's page: who may sign in."""

# No postponed annotations here: FastAPI reads the types of the routes, which are made inside a function.
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from kiosk.office.counters import Refused
from kiosk.office.officers import ROLES, as_login
from kiosk.office.types import SignedIn
from kiosk.web.door import Door, Fields, Form
from kiosk.web.pages import Pages
from kiosk.web.rooms import Rooms


def people(rooms: Rooms, pages: Pages, door: Door) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/people")
    Administrator = Annotated[SignedIn, Depends(door.having("administrator"))]  # noqa: N806  (a type)

    def t(key: str, **values: str) -> str:
        return rooms.staff_words.shown(key, "vi", **values)

    def show(who: SignedIn, *, problem: str = "", done: str = "", fields: Fields | None = None) -> Response:
        return pages.page(
            "people.html", status=400 if problem else 200, who=who, here="people", officers=rooms.officers.all(),
            roles=ROLES, problem=problem, done=done, fields=fields or {},
        )  # fmt: skip

    @router.get("")
    def page(who: Administrator) -> Response:
        return show(who)

    @router.post("/add")
    def add(who: Administrator, fields: Form) -> Response:
        if fields.get("password") != fields.get("again"):
            return show(who, problem=t("people-passwords-differ"), fields=fields)
        role = fields.get("role", "")
        try:
            if role not in ROLES:
                raise Refused("bad-login")
            added = rooms.officers.add(
                fields.get("login", ""), fields.get("name", ""), role, fields.get("password", "")
            )
        except Refused as refused:
            return show(who, problem=t(f"people-{refused.key}"), fields=fields)
        return show(who, done=t("people-added", name=added.name))

    @router.post("/password")
    def password(who: Administrator, fields: Form) -> Response:
        login = fields.get("login", "")
        try:
            rooms.officers.set_password(login, fields.get("password", ""))
            door.guesses.forget(as_login(login))
        except Refused as refused:
            return show(who, problem=t(f"people-{refused.key}"))
        return show(who, done=t("people-reset-done", login=login))

    @router.post("/active")
    def active(who: Administrator, fields: Form) -> Response:
        try:
            rooms.officers.set_active(fields.get("login", ""), fields.get("active") == "1")
        except Refused as refused:
            return show(who, problem=t(f"people-{refused.key}"))
        return show(who, done=t("people-done"))

    return router
