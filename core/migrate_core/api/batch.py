"""The directives inside ``with op.batch_alter_table(...)``, which collect instead of running."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement, TextClause
from sqlalchemy.sql.expression import Executable

from migrate_core.api.base import AbstractOperations, SQLType
from migrate_core.api.context import MigrationContext
from migrate_core.api.impl import DefaultImpl
from migrate_core.operations import (
    AddColumnOp,
    AddConstraintOp,
    AlterColumnOp,
    CreateCheckConstraintOp,
    CreateExcludeConstraintOp,
    CreateForeignKeyOp,
    CreateIndexOp,
    CreatePrimaryKeyOp,
    CreateTableCommentOp,
    CreateUniqueConstraintOp,
    DropColumnOp,
    DropConstraintOp,
    DropIndexOp,
    DropTableCommentOp,
    MigrateOperation,
    RenameConstraintOp,
    RenameIndexOp,
    ValidateConstraintOp,
)
from migrate_core.schema import build, versions


class BatchOperations(AbstractOperations):
    """Changes of one table, kept in ``collected`` until the block ends."""

    def __init__(
        self,
        migration_context: MigrationContext,
        table_name: str,
        *,
        schema: str | None = None,
        naming_convention: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(migration_context)
        self.table_name = table_name
        self.schema = schema
        self.collected: list[MigrateOperation] = []
        self._convention: build.Convention | None = (
            naming_convention or migration_context.naming_convention
        )

    @property
    def naming_convention(self) -> build.Convention | None:
        """What names constraints that are given no name."""
        return self._convention

    @property
    def impl(self) -> BatchImpl:
        """What implementations of one's own operations call: it collects as the directives do."""
        return BatchImpl(self)

    def _perform(self, operation: MigrateOperation) -> None:
        self.collected.append(operation)

    def execute(
        self, sqltext: Executable | str, *, execution_options: dict[str, Any] | None = None
    ) -> None:
        """Run a statement at once, before the collected changes."""
        self.migration_context.execute(sqltext, execution_options)

    # -- columns ---------------------------------------------------------------------------------

    def add_column(
        self,
        column: sa.Column[Any],
        *,
        insert_before: str | None = None,
        insert_after: str | None = None,
        if_not_exists: bool | None = None,
        inline_references: bool | None = None,
        inline_primary_key: bool | None = None,
    ) -> None:
        """Add a column, at the end or beside another one."""
        self.invoke(
            AddColumnOp(
                self.table_name,
                column,
                schema=self.schema,
                if_not_exists=if_not_exists,
                inline_references=inline_references,
                inline_primary_key=inline_primary_key,
                **_given(insert_before=insert_before, insert_after=insert_after),
            )
        )

    def alter_column(
        self,
        column_name: str,
        *,
        nullable: bool | None = None,
        comment: str | Literal[False] | None = False,
        server_default: Any = False,
        new_column_name: str | None = None,
        type_: SQLType | None = None,
        existing_type: SQLType | None = None,
        existing_server_default: Any = False,
        existing_nullable: bool | None = None,
        existing_comment: str | None = None,
        insert_before: str | None = None,
        insert_after: str | None = None,
        **kw: Any,
    ) -> None:
        """Change a column."""
        self.invoke(
            AlterColumnOp(
                self.table_name,
                column_name,
                schema=self.schema,
                existing_type=existing_type,
                existing_server_default=existing_server_default,
                existing_nullable=existing_nullable,
                existing_comment=existing_comment,
                modify_name=new_column_name,
                modify_type=type_,
                modify_server_default=server_default,
                modify_nullable=nullable,
                modify_comment=comment,
                **_given(insert_before=insert_before, insert_after=insert_after),
                **kw,
            )
        )

    def drop_column(self, column_name: str, **kw: Any) -> None:
        """Drop a column and its values."""
        self.invoke(DropColumnOp(self.table_name, column_name, schema=self.schema, **kw))

    # -- constraints -----------------------------------------------------------------------------

    def create_primary_key(self, constraint_name: str | None, columns: list[str]) -> None:
        """Add a primary key."""
        self._constrain(
            CreatePrimaryKeyOp(constraint_name, self.table_name, columns, schema=self.schema)
        )

    def create_unique_constraint(
        self, constraint_name: str | None, columns: Sequence[str], **kw: Any
    ) -> None:
        """Add a unique constraint."""
        self._constrain(
            CreateUniqueConstraintOp(
                constraint_name, self.table_name, columns, schema=self.schema, **kw
            )
        )

    def create_foreign_key(
        self,
        constraint_name: str | None,
        referent_table: str,
        local_cols: list[str],
        remote_cols: list[str],
        *,
        referent_schema: str | None = None,
        onupdate: str | None = None,
        ondelete: str | None = None,
        deferrable: bool | None = None,
        initially: str | None = None,
        match: str | None = None,
        **dialect_kw: Any,
    ) -> None:
        """Add a foreign key."""
        self._constrain(
            CreateForeignKeyOp(
                constraint_name,
                self.table_name,
                referent_table,
                local_cols,
                remote_cols,
                onupdate=onupdate,
                ondelete=ondelete,
                deferrable=deferrable,
                initially=initially,
                match=match,
                source_schema=self.schema,
                referent_schema=referent_schema,
                **dialect_kw,
            )
        )

    def create_check_constraint(
        self,
        constraint_name: str | None,
        condition: str | ColumnElement[bool] | TextClause,
        **kw: Any,
    ) -> None:
        """Add a CHECK constraint."""
        self._constrain(
            CreateCheckConstraintOp(
                constraint_name, self.table_name, condition, schema=self.schema, **kw
            )
        )

    def create_exclude_constraint(
        self, constraint_name: str | None, *elements: Any, **kw: Any
    ) -> None:
        """Add an exclusion constraint (PostgreSQL)."""
        self._constrain(
            CreateExcludeConstraintOp(
                constraint_name, self.table_name, elements, schema=self.schema, **kw
            )
        )

    def rename_constraint(
        self, constraint_name: str, new_constraint_name: str, type_: str | None = None
    ) -> None:
        """Give a constraint another name."""
        self.invoke(
            RenameConstraintOp(
                constraint_name, new_constraint_name, self.table_name, type_, schema=self.schema
            )
        )

    def drop_constraint(
        self,
        constraint_name: str | None,
        type_: str | None = None,
        *,
        if_exists: bool | None = None,
    ) -> None:
        """Drop a constraint; one without a name on SQLite, if it is the only one of its kind."""
        self.invoke(
            DropConstraintOp(
                constraint_name, self.table_name, type_, schema=self.schema, if_exists=if_exists
            )
        )

    def validate_constraint(self, constraint_name: str) -> None:
        """Check the rows that a constraint with ``postgresql_not_valid`` has not looked at."""
        self.invoke(ValidateConstraintOp(constraint_name, self.table_name, schema=self.schema))

    # -- indexes and comments --------------------------------------------------------------------

    def create_index(self, index_name: str, columns: Sequence[Any], **kw: Any) -> None:
        """Create an index."""
        self.invoke(CreateIndexOp(index_name, self.table_name, columns, schema=self.schema, **kw))

    def rename_index(self, index_name: str, new_index_name: str) -> None:
        """Give an index another name."""
        self.invoke(RenameIndexOp(index_name, new_index_name, self.table_name, schema=self.schema))

    def drop_index(self, index_name: str, **kw: Any) -> None:
        """Drop an index."""
        self.invoke(DropIndexOp(index_name, self.table_name, schema=self.schema, **kw))

    def create_table_comment(
        self, comment: str | None, *, existing_comment: str | None = None
    ) -> None:
        """Set the table's comment."""
        self.invoke(
            CreateTableCommentOp(
                self.table_name, comment, existing_comment=existing_comment, schema=self.schema
            )
        )

    def drop_table_comment(self, *, existing_comment: str | None = None) -> None:
        """Remove the table's comment."""
        self.invoke(
            DropTableCommentOp(
                self.table_name, existing_comment=existing_comment, schema=self.schema
            )
        )

    def _constrain(self, op: AddConstraintOp) -> None:
        """Collect a new constraint under the name that the convention gives it, if any."""
        if op.constraint_name is None and self._convention:
            op.constraint_name = versions.plain_name(op.to_constraint(self).name)
        self.invoke(op)


def _given(**kw: str | None) -> dict[str, str]:
    return {key: value for key, value in kw.items() if value is not None}


class BatchImpl(DefaultImpl):
    """The documented methods of a dialect's class, inside of a batch."""

    def __init__(self, batch: BatchOperations) -> None:
        inner = batch.migration_context.impl
        super().__init__(
            inner.dialect, inner.connection, inner.as_sql, None, None, inner.context_opts
        )
        self.table_name = batch.table_name
        self.schema = batch.schema
        self._batch = batch

    def _do(self, op: MigrateOperation) -> None:
        self._batch.collected.append(op)
