"""Where statements go.

::

    Channel          send(element), note(text)
    └── Online       a connection
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from sqlalchemy.engine import Connection

from migrate_core.ddl import Element, Rows


class Channel(Protocol):
    """Takes statements, one after the other."""

    def send(self, element: Element) -> Any:
        """Send one statement."""
        ...

    def note(self, text: str) -> None:
        """Say something that is no statement."""
        ...


class Online:
    """Sends to a connection, within whatever transaction it is in.

    SQLAlchemy's own exceptions come through: a migration may catch them.
    """

    def __init__(self, connection: Connection, tell: Callable[[str], None]) -> None:
        self.connection = connection
        self._tell = tell

    def send(self, element: Element) -> Any:
        if isinstance(element, Rows):
            return self.connection.execute(element.statement, list(element.rows))
        return self.connection.execute(element)

    def note(self, text: str) -> None:
        self._tell(text)
