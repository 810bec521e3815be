"""PostgreSQL: transactional DDL, named enum types, USING."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeDecorator, TypeEngine, to_instance

from migrate_core.ddl import by_name
from migrate_core.ddl.base import DDL, existing
from migrate_core.ddl.elements import ColumnName, ColumnType, CreateEnum, DropEnum, Element
from migrate_core.ddl.objects import EnumReplaced, EnumValueAdded, EnumValueRenamed
from migrate_core.errors import UnsupportedOperation
from migrate_core.operations import (
    AddColumnOp,
    AddConstraintOp,
    AlterColumnOp,
    AlterEnumOp,
    CreateEnumOp,
    CreateIndexOp,
    CreateUniqueConstraintOp,
    DropConstraintOp,
    DropEnumOp,
)
from migrate_core.schema import versions
from migrate_core.schema.type_texts import TypeTexts


class PostgreSQLDDL(DDL):
    """PostgreSQL manual, "ALTER TABLE", "CREATE TYPE"."""

    transactional = True
    materializes = True
    excludes = True

    @cached_property
    def _names_suffice(self) -> bool:
        """Whether no listener waits for SQLAlchemy's objects; asked once in a run."""
        return not by_name.is_heard()

    @cached_property
    def _types(self) -> TypeTexts:
        """The texts of types, for all statements of a run."""
        return TypeTexts(self.dialect)

    def create_index(self, op: CreateIndexOp) -> Element:
        if self._names_suffice and by_name.is_plain_index(op, self.naming):
            return by_name.IndexByName(op, partial(op.to_index, self.naming))
        return super().create_index(op)

    def add_constraint(self, op: AddConstraintOp) -> Element:
        plain = isinstance(op, CreateUniqueConstraintOp) and by_name.is_plain_unique(
            op, self.naming
        )
        if plain and self._names_suffice:
            return by_name.UniqueByName(op, partial(op.to_constraint, self.naming))
        return super().add_constraint(op)

    def drop_constraint(self, op: DropConstraintOp) -> Iterator[Element]:
        if self._names_suffice and by_name.is_plain_drop(op, self.naming):
            yield by_name.DropConstraintByName(op, partial(self.constraint_to_drop, op))
        else:
            yield from super().drop_constraint(op)

    def add_column(self, op: AddColumnOp) -> Iterator[Element]:
        if self._names_suffice and by_name.is_plain_column(op):
            yield by_name.PlainColumn(op, partial(op.column_on_table, self.naming), self._types)
        else:
            yield from super().add_column(op)

    def properties(self, op: AlterColumnOp) -> Iterator[Element]:
        """The type first: a new default or NOT NULL is about values of the new type."""
        if op.kw.get("postgresql_using") and op.modify_type is None:
            raise UnsupportedOperation(
                f"postgresql_using on {op.table_name}.{op.column_name}",
                self.dialect.name,
                "it says how values become another type, and no type_ is given",
                "Give type_ as well, or leave postgresql_using out.",
            )
        if op.modify_type is not None:
            yield from self.column_type(op)
        if op.modify_nullable is not None:
            yield self.column_nullable(op)
        if op.modify_server_default is not False:
            yield self.column_default(op)
        if op.modify_comment is not False:
            yield from self.column_comment(op)
        if op.modify_name is not None:
            yield ColumnName(op.table_name, op.column_name, op.modify_name, **existing(op))

    def column_type(self, op: AlterColumnOp) -> Iterator[Element]:
        new = to_instance(op.modify_type)
        yield from self.before_column(new)
        using = op.kw.get("postgresql_using")
        yield ColumnType(op.table_name, op.column_name, new, using, **existing(op))

    def before_column(self, type_: TypeEngine[Any]) -> Iterator[Element]:
        """The enum types that a column needs, created unless they are there."""
        for enum in named_enums(type_, self.dialect):
            if enum.create_type:
                yield CreateEnum(str(enum.name), enum.enums, enum.schema)

    def refuse_constraint(self, constraint: sa.Constraint) -> None:
        super().refuse_constraint(constraint)
        if isinstance(constraint, sa.CheckConstraint) and constraint.deferrable:
            raise UnsupportedOperation(
                f"deferrable CHECK {constraint.name} on {constraint.table.name}",
                self.dialect.name,
                "it checks each CHECK at once",
                "Leave deferrable= out, or use a constraint trigger.",
            )

    def named_type(self, op: CreateEnumOp | AlterEnumOp | DropEnumOp) -> Iterator[Element]:
        match op:
            case CreateEnumOp():
                yield CreateEnum(op.name, op.values, op.schema)
            case AlterEnumOp():
                yield from self.alter_enum(op)
            case DropEnumOp():
                yield DropEnum(op.name, op.schema)

    def alter_enum(self, op: AlterEnumOp) -> Iterator[Element]:
        """RENAME VALUE, then ADD VALUE each at its place; else a new type in the old one's."""
        for old, new in op.rename.items():
            yield EnumValueRenamed(op.name, old, new, op.schema)
        if not op.only_adds:
            yield EnumReplaced(op.name, op.values, op.replace, op.schema)
            return
        present = set(op.renamed_values)
        for place, value in enumerate(op.values):
            if value in present:
                continue
            following = next((each for each in op.values[place:] if each in present), None)
            yield EnumValueAdded(op.name, value, op.schema, before=following)
            present.add(value)


def named_enums(type_: TypeEngine[Any], dialect: Any) -> Iterator[postgresql.ENUM]:
    """The enum types that ``type_`` is, or holds, on PostgreSQL."""
    if not versions.may_hold_enums(type_):
        return
    found = type_.dialect_impl(dialect)
    while isinstance(found, TypeDecorator):
        found = found.impl_instance.dialect_impl(dialect)
    if isinstance(found, postgresql.ARRAY):
        yield from named_enums(found.item_type, dialect)
    elif isinstance(found, postgresql.ENUM) and found.name:
        yield found
