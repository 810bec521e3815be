"""Where statements go.

::

    Channel          send(element)
    └── Online       a connection
"""

from __future__ import annotations

from typing import Any, Protocol

from sqlalchemy.engine import Connection

from migrate_core.ddl import Element, Rows


class Channel(Protocol):
    """Takes statements, one after the other."""

    def send(self, element: Element) -> Any:
        """Send one statement."""
        ...


class Online:
    """Sends to a connection, within whatever transaction it is in.

    SQLAlchemy's own exceptions come through: a migration may catch them.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def send(self, element: Element) -> Any:
        if isinstance(element, Rows):
            return self.connection.execute(element.statement, list(element.rows))
        return self.connection.execute(element)
