"""The directives: ``op.create_table(...)`` and the rest, each one call to make and run a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from migrate_core import batch
from migrate_core.api.base import AbstractOperations, directive
from migrate_core.api.batch import BatchOperations
from migrate_core.operations import (
    AddColumnOp,
    AlterColumnOp,
    AlterEnumOp,
    AlterSequenceOp,
    BulkInsertOp,
    CreateCheckConstraintOp,
    CreateEnumOp,
    CreateExcludeConstraintOp,
    CreateForeignKeyOp,
    CreateIndexOp,
    CreatePrimaryKeyOp,
    CreateSchemaOp,
    CreateSequenceOp,
    CreateTableCommentOp,
    CreateTableOp,
    CreateUniqueConstraintOp,
    CreateViewOp,
    DropColumnOp,
    DropConstraintOp,
    DropEnumOp,
    DropIndexOp,
    DropSchemaOp,
    DropSequenceOp,
    DropTableCommentOp,
    DropTableOp,
    DropViewOp,
    ExecuteSQLOp,
    MigrateOperation,
    ModifyTableOps,
    OpContainer,
    RenameConstraintOp,
    RenameIndexOp,
    RenameTableOp,
    ReplaceViewOp,
    ValidateConstraintOp,
)


class Operations(AbstractOperations):
    """The directives on one migration context."""

    def _perform(self, operation: MigrateOperation) -> Any:
        if not isinstance(operation, OpContainer):
            return self.migration_context.perform(operation)
        if isinstance(operation, ModifyTableOps) and not any(
            map(self.implementations.find, operation.ops)
        ):
            return self.migration_context.perform(operation)
        for inner in operation.ops:
            self.invoke(inner)
        return None

    def _wants_new_table(self, collected: BatchOperations) -> bool:
        impl = self.impl
        overridden = impl.overrides("requires_recreate_in_batch")
        return overridden and impl.requires_recreate_in_batch(collected)

    # -- tables ----------------------------------------------------------------------------------

    create_table = directive(CreateTableOp.create_table)
    drop_table = directive(DropTableOp.drop_table)
    rename_table = directive(RenameTableOp.rename_table)
    create_table_comment = directive(CreateTableCommentOp.create_table_comment)
    drop_table_comment = directive(DropTableCommentOp.drop_table_comment)

    # -- columns ---------------------------------------------------------------------------------

    add_column = directive(AddColumnOp.add_column)
    alter_column = directive(AlterColumnOp.alter_column)
    drop_column = directive(DropColumnOp.drop_column)

    # -- constraints -----------------------------------------------------------------------------

    create_primary_key = directive(CreatePrimaryKeyOp.create_primary_key)
    create_unique_constraint = directive(CreateUniqueConstraintOp.create_unique_constraint)
    create_foreign_key = directive(CreateForeignKeyOp.create_foreign_key)
    create_check_constraint = directive(CreateCheckConstraintOp.create_check_constraint)
    create_exclude_constraint = directive(CreateExcludeConstraintOp.create_exclude_constraint)
    drop_constraint = directive(DropConstraintOp.drop_constraint)
    rename_constraint = directive(RenameConstraintOp.rename_constraint)
    validate_constraint = directive(ValidateConstraintOp.validate_constraint)

    # -- indexes ---------------------------------------------------------------------------------

    create_index = directive(CreateIndexOp.create_index)
    drop_index = directive(DropIndexOp.drop_index)
    rename_index = directive(RenameIndexOp.rename_index)

    # -- beside the tables -----------------------------------------------------------------------

    create_enum = directive(CreateEnumOp.create_enum)
    alter_enum = directive(AlterEnumOp.alter_enum)
    drop_enum = directive(DropEnumOp.drop_enum)
    create_sequence = directive(CreateSequenceOp.create_sequence)
    alter_sequence = directive(AlterSequenceOp.alter_sequence)
    drop_sequence = directive(DropSequenceOp.drop_sequence)
    create_schema = directive(CreateSchemaOp.create_schema)
    drop_schema = directive(DropSchemaOp.drop_schema)
    create_view = directive(CreateViewOp.create_view)
    replace_view = directive(ReplaceViewOp.replace_view)
    drop_view = directive(DropViewOp.drop_view)

    # -- data ------------------------------------------------------------------------------------

    execute = directive(ExecuteSQLOp.execute)
    bulk_insert = directive(BulkInsertOp.bulk_insert)

    # -- batch -----------------------------------------------------------------------------------

    @contextmanager
    def batch_alter_table(
        self,
        table_name: str,
        schema: str | None = None,
        recreate: batch.Recreate = "auto",
        partial_reordering: Sequence[Sequence[str]] | None = None,
        copy_from: sa.Table | None = None,
        table_args: Sequence[Any] = (),
        table_kwargs: Mapping[str, Any] | None = None,
        reflect_args: Sequence[Any] = (),
        reflect_kwargs: Mapping[str, Any] | None = None,
        naming_convention: Mapping[str, str] | None = None,
    ) -> Iterator[BatchOperations]:
        """Collect changes of one table and do them together when the block ends.

        On SQLite the table is changed in place where it can be, and rebuilt from its own stored
        definition where it cannot. Other databases alter it, and make a new table of it, which can
        have its columns in another order, with ``recreate="always"``; they take no further options.
        An exception in the block runs nothing.

        :param recreate: ``auto``; ``always``: a new table; ``never``: in place or not at all;
            ``edit``: never copy the rows: in place, or by an edit of the stored definition, for
            defaults, CHECK, NOT NULL, foreign keys and names.
        :param partial_reordering: names of columns that come one after the other in the new table.
        :param copy_from: describes the table in the place of its stored definition.
        :param table_args: constraints and indexes for the new table.
        :param table_kwargs: ``sqlite_autoincrement``, ``sqlite_strict``, ``sqlite_with_rowid``.
        :param reflect_args: columns that are otherwise than they are stored, and constraints.
        :param reflect_kwargs: arguments of a reflection that finds such columns (``listeners``).
        :param naming_convention: names the constraints that are stored without a name.
        :raises OperationError: it cannot be done as asked; nothing was changed.
        :raises ValueError: another value of ``recreate``.
        """
        options = batch.Options(
            recreate=recreate,
            partial_reordering=tuple(map(tuple, partial_reordering or ())),
            copy_from=copy_from,
            table_args=tuple(table_args),
            table_kwargs=dict(table_kwargs or {}),
            reflect_args=tuple(reflect_args),
            reflect_kwargs=dict(reflect_kwargs or {}),
            naming_convention=naming_convention,
        )
        collected = BatchOperations(
            self.migration_context, table_name, schema=schema, naming_convention=naming_convention
        )
        yield collected
        if recreate == "auto" and self._wants_new_table(collected):
            options = replace(options, recreate="always")
        with self.migration_context.sending() as applier:
            applier.alter(
                table_name, collected.collected, schema=schema, options=options, naming=collected
            )
