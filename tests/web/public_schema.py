"""The real server of a small office, with a description of its public addresses, for Schemathesis from outside.

    python -m tests.web.public_schema FOLDER PORT     writes FOLDER/openapi.json, serves until killed

Schemathesis is no dependency: install it in an environment of its own, then (docs/survey.md)

    schemathesis run FOLDER/openapi.json -u http://127.0.0.1:PORT -H "Origin: http://127.0.0.1:PORT"

The product serves no such description, and reads its forms by hand: they are described here. Nobody is told that
there are too many, or most replies would say that alone.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from kiosk.clock import ZONE, TrialClock
from kiosk.office.migrate import migrate
from kiosk.office.types import TicketOrder
from kiosk.settings import load, places
from kiosk.web.bursts import MOST
from kiosk.web.questions import spoken
from kiosk.web.rooms import Rooms
from kiosk.web.server import create_app
from kiosk.wiring import build_web

THURSDAY = datetime(2026, 11, 26, 8, 0, tzinfo=ZONE)
FINISHED, WAITING = 34, 6
KINDS = ("text/html", "application/json", "audio/wav")
STATUSES = (200, 303, 400, 403, 404, 413, 429)

Schema = dict[str, Any]


def office(home: Path) -> tuple[Rooms, list[str], list[str]]:
    """An office with numbers that may be rated, numbers that wait, questions that can be heard, and two comments; its
    tokens and codes."""
    home.mkdir(parents=True, exist_ok=True)
    settings = load(places(home=home))
    migrate(settings.database_url, THURSDAY)
    rooms = build_web(settings, TrialClock(THURSDAY))
    rooms.officers.add("hanh", "Hanh", "officer", "ba-con-ngan")
    officer = rooms.officers.all()[0].id
    rooms.counters.sit(1, officer)
    order = TicketOrder("birth", "A")
    tokens = [rooms.tickets.issue(f"touch-{one}", order).token for one in range(FINISHED + WAITING)]
    for _ in range(FINISHED):
        rooms.counters.call_next(1, officer)
        rooms.counters.start(1)
        rooms.counters.finish(1)
    if rooms.clips is not None:
        profile = settings.survey.profiles[0]
        rooms.clips.prepare([spoken(profile, criterion, "vi") for criterion in profile.core])
    return rooms, tokens, [rooms.feedback.write("comment", "a"), rooms.feedback.write("petition", "b")]


def described(app: FastAPI, rooms: Rooms, tokens: list[str], codes: list[str]) -> Schema:
    """The public addresses as OpenAPI. What may be sent is what a phone sends: Schemathesis sends everything else by
    itself. Were any text allowed, no answer would ever be a valid one."""
    profile = rooms.settings.survey.profiles[0]
    anything: Schema = {"type": "string"}
    known: dict[str, Schema] = {
        "token": {"enum": [*tokens, f"{tokens[0][:-1]}~"]}, "code": {"enum": codes},
        "at": {"enum": list(profile.criteria)}, "on": {"enum": list(profile.criteria)},
        "v": {"enum": [*map(str, profile.values), "skipped", "unknown"]}, "more": {"enum": ["", "some", "all"]},
        "text": {"type": "string", "minLength": 1, "maxLength": 500, "pattern": "^[a-z].*$"},
        "kind": {"enum": ["comment", "petition"]}, "language": {"enum": ["vi"]}, "profile": {"enum": [profile.key]},
        "version": {"enum": [str(profile.version)]}, "criterion": {"enum": list(profile.core)},
    }  # fmt: skip
    forms = {
        "ask": ("on", "v", "more", "script"), "say": ("text", "kind", "once", "about"), "find": ("code",),
        "again": ("x",), "{key}": ("login", "name", "password", "again"),
    }  # fmt: skip
    schema = get_openapi(title="What is open to everybody", version="1", routes=app.routes)
    public = {path: item for path, item in schema["paths"].items() if path_is_public(path)}
    for path, item in public.items():
        for method, operation in item.items():
            page: Schema = {"description": "a page", "content": {kind: {} for kind in KINDS}}
            operation["responses"] = {str(status): page for status in STATUSES}
            given = {one["name"]: one for one in operation.get("parameters", [])}
            if "{token}" in path:
                given["token"] = {"name": "token", "in": "path", "required": True}
            given["kiosk_answers"] = {"name": "kiosk_answers", "in": "cookie"}
            for name, one in given.items():
                one["schema"] = known.get(name, anything)
            operation["parameters"] = list(given.values())
            if method == "post":
                fields = forms[path.rsplit("/", 1)[1]]
                form = {"type": "object", "properties": {name: known.get(name, anything) for name in fields}}
                form["required"] = list(fields[:2])
                operation["requestBody"] = {"content": {"application/x-www-form-urlencoded": {"schema": form}}}
    return {**schema, "paths": public}


def path_is_public(path: str) -> bool:
    """Whether it is a page of citizens', or one before anybody has signed in (but for the sign-in itself, which locks
    after five tries)."""
    return path in ("/", "/s", "/say") or path.startswith(("/t/", "/s/", "/say/", "/first/"))


def main(folder: Path, port: int) -> None:
    """Describe and serve."""
    for what, (_, _, minutes) in list(MOST.items()):
        MOST[what] = (10**9, 10**9, minutes)
    rooms, tokens, codes = office(folder / "home")
    app = create_app(rooms)
    (folder / "openapi.json").write_text(json.dumps(described(app, rooms, tokens, codes)), encoding="utf-8")
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
