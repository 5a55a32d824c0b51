"""The real application to be killed: off-screen, touched by a hand, people taking numbers one after the other.

    python -m tests.faults.victim_screen HOME    its Order is the first line on stdin; tells what victim.py tells
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from kiosk import wiring
from kiosk.clock import TrialClock
from kiosk.office.types import TicketOrder
from kiosk.printing.links import open_link
from kiosk.settings import load, places
from kiosk.voice.player import RecordingPlayer
from tests.faults.lives import Cable, Order, die_with_parent, tell

VISIT = (("start", "service"), ("unsure", "bring"), ("yes", "confirm"), ("yes", "ticket"))


def screen(home: Path) -> None:
    """The application itself; people come and take numbers, one after the other."""
    die_with_parent()
    order = Order(**json.loads(sys.stdin.readline()))
    wiring.open_link = lambda address, slips: Cable(open_link(address), order.narrow)
    settings = load(places(home=home))
    settings = replace(settings, printer=settings.printer.model_copy(update={"address": order.printer}))
    now = datetime.fromisoformat(order.now)
    lobby = wiring.build_screen(settings, TrialClock(now), player=RecordingPlayer(), offscreen=True)
    real = lobby.desk.issue

    def told(touch: str, what: TicketOrder, done: Callable[..., None]) -> None:
        def given(ticket: object, ahead: int) -> None:
            if ticket is not None:
                tell(given=[touch, ticket.code, ticket.id])  # type: ignore[attr-defined]
            done(ticket, ahead)

        tell(touch=touch)
        real(touch, what, given)

    lobby.desk.issue = told  # type: ignore[method-assign]
    lobby.prompts = []  # what is said is rendered as it is needed: here it is about paper
    lobby.start()
    lobby.app.open()
    from kiosk.screens.driver import Hand

    hand = Hand(lobby.app)
    hand.on("attract")
    tell(ready=1)
    while True:
        for target, comes in VISIT:
            hand.press(target)
            hand.on(comes)
        lobby.app.visit.home()
        hand.on("attract")



if __name__ == "__main__":
    screen(Path(sys.argv[1]))
