"""Tables: create, drop, rename, and their comments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from migrate_core.operations import keywords
from migrate_core.operations.base import (
    AlterTableOp,
    BatchInvoker,
    Invoker,
    MigrateOperation,
    NamingSource,
    convention_of,
)
from migrate_core.schema import build, versions

_OWN = frozenset({"implicit_returning", "listeners", "quote", "quote_schema"})


class CreateTableOp(MigrateOperation):
    """Create a table, with the indexes that its columns' flags ask for."""

    def __init__(
        self,
        table_name: str,
        columns: Sequence[Any],
        *,
        schema: str | None = None,
        if_not_exists: bool | None = None,
        _namespace_metadata: sa.MetaData | None = None,
        _constraints_included: bool = False,
        **kw: Any,
    ) -> None:
        self.table_name = table_name
        self.columns = columns
        self.schema = schema
        self.if_not_exists = if_not_exists
        self.info.update(kw.pop("info", {}))
        self.comment: str | None = kw.pop("comment", None)
        self.prefixes: list[str] | None = kw.pop("prefixes", None)
        keywords.check_for(sa.Table, "create_table", kw, _OWN)
        self.kw = kw
        self._namespace_metadata = _namespace_metadata
        self._constraints_included = _constraints_included

    @classmethod
    def from_table(
        cls, table: sa.Table, *, _namespace_metadata: sa.MetaData | None = None
    ) -> CreateTableOp:
        """The operation that creates ``table``; its indexes are operations of their own."""
        return cls(
            table.name,
            [*table.c, *versions.ordered_constraints(table)],
            schema=table.schema,
            comment=table.comment,
            info=dict(table.info),
            prefixes=list(table._prefixes),
            _namespace_metadata=_namespace_metadata or table.metadata,
            _constraints_included=True,
            **table.kwargs,
        )

    def to_table(self, migration_context: NamingSource | None = None) -> sa.Table:
        """The table, in a MetaData of its own that follows the naming convention."""
        kw = dict(self.kw)
        if self.prefixes:
            kw["prefixes"] = self.prefixes
        return build.table(
            self.table_name,
            *self.columns,
            schema=self.schema,
            convention=convention_of(migration_context),
            comment=self.comment,
            info=dict(self.info),
            **kw,
        )

    def reverse(self) -> DropTableOp:
        return DropTableOp.from_table(self.to_table(), _namespace_metadata=self._namespace_metadata)

    def to_diff_tuple(self) -> tuple[str, sa.Table]:
        return ("add_table", self.to_table())

    @classmethod
    def create_table(
        cls,
        operations: Invoker,
        /,
        table_name: str,
        *columns: Any,
        if_not_exists: bool | None = None,
        **kw: Any,
    ) -> sa.Table:
        """Create a table with what it declares: indexes, comments, and enums on PostgreSQL.

        :param columns: columns, constraints and indexes.
        :param if_not_exists: whether a table of that name that is there is left as it is.
        :param kw: what :class:`sqlalchemy.Table` takes: ``schema``, ``comment``, ``prefixes``,
            ``info`` and ``DIALECT_OPTION``.
        :return: the table, for ``op.bulk_insert()``.
        :raises OperationError: the database has no such thing, or a keyword is misspelt; nothing
            was sent.
        """
        table: sa.Table = operations.invoke(
            cls(table_name, columns, if_not_exists=if_not_exists, **kw)
        )
        return table


class DropTableOp(MigrateOperation):
    """Drop a table and all its rows."""

    def __init__(
        self,
        table_name: str,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        table_kw: dict[Any, Any] | None = None,
        _reverse: CreateTableOp | None = None,
    ) -> None:
        self.table_name = table_name
        self.schema = schema
        self.if_exists = if_exists
        self.table_kw = dict(table_kw or {})
        self.comment = self.table_kw.pop("comment", None)
        self.info.update(self.table_kw.pop("info", {}))
        self.prefixes = self.table_kw.pop("prefixes", None)
        keywords.check_for(sa.Table, "drop_table", self.table_kw, _OWN)
        self._reverse = _reverse

    @classmethod
    def from_table(
        cls, table: sa.Table, *, _namespace_metadata: sa.MetaData | None = None
    ) -> DropTableOp:
        """The operation that drops ``table`` and can be reversed into creating it."""
        return cls(
            table.name,
            schema=table.schema,
            table_kw={"comment": table.comment, "info": dict(table.info), **table.kwargs},
            _reverse=CreateTableOp.from_table(table, _namespace_metadata=_namespace_metadata),
        )

    def to_table(self, migration_context: NamingSource | None = None) -> sa.Table:
        """The table as far as it is known: whole where this came from one, else the name."""
        if self._reverse is not None:
            return self._reverse.to_table(migration_context)
        return build.table(
            self.table_name,
            schema=self.schema,
            convention=convention_of(migration_context),
            comment=self.comment,
            info=dict(self.info),
            **self.table_kw,
        )

    def reverse(self) -> CreateTableOp:
        """The operation that creates the table again.

        :raises ValueError: the table's columns are not known.
        """
        if self._reverse is None:
            raise ValueError(f"the columns of {self.table_name} are not known: cannot reverse")
        return self._reverse

    def to_diff_tuple(self) -> tuple[str, sa.Table]:
        return ("remove_table", self.to_table())

    @classmethod
    def drop_table(
        cls,
        operations: Invoker,
        /,
        table_name: str,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        **kw: Any,
    ) -> None:
        """Drop a table and all its rows.

        :param if_exists: whether it may be gone already.
        :param kw: what the table had, for the reverse of the operation.
        """
        operations.invoke(cls(table_name, schema=schema, if_exists=if_exists, table_kw=kw))


class RenameTableOp(AlterTableOp):
    """Give a table another name."""

    def __init__(
        self, old_table_name: str, new_table_name: str, *, schema: str | None = None
    ) -> None:
        super().__init__(old_table_name, schema=schema)
        self.new_table_name = new_table_name

    def reverse(self) -> RenameTableOp:
        return RenameTableOp(self.new_table_name, self.table_name, schema=self.schema)

    def to_diff_tuple(self) -> tuple[str, str | None, str, str]:
        return ("rename_table", self.schema, self.table_name, self.new_table_name)

    @classmethod
    def rename_table(
        cls,
        operations: Invoker,
        /,
        old_table_name: str,
        new_table_name: str,
        *,
        schema: str | None = None,
    ) -> None:
        """Give a table another name, in the same schema.

        Names of its sequences and constraints stay; foreign keys that point at it follow.
        """
        operations.invoke(cls(old_table_name, new_table_name, schema=schema))


class CreateTableCommentOp(AlterTableOp):
    """Set a table's comment."""

    def __init__(
        self,
        table_name: str,
        comment: str | None,
        *,
        schema: str | None = None,
        existing_comment: str | None = None,
    ) -> None:
        super().__init__(table_name, schema=schema)
        self.comment = comment
        self.existing_comment = existing_comment

    def reverse(self) -> CreateTableCommentOp | DropTableCommentOp:
        if self.existing_comment is None:
            return DropTableCommentOp(
                self.table_name, existing_comment=self.comment, schema=self.schema
            )
        return CreateTableCommentOp(
            self.table_name,
            self.existing_comment,
            existing_comment=self.comment,
            schema=self.schema,
        )

    def to_table(self, migration_context: NamingSource | None = None) -> sa.Table:
        """A stub of the table that carries the comment."""
        return build.table(
            self.table_name,
            schema=self.schema,
            convention=convention_of(migration_context),
            comment=self.comment,
        )

    def to_diff_tuple(self) -> tuple[Any, ...]:
        return ("add_table_comment", self.to_table(), self.existing_comment)

    @classmethod
    def create_table_comment(
        cls,
        operations: Invoker,
        /,
        table_name: str,
        comment: str | None,
        *,
        existing_comment: str | None = None,
        schema: str | None = None,
    ) -> None:
        """Set a table's comment.

        :param comment: the text; None removes it.
        :param existing_comment: what it was, for the reverse; SQL Server tells adding from changing
            by it.
        """
        operations.invoke(
            cls(table_name, comment, existing_comment=existing_comment, schema=schema)
        )

    @classmethod
    def batch_create_table_comment(
        cls,
        operations: BatchInvoker,
        /,
        comment: str | None,
        *,
        existing_comment: str | None = None,
    ) -> None:
        """Set the table's comment."""
        operations.invoke(
            cls(
                operations.table_name,
                comment,
                existing_comment=existing_comment,
                schema=operations.schema,
            )
        )


class DropTableCommentOp(AlterTableOp):
    """Remove a table's comment."""

    def __init__(
        self, table_name: str, *, schema: str | None = None, existing_comment: str | None = None
    ) -> None:
        super().__init__(table_name, schema=schema)
        self.existing_comment = existing_comment

    def reverse(self) -> CreateTableCommentOp:
        return CreateTableCommentOp(self.table_name, self.existing_comment, schema=self.schema)

    def to_table(self, migration_context: NamingSource | None = None) -> sa.Table:
        """A stub of the table."""
        return build.table(
            self.table_name, schema=self.schema, convention=convention_of(migration_context)
        )

    def to_diff_tuple(self) -> tuple[Any, ...]:
        return ("remove_table_comment", self.to_table())

    @classmethod
    def drop_table_comment(
        cls,
        operations: Invoker,
        /,
        table_name: str,
        *,
        existing_comment: str | None = None,
        schema: str | None = None,
    ) -> None:
        """Remove a table's comment.

        :param existing_comment: what it was, for the reverse.
        """
        operations.invoke(cls(table_name, existing_comment=existing_comment, schema=schema))

    @classmethod
    def batch_drop_table_comment(
        cls, operations: BatchInvoker, /, *, existing_comment: str | None = None
    ) -> None:
        """Remove the table's comment."""
        operations.invoke(
            cls(operations.table_name, existing_comment=existing_comment, schema=operations.schema)
        )
