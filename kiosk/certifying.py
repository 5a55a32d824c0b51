"""`kiosk certificate`, and the certificates' line of `kiosk check`."""

from __future__ import annotations

import json
import socket
import ssl
import sys
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Literal

import typer

from kiosk.administer import Mistake
from kiosk.authority.certificates import RENEW_BEFORE, AuthorityError, der, fingerprint, named_in, title
from kiosk.authority.keeper import Held, Keeper
from kiosk.authority.names import Name
from kiosk.clock import ZONE
from kiosk.settings import Settings
from kiosk.wiring import open_keeper

Say = Callable[[str], None]
Look = tuple[Literal["ok", "care", "bad"], str, str]

AUTHORITY_ENDS_SOON = timedelta(days=365)
"""A year to walk round the counters with a new authority."""
SERVER_OVERDUE = RENEW_BEFORE - timedelta(days=30)
"""Still not renewed a month after it was due: renewing does not work."""
LABELS = {"fingerprint": "SHA-256"}
QUESTION = "A new authority: every counter has to trust it again, until then its browser warns. Make it?"


def certificate(
    settings: Settings, say: Say, *, renew: bool, new_authority: bool, yes: bool, as_json: bool
) -> None:
    """Print what the office holds, after renewing it if wanted. Raises Mistake."""
    if not settings.web.https:
        raise Mistake("office.toml: web.https: HTTPS is off. Set it to true, then start the pages again.")
    if renew and new_authority:
        raise Mistake("--renew or --new-authority, not both: a new authority brings a new certificate with it.")
    if yes and not new_authority:
        raise Mistake("--yes answers the question of --new-authority; without it, nothing is asked.")
    if new_authority and not yes:
        _ask()
    keeper = open_keeper(settings)
    try:
        held = keeper.begin_anew() if new_authority else keeper.renew() if renew else keeper.look()
    except AuthorityError as error:
        raise Mistake(str(error)) from None
    if held is None:
        raise Mistake("There is no certificate yet. kiosk web makes it as it starts; so does --renew, now.")
    told = _told(keeper, held)
    if as_json:
        say(json.dumps(told, ensure_ascii=False))
        return
    for name, value in told.items():
        text = ", ".join(value) if isinstance(value, list) else value
        say(f"{LABELS.get(name, name.capitalize()):<12} {text}")
    if renew or new_authority:
        say("The pages take it by themselves within half a minute.")


def look(settings: Settings, now: datetime) -> Look:
    """(how it is, what there is, what to do), by the files and by opening a connection as a counter does."""
    keeper = open_keeper(settings)
    try:
        held = keeper.look()
    except AuthorityError as error:
        return "bad", "cannot be served", str(error)
    if held is None:
        return "care", "no certificate yet", "systemctl restart kiosk-web; its journal says why there is none."
    exposed = keeper.exposed()
    if exposed:
        names = ", ".join(map(str, exposed))
        todo = f"chmod 600 {names}; if somebody may have copied it: kiosk certificate --new-authority"
        return "bad", f"the key can be read by others: {names}", todo
    start, end = held.server.not_valid_before_utc, held.server.not_valid_after_utc
    last = held.authority.not_valid_after_utc
    dates = f"until {_day(end)}, authority until {_day(last)}"
    if last - now < AUTHORITY_ENDS_SOON:
        todo = "kiosk certificate --new-authority, then let every counter trust it: /trust"
        return "bad" if last < now else "care", f"the authority ends: {dates}", todo
    if not start <= now < end:
        return "bad", f"not valid now: from {_day(start)} {dates}", "Set the clock; then kiosk certificate --renew"
    answer, port = _answer(settings, held), settings.web.https_port
    if end - now < SERVER_OVERDUE:
        return "care", f"not renewed by itself: {dates}", "kiosk certificate --renew; see journalctl -u kiosk-web"
    if answer:
        return "care", f"port {port}: {answer}", "systemctl restart kiosk-web"
    if held.missing:
        return "care", f"the certificate lacks {_listed(held.missing)}", "kiosk certificate --renew"
    if held.outside:
        todo = "Open the counters by another name, or kiosk certificate --new-authority, which may speak for it."
        return "care", f"this authority may not speak for {_listed(held.outside)}", todo
    return "ok", f"port {port} answers, {dates}", ""


def _answer(settings: Settings, held: Held) -> str:
    """What is wrong when a client that trusts the authority, and nobody else, opens our port; "" = nothing."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=der(held.authority))
    host = settings.web.host if settings.web.host not in ("0.0.0.0", "::", "") else "localhost"  # noqa: S104
    try:
        with socket.create_connection((host, settings.web.https_port), timeout=2) as plain:
            context.wrap_socket(plain, server_hostname="localhost").close()
    except ssl.SSLError as error:
        return f"another certificate answers ({error.reason})"
    except OSError:
        return "nobody answers"
    return ""


def _told(keeper: Keeper, held: Held) -> dict[str, str | list[str]]:
    authority, server = held.authority, held.server
    told: dict[str, str | list[str]] = {
        "authority": f"{title(authority)}, until {_day(authority.not_valid_after_utc)}",
        "fingerprint": fingerprint(authority),
        "certificate": f"from {_day(server.not_valid_before_utc)} until {_day(server.not_valid_after_utc)}",
        "names": [str(name) for name in named_in(server)],
    }
    if held.missing:
        told["missing"] = [str(name) for name in held.missing]
    if held.outside:
        told["outside"] = [str(name) for name in held.outside]
    told["files"] = [str(keeper.authority_file), str(keeper.server_file)]
    return told


def _ask() -> None:
    if not sys.stdin.isatty():
        raise Mistake("A new authority has to be trusted by every counter again. If that is wanted, add --yes.")
    if not typer.confirm(QUESTION):
        raise Mistake("Nothing was changed.")


def _listed(names: Iterable[Name]) -> str:
    return ", ".join(map(str, names))


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%d/%m/%Y}"
