"""SQLite, where a connection changes an existing table by rebuilding it (``batch``).

What is here is what its ALTER TABLE does without knowing the table, for scripts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from migrate_core.ddl.base import DDL, existing
from migrate_core.ddl.elements import AddColumn, ColumnName, Element
from migrate_core.ddl.objects import CreateView, DropView
from migrate_core.errors import UnsupportedOperation
from migrate_core.operations import (
    AddColumnOp,
    AddConstraintOp,
    AlterColumnOp,
    CreateTableCommentOp,
    DropColumnOp,
    DropConstraintOp,
    DropTableCommentOp,
    MigrateOperation,
    RenameConstraintOp,
    RenameIndexOp,
    ReplaceViewOp,
    ValidateConstraintOp,
    describe,
)
from migrate_core.schema import versions

_LITERAL = re.compile(r"\(*\s*[-+]?(\d[\w.]*|x?'([^']|'')*'|NULL|TRUE|FALSE)\s*\)*", re.IGNORECASE)


class SQLiteDDL(DDL):
    """https://www.sqlite.org/lang_altertable.html; DDL is transactional where BEGIN is real."""

    transactional = True
    alters_by_rebuild = True
    has_schemas = False
    unconditional = (AddColumnOp, DropColumnOp)

    def elements(self, op: MigrateOperation) -> Iterator[Element]:
        match op:
            case CreateTableCommentOp() | DropTableCommentOp() | ValidateConstraintOp():
                return
            case ReplaceViewOp():
                yield DropView(op.name, op.schema, if_exists=True)
                yield CreateView(op.name, op.definition, op.columns, op.schema)
                return
            case AddConstraintOp() | DropConstraintOp():
                raise self._unknown_table(describe(op), "it has no ALTER of constraints")
            case RenameConstraintOp() | RenameIndexOp():
                raise self._unknown_table(describe(op), "it has no statement for that")
        yield from super().elements(op)

    def refuse_constraint(self, constraint: sa.Constraint) -> None:
        super().refuse_constraint(constraint)
        timed = constraint.deferrable is not None or constraint.initially is not None
        if timed and not isinstance(constraint, sa.ForeignKeyConstraint):
            raise UnsupportedOperation(
                f"deferrable constraint {constraint.name} on {constraint.table.name}",
                self.dialect.name,
                "it defers foreign keys alone",
                "Leave deferrable= and initially= out for this database.",
            )

    def comes_late(self, key: sa.ForeignKeyConstraint) -> bool:
        """Never: SQLite does not look at the referred table when a foreign key is created."""
        return False

    def add_column(self, op: AddColumnOp) -> Iterator[Element]:
        """ADD COLUMN with all its constraints at its side: there is no other place for them."""
        column = op.column_on_table(self.naming)
        table = column.table
        assert isinstance(table, sa.Table)
        for obstacle in self._obstacles(column):
            raise self._unknown_table(describe(op), obstacle)
        yield AddColumn(op.table_name, column, op.schema)
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            yield self.index(index, if_not_exists=False)

    def _obstacles(self, column: sa.Column[Any]) -> Iterator[str]:
        """What ADD COLUMN refuses, the second of the page's sections."""
        constraints = column.table.constraints
        default = versions.ddl_compiler(self.dialect).get_column_default_string(column)
        valueless = default is None or default.strip("() ").upper() == "NULL"
        if column.primary_key or any(isinstance(c, sa.UniqueConstraint) for c in constraints):
            yield "a new column cannot be a key"
        if column.computed is not None:
            if column.computed.persisted:
                yield "a new column cannot be computed and stored"
            return
        if default is not None and not _LITERAL.fullmatch(default):
            yield "the default of a new column has to be a literal"
        if not column.nullable and valueless:
            yield "a new NOT NULL column has to have a default"
        if column.foreign_keys and not valueless:
            yield "a new column with a foreign key has to default to NULL"

    def alter_column(self, op: AlterColumnOp) -> Iterator[Element]:
        """RENAME COLUMN; there is no ALTER COLUMN, and there are no comments."""
        self.refuse_computed(op)
        if (
            op.modify_type is not None
            or op.modify_nullable is not None
            or op.modify_server_default is not False
        ):
            raise self._unknown_table(describe(op), "it has no ALTER COLUMN")
        if op.modify_name is not None:
            yield ColumnName(op.table_name, op.column_name, op.modify_name, **existing(op))

    def _unknown_table(self, operation: str, reason: str) -> UnsupportedOperation:
        return UnsupportedOperation(
            operation,
            self.dialect.name,
            f"{reason}, and a table of unknown definition cannot be rebuilt",
            "Run it on a connection, where the table is read and rebuilt. For a script, start at "
            "base, or tell the table: op.batch_alter_table(..., copy_from=sa.Table(...)).",
        )
