"""A table as it is described, in the place of one that is read."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import CreateTable

from migrate_core.batch import sqltext
from migrate_core.batch.tokens import folded, quoted
from migrate_core.batch.writer import Writer
from migrate_core.errors import ColumnLeftOut, NoSuchObject
from migrate_core.operations import CreateTableOp
from migrate_core.schema.stored import StoredObject, StoredTable

_ASSUMED_VERSION = (3, 40)
"""Of the SQLite that is to read a script: no newer one does more in place."""


def stored_of(table: sa.Table, dialect: Dialect) -> StoredTable:
    """What would be stored of a table that is described but not read, for a script.

    Nothing is known of what a ``Table`` does not hold: triggers, views, other tables' foreign keys.

    :param dialect: SQLite's, with or without a connection.
    """
    created = CreateTableOp.from_table(table).to_table()
    sql = str(CreateTable(created).compile(dialect=dialect)).strip()
    text = replace(sqltext.parse(sql), written=quoted(table.name))
    writer = Writer(dialect, None)
    return StoredTable(
        name=table.name,
        schema=table.schema,
        sql=text.sql,
        columns=tuple(column.name for column in text.columns),
        indexes=tuple(
            StoredObject("index", str(index.name), writer.index(index))
            for index in sorted(table.indexes, key=lambda index: str(index.name))
        ),
        triggers=(),
        others=(),
        referrers=(),
        sequence=None,
        taken=frozenset({table.name}),
        foreign_keys=False,
        legacy_alter_table=False,
        writable_schema=False,
        schema_version=0,
        sqlite_version=_ASSUMED_VERSION,
    )


def described(stored: StoredTable, table: sa.Table, dialect: Dialect) -> StoredTable:
    """A table that is there, with columns, constraints and indexes as ``table`` describes them.

    :raises NoSuchObject: it describes a column that is not there.
    :raises ColumnLeftOut: it does not describe one that is there, which would be lost.
    """
    said = stored_of(table, dialect)
    there, given = ({folded(name) for name in one.columns} for one in (stored, said))
    for name in said.columns:
        if folded(name) not in there:
            raise NoSuchObject("column", name, stored.name, stored.columns)
    for name in stored.columns:
        if folded(name) not in given:
            raise ColumnLeftOut(stored.name, name)
    return replace(
        stored, sql=said.sql, columns=said.columns, indexes=said.indexes, writable_schema=False
    )
