"""SQL Server: renames and comments by procedure, defaults that are constraints."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex, CreateTable, SetColumnComment
from sqlalchemy.types import NULLTYPE, to_instance

from migrate_core.ddl.base import DDL, existing
from migrate_core.ddl.elements import (
    AddColumn,
    ColumnComment,
    ColumnDefault,
    ColumnName,
    ColumnTypeAndNull,
    DropBoundConstraint,
    Element,
    IdentityInsert,
    IfMissing,
    TableComment,
)
from migrate_core.ddl.objects import CreateView
from migrate_core.ddl.script import ScriptStyle
from migrate_core.errors import UnsupportedOperation
from migrate_core.operations import (
    AddColumnOp,
    AlterColumnOp,
    BulkInsertOp,
    CreateSequenceOp,
    CreateTableCommentOp,
    CreateViewOp,
    DropColumnOp,
    DropTableCommentOp,
    DropViewOp,
    RenameIndexOp,
    ReplaceViewOp,
    describe,
)
from migrate_core.schema import build


class SQLServerDDL(DDL):
    """Transact-SQL reference, "ALTER TABLE"."""

    transactional = True
    script = ScriptStyle(begin="BEGIN TRANSACTION", commit="COMMIT", separator="GO")
    unconditional = (CreateSequenceOp,)
    defers = False
    matches = False
    index_needs_table = True

    # -- tables and indexes ----------------------------------------------------------------------

    def table(
        self, table: sa.Table, keys: list[sa.ForeignKeyConstraint], *, if_not_exists: bool
    ) -> Element:
        create = CreateTable(table, include_foreign_key_constraints=keys)
        if not if_not_exists:
            return create
        return IfMissing(create, "table", table.name, schema=table.schema)

    def index(self, index: sa.Index, *, if_not_exists: bool) -> Element:
        create = CreateIndex(index)
        if not if_not_exists:
            return create
        assert index.table is not None
        return IfMissing(create, "index", index.table.name, index.name, index.table.schema)

    # -- comments: extended properties, which need a schema --------------------------------------

    def table_comment(self, table: sa.Table) -> Element:
        return TableComment(table.name, table.comment, self._schema(table.schema), replaces=False)

    def new_comment(self, column: sa.Column[Any]) -> Element:
        bare = sa.Column(column.name, NULLTYPE, comment=column.comment)
        schema = self._schema(column.table.schema)
        return SetColumnComment(build.column_on(column.table.name, bare, schema=schema))

    def change_table_comment(
        self, op: CreateTableCommentOp | DropTableCommentOp
    ) -> Iterator[Element]:
        comment = op.comment if isinstance(op, CreateTableCommentOp) else None
        replaces = bool(op.existing_comment)
        yield TableComment(op.table_name, comment, self._schema(op.schema), replaces=replaces)

    def column_comment(self, op: AlterColumnOp) -> Iterator[Element]:
        yield ColumnComment(
            op.table_name,
            op.column_name,
            op.modify_comment or None,
            **{**existing(op), "schema": self._schema(op.schema)},
        )

    def _schema(self, schema: str | None) -> str:
        """The table's own, the login's, or what a new login has ("Create a database schema")."""
        return schema or self.dialect.default_schema_name or "dbo"

    # -- columns ---------------------------------------------------------------------------------

    def column(self, op: AddColumnOp, column: sa.Column[Any], *, inline_reference: bool) -> Element:
        add = AddColumn(
            op.table_name,
            column,
            op.schema,
            inline_references=inline_reference,
            inline_primary_key=op.inline_primary_key,
        )
        if not op.if_not_exists:
            return add
        return IfMissing(add, "column", op.table_name, column.name, op.schema)

    def drop_column(self, op: DropColumnOp) -> Iterator[Element]:
        """What is bound to the column goes first, where the migration says that it may."""
        if op.kw.get("mssql_drop_default"):
            yield DropBoundConstraint(op.table_name, op.column_name, "default", op.schema)
        if op.kw.get("mssql_drop_check"):
            yield DropBoundConstraint(op.table_name, op.column_name, "check", op.schema)
        if op.kw.get("mssql_drop_foreign_key"):
            yield DropBoundConstraint(op.table_name, op.column_name, "foreign_key", op.schema)
        yield from super().drop_column(op)

    def properties(self, op: AlterColumnOp) -> Iterator[Element]:
        """Type and nullability in one statement; no default may be bound to the column then."""
        new, old = op.modify_server_default, op.existing_server_default
        if isinstance(new, sa.Identity) or (isinstance(old, sa.Identity) and new is not False):
            self.column_identity(op)
        kept = op.modify_type is not None and new is False and old not in (False, None)
        if new is None or (new is not False and old is not False) or kept:
            yield DropBoundConstraint(op.table_name, op.column_name, "default", op.schema)
        if op.modify_type is not None or op.modify_nullable is not None:
            yield self._type_and_null(op)
        default = old if kept else new
        if default is not False and default is not None:
            yield ColumnDefault(op.table_name, op.column_name, default, **existing(op))
        if op.modify_comment is not False:
            yield from self.column_comment(op)
        if op.modify_name is not None:
            yield ColumnName(op.table_name, op.column_name, op.modify_name, **existing(op))

    def _type_and_null(self, op: AlterColumnOp) -> Element:
        type_ = op.modify_type if op.modify_type is not None else op.existing_type
        nullable = op.modify_nullable if op.modify_nullable is not None else op.existing_nullable
        if type_ is None:
            raise UnsupportedOperation(
                f"changing whether {op.table_name}.{op.column_name} takes NULL",
                self.dialect.name,
                "the statement says the type as well, and it is not given",
                "Give existing_type=.",
            )
        if nullable is None:
            warnings.warn(
                f"{op.table_name}.{op.column_name} takes NULL after this change of its type, "
                "because SQL Server is not told otherwise. Give nullable= or existing_nullable=.",
                UserWarning,
                stacklevel=2,
            )
        return ColumnTypeAndNull(
            op.table_name, op.column_name, to_instance(type_), nullable, op.schema
        )

    def column_identity(self, op: AlterColumnOp) -> Element:
        raise UnsupportedOperation(
            f"changing the identity of {op.table_name}.{op.column_name}",
            self.dialect.name,
            "a column is an identity from the start or never",
            "Add another column that is one, copy the values, and drop this one.",
        )

    # -- names, views, data ----------------------------------------------------------------------

    def rename_index(self, op: RenameIndexOp) -> Iterator[Element]:
        if op.table_name is None:
            raise UnsupportedOperation(
                describe(op),
                self.dialect.name,
                "an index belongs to its table, and no table is given",
                "Give table_name as well.",
            )
        yield from super().rename_index(op)

    def view(self, op: CreateViewOp | ReplaceViewOp | DropViewOp) -> Iterator[Element]:
        """Replacing one is CREATE OR ALTER."""
        if isinstance(op, ReplaceViewOp):
            yield CreateView(op.name, op.definition, op.columns, op.schema, "CREATE OR ALTER VIEW")
        else:
            yield from super().view(op)

    def insert(self, op: BulkInsertOp) -> Iterator[Element]:
        """Values for an identity column are refused unless they are announced.

        Whether there is one only the server knows: the table may be just named, by ``sa.table()``.
        """
        columns = sorted({str(getattr(key, "name", key)) for row in op.rows for key in row})
        name, schema = op.table.name, getattr(op.table, "schema", None)
        if columns:
            yield IdentityInsert(name, "ON", columns, schema)
        yield from super().insert(op)
        if columns:
            yield IdentityInsert(name, "OFF", columns, schema)
