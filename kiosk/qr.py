"""Text → QR modules, by the qrcode library. Drawing them is the business of slip and screen."""

from __future__ import annotations

from typing import Any

import qrcode
from qrcode.constants import ERROR_CORRECT_M

QUIET_ZONE = 4
"""Light modules that must stay free on every side (ISO/IEC 18004)."""


def modules(text: str) -> list[list[bool]]:
    """The dark modules of `text`, row by row, without quiet zone; error correction M (15 %)."""
    code = _code(text)
    code.make(fit=True)
    return [[bool(cell) for cell in row] for row in code.get_matrix()]


def side(text: str) -> int:
    """How many modules wide `text` will be; a hundredth of the work of `modules`."""
    return 17 + 4 * _code(text).best_fit()


def _code(text: str) -> qrcode.QRCode[Any]:
    code = qrcode.QRCode[Any](error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text)
    return code


def wifi_join(ssid: str, password: str, hidden: bool = False) -> str:
    """The text that phones read as "join this network" (the WIFI: scheme of ZXing, understood by Android and iOS)."""

    def escaped(value: str) -> str:
        return "".join("\\" + letter if letter in '\\;,":' else letter for letter in value)

    security = "WPA" if password else "nopass"
    return f"WIFI:T:{security};S:{escaped(ssid)};P:{escaped(password)};{'H:true;' if hidden else ''};"
