"""The survey on a phone: a question a page, each answer a form of its own. Works without a script; with it, answers
are kept on the phone while the office cannot be reached (assets/web/static/survey.js).

    <base>          the invitation; at the door here, on a slip's way below its number (phone.py)
    <base>/ask      a question, and its answer
    <base>/thanks   what was given is taken; more may be said
"""

# No postponed annotations here: FastAPI reads the types of the routes, which are made inside a function.
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse, Response

from kiosk.office.statistics import Missing
from kiosk.office.surveys import Answering
from kiosk.settings import Profile
from kiosk.web.bursts import Bursts
from kiosk.web.door import Form
from kiosk.web.pages import Pages
from kiosk.web.questions import More, more_of, next_of, sequence, spoken
from kiosk.web.rooms import Rooms
from kiosk.web.ways import DOOR, Way, Ways

SLIP = "/t/{token}"
MOST_MARKS = 6
"""Longer rounds show their progress as figures only."""


def survey(rooms: Rooms, pages: Pages, ways: Ways, bursts: Bursts) -> APIRouter:
    """The routes."""
    router = APIRouter()
    Here = Annotated[Way, Depends(ways.of)]  # noqa: N806  (a type)

    @router.get(DOOR)
    def at_door(request: Request, way: Here) -> Response:
        """What the exit's code opens: the survey without a number."""
        if way.profile is None:
            return kind(way, "none")
        mine = ways.mine(way, request)
        return pages.page("survey_door.html", way.language, way=way, **invitation(way, mine))

    @router.post(f"{DOOR}/again")
    def another_person(way: Here) -> Response:
        answer = RedirectResponse(f"{DOOR}/ask", 303)
        ways.forget(answer, way)
        return answer

    @router.get(f"{SLIP}/ask")
    @router.get(f"{DOOR}/ask")
    def ask(request: Request, way: Here, at: str = "", more: str = "") -> Response:
        mine = ways.mine(way, request)
        profile = mine.profile if mine else way.profile
        if profile is None or (mine is None and way.standing != "open"):
            return refused(way)
        which = more_of(more) if mine else ""
        given = mine.answers if mine else {}
        order = sequence(profile, mine.key if mine else "", which)
        criterion = at if at in order else next_of(order, given)
        if not criterion:
            return RedirectResponse(f"{way.base}/thanks", 303)
        answer = pages.page(
            "survey_ask.html", way.language, way=way, **question(profile, way, order, criterion, which),
            given=given.get(criterion),
        )  # fmt: skip
        ways.hand(answer, way, request)
        return answer

    @router.post(f"{SLIP}/ask")
    @router.post(f"{DOOR}/ask")
    def answer(request: Request, way: Here, fields: Form) -> Response:
        """One answer. The first one opens the response. What is no answer to a question of ours is passed over."""
        by_script = "script" in fields
        criterion, which = fields.get("on", ""), more_of(fields.get("more", ""))
        if not bursts.allows("answer", request):
            return busy(way, by_script)
        mine, secret = ways.mine(way, request), ""
        profile = mine.profile if mine else way.profile
        value = answer_of(profile, criterion, fields.get("v", ""))
        if profile is None or value is None:
            return go_on(way, f"{way.base}/ask", by_script)
        if mine is None:
            if not way.token and not bursts.allows("begin", request):
                return busy(way, by_script)
            mine, secret = ways.begin(way, request)
        if mine is None:
            return go_on(way, way.base, by_script, gone=True)
        if not rooms.surveys.answer(mine.key, criterion, value):
            return go_on(way, way.base, by_script, gone=True)
        order = sequence(profile, mine.key, which)
        following = next_of(order, {*mine.answers, criterion}, criterion)
        to = page_of(way, following, which) if following else f"{way.base}/thanks"
        reply = go_on(way, to, by_script)
        ways.hand(reply, way, request, secret)
        return reply

    @router.get(f"{SLIP}/thanks")
    @router.get(f"{DOOR}/thanks")
    def thanks(request: Request, way: Here) -> Response:
        mine = ways.mine(way, request)
        if mine is None:
            return RedirectResponse(way.base, 303)
        some = [one for one in sequence(mine.profile, mine.key, "some") if one not in mine.answers]
        rest = [one for one in sequence(mine.profile, mine.key, "all") if one not in mine.answers]
        return pages.page(
            "survey_thanks.html", way.language, way=way, some=len(some), rest=len(rest),
            unfinished=bool(next_of(sequence(mine.profile, mine.key, ""), mine.answers)),
        )  # fmt: skip

    @router.get(f"{DOOR}/hear/{{language}}/{{profile}}/{{version}}/{{criterion}}.wav")
    def hear(language: str, profile: str, version: str, criterion: str) -> Response:
        """A question read out, if it has been made ready: nothing is rendered for a phone."""
        known = {(one.key, str(one.version)): one for one in rooms.settings.survey.profiles}.get((profile, version))
        found = known is not None and criterion in known.criteria and language in rooms.words.languages
        if rooms.clips is None or known is None or not found:
            raise HTTPException(404)
        clip = rooms.clips.ready(spoken(known, criterion, language))
        if clip is None:
            raise HTTPException(404)
        return FileResponse(clip.path, media_type="audio/wav")

    def question(profile: Profile, way: Way, order: list[str], criterion: str, which: More) -> dict[str, Any]:
        """What a question's page shows, and what the script shows while the office cannot be reached."""
        at = order.index(criterion)
        start = f"{way.base}/thanks" if which else way.base
        back = page_of(way, order[at - 1], which) if at else start
        hears = rooms.clips is not None and rooms.clips.ready(spoken(profile, criterion, way.language)) is not None
        return {
            "profile": profile, "criterion": criterion, "at": at + 1, "of": len(order), "more": which, "back": back,
            "marks": len(order) if len(order) <= MOST_MARKS else 0,
            "words": profile.words(criterion, way.language),
            "hear": f"{DOOR}/hear/{way.language}/{profile.key}/{profile.version}/{criterion}.wav" if hears else "",
            "ahead": [
                [one, profile.criteria[one].asked(way.language), profile.words(one, way.language)] for one in order
            ],
        }  # fmt: skip

    def kind(way: Way, name: str, status: int = 200) -> Response:
        return pages.page("phone_plain.html", way.language, status, name=name, note="", ticket=way.ticket)

    def refused(way: Way) -> Response:
        """Why there is no survey here, kindly. A way to say something stands on every page."""
        if way.standing == "used":
            return pages.page("survey_used.html", way.language, way=way, ticket=way.ticket, again="")
        name = {"foreign": "unknown", "early": "early", "expired": "over"}.get(way.standing, "none")
        return kind(way, name, 404 if name == "unknown" else 200)

    def busy(way: Way, by_script: bool) -> Response:
        return JSONResponse({}, 429) if by_script else kind(way, "busy", 429)

    return router


def invitation(way: Way, mine: Answering | None) -> dict[str, Any]:
    """What the invitation offers: "begin", "go-on", or "" when everything was answered (or nothing is asked)."""
    if mine is not None:
        left = next_of(sequence(mine.profile, mine.key, ""), mine.answers)
        return {"offer": "go-on" if left else "", "profile": mine.profile}
    return {"offer": "begin" if way.standing == "open" else "", "profile": way.profile}


def answer_of(profile: Profile | None, criterion: str, text: str) -> int | Missing | None:
    """The answer that a form names; None when it is none."""
    if profile is None or criterion not in profile.criteria:
        return None
    known: dict[str, int | Missing] = {str(value): value for value in profile.values}
    known["skipped"] = "skipped"
    if profile.dont_know:
        known["unknown"] = "unknown"
    return known.get(text)


def page_of(way: Way, criterion: str, which: More) -> str:
    """Where a question stands."""
    return f"{way.base}/ask?at={criterion}" + (f"&more={which}" if which else "")


def go_on(way: Way, to: str, by_script: bool, *, gone: bool = False) -> Response:
    """The next page. `gone`: what was sent can never be taken, so a phone need not keep it."""
    return JSONResponse({"to": to, "gone": gone}) if by_script else RedirectResponse(to, 303)
