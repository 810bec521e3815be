"""Where statements go.

::

    Channel          about(operations)   send(element)   note(text)   reading(table)
    ├── Online       a connection
    └── Offline      a script (``offline``)
        └── Rehearsal    a dry run (``rehearsal``)
"""

from __future__ import annotations

from itertools import groupby
from typing import Any, Protocol

from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import StatementError

from migrate_core.database.statements import UNHEARD
from migrate_core.ddl import Element, Rows
from migrate_core.errors import UnboundParameter
from migrate_core.operations import MigrateOperation

_OPTIONS = {UNHEARD: True}
"""Directives return nothing of what their statements answer."""

VALUE_REQUIRED = "cd3x"  # https://docs.sqlalchemy.org/en/20/errors.html#error-cd3x


class Channel(Protocol):
    """Takes statements, one after the other."""

    @property
    def dialect(self) -> Dialect:
        """What the statements are written in."""
        ...

    @property
    def connection(self) -> Connection | None:
        """What answers; None where nothing does."""
        ...

    def about(self, *operations: MigrateOperation) -> None:
        """What is sent next does these."""
        ...

    def send(self, element: Element) -> Any:
        """Send one statement."""
        ...

    def note(self, text: str) -> None:
        """Say something about what is sent next, to whoever reads the statements."""
        ...

    def reading(self, table: str) -> Connection:
        """A connection on which everything sent has happened, to read ``table`` from.

        :raises TableUnknown: there is none.
        """
        ...


class Online:
    """Sends to a connection, within whatever transaction it is in.

    SQLAlchemy's own exceptions come through: a migration may catch them.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    @property
    def dialect(self) -> Dialect:
        return self.connection.dialect

    def about(self, *operations: MigrateOperation) -> None:
        """The database is told in statements alone."""

    def send(self, element: Element) -> Any:
        """
        :raises UnboundParameter: text has a ``:name`` without a value.
        """
        if isinstance(element, Rows):
            # The driver takes the columns of the first row for those of all.
            for _, alike in groupby(element.rows, key=frozenset):
                rows = list(alike)
                self.connection.execute(element.statement, rows, execution_options=_OPTIONS)
            return None
        try:
            return self.connection.execute(element, execution_options=_OPTIONS)
        except StatementError as error:
            if getattr(error.orig, "code", None) == VALUE_REQUIRED:
                raise _unbound(element, self.dialect) from error
            raise

    def note(self, text: str) -> None:
        """Nobody reads the statements."""

    def reading(self, table: str) -> Connection:
        return self.connection


def _unbound(element: Any, dialect: Dialect) -> UnboundParameter:
    compiled = element.compile(dialect=dialect)
    names = [name for name, parameter in compiled.binds.items() if parameter.required]
    return UnboundParameter(names, str(element))
