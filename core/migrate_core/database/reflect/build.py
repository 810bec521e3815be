"""Rows into SQLAlchemy's Tables: one function for all dialects.

Foreign keys come last, because they hold the columns they point at. One whose target was not read
holds its name instead, and resolves once somebody adds that table.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import SchemaItem

from migrate_core.database.reflect.rows import (
    SQL_OPTIONS,
    CheckRow,
    ColumnRow,
    ForeignKeyRow,
    IndexedColumn,
    IndexRow,
    KeyRow,
    Options,
    TableRow,
)
from migrate_core.schema.versions import verbatim


def metadata(tables: Iterable[TableRow]) -> sa.MetaData:
    """A fresh MetaData with these tables."""
    built = sa.MetaData()
    rows = list(tables)
    for row in rows:
        _table(row, built)
    for row in rows:
        table = built.tables[_key(row.schema, row.name)]
        for key in row.foreign_keys:
            table.append_constraint(_foreign_key(key, built))
    return built


def column(row: ColumnRow) -> sa.Column[Any]:
    """One column, attached to nothing."""
    generated: list[SchemaItem] = []
    if row.computed is not None:
        generated.append(sa.Computed(verbatim(row.computed.expression), row.computed.stored))
    if row.identity is not None:
        generated.append(sa.Identity(always=row.identity.always, **row.identity.options))
    return sa.Column(
        row.name,
        row.type,
        *generated,
        nullable=row.nullable,
        server_default=None if row.default is None else sa.DefaultClause(verbatim(row.default)),
        autoincrement=row.autoincrement,
        comment=row.comment,
        **row.options,
    )


def _key(schema: str | None, name: str) -> str:
    return name if schema is None else f"{schema}.{name}"


def _table(row: TableRow, into: sa.MetaData) -> None:
    constraints: list[SchemaItem] = [_unique(key) for key in row.uniques]
    constraints += [_check(check) for check in row.checks]
    if row.primary_key is not None:
        constraints.append(_primary_key(row.primary_key))
    table = sa.Table(
        row.name,
        into,
        *(column(each) for each in row.columns),
        *constraints,
        schema=row.schema,
        comment=row.comment,
        **row.options,
    )
    for index in row.indexes:
        _add_index(index, table)


def _primary_key(row: KeyRow) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(
        *row.columns,
        name=row.name,
        deferrable=row.deferrable,
        initially=row.initially,
        **row.options,
    )


def _unique(row: KeyRow) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(
        *row.columns,
        name=row.name,
        deferrable=row.deferrable,
        initially=row.initially,
        **row.options,
    )


def _check(row: CheckRow) -> sa.CheckConstraint:
    return sa.CheckConstraint(verbatim(row.condition), name=row.name, **row.options)


def _foreign_key(row: ForeignKeyRow, among: sa.MetaData) -> sa.ForeignKeyConstraint:
    target_key = _key(row.referred_schema, row.referred_table)
    target = among.tables.get(target_key)
    columns: list[Any] = [
        f"{target_key}.{name}" if target is None or name not in target.c else target.c[name]
        for name in row.referred_columns or row.columns
    ]
    return sa.ForeignKeyConstraint(
        row.columns,
        columns,
        name=row.name,
        onupdate=row.onupdate,
        ondelete=row.ondelete,
        deferrable=row.deferrable,
        initially=row.initially,
        match=row.match,
        link_to_name=True,
        **row.options,
    )


def _add_index(row: IndexRow, table: sa.Table) -> None:
    elements = [
        _indexed(element, table) if isinstance(element, IndexedColumn) else verbatim(element.text)
        for element in row.elements
    ]
    index = sa.Index(
        row.name,
        *elements,
        unique=row.unique,
        info={"implicit": True} if row.implicit else None,
        **_with_sql(row.options),
    )
    if index.table is None:
        table.append_constraint(index)  # text() alone binds to no table


def _indexed(element: IndexedColumn, table: sa.Table) -> Any:
    indexed: Any = table.c[element.name]
    if element.descending:
        indexed = indexed.desc()
    if element.nulls is not None:
        indexed = indexed.nulls_first() if element.nulls == "first" else indexed.nulls_last()
    return indexed


def _with_sql(options: Options) -> dict[str, Any]:
    return {
        name: verbatim(value) if name in SQL_OPTIONS else value for name, value in options.items()
    }
