"""The whole database in a few statements per schema, whatever the number of tables.

::

    __init__          reflect(): picks the reader
    sqlite            one statement for the schema, one for the columns
      sqlite_text     what only the text of a CREATE statement says
    postgresql        pg_catalog, six statements
      postgresql_types
    mysql             information_schema, six statements; MariaDB too
      mysql_types
    generic           any other dialect, through SQLAlchemy's Inspector
    renamed           rows as they are once something has another name

What a reader returns is in ``schema.rows``; ``schema.reflected`` builds Tables of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from migrate_core.schema import reflected
from migrate_core.schema.rows import Include, SequenceRow, TableRow, everything

Reader: TypeAlias = "Callable[[Connection, str | None, Include], Sequence[TableRow]]"


def reflect(
    connection: Connection,
    *,
    schemas: Sequence[str | None] = (None,),
    include: Include | None = None,
) -> sa.MetaData:
    """The tables of these schemas, in a MetaData of their own.

    Views, temporary and virtual tables, partitions and what belongs to an extension are not among
    them. Defaults, conditions and expressions are the server's text.

    :param schemas: None is the default one, whose tables then have no schema either.
    :param include: whether to read a table, asked with its name and schema before more is read.
    """
    return reflected.metadata(read(connection, schemas, include or everything))


def read(
    connection: Connection, schemas: Sequence[str | None] = (None,), include: Include = everything
) -> tuple[TableRow, ...]:
    """The same as rows, of which nothing is built."""
    reader = _reader(connection.dialect.name)
    return tuple(row for schema in schemas for row in reader(connection, schema, include))


def read_sequences(connection: Connection, schemas: Sequence[str | None]) -> Sequence[SequenceRow]:
    """The sequences that belong to no column; none on a dialect that is not asked for them."""
    if connection.dialect.name != "postgresql":
        return []
    from migrate_core.database.reflect import postgresql

    return [row for schema in schemas for row in postgresql.sequences(connection, schema)]


def _reader(dialect: str) -> Reader:
    """The reader, imported for the databases that are read: each brings its dialect's types."""
    match dialect:
        case "sqlite":
            from migrate_core.database.reflect.sqlite import read
        case "postgresql":
            from migrate_core.database.reflect.postgresql import read
        case "mysql" | "mariadb":
            from migrate_core.database.reflect.mysql import read
        case _:
            from migrate_core.database.reflect.generic import read
    return read
