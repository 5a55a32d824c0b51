"""How a counter comes to trust this office's certificate authority: the steps, the file, the fingerprint to compare.

Open to everybody and by plain HTTP, for nobody trusts us yet; what makes it safe is the comparison.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from kiosk.web.pages import Pages
from kiosk.web.rooms import Rooms

if TYPE_CHECKING:
    from kiosk.authority.keeper import Secured

CERTIFICATE_TYPE = "application/x-x509-ca-cert"
"""What Windows, Android and browsers take for a certificate to install."""


def trust(rooms: Rooms, pages: Pages) -> APIRouter:
    """The routes; nowhere while there is no HTTPS."""
    router = APIRouter(prefix="/trust")
    file = f"{rooms.settings.office.site}-kiosk.crt"

    def secured() -> Secured:
        if rooms.secured is None:
            raise HTTPException(404)
        return rooms.secured

    @router.get("")
    def steps(request: Request) -> Response:
        here = secured()
        return pages.page("trust.html", here=here, file=file, address=here.address(_host(request)))

    @router.get(f"/{file}")
    def certificate() -> Response:
        return Response(
            secured().file, media_type=CERTIFICATE_TYPE,
            headers={"content-disposition": f'attachment; filename="{file}"'},
        )  # fmt: skip

    return router


def _host(request: Request) -> str:
    """As whom the browser reached us; "" when it names nobody that can be understood."""
    try:
        return request.url.hostname or ""
    except ValueError:
        return ""
