"""SQLite, which changes an existing table by rebuilding it (``batch``)."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from migrate_core.ddl.base import DDL
from migrate_core.ddl.elements import Element
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


class SQLiteDDL(DDL):
    """https://www.sqlite.org/lang_altertable.html; DDL is transactional where BEGIN is real."""

    transactional = True
    alters_by_rebuild = True

    def elements(self, op: MigrateOperation) -> Iterator[Element]:
        match op:
            case CreateTableCommentOp() | DropTableCommentOp() | ValidateConstraintOp():
                return
            case ReplaceViewOp():
                yield DropView(op.name, op.schema, if_exists=True)
                yield CreateView(op.name, op.definition, op.columns, op.schema)
                return
            case (
                AlterColumnOp()
                | AddColumnOp()
                | DropColumnOp()
                | AddConstraintOp()
                | DropConstraintOp()
                | RenameConstraintOp()
                | RenameIndexOp()
            ):
                raise UnsupportedOperation(
                    describe(op),
                    self.dialect.name,
                    "its ALTER TABLE cannot do it, and the table's definition is not at hand",
                    "Run it on a connection, where the table can be read and rebuilt.",
                )
        yield from super().elements(op)

    def comes_late(self, key: sa.ForeignKeyConstraint) -> bool:
        """Never: SQLite does not look at the referred table when a foreign key is created."""
        return False
