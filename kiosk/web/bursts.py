"""Against floods from where nobody signs in: counted in memory for some minutes, nothing of it stored or logged."""

from __future__ import annotations

import ipaddress
import logging
from typing import Literal

from fastapi import Request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

log = logging.getLogger(__name__)

What = Literal["begin", "answer", "write", "look"]
MOST: dict[What, tuple[int, int, int]] = {
    "begin": (12, 150, 10),  # responses without a number; a full Thursday has 60 people
    "answer": (240, 2400, 1),  # many phones may share an address
    "write": (6, 90, 10),  # comments
    "look": (30, 600, 10),  # codes looked up
}
"""How many: from one address, from all together, in so many minutes."""


class Bursts:
    """Counts what comes in."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def allows(self, what: What, request: Request) -> bool:
        """Whether one more is taken; it is counted."""
        here, together, minutes = MOST[what]
        address = _network(request.client.host if request.client else "")
        if self._limiter.hit(RateLimitItemPerMinute(here, minutes), what, address) and self._limiter.hit(
            RateLimitItemPerMinute(together, minutes), what
        ):
            return True
        if self._limiter.hit(RateLimitItemPerMinute(1), "told", what):
            log.warning('too many of "%s" at once: refused for a while', what)
        return False


def _network(address: str) -> str:
    """One machine's addresses together: with IPv6 it has as many as it likes."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else address
