"""The directives: ``op.create_table(...)`` and the rest, each one call to make and run a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.sql.elements import ColumnElement, TextClause, conv
from sqlalchemy.sql.expression import Executable, TableClause
from sqlalchemy.types import TypeEngine

from migrate_core.api.batch import BatchOperations
from migrate_core.api.context import MigrationContext
from migrate_core.errors import UnsupportedOperation
from migrate_core.operations import (
    AddColumnOp,
    AlterColumnOp,
    BulkInsertOp,
    CreateCheckConstraintOp,
    CreateEnumOp,
    CreateForeignKeyOp,
    CreateIndexOp,
    CreatePrimaryKeyOp,
    CreateTableCommentOp,
    CreateTableOp,
    CreateUniqueConstraintOp,
    DropColumnOp,
    DropConstraintOp,
    DropEnumOp,
    DropIndexOp,
    DropTableCommentOp,
    DropTableOp,
    ExecuteSQLOp,
    MigrateOperation,
    RenameTableOp,
)

SQLType = TypeEngine[Any] | type[TypeEngine[Any]]


class Operations:
    """The directives on one migration context."""

    def __init__(self, migration_context: MigrationContext) -> None:
        self._migration_context = migration_context

    @property
    def migration_context(self) -> MigrationContext:
        """What the directives work on."""
        return self._migration_context

    def get_context(self) -> MigrationContext:
        """The migration context."""
        return self.migration_context

    def get_bind(self) -> Connection:
        """The connection, for statements of the migration's own; None while a script is written."""
        return self.migration_context.bind

    def invoke(self, operation: MigrateOperation) -> Any:
        """Do an operation that was made elsewhere."""
        return self.migration_context.applier.apply(operation)

    def f(self, name: str) -> conv:
        """A name that no naming convention changes."""
        return conv(name)

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

    # -- indexes, types, data --------------------------------------------------------------------

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

    def create_enum(self, name: str, values: Sequence[str], *, schema: str | None = None) -> None:
        """Create an enum type, unless it is there; nothing to do but on PostgreSQL."""
        self.invoke(CreateEnumOp(name, values, schema=schema))

    def drop_enum(self, name: str, *, schema: str | None = None) -> None:
        """Drop an enum type, if it is there; nothing to do but on PostgreSQL."""
        self.invoke(DropEnumOp(name, schema=schema))

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
        recreate: Literal["auto", "always", "never"] = "auto",
        partial_reordering: list[tuple[str, ...]] | None = None,
        copy_from: sa.Table | None = None,
        table_args: tuple[Any, ...] = (),
        table_kwargs: Mapping[str, Any] | None = None,
        reflect_args: tuple[Any, ...] = (),
        reflect_kwargs: Mapping[str, Any] | None = None,
        naming_convention: Mapping[str, str] | None = None,
    ) -> Iterator[BatchOperations]:
        """Collect changes of one table and do them together when the block ends.

        On SQLite the table is changed in place where it can be, and rebuilt from its own stored
        definition where it cannot: so ``copy_from``, ``reflect_args`` and ``reflect_kwargs``, which
        say what a reflection would miss, change nothing. An exception in the block runs nothing.
        """
        if recreate not in ("auto", "always", "never"):
            raise ValueError(f"recreate must be 'auto', 'always' or 'never', not {recreate!r}")
        unused = {
            "partial_reordering": partial_reordering,
            "table_args": table_args,
            "table_kwargs": table_kwargs,
        }
        for name, value in unused.items():
            if value:
                raise UnsupportedOperation(
                    f"batch_alter_table({table_name!r}, {name}=...)",
                    self.migration_context.dialect.name,
                    "this option is not available yet",
                    "Leave it out and state the change as an operation inside the block.",
                )
        collected = BatchOperations(
            self.migration_context, table_name, schema=schema, naming_convention=naming_convention
        )
        yield collected
        self.migration_context.applier.alter(
            table_name, collected.collected, schema=schema, recreate=recreate, naming=collected
        )
