"""The counter console: one page that stays fresh, and a POST for each key.

Every answer is a sentence for the officer; the page itself changes when the office does.
"""

# No postponed annotations here: FastAPI reads the types of the routes, which are made inside a function.
import uuid
from collections.abc import Callable
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from kiosk.office.counters import Refused
from kiosk.office.types import SignedIn, TicketOrder
from kiosk.web.console_view import ConsoleDesk, choices
from kiosk.web.door import Door, Fields, Form, counter_number, session_secret
from kiosk.web.live import Fragments, Live
from kiosk.web.pages import Pages
from kiosk.web.rooms import Rooms

FRAGMENTS = ("top", "notices", "now", "dossiers", "line", "results", "choose")

Step = Callable[[int, SignedIn, Fields], str]


class NoCounter(Exception):
    """This browser stands at no counter."""


def console(rooms: Rooms, pages: Pages, door: Door, live: Live) -> APIRouter:
    """The routes of the console."""
    router = APIRouter(prefix="/counter")
    desk, steps = ConsoleDesk(rooms), Steps(rooms)
    Who = Annotated[SignedIn, Depends(door.who)]  # noqa: N806  (a type)

    def fragments(counter: int, name: str) -> Fragments:
        view = desk.view(counter)
        return {one: pages.render(f"console/{one}.html", v=view, counter=counter, name=name) for one in FRAGMENTS}

    @router.get("")
    def page(who: Who) -> Response:
        if who.counter is None:
            return RedirectResponse("/signin", 303)
        counters, tiles = choices(rooms.settings, who.counter)
        return pages.page(
            "console.html", counter=who.counter, who=who, scanner=rooms.settings.web, counters=counters, tiles=tiles,
            procedures=desk.all_procedures(), parts=fragments(who.counter, who.officer.name),
        )  # fmt: skip

    @router.get("/live")
    async def stream(request: Request, who: Who) -> Response:
        counter = who.counter
        if counter is None:
            return JSONResponse({"door": True}, 401)
        topic, secret = f"counter {counter} {who.officer.id}", session_secret(request)
        parts = live.stream(
            topic, lambda: fragments(counter, who.officer.name), lambda: rooms.officers.signed_in(secret) == who
        )
        return StreamingResponse(parts, media_type="text/event-stream", headers={"x-accel-buffering": "no"})

    @router.get("/here/{counter}")
    def here(counter: str, who: Who) -> Response:
        """Whether a page that shows `counter` still belongs to this browser."""
        return Response(status_code=204 if counter == str(who.counter) else 401)

    @router.post("/do/{step}")
    def do(step: str, who: Who, fields: Form) -> Response:
        # A page that was left open at another counter must not act for this one
        if who.counter is None or fields.get("at", str(who.counter)) != str(who.counter):
            return JSONResponse({"say": desk.t("signin-again"), "door": True}, 401)
        action = steps.table.get(step)
        if action is None:
            return JSONResponse({"say": desk.t("refused-unknown"), "bad": True}, 404)
        try:
            return JSONResponse({"say": action(who.counter, who, fields)})
        except Refused as refused:
            return JSONResponse({"say": desk.t(f"refused-{refused.key}"), "bad": True}, 409)

    @router.post("/move")
    def move(request: Request, who: Who, fields: Form) -> Response:
        """Sit at another counter."""
        number = counter_number(fields.get("counter", ""), rooms.settings.office.counters)
        rooms.officers.sit(session_secret(request), number)
        rooms.counters.sit(number, who.officer.id)
        return RedirectResponse("/counter", 303)

    return router


class Steps:
    """What each key does; the answer is the sentence that the officer reads."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self.table: dict[str, Step] = {
            "next": self._next, "call": self._call, "recall": self._recall, "absent": self._absent,
            "start": self._start, "finish": self._finish, "transfer": self._transfer, "fetch": self._fetch,
            "pause": self._pause, "undo": self._undo, "give": self._give, "reprint": self._reprint,
            "help": self._help, "receive": self._receive, "promise": self._promise, "note": self._note,
            "remove": self._remove, "ready": self._ready, "result": self._result, "returned": self._returned,
            "take-back": self._take_back,
        }  # fmt: skip

    def _t(self, key: str, **values: str | int) -> str:
        return self._rooms.staff_words.shown(key, "vi", **values)

    def _next(self, counter: int, who: SignedIn, fields: Fields) -> str:
        called = self._rooms.counters.call_next(counter, who.officer.id)
        return self._t("said-called", code=called.ticket.code)

    def _call(self, counter: int, who: SignedIn, fields: Fields) -> str:
        called = self._rooms.counters.call_this(counter, fields.get("ticket", ""), who.officer.id)
        return self._t("said-called", code=called.ticket.code)

    def _recall(self, counter: int, who: SignedIn, fields: Fields) -> str:
        return self._t("said-recalled", code=self._rooms.counters.recall(counter).ticket.code)

    def _absent(self, counter: int, who: SignedIn, fields: Fields) -> str:
        ticket = self._rooms.counters.absent(counter)
        return self._t(f"said-absent-{ticket.state}", code=ticket.code)

    def _start(self, counter: int, who: SignedIn, fields: Fields) -> str:
        return self._t("said-started", code=self._rooms.counters.start(counter).code)

    def _finish(self, counter: int, who: SignedIn, fields: Fields) -> str:
        """What was known for the papers of this visit is gone before the next one comes."""
        ticket = self._rooms.counters.finish(counter)
        self._rooms.shelf.forget(ticket.id)
        return self._t("said-finished", code=ticket.code)

    def _fetch(self, counter: int, who: SignedIn, fields: Fields) -> str:
        return self._t("said-fetching", code=self._rooms.counters.fetch(counter).code)

    def _transfer(self, counter: int, who: SignedIn, fields: Fields) -> str:
        settings = self._rooms.settings
        tile = settings.tiles.get(fields.get("tile", ""))
        if tile is not None and tile.series:
            ticket = self._rooms.counters.transfer(counter, tile=tile.key, queue=tile.series)
            return self._t("said-transferred-tile", code=ticket.code, name=tile.called("vi"))
        number = counter_number(fields.get("counter", ""), settings.office.counters)
        if number is None or number == counter:
            raise Refused("no-such-counter")
        ticket = self._rooms.counters.transfer(counter, to_counter=number)
        return self._t("said-transferred", code=ticket.code, counter=number)

    def _pause(self, counter: int, who: SignedIn, fields: Fields) -> str:
        paused = not self._rooms.counters.view(counter).paused
        self._rooms.counters.pause(counter, paused)
        return self._t("said-paused" if paused else "said-resumed")

    def _undo(self, counter: int, who: SignedIn, fields: Fields) -> str:
        return self._t(f"said-undone-{self._rooms.counters.undo(counter)}")

    def _give(self, counter: int, who: SignedIn, fields: Fields) -> str:
        """A number for somebody who did not use the kiosk: into this counter's queue, printed at the kiosk."""
        settings = self._rooms.settings
        queue = next((letter for letter, one in settings.series.items() if counter in one.counters), None)
        if queue is None:
            raise Refused("no-queue")
        tile = next(settings.tiles[key] for key in settings.home if settings.tiles[key].unsure)
        touch = fields.get("touch", "") or str(uuid.uuid4())
        ticket = self._rooms.tickets.issue(f"counter-{touch[:50]}", TicketOrder(tile.key, queue))
        self._rooms.counters.given(counter, ticket)
        return self._t("said-given", code=ticket.code)

    def _reprint(self, counter: int, who: SignedIn, fields: Fields) -> str:
        ticket = self._rooms.tickets.by_id(fields.get("ticket", ""))
        if ticket is None:
            raise Refused("changed-since")
        ordered = self._rooms.jobs.reprint(ticket.id)
        return self._t("said-reprint" if ordered else "said-reprint-waits", code=ticket.code)

    def _help(self, counter: int, who: SignedIn, fields: Fields) -> str:
        open_calls = self._rooms.help.open_calls()
        target = fields.get("target", "") or (open_calls[0].id if open_calls else "")
        if not self._rooms.help.answer(target, str(counter)):
            raise Refused("help-answered")
        return self._t("said-help")

    # ---- dossiers --------------------------------------------------------------------------------------

    def _receive(self, counter: int, who: SignedIn, fields: Fields) -> str:
        current = self._rooms.counters.view(counter).current
        if current is None:
            raise Refused("nobody-here")
        procedure = self._rooms.settings.procedures.get(fields.get("procedure", ""))
        if procedure is None:
            raise Refused("no-such-procedure")
        dossier = self._rooms.dossiers.receive(current.ticket.id, procedure, who.officer.id)
        missing = tuple(key for key in current.ticket.missing if key in procedure.documents)
        if missing:
            self._rooms.dossiers.note(dossier.id, missing=missing)
        return self._t("said-received", name=procedure.name["vi"])

    def _promise(self, counter: int, who: SignedIn, fields: Fields) -> str:
        """The same day ↔ the day that the procedure takes. Without a dossier named: the last of who is here."""
        dossiers = self._rooms.dossiers
        current = self._rooms.counters.view(counter).current
        mine = dossiers.of_ticket(current.ticket.id) if current else []
        named = [one for one in mine if one.id == fields.get("dossier", mine[-1].id)] if mine else []
        if not named:
            raise Refused("nobody-here")
        procedure = self._rooms.settings.procedures.get(named[0].procedure)
        if procedure is None:
            raise Refused("no-such-procedure")
        changed = dossiers.promise_again(named[0].id, procedure, not named[0].same_day)
        return self._t("said-promised", day=f"{changed.due.day}/{changed.due.month}")

    def _note(self, counter: int, who: SignedIn, fields: Fields) -> str:
        try:
            due = date.fromisoformat(fields["due"]) if fields.get("due") else None
        except ValueError:
            raise Refused("bad-date") from None
        self._rooms.dossiers.note(
            fields.get("dossier", ""), national_code=fields.get("national_code"), contact=fields.get("contact"),
            missing=tuple(fields["missing"].split()) if "missing" in fields else None,
            fee_taken=fields["fee_taken"] == "1" if "fee_taken" in fields else None, due=due,
        )  # fmt: skip
        return self._t("said-noted")

    def _remove(self, counter: int, who: SignedIn, fields: Fields) -> str:
        self._rooms.dossiers.remove(fields.get("dossier", ""))
        return self._t("said-removed")

    def _ready(self, counter: int, who: SignedIn, fields: Fields) -> str:
        self._rooms.dossiers.ready(fields.get("dossier", ""))
        return self._t("said-ready")

    def _result(self, counter: int, who: SignedIn, fields: Fields) -> str:
        self._rooms.dossiers.call(fields.get("dossier", ""), counter)
        return self._t("said-result")

    def _returned(self, counter: int, who: SignedIn, fields: Fields) -> str:
        self._rooms.dossiers.returned(fields.get("dossier", ""))
        return self._t("said-returned")

    def _take_back(self, counter: int, who: SignedIn, fields: Fields) -> str:
        self._rooms.dossiers.take_back(fields.get("dossier", ""))
        return self._t("said-taken-back")
