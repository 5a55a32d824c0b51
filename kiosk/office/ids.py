"""Keys and secrets. Keys sort by time (UUIDv7, RFC 9562), so that rows of many offices can be merged."""

from __future__ import annotations

import secrets
import time
import uuid

TOKEN_BYTES = 12
"""96 bits: a slip's address cannot be guessed."""


def new_id() -> str:
    """A UUIDv7: 48 bits of Unix milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76  # version
    value = value & ~(0x3 << 62) | 0x2 << 62  # variant
    return str(uuid.UUID(int=value))


def new_token() -> str:
    """A secret for an address: letters, digits, - and _."""
    return secrets.token_urlsafe(TOKEN_BYTES)
