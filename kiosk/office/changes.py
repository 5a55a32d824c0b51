"""Has anything been written since last time? Asked ten times a second by each process; costs microseconds.

SQLite counts the commits of other connections (`PRAGMA data_version`). PostgreSQL tells which transactions can be
seen (`pg_current_snapshot`); its log would not do: that moves on before a commit can be read, so a page rendered in
between would stay old. A step that was refused there may count as a change: the page is rendered once for nothing.
"""

from __future__ import annotations

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from kiosk.office.database import DatabaseError, open_engine


class ChangeWatch:
    """Looks at one database with a connection of its own that never writes."""

    def __init__(self, url: str) -> None:
        """Raises DatabaseError for an address that is none."""
        self._engine = open_engine(url)
        sqlite = self._engine.dialect.name == "sqlite"
        self._question = "PRAGMA data_version" if sqlite else "SELECT pg_current_snapshot()::text"
        self._connection: Connection | None = None
        self._seen = ""

    def changed(self) -> bool:
        """Whether something was written since the last call; True at the first one. Raises DatabaseError when the
        database cannot be asked; the next call asks anew."""
        try:
            if self._connection is None:
                self._connection = self._engine.connect()
            found = str(self._connection.exec_driver_sql(self._question).scalar())
            self._connection.rollback()  # within one transaction the answer stays the same
        except SQLAlchemyError as error:
            self.close()
            raise DatabaseError("The database does not answer.") from error
        seen, self._seen = self._seen, found
        return seen != found

    def close(self) -> None:
        """Let the connection go."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
        self._connection, self._seen = None, ""
        self._engine.dispose()
