"""A SQLite table as its database stores it: text, and what hangs on it.

::

    StoredTable
    ├── StoredObject     an index, a trigger or a view, with its text
    └── Referrer         a foreign key that points here
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class StoredObject:
    """Something with a text of its own; ``sql`` begins with CREATE and has no final semicolon.

    :param temporary: whether it is of this connection only (``temp``).
    """

    kind: Literal["index", "trigger", "view"]
    name: str
    sql: str
    temporary: bool = False


@dataclass(frozen=True, slots=True)
class Referrer:
    """One column pair of a foreign key in ``table`` that points at the stored table.

    :param column: the column that it points at; None where it names none and means the primary key.
    """

    table: str
    column: str | None


@dataclass(frozen=True, slots=True)
class StoredTable:
    """What ``sqlite_master`` and the pragmas say about one table.

    :param sql: the CREATE TABLE statement.
    :param columns: all columns in order, generated and hidden ones too (``table_xinfo``).
    :param indexes: those with a text, so without the ones that a constraint makes.
    :param triggers: those on this table, temporary ones too: they go with a dropped table.
    :param others: all views, and the triggers on other tables, temporary ones too.
    :param sequence: the value in ``sqlite_sequence``; None where there is no row for this table.
    :param taken: every name in the schema, as it is written.
    :param foreign_keys: whether the connection enforces foreign keys.
    :param legacy_alter_table: how that pragma of the connection stands.
    :param writable_schema: whether it is known that the connection lets its schema be edited; one
        in defensive mode does not (https://www.sqlite.org/c3ref/c_dbconfig_defensive.html).
    :param schema_version: the number by which connections see that the schema has changed.
    """

    name: str
    schema: str | None
    sql: str
    columns: tuple[str, ...]
    indexes: tuple[StoredObject, ...]
    triggers: tuple[StoredObject, ...]
    others: tuple[StoredObject, ...]
    referrers: tuple[Referrer, ...]
    sequence: int | None
    taken: frozenset[str]
    foreign_keys: bool
    legacy_alter_table: bool
    writable_schema: bool
    schema_version: int
    sqlite_version: tuple[int, ...]
