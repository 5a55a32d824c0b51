"""A keyboard for Chromium that is as quick as a scanner or as slow as a hand, however busy the machine is."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from playwright.sync_api import CDPSession, Page


class Keys:
    """A keyboard whose keys come at times of its own: the page sees the time a key is given, not the machine's."""

    def __init__(self, page: Page) -> None:
        self.wire: CDPSession = page.context.new_cdp_session(page)
        self.at = time.time()

    def key(self, sign: str, kind: str, **more: Any) -> None:
        code = {"Enter": "Enter", "Tab": "Tab", "Backspace": "Backspace"}.get(sign)
        number = {"Enter": 13, "Tab": 9, "Backspace": 8}.get(sign) or ord(sign.upper())
        if code is None:
            code = f"Digit{sign}" if sign.isdigit() else f"Key{sign.upper()}" if sign.isalpha() else "Backslash"
        text = {"Enter": "\r", "Tab": "", "Backspace": ""}.get(sign, sign)
        event = {"code": code, "key": sign, "windowsVirtualKeyCode": number, "timestamp": self.at, **more}
        if kind == "keyDown" and text:
            event["text"] = text
        self.wire.send("Input.dispatchKeyEvent", {"type": kind, **event})

    def type(self, signs: Iterable[str], gap: float = 4) -> None:
        """Key by key, `gap` milliseconds apart; what no key has comes as text: a scanner that knows Unicode."""
        for sign in signs:
            self.at += gap / 1000
            if len(sign) == 1 and not sign.isascii():
                self.wire.send("Input.insertText", {"text": sign})
                continue
            self.key(sign, "keyDown")
            self.key(sign, "keyUp")

    def scan(self, text: str, terminator: str = "Enter", gap: float = 4) -> None:
        """What a scanner in keyboard mode does once."""
        self.at = max(self.at + 1, time.time())
        self.type(text, gap)
        if terminator:
            self.type([terminator], gap)
