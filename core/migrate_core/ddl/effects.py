"""What a statement changes that can be looked up afterwards.

A run that was killed in the middle of a statement cannot know whether the database carried it out.
Where the statement came from an operation, its effect has a name: a table that is there, a column
that is gone. Text that a person wrote has none, and neither have rows.

==================  ==============================================
``there``           the thing is there afterwards, or it is gone
``former``          the name that it had, where it was renamed
``repeatable``      it can be sent twice: it says what is to be
==================  ==============================================
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.schema import (
    AddConstraint,
    CreateIndex,
    CreateSequence,
    CreateTable,
    DropConstraint,
    DropIndex,
    DropSequence,
    DropTable,
    DropTableComment,
    SetColumnComment,
    SetTableComment,
)

from migrate_core.ddl.elements import (
    AddColumn,
    AlterColumn,
    ChangeColumn,
    ColumnDefault,
    ColumnName,
    ColumnNullable,
    DropColumn,
    DropConstraintByKind,
    RenameTable,
)
from migrate_core.ddl.objects import EnumValueAdded, RenameIndex
from migrate_core.schema import versions

Kind = Literal[
    "table",
    "column",
    "index",
    "unique",
    "foreign key",
    "check",
    "primary key",
    "sequence",
    "enum value",
    "repeatable",
]


@dataclass(frozen=True, slots=True)
class Effect:
    """What is there, or gone, once a statement was carried out.

    :param name: of the thing itself; empty for a primary key.
    :param table: that it belongs to; for a value of an enum, the type.
    :param columns: of a new table.
    """

    kind: Kind
    name: str = ""
    table: str | None = None
    schema: str | None = None
    there: bool = True
    former: str | None = None
    columns: tuple[str, ...] = ()


def effect(element: Any) -> Effect | None:
    """What the statement of ``element`` changes; None where it has no name to look for."""
    match element:
        case CreateTable(element=created):
            columns = tuple(column.name for column in created.columns)
            return Effect("table", created.name, schema=created.schema, columns=columns)
        case DropTable(element=dropped):
            return Effect("table", dropped.name, schema=dropped.schema, there=False)
        case RenameTable():
            former = element.table_name
            return Effect("table", element.new_table_name, schema=element.schema, former=former)
        case AddColumn() | DropColumn():
            there = isinstance(element, AddColumn)
            name = str(element.column.name)
            return Effect("column", name, element.table_name, element.schema, there)
        case ChangeColumn() if element.column.name != element.column_name:
            return _renamed_column(element, str(element.column.name))
        case ColumnName():
            return _renamed_column(element, str(element.newname))
        case ColumnNullable() | ColumnDefault() | ChangeColumn():
            return Effect("repeatable")
        case SetTableComment() | DropTableComment() | SetColumnComment():
            return Effect("repeatable")
        case CreateIndex(element=index) | DropIndex(element=index):
            return _index(index, there=isinstance(element, CreateIndex))
        case RenameIndex():
            former, table = element.name, element.table_name
            return Effect("index", element.new, table, element.schema, former=former)
        case AddConstraint(element=constraint) | DropConstraint(element=constraint):
            return _constraint(constraint, there=isinstance(element, AddConstraint))
        case DropConstraintByKind():
            return _dropped_by_kind(element)
        case CreateSequence(element=sequence) | DropSequence(element=sequence):
            there = isinstance(element, CreateSequence)
            return Effect("sequence", sequence.name, schema=sequence.schema, there=there)
        case EnumValueAdded():
            return Effect("enum value", element.value, element.name, element.schema)
    return None


def _renamed_column(element: AlterColumn, name: str) -> Effect:
    former = element.column_name
    return Effect("column", name, element.table_name, element.schema, former=former)


def _index(index: sa.Index, *, there: bool) -> Effect | None:
    if index.table is None or index.name is None:
        return None
    return Effect("index", str(index.name), index.table.name, index.table.schema, there)


def _constraint(constraint: sa.Constraint, *, there: bool) -> Effect | None:
    kinds: tuple[tuple[type[sa.Constraint], Kind], ...] = (
        (sa.PrimaryKeyConstraint, "primary key"),
        (sa.ForeignKeyConstraint, "foreign key"),
        (sa.UniqueConstraint, "unique"),
        (sa.CheckConstraint, "check"),
    )
    kind = next((name for type_, name in kinds if isinstance(constraint, type_)), None)
    table = constraint.table
    if kind == "primary key":
        return Effect(kind, "", table.name, table.schema, there)
    name = versions.plain_name(constraint.name)
    if kind is None or name is None:
        return None
    return Effect(kind, name, table.name, table.schema, there)


def _dropped_by_kind(element: DropConstraintByKind) -> Effect | None:
    kinds: dict[str, Kind] = {
        "FOREIGN KEY": "foreign key",
        "INDEX": "index",
        "PRIMARY KEY": "primary key",
        "CHECK": "check",
        "CONSTRAINT": "check",
    }
    kind = kinds.get(element.kind)
    if kind is None:
        return None
    return Effect(kind, element.constraint_name or "", element.table_name, element.schema, False)
