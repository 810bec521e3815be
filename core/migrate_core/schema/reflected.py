"""Rows into SQLAlchemy's Tables: one function for all dialects.

Foreign keys come last, because they hold the columns they point at. One whose target was not read
holds its name instead, and resolves once somebody adds that table.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.elements import conv

from migrate_core.schema.rows import (
    SQL_OPTIONS,
    CheckRow,
    ColumnRow,
    ExclusionRow,
    ForeignKeyRow,
    IndexedColumn,
    IndexRow,
    KeyRow,
    Options,
    TableRow,
)
from migrate_core.schema.versions import Target, verbatim

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import ExcludeConstraint


def metadata(tables: Iterable[TableRow]) -> sa.MetaData:
    """A fresh MetaData with these tables."""
    built = Tables(tables)
    built.all()
    return built.metadata


class Tables:
    """Tables of one MetaData, each built when it is first asked for, with those it refers to."""

    def __init__(self, rows: Iterable[TableRow]) -> None:
        self.metadata = sa.MetaData()
        self._rows = {(row.schema, row.name): row for row in rows}
        self._items: dict[tuple[str | None, str], dict[tuple[str, int], Any]] = {}

    def all(self) -> None:
        """Build every table."""
        self._build(list(self._rows))

    def table(self, schema: str | None, name: str) -> sa.Table:
        """The table of that row."""
        self._build([(schema, name)])
        return self.metadata.tables[_key(schema, name)]

    def item(self, schema: str | None, name: str, kind: str, place: int) -> Any:
        """What was built of one row: the ``place``-th of that field of the TableRow."""
        self._build([(schema, name)])
        return self._items[schema, name][kind, place]

    def _build(self, wanted: list[tuple[str | None, str]]) -> None:
        """Tables first, then their keys: some refer to one another in a circle."""
        fresh: list[TableRow] = []
        while wanted:
            key = wanted.pop()
            row = self._rows.get(key)
            if row is None or key in self._items:
                continue
            self._items[key] = _table(row, self.metadata)
            fresh.append(row)
            wanted += [(each.referred_schema, each.referred_table) for each in row.foreign_keys]
        for row in fresh:
            table = self.metadata.tables[_key(row.schema, row.name)]
            for place, each in enumerate(row.foreign_keys):
                key_constraint = _foreign_key(each, self.metadata)
                table.append_constraint(key_constraint)
                self._items[row.schema, row.name]["foreign_keys", place] = key_constraint


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


def _table(row: TableRow, into: sa.MetaData) -> dict[tuple[str, int], Any]:
    """Build one table; its items by the field and place of their row."""
    items: dict[tuple[str, int], Any] = {}
    for place, unique in enumerate(row.uniques):
        items["uniques", place] = _unique(unique)
    for place, check in enumerate(row.checks):
        items["checks", place] = _check(check)
    for place, exclusion in enumerate(row.exclusions):
        items["exclusions", place] = _exclusion(exclusion)
    constraints: list[SchemaItem] = list(items.values())
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
    items["primary_key", 0] = table.primary_key
    for place, index in enumerate(row.indexes):
        items["indexes", place] = _index_on(index, table)
    return items


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
    # As it is stored: a convention with %(constraint_name)s would make another name of it.
    name = None if row.name is None else conv(row.name)
    return sa.CheckConstraint(verbatim(row.condition), name=name, **row.options)


def _exclusion(row: ExclusionRow) -> ExcludeConstraint:
    from sqlalchemy.dialects.postgresql import ExcludeConstraint

    return ExcludeConstraint(
        *((verbatim(text), operator) for text, operator in row.elements),
        name=row.name,
        using=row.using,
        where=None if row.where is None else verbatim(row.where),
        deferrable=row.deferrable,
        initially=row.initially,
    )


def _foreign_key(row: ForeignKeyRow, among: sa.MetaData) -> sa.ForeignKeyConstraint:
    target = among.tables.get(_key(row.referred_schema, row.referred_table))
    named = Target(row.referred_schema or None, row.referred_table, None)
    columns: list[Any] = [
        named._replace(column=name).spelled
        if target is None or name not in target.c
        else target.c[name]
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


def _index_on(row: IndexRow, table: sa.Table) -> sa.Index:
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
    return index


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
