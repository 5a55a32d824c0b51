"""Debian's Chromium, opened for this package and closed with it: two at a time in one process do not go together."""

from __future__ import annotations

from tests.web.conftest import chromium, window

__all__ = ["chromium", "window"]
