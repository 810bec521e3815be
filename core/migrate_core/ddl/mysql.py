"""MySQL and MariaDB: no transactional DDL; an altered column is restated whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.types import to_instance

from migrate_core.ddl.base import DDL, existing
from migrate_core.ddl.elements import ChangeColumn, ColumnDefault, DropConstraintByKind, Element
from migrate_core.ddl.objects import RenameIndex
from migrate_core.ddl.script import ScriptStyle
from migrate_core.errors import UnsupportedOperation
from migrate_core.operations import (
    AddColumnOp,
    AlterColumnOp,
    CreateIndexOp,
    CreatePrimaryKeyOp,
    DropColumnOp,
    DropConstraintOp,
    DropIndexOp,
    MigrateOperation,
    RenameConstraintOp,
    RenameIndexOp,
    ValidateConstraintOp,
    describe,
)
from migrate_core.schema import versions


class MySQLDDL(DDL):
    """MySQL manual 15.1.9, "ALTER TABLE"."""

    script = ScriptStyle(begin=None, commit=None)
    unconditional: ClassVar[tuple[type[MigrateOperation], ...]] = (
        AddColumnOp,
        DropColumnOp,
        CreateIndexOp,
        DropIndexOp,
        DropConstraintOp,
    )
    defers = False
    matches = False
    inlines_references = False  # 15.1.20.5: parsed, and ignored
    index_needs_table = True
    check_keyword = "CHECK"

    def add_column(self, op: AddColumnOp) -> Iterator[Element]:
        counting = op.column.primary_key and op.column_on_table().table.autoincrement_column
        if counting is not None and counting is not False and not op.inline_primary_key:
            raise UnsupportedOperation(
                describe(op),
                self.dialect.name,
                "an AUTO_INCREMENT column has to be a key from the start",
                "Give inline_primary_key=True, or the column autoincrement=False.",
            )
        yield from super().add_column(op)

    def old_type_checks(self, op: AlterColumnOp) -> Iterator[Element]:
        """Left as they are: op.drop_constraint(name, table, "check") drops one."""
        yield from ()

    def properties(self, op: AlterColumnOp) -> Iterator[Element]:
        """One CHANGE or MODIFY with all that the column keeps; a default alone needs less."""
        if isinstance(op.modify_server_default, sa.Identity) or isinstance(
            op.existing_server_default, sa.Identity
        ):
            self.column_identity(op)
        if self._is_default_only(op):
            default = op.modify_server_default
            yield ColumnDefault(op.table_name, op.column_name, default, **existing(op))
        elif self._is_more_than_default(op) or op.modify_server_default is not False:
            yield self._restated(op)

    def _is_more_than_default(self, op: AlterColumnOp) -> bool:
        return (
            op.modify_name is not None
            or op.modify_nullable is not None
            or op.modify_type is not None
            or op.modify_comment is not False
            or op.kw.get("autoincrement") is not None
        )

    def _is_default_only(self, op: AlterColumnOp) -> bool:
        """ALTER COLUMN takes a literal default, and no expression for dates."""
        if op.modify_server_default is False or self._is_more_than_default(op):
            return False
        dated = op.existing_type is not None and isinstance(
            to_instance(op.existing_type), (sa.DateTime, sa.TIMESTAMP)
        )
        return not (dated and op.modify_server_default is not None)

    def _restated(self, op: AlterColumnOp) -> Element:
        type_ = op.modify_type if op.modify_type is not None else op.existing_type
        if type_ is None:
            raise UnsupportedOperation(
                f"changing {op.table_name}.{op.column_name}",
                self.dialect.name,
                "the column is restated whole, and its type is not given",
                "Give existing_type= (and existing_nullable=, existing_server_default=, "
                "existing_comment= where the column has them).",
            )
        default = _chosen(op.modify_server_default, op.existing_server_default)
        comment = _chosen(op.modify_comment, op.existing_comment)
        nullable = op.modify_nullable if op.modify_nullable is not None else op.existing_nullable
        autoincrement = op.kw.get("autoincrement", op.kw.get("existing_autoincrement"))
        column: sa.Column[Any] = sa.Column(
            op.modify_name or op.column_name,
            to_instance(type_),
            nullable=True if nullable is None else nullable,
            server_default=None if default is False else default,
            comment=comment or None,
        )
        dated = isinstance(to_instance(type_), (sa.DateTime, sa.TIMESTAMP))
        default_alone = op.modify_server_default is not False and not self._is_more_than_default(op)
        return ChangeColumn(
            op.table_name,
            column,
            column_name=op.column_name,
            change=op.modify_name is not None or (dated and default_alone),
            autoincrement=autoincrement,
            schema=op.schema,
        )

    def drop_constraint(self, op: DropConstraintOp) -> Iterator[Element]:
        """DROP FOREIGN KEY, INDEX, PRIMARY KEY or CHECK: the kind has to be known."""
        constraint = self.constraint_to_drop(op)
        keyword = {
            "foreignkey": "FOREIGN KEY",
            "unique": "INDEX",
            "primary": "PRIMARY KEY",
            "primarykey": "PRIMARY KEY",
            "check": self.check_keyword,
        }.get(op.constraint_type or "")
        if keyword is None:
            raise UnsupportedOperation(
                f"dropping constraint {op.constraint_name} of {op.table_name}",
                self.dialect.name,
                "each kind of constraint is dropped in its own words, and no kind is given",
                "Give type_='foreignkey', 'unique', 'primary' or 'check'.",
            )
        if keyword == "PRIMARY KEY":
            self.refuse_condition(op, CreatePrimaryKeyOp)
        name = None if keyword == "PRIMARY KEY" else str(constraint.name)
        yield DropConstraintByKind(op.table_name, name, keyword, op.schema, op.if_exists)

    def rename_constraint(self, op: RenameConstraintOp) -> Iterator[Element]:
        """A unique constraint is an index; the others cannot be renamed."""
        if op.constraint_type != "unique":
            raise UnsupportedOperation(
                describe(op),
                self.dialect.name,
                "only a unique constraint, which is an index, can be renamed",
                "Give type_='unique' if it is one; else drop it and create it again: "
                "op.drop_constraint(...), op.create_...(...).",
            )
        yield RenameIndex(op.constraint_name, op.new_constraint_name, op.table_name, op.schema)

    def rename_index(self, op: RenameIndexOp) -> Iterator[Element]:
        """RENAME INDEX of its table."""
        if op.table_name is None:
            raise UnsupportedOperation(
                describe(op),
                self.dialect.name,
                "an index belongs to its table, and no table is given",
                "Give table_name as well.",
            )
        yield from super().rename_index(op)

    def validate_constraint(self, op: ValidateConstraintOp) -> Iterator[Element]:
        """Nothing: a constraint is added valid or not at all."""
        yield from ()


class MariaDBDDL(MySQLDDL):
    """MariaDB documentation, "ALTER TABLE": a CHECK is dropped by DROP CONSTRAINT."""

    unconditional = (CreatePrimaryKeyOp,)
    inlines_references = True  # since 10.5
    check_keyword = "CONSTRAINT"

    def adapt(self, column: sa.Column[Any]) -> None:
        """What the grammar of a column lacks (MariaDB documentation, "CREATE TABLE").

        A computed column takes no NOT NULL, and a CHECK at a column no name: it goes to the table.
        """
        if column.computed is not None:
            column.nullable = True
        named = [check for check in column.constraints if versions.plain_name(check.name)]
        for check in sorted(named, key=lambda check: str(check.name)):
            column.constraints.discard(check)
            column.table.append_constraint(versions.copied(check))


def _chosen(modified: Any, existing: Any) -> Any:
    """What a default or comment will be: False says that it is left alone."""
    return existing if modified is False else modified
