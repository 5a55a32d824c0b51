"""The lobby board: for a television on the wall, or any browser. Nobody signs in, nothing personal stands on it."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response, StreamingResponse

from kiosk.office.types import Board, Serving
from kiosk.web.live import Fragments, Live
from kiosk.web.pages import Pages
from kiosk.web.rooms import Rooms

RESULTS_SHOWN, COUNTERS_SHOWN = 3, 12
"""More do not fit at a size that is read from four metres."""


def lobby_board(rooms: Rooms, pages: Pages, live: Live) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/board")
    language = rooms.settings.office.languages[0]

    def fragments() -> Fragments:
        board, now = rooms.board.view(), rooms.clock.now()
        values = {
            "board": board, "counters": counters_shown(board), "now": now, "results_shown": RESULTS_SHOWN,
            "several": len(rooms.settings.series) > 1,
        }  # fmt: skip
        return {one: pages.render(f"board/{one}.html", language, **values) for one in ("head", "mid", "ready")}

    @router.get("")
    def page() -> Response:
        sound = rooms.settings.web.board_sound and rooms.clips is not None
        return pages.page("board.html", language, parts=fragments(), sound=sound, office_name=rooms.settings.office)

    @router.get("/live")
    async def stream() -> Response:
        return StreamingResponse(
            live.stream("board", fragments), media_type="text/event-stream", headers={"x-accel-buffering": "no"}
        )

    @router.get("/sound/{call_id}.wav")
    def sound(call_id: str) -> Response:
        """What the loudspeaker says for the last call, for a board that speaks itself."""
        last = rooms.calls.last()
        if rooms.clips is None or not rooms.settings.web.board_sound or last is None or last.id != call_id:
            return Response(status_code=404)
        key = "call-again" if last.kind == "recall" else "call-number"
        spoken = pages.language(last.language)
        clip = rooms.clips.fetch(rooms.words.prompt(key, spoken, number=last.code, counter=last.counter or 0))
        return FileResponse(clip.path, media_type="audio/wav") if clip else Response(status_code=404)

    @router.get("/sound/chime")
    def chime() -> Response:
        if rooms.clips is None or not rooms.settings.web.board_sound:
            return Response(status_code=404)
        return FileResponse(rooms.clips.chime().path, media_type="audio/wav")

    return router


def counters_shown(board: Board) -> list[Serving]:
    """The counters in their order; where there are too many, those without anybody give way."""
    urgent = sorted(board.counters, key=lambda one: (not one.called, not one.code, one.counter))
    return sorted(urgent[:COUNTERS_SHOWN], key=lambda one: one.counter)
