"""What a SQLite database would hold after the statements so far, with no database at hand.

SQLite changes a table by what is stored of it. A script that starts at the beginning makes all
there is, so its statements, run in memory, make the same tables with the same rows.
"""

from __future__ import annotations

import sqlite3
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from migrate_core.errors import TableUnknown


class Shadow:
    """A database in memory; nothing is run before it is asked for."""

    def __init__(self) -> None:
        self._waiting: list[str] = []
        self._connection: Connection | None = None
        self._failed: tuple[str, str] | None = None

    def send(self, statement: str) -> None:
        """Take note of a statement."""
        self._waiting.append(statement)

    def connection(self, table: str) -> Connection:
        """A connection on which everything sent has happened.

        :param table: what it is wanted for.
        :raises TableUnknown: a statement could not be run here.
        """
        if self._connection is None:
            self._connection = _opened()
        while self._waiting and self._failed is None:
            statement = self._waiting.pop(0)
            try:
                self._connection.exec_driver_sql(statement)
            except DBAPIError as error:
                self._failed = statement, str(error.orig)
        if self._failed is not None:
            statement, reason = self._failed
            raise TableUnknown(
                table, f"a statement before it could not be followed ({reason}):\n  {statement}"
            )
        return self._connection

    def close(self) -> None:
        """Give back its memory."""
        if self._connection is not None:
            self._connection.close()
            self._connection.engine.dispose()


def schema(connection: Connection) -> tuple[str, ...]:
    """The statements that made what a SQLite database holds, in their order; no rows.

    Other databases are not asked. https://www.sqlite.org/schematab.html
    """
    if connection.dialect.name != "sqlite":
        return ()
    rows = connection.exec_driver_sql(
        "SELECT sql FROM main.sqlite_master"
        " WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY rowid"
    )
    return tuple(rows.scalars())


def _opened() -> Connection:
    engine = sa.create_engine("sqlite://", poolclass=StaticPool, isolation_level="AUTOCOMMIT")
    connection = engine.connect()
    driver: Any = connection.connection.driver_connection
    # As during a run; an app may have switched them on for whatever connects to a SQLite database.
    driver.execute("PRAGMA foreign_keys=OFF")
    driver.set_authorizer(_in_memory_only)
    return connection


def _in_memory_only(action: int, name: str | None, *_: object) -> int:
    """Keep a migration's ATTACH, or VACUUM INTO, from touching files."""
    return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_ATTACH and name else sqlite3.SQLITE_OK
