"""PostgreSQL's statements that need names alone: their SQLAlchemy objects are made when asked for.

::

    CreateIndex                DropConstraint
    └── IndexByName            └── DropConstraintByName
    AddConstraint              AddColumn
    └── UniqueByName           └── PlainColumn

A Table costs several times as much as the rest of such a statement, and a history has thousands. So
``element`` (of AddColumn ``column``) is there for whoever asks: a function of the project's own for
one of these constructs, or what looks an effect up. The text is written from the names as long as
nothing but SQLAlchemy's own compiler would take part in it; otherwise as for the base class. Where
a listener hears of tables and columns being put together, they are, as for any other database.

What is plain has no dialect's options, no expressions, and no naming convention that could change a
name; of columns, a type of SQLAlchemy's own that brings nothing with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import AddConstraint, CreateIndex, DropConstraint
from sqlalchemy.types import SchemaType

from migrate_core.ddl.compile import Compiler, add_column, adding_column, alter_table, quoted
from migrate_core.ddl.elements import AddColumn, AlterTable
from migrate_core.operations import (
    AddColumnOp,
    CreateIndexOp,
    CreateUniqueConstraintOp,
    DropConstraintOp,
    NamingSource,
)
from migrate_core.operations.base import convention_of
from migrate_core.schema import build, versions
from migrate_core.schema.type_texts import TypeTexts

Item = TypeVar("Item", bound=sa.schema.SchemaItem)

_DIALECT = "sqlalchemy.dialects.postgresql."


# -- which operations ------------------------------------------------------------------------------


def is_heard() -> bool:
    """Whether a listener of the project's own hears of these objects being put together."""
    return any(map(versions.is_listened_to, _KINDS))


_KINDS = (
    sa.Table,
    sa.Column,
    sa.Index,
    sa.UniqueConstraint,
    sa.CheckConstraint,
    sa.ForeignKeyConstraint,
)


def is_plain_index(op: CreateIndexOp, naming: NamingSource | None) -> bool:
    """Whether names are all that there is of an index."""
    return type(op) is CreateIndexOp and _lists_names(op, op.index_name, naming)


def is_plain_unique(op: CreateUniqueConstraintOp, naming: NamingSource | None) -> bool:
    """Whether names are all that there is of a unique constraint."""
    return type(op) is CreateUniqueConstraintOp and _lists_names(op, op.constraint_name, naming)


def is_plain_drop(op: DropConstraintOp, naming: NamingSource | None) -> bool:
    """Whether a constraint is dropped by the very name that is given."""
    return (
        type(op) is DropConstraintOp
        and op.constraint_type in ("unique", "check", "foreignkey")
        and _keeps_name(op.constraint_name, naming)
        and _is_place(op.table_name, op.schema)
    )


def is_plain_column(op: AddColumnOp) -> bool:
    """Whether a new column is name, type, default and nullability, and belongs to no table yet."""
    column = op.column
    return (
        type(op) is AddColumnOp
        and type(column) is sa.Column
        and bool(column.name)
        and column.key == column.name
        and getattr(column, "table", None) is None
        and not (column.primary_key or column.index or column.unique or column.comment)
        and not (column.foreign_keys or column.constraints)
        and not (column.default or column.onupdate or column.computed or column.identity)
        and _brings_nothing(column.type)
        and _is_place(op.table_name, op.schema)
    )


def _lists_names(
    op: CreateIndexOp | CreateUniqueConstraintOp, name: str | None, naming: NamingSource | None
) -> bool:
    """Whether it lists columns of a table by their names, under a name, and says no more."""
    return (
        not op.kw
        and _are_names(op.columns)
        and _keeps_name(name, naming)
        and _is_place(op.table_name, op.schema)
    )


def _are_names(columns: Sequence[Any]) -> bool:
    """Whether they are names, each there once."""
    return (
        isinstance(columns, (list, tuple))
        and all(type(each) is str and each for each in columns)
        and 0 < len(columns) == len(set(columns))
    )


def _keeps_name(name: str | None, naming: NamingSource | None) -> bool:
    """Whether a name is given that no convention changes."""
    return type(name) is str and name != "" and build.is_usual(convention_of(naming))


def _is_place(table_name: str, schema: str | None) -> bool:
    return type(table_name) is str and table_name != "" and type(schema) in (str, type(None))


def _brings_nothing(type_: sa.types.TypeEngine[Any]) -> bool:
    """Whether a type is SQLAlchemy's own, and needs nothing beside the column that has it."""
    return (
        type(type_).__module__.startswith("sqlalchemy.")
        and not isinstance(type_, SchemaType)
        and not versions.may_hold_enums(type_)
        and not versions.is_compiled_by_others(type(type_))
    )


# -- elements --------------------------------------------------------------------------------------


class _ByName(Generic[Item]):
    """A statement that holds its operation; mypy minds that a property is there for a value.

    :param make: makes the SQLAlchemy object that the statement is about.
    """

    def __init__(self, op: Any, make: Callable[[], Item]) -> None:
        self.op = op
        self._make = make

    @cached_property
    def element(self) -> Item:
        """What the statement is about, on a stub of its table."""
        return self._make()

    @property
    def target(self) -> Item:
        """The same, under SQLAlchemy's other name for it."""
        return self.element


class IndexByName(_ByName[sa.Index], CreateIndex):  # type: ignore[misc, override]
    """``CREATE INDEX``."""

    def __init__(self, op: CreateIndexOp, make: Callable[[], sa.Index]) -> None:
        super().__init__(op, make)
        self.if_not_exists = bool(op.if_not_exists)


class UniqueByName(_ByName[sa.Constraint], AddConstraint):  # type: ignore[misc]
    """``ADD CONSTRAINT ... UNIQUE``."""

    if_not_exists = False

    @cached_property
    def element(self) -> sa.Constraint:  # type: ignore[override]
        """The constraint, which is in no CREATE TABLE: the base class marks it so."""
        return AddConstraint(self._make()).element


class DropConstraintByName(_ByName[sa.Constraint], DropConstraint):  # type: ignore[misc, override]
    """``DROP CONSTRAINT``."""

    cascade = False

    def __init__(self, op: DropConstraintOp, make: Callable[[], sa.Constraint]) -> None:
        super().__init__(op, make)
        self.if_exists = bool(op.if_exists)


class PlainColumn(AddColumn):
    """``ADD COLUMN``.

    :param make: makes a column on a stub of the table of the one that the operation has.
    :param types: the texts of the run's types.
    """

    def __init__(
        self, op: AddColumnOp, make: Callable[[], sa.Column[Any]], types: TypeTexts
    ) -> None:
        AlterTable.__init__(self, op.table_name, op.schema)
        self.op = op
        self.if_not_exists = op.if_not_exists
        self.inline_references = op.inline_references
        self.inline_primary_key = op.inline_primary_key
        self.types = types
        self._make = make

    @cached_property
    def column(self) -> sa.Column[Any]:  # type: ignore[override]
        """The new column, on a stub of its table."""
        return self._make()


# -- their text ------------------------------------------------------------------------------------


@compiles(IndexByName)
def _index(element: IndexByName, compiler: Compiler, **kw: Any) -> str:
    op = element.op
    if not _writes_names(compiler, op.index_name, CreateIndex, sa.Index, sa.Column):
        return versions.compiled_as(CreateIndex, element, compiler, **kw)
    unique = "UNIQUE " if op.unique else ""
    guard = "IF NOT EXISTS " if element.if_not_exists else ""
    name = compiler.preparer.quote(op.index_name)
    table = quoted(compiler, op.table_name, op.schema)
    return f"CREATE {unique}INDEX {guard}{name} ON {table} ({_listed(compiler, op.columns)})"


@compiles(UniqueByName)
def _unique(element: UniqueByName, compiler: Compiler, **kw: Any) -> str:
    op = element.op
    if not _writes_names(compiler, op.constraint_name, AddConstraint, sa.UniqueConstraint):
        return versions.compiled_as(AddConstraint, element, compiler, **kw)
    table = alter_table(compiler, op.table_name, op.schema)
    name = compiler.preparer.quote(op.constraint_name)
    return f"{table} ADD CONSTRAINT {name} UNIQUE ({_listed(compiler, op.columns)})"


@compiles(DropConstraintByName)
def _drop_constraint(element: DropConstraintByName, compiler: Compiler, **kw: Any) -> str:
    op = element.op
    if not _writes_names(compiler, op.constraint_name, DropConstraint):
        return versions.compiled_as(DropConstraint, element, compiler, **kw)
    guard = "IF EXISTS " if element.if_exists else ""
    table = alter_table(compiler, op.table_name, op.schema)
    return f"{table} DROP CONSTRAINT {guard}{compiler.preparer.quote(op.constraint_name)}"


@compiles(PlainColumn)
def _add_column(element: PlainColumn, compiler: Compiler, **kw: Any) -> str:
    ours = versions.compiling(AddColumn, compiler.dialect.name) is add_column
    if not (ours and _is_built_in(compiler)):
        return versions.compiled_as(AddColumn, element, compiler, **kw)
    column = element.op.column
    text = f"{compiler.preparer.quote(column.name)} {element.types(column.type)}"
    default = compiler.get_column_default_string(column)
    if default is not None:
        text += f" DEFAULT {default}"
    return adding_column(compiler, element, text if column.nullable else f"{text} NOT NULL")


def _writes_names(compiler: Compiler, name: str, *constructs: type[Any]) -> bool:
    """Whether the statement that names something so is as it is written here.

    :param constructs: what SQLAlchemy would compile for it.
    """
    return (
        _is_built_in(compiler)
        and len(name) <= compiler.dialect.max_identifier_length
        and not any(map(versions.is_compiled_by_others, constructs))
    )


def _is_built_in(compiler: Compiler) -> bool:
    """Whether all that writes the statement is SQLAlchemy's own, and no schema is translated."""
    return (
        type(compiler).__module__.startswith(_DIALECT)
        and type(compiler.preparer).__module__.startswith(_DIALECT)
        and type(compiler.dialect).__module__.startswith(_DIALECT)
        and not compiler.schema_translate_map
    )


def _listed(compiler: Compiler, names: Sequence[str]) -> str:
    return ", ".join(map(compiler.preparer.quote, names))
