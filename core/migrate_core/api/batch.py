"""The directives inside ``with op.batch_alter_table(...)``, which collect instead of running."""

from __future__ import annotations

from collections.abc import Mapping

from migrate_core.api.base import AbstractOperations, directive
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
    ExecuteSQLOp,
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
        if isinstance(operation, ExecuteSQLOp):  # documented: at once, before what is collected
            self.migration_context.perform(operation)
            return
        if isinstance(operation, AddConstraintOp):
            self._name(operation)
        self.collected.append(operation)

    # -- columns ---------------------------------------------------------------------------------

    add_column = directive(AddColumnOp.batch_add_column)
    alter_column = directive(AlterColumnOp.batch_alter_column)
    drop_column = directive(DropColumnOp.batch_drop_column)

    # -- constraints -----------------------------------------------------------------------------

    create_primary_key = directive(CreatePrimaryKeyOp.batch_create_primary_key)
    create_unique_constraint = directive(CreateUniqueConstraintOp.batch_create_unique_constraint)
    create_foreign_key = directive(CreateForeignKeyOp.batch_create_foreign_key)
    create_check_constraint = directive(CreateCheckConstraintOp.batch_create_check_constraint)
    create_exclude_constraint = directive(CreateExcludeConstraintOp.batch_create_exclude_constraint)
    rename_constraint = directive(RenameConstraintOp.batch_rename_constraint)
    drop_constraint = directive(DropConstraintOp.batch_drop_constraint)
    validate_constraint = directive(ValidateConstraintOp.batch_validate_constraint)

    # -- indexes and comments --------------------------------------------------------------------

    create_index = directive(CreateIndexOp.batch_create_index)
    rename_index = directive(RenameIndexOp.batch_rename_index)
    drop_index = directive(DropIndexOp.batch_drop_index)
    create_table_comment = directive(CreateTableCommentOp.batch_create_table_comment)
    drop_table_comment = directive(DropTableCommentOp.batch_drop_table_comment)

    execute = directive(ExecuteSQLOp.batch_execute)

    def _name(self, op: AddConstraintOp) -> None:
        """Give a new constraint the name that the convention has for it, if any."""
        if op.constraint_name is None and self._convention:
            op.constraint_name = versions.plain_name(op.to_constraint(self).name)


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
