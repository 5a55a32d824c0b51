"""The card that stands on a counter: join the office's network, then scan to rate. Big pictures, few words, A5."""

from __future__ import annotations

from kiosk import qr
from kiosk.pdf import set_paper
from kiosk.pictures import Pictures
from kiosk.settings import Settings
from kiosk.words import Words

FACES = 5


def card(settings: Settings, words: Words, pictures: Pictures) -> bytes:
    """The PDF, one page. Without [wifi] in office.toml it shows the survey's code alone. Raises PaperError."""
    language, wifi = settings.office.languages[0], settings.wifi

    def said(key: str) -> str:
        return " ".join(words.shown(key, language).split())

    steps = [
        {"picture": pictures.svg("survey"), "code": qr_drawing(f"{settings.office.public_url.rstrip('/')}/s"),
         "says": said("card-rate"), "note": ""},
    ]  # fmt: skip
    if wifi is not None:
        join = qr.wifi_join(wifi.ssid, wifi.password, wifi.hidden)
        steps.insert(0, {
            "picture": pictures.svg("wifi-join"), "code": qr_drawing(join), "says": said("card-join"),
            "note": wifi.ssid,
        })  # fmt: skip
    return set_paper(
        settings.places.assets / "papers" / "card.typ",
        {
            "office": settings.office.name, "authority": settings.office.authority, "title": said("card-title"),
            "language": language, "steps": steps,
            "faces": [pictures.svg(f"face-{degree}") for degree in range(FACES, 0, -1)],
        },
    )  # fmt: skip


def qr_drawing(text: str) -> str:
    """A QR symbol with its quiet zone as SVG."""
    rows, quiet = qr.modules(text), qr.QUIET_ZONE
    side = len(rows) + 2 * quiet
    dark = "".join(
        f"M{x + quiet} {y + quiet}h1v1h-1z" for y, row in enumerate(rows) for x, cell in enumerate(row) if cell
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#FFFFFF" d="M0 0h{side}v{side}h-{side}z"/><path d="{dark}"/></svg>'
    )
