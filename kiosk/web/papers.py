"""Declarations at the counter: scan, ask, read back, print. What is known stands in the visit's own file
(papers.shelf), in no address, no log and no table.

Every change is a plain form that leads back to the page; what cannot be taken is said on the page that it came from,
with what was typed still there.
"""

# No postponed annotations here: FastAPI reads the types of the routes, which are made inside a function.
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from kiosk.clock import ZONE, business_day
from kiosk.office.types import SignedIn, Ticket
from kiosk.papers import card
from kiosk.papers.draft import CannotTake, Draft
from kiosk.papers.forms import Form
from kiosk.papers.sheet import Printing, drawn, paper
from kiosk.papers.shelf import ShelfError
from kiosk.papers.typed import Mistyped
from kiosk.pdf import PaperError
from kiosk.web.door import Door
from kiosk.web.pages import Pages
from kiosk.web.papers_view import PaperDesk, Question, card_parts, people_of
from kiosk.web.rooms import Rooms

log = logging.getLogger(__name__)

BASE = "/counter/papers"
MOST_COPIES = 9


async def raw_form(request: Request) -> dict[str, str]:
    """The fields as they came: what a scanner sent is judged by its reader, several lines may be one answer."""
    body = (await request.body()).decode("utf-8", errors="replace")
    return {name: values[-1] for name, values in parse_qs(body, keep_blank_values=True).items()}


Raw = Annotated[dict[str, str], Depends(raw_form)]
Visit = dict[str, Any]
Made = TypeVar("Made")
Change = Callable[[Draft, Visit, dict[str, str]], None]


class Untold(Exception):
    """The citizen has not been told yet what their data is for."""


@dataclass(frozen=True)
class Desk:
    """Whose papers are on the table: the number served at this counter, and the form that was opened."""

    who: SignedIn
    counter: int
    ticket: Ticket
    form: Form
    given: Mapping[str, str]

    @property
    def address(self) -> str:
        return f"{BASE}/{self.form.key}"


def papers(rooms: Rooms, pages: Pages, door: Door) -> APIRouter:
    """The routes of the declarations."""
    router = APIRouter(prefix=BASE)
    table = Table(rooms)
    Who = Annotated[SignedIn, Depends(door.who)]  # noqa: N806  (a type)

    def at(form: str, who: Who) -> Desk:
        return table.desk(form, who)

    At = Annotated[Desk, Depends(at)]  # noqa: N806  (a type)

    def show(desk: Desk, status: int = 200, **more: Any) -> Response:
        return pages.page("papers.html", status=status, **table.page(desk, **more))

    @router.get("")
    def choose(request: Request, who: Who) -> Response:
        """Which form: the only one that the dossiers ask for, else (or with ?all) a choice."""
        ticket, counter = table.served(who)
        likely, others, receipt = table.offers(ticket)
        if len(likely) == 1 and "all" not in request.query_params:
            return RedirectResponse(f"{BASE}/{likely[0].key}", 303)
        return pages.page(
            "papers_choose.html", ticket=ticket, counter=counter, likely=likely, others=others, receipt=receipt,
            begun=set(rooms.shelf.peek(ticket.id).get("drafts", {})),
        )

    @router.get("/{form}")
    def page(desk: At, request: Request) -> Response:
        asked = request.query_params
        return show(desk, step=asked.get("step", ""), field=asked.get("at", ""), role=asked.get("role", ""))

    @router.get("/{form}/sheet.pdf")
    def sheet(desk: At) -> Response:
        """All copies, to be kept or printed from another program."""
        return Response(table.pdf(desk), media_type="application/pdf", headers={"content-disposition": "inline"})

    @router.get("/{form}/sheet-{number}.svg")
    def drawing(desk: At, number: int) -> Response:
        """One page of it, for the page that is printed from here."""
        drawn = table.drawings(desk)
        if not 1 <= number <= len(drawn):
            raise HTTPException(404)
        return Response(drawn[number - 1], media_type="image/svg+xml")

    @router.post("/{form}/echo")
    def echo(desk: At, fields: Raw) -> Response:
        """How a typed answer will stand on the paper."""
        if fields.get("ticket") != desk.ticket.id:
            return JSONResponse({"say": "", "term": [True, ""]})
        said, term = table.echo(desk, fields.get("field", ""), fields.get("text", ""))
        return JSONResponse({"say": said, "term": term})

    @router.post("/{form}/{step}")
    def change(desk: At, step: str, fields: Raw) -> Response:
        change = table.changes.get(step)
        if change is None:
            raise HTTPException(404)
        if fields.get("ticket") != desk.ticket.id:
            # A page that was left open, or gone back to: it must not fill in the papers of who sits here now
            return RedirectResponse("/counter", 303)
        back = {"step": fields.get("back", ""), "field": fields.get("field", ""), "role": fields.get("role", "")}
        try:
            table.apply(desk, step, change, fields)
        except card.Unreadable as unreadable:
            return show(desk, 422, problem=table.t(unreadable.key), **{**back, "field": ""})
        except CannotTake as refused:
            return show(desk, 422, problem=table.t(refused.key), **{**back, "field": ""})
        except Mistyped as wrong:
            return show(desk, 422, wrong=table.t(wrong.key, **wrong.values), typed=fields.get("text", ""), **back)
        except ShelfError as trouble:
            log.error("papers cannot be kept: %s", trouble)
            return pages.page("notice.html", status=503, title="papers", text="papers-trouble")
        except Untold:
            return show(desk, 422, problem=table.t("papers-untold"))
        where = {"read": "?step=read", "print": "?step=print"}.get(fields.get("then", ""), "")
        return RedirectResponse(desk.address + where, 303)

    return router


class Table:
    """What the routes do."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self.changes: dict[str, Change] = {
            "told": self._told, "scan": self._scan, "answer": self._answer, "later": self._later,
            "without": self._without, "leave": self._leave, "back": self._back, "take": self._take,
            "accept": self._accept, "how": self._how, "clear": self._clear,
        }  # fmt: skip

    def t(self, key: str, **values: str | int) -> str:
        return self._rooms.staff_words.shown(key, "vi", **values)

    @property
    def _today(self) -> date:
        return business_day(self._rooms.clock.now())

    @property
    def _in_force(self) -> dict[str, Form]:
        return self._rooms.forms.on(self._today)

    # ---- whose papers --------------------------------------------------------------------------------------

    def served(self, who: SignedIn) -> tuple[Ticket, int]:
        """Who sits at this officer's counter; nobody = back to the counter."""
        current = self._rooms.counters.view(who.counter).current if who.counter else None
        if current is None or who.counter is None or current.ticket.state != "serving":
            raise HTTPException(303, headers={"location": "/counter"})
        return current.ticket, who.counter

    def offers(self, ticket: Ticket) -> tuple[list[Form], list[Form], Form | None]:
        """The forms that this number's dossiers ask for, else its picture; all others; and the receipt, once there is
        a dossier."""
        declarations = [one for one in self._in_force.values() if one.file.kind == "declaration"]
        wanted = [one.procedure for one in self._rooms.dossiers.of_ticket(ticket.id)]
        receipt = self._rooms.forms.receipt(self._today) if wanted else None
        tile = self._rooms.settings.tiles.get(ticket.tile)
        for procedures in (wanted, tile.procedures if tile else []):
            likely = [one for one in declarations if set(one.file.procedures) & set(procedures)]
            if likely:
                return likely, [one for one in declarations if one not in likely], receipt
        return [], declarations, receipt

    def desk(self, form: str, who: SignedIn) -> Desk:
        """The opened form of who is served here. Raises HTTPException 404 for a form that is not in force."""
        ticket, counter = self.served(who)
        found = self._in_force.get(form)
        if found is None:
            raise HTTPException(404)
        return Desk(who, counter, ticket, found, self._given(ticket, counter, who))

    def _given(self, ticket: Ticket, counter: int, who: SignedIn) -> dict[str, str]:
        """What the office knows by itself (forms.Given). The receipt speaks of the last dossier."""
        settings, now = self._rooms.settings, self._rooms.clock.now().astimezone(ZONE)
        mine = self._rooms.dossiers.of_ticket(ticket.id)
        dossier = mine[-1] if mine else None
        procedure = settings.procedures.get(dossier.procedure) if dossier else None
        brought = [
            settings.documents[key].called("vi") for key in (procedure.documents if procedure else [])
            if dossier and key not in dossier.missing
        ]  # fmt: skip
        received = dossier.received_at.astimezone(ZONE) if dossier else now
        return {
            "office": settings.office.name, "authority": settings.office.authority,
            "place": settings.office.locality, "province": settings.office.province,
            "today": now.date().isoformat(), "officer": who.officer.name, "counter": str(counter),
            "procedure": procedure.name["vi"] if procedure else "", "code": dossier.national_code if dossier else "",
            "brought": "\n".join(brought),
            "received": self.t(
                "papers-received", hour=f"{received:%H}", minute=f"{received:%M}", day=f"{received:%d/%m/%Y}"
            ),
            "due": f"{dossier.due:%d/%m/%Y}" if dossier else "",
            "limit": procedure.limit["vi"] if procedure else "",
            "fee": procedure.fee["vi"] if procedure else "", "ticket": ticket.code,
        }  # fmt: skip

    # ---- the visit's file ----------------------------------------------------------------------------------

    def apply(self, desk: Desk, step: str, change: Change, fields: dict[str, str]) -> None:
        """One change, kept if nothing was raised."""
        with self._rooms.shelf.visit(desk.ticket.id) as visit:
            if step != "told" and not visit.get("told"):
                raise Untold
            draft = self._draft(desk, visit)
            change(draft, visit, fields)
            visit.setdefault("drafts", {})[desk.form.key] = draft.dump()

    def _draft(self, desk: Desk, visit: Visit) -> Draft:
        data = visit.get("drafts", {}).get(desk.form.key)
        return Draft.load(desk.form, desk.given, data) if data else Draft(desk.form, desk.given)

    def _all_drafts(self, desk: Desk, visit: Visit) -> dict[str, Draft]:
        forms = self._in_force
        found = {key: Draft.load(forms[key], desk.given, data) for key, data in visit.get("drafts", {}).items()
                 if key in forms}  # fmt: skip
        found.setdefault(desk.form.key, Draft(desk.form, desk.given))
        return found

    def _told(self, draft: Draft, visit: Visit, fields: dict[str, str]) -> None:
        if fields.get("agreed") != "1":
            raise Untold
        visit["told"] = True

    def _scan(self, draft: Draft, visit: Visit, fields: dict[str, str]) -> None:
        found = card.read(fields.get("scan", ""))
        draft.scan(found, card_parts(found, self.t), fields.get("role", ""))

    def _answer(self, draft: Draft, visit: Visit, fields: dict[str, str]) -> None:
        if fields.get("field") in draft.form.fields:
            draft.give(fields["field"], fields.get("text", ""), self._today)

    def _later(self, draft: Draft, visit: Visit, fields: dict[str, str]) -> None:
        if fields.get("field") in draft.form.fields:
            draft.postpone(fields["field"])

    def _without(self, draft: Draft, visit: Visit, fields: dict[str, str]) -> None:
        draft.without_card(fields.get("role", ""))

    def _leave(self, draft: Draft, visit: Visit, fields: dict[str, str]) -> None:
        draft.leave_out(fields.get("role", ""))

    def _clear(self, draft: Draft, visit: Visit, fields: dict[str, str]) -> None:
        draft.clear(fields.get("role", ""))

    def _back(self, draft: Draft, visit: Visit, fields: dict[str, str]) -> None:
        draft.bring_back(fields.get("role", ""))

    def _take(self, draft: Draft, visit: Visit, fields: dict[str, str]) -> None:
        """Somebody who was named before in this visit."""
        form, _, role = fields.get("person", "").partition(":")
        data = visit.get("drafts", {}).get(form)
        known = self._in_force.get(form)
        if data is None or known is None or role not in known.roles:
            raise CannotTake("papers-nobody")
        draft.take_over(fields.get("role", ""), Draft.load(known, draft.given, data).person(role))

    def _accept(self, draft: Draft, visit: Visit, fields: dict[str, str]) -> None:
        for one in [one for one in draft.doubts if (one.role, one.key) == (fields.get("role"), fields.get("key"))]:
            draft.accept(one)

    def _how(self, draft: Draft, visit: Visit, fields: dict[str, str]) -> None:
        """How it is printed: copies, signature or fingerprint."""
        how = visit.setdefault("how", {}).setdefault(draft.form.key, {})
        copies = fields.get("copies", "")
        if copies.isascii() and copies.isdigit() and 1 <= int(copies[:3]) <= MOST_COPIES:
            how["copies"] = int(copies)
        if fields.get("signing") in ("sign", "finger"):
            how["signing"] = fields["signing"]

    # ---- the page ------------------------------------------------------------------------------------------

    def page(
        self, desk: Desk, *, step: str = "", field: str = "", role: str = "", problem: str = "", wrong: str = "",
        typed: str | None = None,
    ) -> dict[str, Any]:
        """All that the template shows. `problem`, `wrong`: why something was not taken."""
        visit = self._rooms.shelf.peek(desk.ticket.id)
        drafts = self._all_drafts(desk, visit)
        draft = drafts[desk.form.key]
        view = PaperDesk(draft, self.t, self._today, self._rooms.in_words, people_of(drafts))
        question = view.question(field, typed) if visit.get("told") else None
        step = self._step(visit, draft, step, question)
        target = view.target(role)
        here = question.field.key if question and step == "ask" else ""
        return {
            "form": desk.form.file, "ticket": desk.ticket, "counter": desk.counter, "step": step,
            "roles": view.roles(target), "chosen": role if role == target else "",
            "doubts": view.doubts(), "known": draft.known(),
            "question": question if step == "ask" else None, "sheet": view.sheet(here),
            "term": view.term(here) if here else (True, ""), "before": view.before(here),
            "awaited": [desk.form.roles[key].name for key in draft.awaited()], "lines": view.lines(),
            "blanks": view.blanks(), "left_blank": view.left_blank(), "blocked": bool(draft.unverified()),
            "how": self._printing(desk, visit), "problem": problem, "wrong": wrong,
            "receipt": self._receipt(desk), "base": desk.address,
            "scanner": self._rooms.settings.web,
            "pages": len(self.drawings(desk)) if step == "print" else 0,
            "cards": self._rooms.sample_cards if self._rooms.trial else (),
        }  # fmt: skip

    def _step(self, visit: Visit, draft: Draft, step: str, question: Question | None) -> str:
        """told, ask, read or print; where nothing else is wanted, the first that is not done."""
        if not visit.get("told"):
            return "told"
        if step in ("read", "print"):
            return "read" if draft.unverified() else step
        return "ask" if question is not None or draft.awaited() or draft.doubts else "read"

    def _receipt(self, desk: Desk) -> Form | None:
        """The receipt, where a dossier was taken in and this is not it."""
        receipt = self._rooms.forms.receipt(self._today)
        return receipt if desk.given["procedure"] and receipt and receipt.key != desk.form.key else None

    def _printing(self, desk: Desk, visit: Visit) -> Printing:
        how = visit.get("how", {}).get(desk.form.key, {})
        mark = self.t("papers-trial-mark") if self._rooms.trial else ""
        return Printing(how.get("copies", desk.form.file.copies), how.get("signing", "sign"), mark)

    def echo(self, desk: Desk, field: str, text: str) -> tuple[str, list[Any]]:
        """What the officer reads while typing: how it will stand, and the term that runs from it."""
        visit = self._rooms.shelf.peek(desk.ticket.id)
        if field not in desk.form.fields or not visit.get("told"):
            return "", [True, ""]
        draft = self._draft(desk, visit)
        view = PaperDesk(draft, self.t, self._today, self._rooms.in_words, ())
        try:
            return view.echo(field, text), list(view.term(field, text))
        except Mistyped:
            return "", [True, ""]  # not finished yet; Enter will say what is wrong

    def pdf(self, desk: Desk) -> bytes:
        """The sheet, all copies. Raises HTTPException while something is to be looked at, or if it cannot be set."""
        return self._set(desk, lambda draft, today, how: paper(draft, self._rooms.in_words, today, how))

    def drawings(self, desk: Desk) -> list[bytes]:
        """The pages of one copy as SVG. Raises HTTPException as `pdf`."""
        return self._set(desk, lambda draft, today, how: drawn(draft, self._rooms.in_words, today, how))

    def _set(self, desk: Desk, make: Callable[[Draft, date, Printing], Made]) -> Made:
        visit = self._rooms.shelf.peek(desk.ticket.id)
        draft = self._draft(desk, visit)
        if draft.unverified() or not visit.get("told"):
            raise HTTPException(303, headers={"location": f"{desk.address}?step=read"})
        try:
            return make(draft, self._today, self._printing(desk, visit))
        except PaperError:
            log.error("the form %s cannot be set; see: kiosk papers preview %s", desk.form.key, desk.form.key)
            raise HTTPException(500) from None
