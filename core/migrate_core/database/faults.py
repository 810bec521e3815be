"""Refusals whose cause the server does not name.

Some are no fault of a statement: the database cannot be written to, or is full. And MariaDB keeps
the CHECK of a column in the column, where DROP CONSTRAINT does not find it (error 1091; MariaDB
documentation, "CONSTRAINT").

=================  ==========  ====================  =========================
fault              PostgreSQL  MySQL, MariaDB        SQLite
=================  ==========  ====================  =========================
read-only          25006       1290, 1792, 1836      SQLITE_READONLY
no room            53100       1021, 1114            SQLITE_FULL
=================  ==========  ====================  =========================
"""

from __future__ import annotations

import re
from typing import Literal

from sqlalchemy.exc import DBAPIError

from migrate_core.database.retries import sqlite_code, state

Fault = Literal["read-only", "full"]

_STATES: dict[object, Fault] = {"25006": "read-only", "53100": "full"}
_NUMBERS: dict[object, Fault] = {
    1290: "read-only",
    1792: "read-only",
    1836: "read-only",
    1021: "full",
    1114: "full",
}
_SQLITE: dict[object, Fault] = {8: "read-only", 13: "full"}


def next_step(error: BaseException, dialect: str, database: str) -> str | None:
    """What helps; None where the statement may be at fault.

    :param database: its name in messages.
    """
    match _fault(error, dialect):
        case "read-only":
            return (
                f"{database} is read-only: connect to one that can be written to (the primary, an "
                "account or a file with that right), and run the command again."
            )
        case "full":
            return f"Make room for {database}, and run the command again."
    return None


_DROPS_CONSTRAINT = re.compile(r"ALTER TABLE (\S+) DROP CONSTRAINT (?:IF EXISTS )?(\S+)")


def explained(error: BaseException) -> str:
    """What is to be known of a statement that was refused; empty where the server says it."""
    if not isinstance(error, DBAPIError) or error.orig is None:
        return ""
    dropped = _DROPS_CONSTRAINT.match(error.statement or "")
    if dropped is None or next(iter(error.orig.args), None) != 1091:
        return ""
    table, name = dropped.groups()
    return (
        f"If {name} is the CHECK of a column (SHOW CREATE TABLE {table}), MariaDB keeps it in the "
        "column. Then restate the column without it instead: "
        f'op.execute("ALTER TABLE {table} MODIFY COLUMN ...").'
    )


def _fault(error: BaseException, dialect: str) -> Fault | None:
    if not isinstance(error, DBAPIError) or error.orig is None:
        return None
    match dialect:
        case "postgresql":
            return _STATES.get(state(error))
        case "mysql" | "mariadb":
            return _NUMBERS.get(next(iter(error.orig.args), None))
        case "sqlite":
            return _SQLITE.get(sqlite_code(error.orig))
    return None
