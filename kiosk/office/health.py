"""What the owner of each device says of it, as a row that other processes read."""

from __future__ import annotations

from sqlalchemy import select

from kiosk.clock import Clock
from kiosk.office.database import Database
from kiosk.office.tables import DeviceHealth
from kiosk.office.types import Health


class HealthBoard:
    """The devices of one site."""

    def __init__(self, database: Database, site: str, clock: Clock) -> None:
        self._database, self._site, self._clock = database, site, clock

    def report(self, device: str, state: str, detail: str = "") -> None:
        """`device` ("printer", "loudspeaker") is in `state` now."""
        with self._database.write() as session:
            session.merge(
                DeviceHealth(site=self._site, device=device, state=state, detail=detail[:400], at=self._clock.now())
            )

    def all(self) -> list[Health]:
        """Every device that was ever reported."""
        query = select(DeviceHealth).where(DeviceHealth.site == self._site).order_by(DeviceHealth.device)
        with self._database.read() as session:
            rows = session.execute(query).scalars()
            return [Health(row.device, row.state, row.detail, row.at) for row in rows]
