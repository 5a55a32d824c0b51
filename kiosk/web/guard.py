"""Before and after every page: what comes in must be small and from our own pages, what goes out carries the headers.

Plain ASGI, so that live streams pass through unbuffered.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

log = logging.getLogger(__name__)

MOST_BYTES = 16_384
"""No form of ours is larger: a comment has 500 characters."""

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

HEADERS = {
    # The address of a slip is a secret: nobody else is told it. With "no-referrer" browsers would hide from us, too,
    # where a form comes from (Origin: null), and on a plain http address nothing else tells it
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
}


class Guard:
    """Wraps the application."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        send = _with_headers(send, static=scope["path"].startswith(("/static/", "/pictograms/")))
        if scope["method"] not in ("GET", "HEAD"):
            if not from_here(asked, scope["scheme"]):
                # Without content: who asks and what for is nobody's business
                log.warning("a request from a foreign page was refused")
                await _refuse(send, 403)
                return
            body = await _small_body(receive)
            if body is None:
                log.warning("a request of more than %d bytes was refused", MOST_BYTES)
                await _refuse(send, 413)
                return
            receive = _again(body, receive)
        if scope["method"] == "HEAD":
            # Some scanners ask so before they open what they have read. The server leaves the body out by itself
            scope = {**scope, "method": "GET"}
        await self._app(scope, receive, send)


def from_here(asked: MutableMapping[str, str], scheme: str) -> bool:
    """Whether a writing request, which came by `scheme`, comes from one of our own pages. Browsers name the origin of
    every POST, or, older ones, the page that it comes from; a request that names neither is no browser of ours."""
    # What comes by http may have been https up to the office's proxy; what comes by https was never http
    ours = tuple(f"{one}://{asked.get('host')}" for one in ("https", "http") if one == "https" or scheme == "http")
    origin, page = asked.get("origin", ""), asked.get("referer", "")
    if origin and origin != "null":
        return origin in ours
    if "sec-fetch-site" in asked:
        return asked["sec-fetch-site"] in ("same-origin", "none")
    return page.startswith(tuple(f"{one}/" for one in ours))


async def _small_body(receive: Receive) -> bytes | None:
    """The whole body; None as soon as it grows too large, whatever its length was said to be."""
    body, more = b"", True
    while more and len(body) <= MOST_BYTES:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body if len(body) <= MOST_BYTES else None


def _again(body: bytes, receive: Receive) -> Receive:
    """Hands out a body that has been read already, once."""
    left = [body]

    async def receive_again() -> Message:
        return {"type": "http.request", "body": left.pop()} if left else await receive()

    return receive_again


def _with_headers(send: Send, *, static: bool) -> Send:
    async def send_on(message: Message) -> None:
        if message["type"] == "http.response.start":
            known = {name.lower() for name, _ in message["headers"]}
            cache = "no-cache" if static else "no-store"
            for name, value in {**HEADERS, "cache-control": cache}.items():
                if name.encode() not in known:
                    message["headers"] = [*message["headers"], (name.encode(), value.encode())]
        await send(message)

    return send_on


async def _refuse(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})
