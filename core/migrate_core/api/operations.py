"""The directives: ``op.create_table(...)`` and the rest, each one call to make and run a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement, TextClause
from sqlalchemy.sql.expression import Executable, TableClause

from migrate_core import batch
from migrate_core.api.base import AbstractOperations, SQLType
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
    Definition,
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

    # -- tables ----------------------------------------------------------------------------------

    def create_table(
        self, table_name: str, *columns: Any, if_not_exists: bool | None = None, **kw: Any
    ) -> sa.Table:
        """Create a table and the indexes that its columns ask for; returns it for inserts."""
        table: sa.Table = self.invoke(
            CreateTableOp(table_name, columns, if_not_exists=if_not_exists, **kw)
        )
        return table

    def drop_table(
        self,
        table_name: str,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        **kw: Any,
    ) -> None:
        """Drop a table and all its rows."""
        self.invoke(DropTableOp(table_name, schema=schema, if_exists=if_exists, table_kw=kw))

    def rename_table(
        self, old_table_name: str, new_table_name: str, *, schema: str | None = None
    ) -> None:
        """Give a table another name; names of its sequences and constraints stay."""
        self.invoke(RenameTableOp(old_table_name, new_table_name, schema=schema))

    def create_table_comment(
        self,
        table_name: str,
        comment: str | None,
        *,
        existing_comment: str | None = None,
        schema: str | None = None,
    ) -> None:
        """Set a table's comment."""
        self.invoke(
            CreateTableCommentOp(
                table_name, comment, existing_comment=existing_comment, schema=schema
            )
        )

    def drop_table_comment(
        self, table_name: str, *, existing_comment: str | None = None, schema: str | None = None
    ) -> None:
        """Remove a table's comment."""
        self.invoke(
            DropTableCommentOp(table_name, existing_comment=existing_comment, schema=schema)
        )

    # -- columns ---------------------------------------------------------------------------------

    def add_column(
        self,
        table_name: str,
        column: sa.Column[Any],
        *,
        schema: str | None = None,
        if_not_exists: bool | None = None,
        inline_references: bool | None = None,
        inline_primary_key: bool | None = None,
    ) -> None:
        """Add a column with the index, unique constraint and foreign key that it declares."""
        self.invoke(
            AddColumnOp(
                table_name,
                column,
                schema=schema,
                if_not_exists=if_not_exists,
                inline_references=inline_references,
                inline_primary_key=inline_primary_key,
            )
        )

    def alter_column(
        self,
        table_name: str,
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
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        """Change a column. ``False`` leaves a default or comment alone, ``None`` removes it."""
        self.invoke(
            AlterColumnOp(
                table_name,
                column_name,
                schema=schema,
                existing_type=existing_type,
                existing_server_default=existing_server_default,
                existing_nullable=existing_nullable,
                existing_comment=existing_comment,
                modify_name=new_column_name,
                modify_type=type_,
                modify_server_default=server_default,
                modify_nullable=nullable,
                modify_comment=comment,
                **kw,
            )
        )

    def drop_column(
        self, table_name: str, column_name: str, *, schema: str | None = None, **kw: Any
    ) -> None:
        """Drop a column and its values."""
        self.invoke(DropColumnOp(table_name, column_name, schema=schema, **kw))

    # -- constraints -----------------------------------------------------------------------------

    def create_primary_key(
        self,
        constraint_name: str | None,
        table_name: str,
        columns: list[str],
        *,
        schema: str | None = None,
    ) -> None:
        """Add a primary key."""
        self.invoke(CreatePrimaryKeyOp(constraint_name, table_name, columns, schema=schema))

    def create_unique_constraint(
        self,
        constraint_name: str | None,
        table_name: str,
        columns: Sequence[str],
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> Any:
        """Add a unique constraint."""
        return self.invoke(
            CreateUniqueConstraintOp(constraint_name, table_name, columns, schema=schema, **kw)
        )

    def create_foreign_key(
        self,
        constraint_name: str | None,
        source_table: str,
        referent_table: str,
        local_cols: list[str],
        remote_cols: list[str],
        *,
        onupdate: str | None = None,
        ondelete: str | None = None,
        deferrable: bool | None = None,
        initially: str | None = None,
        match: str | None = None,
        source_schema: str | None = None,
        referent_schema: str | None = None,
        **dialect_kw: Any,
    ) -> None:
        """Add a foreign key."""
        self.invoke(
            CreateForeignKeyOp(
                constraint_name,
                source_table,
                referent_table,
                local_cols,
                remote_cols,
                onupdate=onupdate,
                ondelete=ondelete,
                deferrable=deferrable,
                initially=initially,
                match=match,
                source_schema=source_schema,
                referent_schema=referent_schema,
                **dialect_kw,
            )
        )

    def create_check_constraint(
        self,
        constraint_name: str | None,
        table_name: str,
        condition: str | ColumnElement[bool] | TextClause,
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        """Add a CHECK constraint."""
        self.invoke(
            CreateCheckConstraintOp(constraint_name, table_name, condition, schema=schema, **kw)
        )

    def create_exclude_constraint(
        self, constraint_name: str | None, table_name: str, *elements: Any, **kw: Any
    ) -> None:
        """Add an exclusion constraint (PostgreSQL).

        :param elements: pairs of a column, its name or an expression, and an operator.
        :param kw: ``where``, ``using``, ``ops``, ``deferrable``, ``initially``, ``schema``.
        """
        self.invoke(CreateExcludeConstraintOp(constraint_name, table_name, elements, **kw))

    def drop_constraint(
        self,
        constraint_name: str | None,
        table_name: str,
        type_: str | None = None,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
    ) -> None:
        """Drop a constraint; MySQL and MariaDB have to be told its kind."""
        self.invoke(
            DropConstraintOp(constraint_name, table_name, type_, schema=schema, if_exists=if_exists)
        )

    def rename_constraint(
        self,
        constraint_name: str,
        new_constraint_name: str,
        table_name: str,
        type_: str | None = None,
        *,
        schema: str | None = None,
    ) -> None:
        """Give a constraint another name; MySQL and MariaDB rename unique constraints only."""
        self.invoke(
            RenameConstraintOp(
                constraint_name, new_constraint_name, table_name, type_, schema=schema
            )
        )

    def validate_constraint(
        self, constraint_name: str, table_name: str, *, schema: str | None = None
    ) -> None:
        """Check the rows that a constraint with ``postgresql_not_valid`` has not looked at."""
        self.invoke(ValidateConstraintOp(constraint_name, table_name, schema=schema))

    # -- indexes ---------------------------------------------------------------------------------

    def create_index(
        self,
        index_name: str | None,
        table_name: str,
        columns: Sequence[str | TextClause | ColumnElement[Any]],
        *,
        schema: str | None = None,
        unique: bool = False,
        if_not_exists: bool | None = None,
        **kw: Any,
    ) -> None:
        """Create an index over columns and expressions."""
        self.invoke(
            CreateIndexOp(
                index_name,
                table_name,
                columns,
                schema=schema,
                unique=unique,
                if_not_exists=if_not_exists,
                **kw,
            )
        )

    def drop_index(
        self,
        index_name: str,
        table_name: str | None = None,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        **kw: Any,
    ) -> None:
        """Drop an index; MySQL and MariaDB have to be told its table."""
        self.invoke(DropIndexOp(index_name, table_name, schema=schema, if_exists=if_exists, **kw))

    def rename_index(
        self,
        index_name: str,
        new_index_name: str,
        table_name: str | None = None,
        *,
        schema: str | None = None,
    ) -> None:
        """Give an index another name; SQLite, MySQL and MariaDB have to be told its table."""
        self.invoke(RenameIndexOp(index_name, new_index_name, table_name, schema=schema))

    # -- beside the tables -----------------------------------------------------------------------

    def create_enum(self, name: str, values: Sequence[str], *, schema: str | None = None) -> None:
        """Create an enum type, unless it is there; nothing to do but on PostgreSQL."""
        self.invoke(CreateEnumOp(name, values, schema=schema))

    def alter_enum(
        self,
        name: str,
        values: Sequence[str],
        *,
        existing_values: Sequence[str],
        rename: Mapping[str, str] | None = None,
        replace: Mapping[str, str] | None = None,
        schema: str | None = None,
    ) -> None:
        """Change the values of an enum type; nothing to do but on PostgreSQL.

        A value that is only added cannot be used before the transaction ends (PostgreSQL manual,
        "ALTER TYPE"). Where values are removed or moved, each column of the type is rewritten.

        :param values: all values that it will have, in order.
        :param existing_values: all values that it has, in order.
        :param rename: old value to new value.
        :param replace: what stands in the rows in the place of a value that is removed.
        """
        self.invoke(
            AlterEnumOp(
                name,
                values,
                existing_values=existing_values,
                rename=rename,
                replace=replace,
                schema=schema,
            )
        )

    def drop_enum(self, name: str, *, schema: str | None = None) -> None:
        """Drop an enum type, if it is there; nothing to do but on PostgreSQL."""
        self.invoke(DropEnumOp(name, schema=schema))

    def create_sequence(
        self,
        name: str,
        *,
        schema: str | None = None,
        if_not_exists: bool | None = None,
        **options: Any,
    ) -> None:
        """Create a sequence; ``options`` are those of SQLAlchemy's Sequence, such as ``start``."""
        self.invoke(CreateSequenceOp(name, schema=schema, if_not_exists=if_not_exists, **options))

    def alter_sequence(
        self,
        name: str,
        *,
        schema: str | None = None,
        restart: int | None = None,
        existing: dict[str, Any] | None = None,
        **options: Any,
    ) -> None:
        """Change options of a sequence; ``restart`` is the next value it gives."""
        self.invoke(
            AlterSequenceOp(name, schema=schema, restart=restart, existing=existing, **options)
        )

    def drop_sequence(
        self, name: str, *, schema: str | None = None, if_exists: bool | None = None
    ) -> None:
        """Drop a sequence."""
        self.invoke(DropSequenceOp(name, schema=schema, if_exists=if_exists))

    def create_schema(self, name: str, *, if_not_exists: bool | None = None) -> None:
        """Create a schema; a database, on MySQL and MariaDB."""
        self.invoke(CreateSchemaOp(name, if_not_exists=if_not_exists))

    def drop_schema(self, name: str, *, if_exists: bool | None = None) -> None:
        """Drop a schema that is empty; on MySQL and MariaDB a database with all that is in it."""
        self.invoke(DropSchemaOp(name, if_exists=if_exists))

    def create_view(
        self,
        name: str,
        definition: Definition,
        *,
        schema: str | None = None,
        columns: Sequence[str] | None = None,
        materialized: bool = False,
    ) -> None:
        """Create a view of a SELECT, given as text or as a construct."""
        self.invoke(
            CreateViewOp(
                name, definition, schema=schema, columns=columns, materialized=materialized
            )
        )

    def replace_view(
        self,
        name: str,
        definition: Definition,
        *,
        schema: str | None = None,
        columns: Sequence[str] | None = None,
        existing_definition: Definition | None = None,
    ) -> None:
        """Give a view another definition; PostgreSQL lets its columns only grow in number."""
        self.invoke(
            ReplaceViewOp(
                name,
                definition,
                schema=schema,
                columns=columns,
                existing_definition=existing_definition,
            )
        )

    def drop_view(
        self,
        name: str,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        materialized: bool = False,
    ) -> None:
        """Drop a view."""
        self.invoke(DropViewOp(name, schema=schema, if_exists=if_exists, materialized=materialized))

    # -- data ------------------------------------------------------------------------------------

    def execute(
        self, sqltext: Executable | str, *, execution_options: dict[str, Any] | None = None
    ) -> None:
        """Run a statement; in text, ``:name`` is a parameter and ``\\:`` a colon."""
        self.invoke(ExecuteSQLOp(sqltext, execution_options=execution_options))

    def bulk_insert(
        self,
        table: sa.Table | TableClause,
        rows: list[dict[str, Any]],
        *,
        multiinsert: bool = True,
    ) -> None:
        """Insert rows."""
        self.invoke(BulkInsertOp(table, rows, multiinsert=multiinsert))

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
        with self.migration_context.sending() as applier:
            applier.alter(
                table_name, collected.collected, schema=schema, options=options, naming=collected
            )
