"""Keys and secrets. Those of new_id sort by time (UUIDv7, RFC 9562), so that rows of many offices can be merged."""

from __future__ import annotations

import secrets
import time
import uuid

SECRET_BYTES = 12


def new_id() -> str:
    """A UUIDv7: 48 bits of Unix milliseconds, 12 bits of the millisecond's fraction (RFC 9562, 6.2, method 3) so
    that the calls of one burst keep their order, then 62 random bits."""
    now = time.time_ns()
    milliseconds, nanoseconds = divmod(now, 1_000_000)
    fraction = nanoseconds * 4096 // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | fraction << 64 | 0x2 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=value))


def new_secret() -> str:
    """A random key that tells nothing: no time, no order. 96 bits; letters, digits, - and _."""
    return secrets.token_urlsafe(SECRET_BYTES)
