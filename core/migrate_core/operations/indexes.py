"""Indexes: create and drop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement, TextClause

from migrate_core.operations import keywords
from migrate_core.operations.base import (
    BatchInvoker,
    Invoker,
    MigrateOperation,
    NamingSource,
    convention_of,
)
from migrate_core.schema import build, versions

_OWN = frozenset({"info", "quote"})


class CreateIndexOp(MigrateOperation):
    """Create an index over columns and expressions."""

    def __init__(
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
        keywords.check_for(sa.Index, "create_index", kw, _OWN)
        self.index_name = index_name
        self.table_name = table_name
        self.columns = columns
        self.schema = schema
        self.unique = unique
        self.if_not_exists = if_not_exists
        self.kw = kw

    @classmethod
    def from_index(cls, index: sa.Index) -> CreateIndexOp:
        """The operation that creates ``index`` on the table it belongs to."""
        assert index.table is not None
        return cls(
            versions.plain_name(index.name),
            index.table.name,
            [e.name if isinstance(e, sa.Column) else e for e in index.expressions],
            schema=index.table.schema,
            unique=bool(index.unique),
            **index.dialect_kwargs,
        )

    def to_index(self, migration_context: NamingSource | None = None) -> sa.Index:
        """The index, on a stub of its table, named by the convention where it has no name."""
        return build.index(
            self.index_name,
            self.table_name,
            self.columns,
            schema=self.schema,
            unique=self.unique,
            convention=convention_of(migration_context),
            **self.kw,
        )

    def reverse(self) -> DropIndexOp:
        return DropIndexOp(
            self.index_name, self.table_name, schema=self.schema, _reverse=self, **self.kw
        )

    def to_diff_tuple(self) -> tuple[str, sa.Index]:
        return ("add_index", self.to_index())

    @classmethod
    def create_index(
        cls,
        operations: Invoker,
        /,
        index_name: str | None,
        table_name: str,
        columns: Sequence[str | TextClause | ColumnElement[Any]],
        *,
        schema: str | None = None,
        unique: bool = False,
        if_not_exists: bool | None = None,
        **kw: Any,
    ) -> None:
        """Create an index.

        :param index_name: None for the one that the naming convention gives.
        :param columns: names, and expressions such as ``sa.text("lower(name)")``.
        :param if_not_exists: whether an index of that name that is there is left as it is.
        :param kw: ``DIALECT_OPTION``, for example ``postgresql_where``, ``postgresql_using`` or
            ``postgresql_concurrently``, which needs an ``autocommit_block()`` around it.
        """
        operations.invoke(
            cls(
                index_name,
                table_name,
                columns,
                schema=schema,
                unique=unique,
                if_not_exists=if_not_exists,
                **kw,
            )
        )

    @classmethod
    def batch_create_index(
        cls, operations: BatchInvoker, /, index_name: str, columns: Sequence[Any], **kw: Any
    ) -> None:
        """Create an index."""
        operations.invoke(
            cls(index_name, operations.table_name, columns, schema=operations.schema, **kw)
        )


class DropIndexOp(MigrateOperation):
    """Drop an index."""

    def __init__(
        self,
        index_name: str | None,
        table_name: str | None = None,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        _reverse: CreateIndexOp | None = None,
        **kw: Any,
    ) -> None:
        keywords.check_for(sa.Index, "drop_index", kw, _OWN)
        self.index_name = index_name
        self.table_name = table_name
        self.schema = schema
        self.if_exists = if_exists
        self.kw = kw
        self._reverse = _reverse

    @classmethod
    def from_index(cls, index: sa.Index) -> DropIndexOp:
        """The operation that drops ``index`` and can be reversed into creating it."""
        return CreateIndexOp.from_index(index).reverse()

    def to_index(self, migration_context: NamingSource | None = None) -> sa.Index:
        """The index as far as it is known."""
        if self._reverse is not None:
            return self._reverse.to_index(migration_context)
        return build.index(
            self.index_name,
            self.table_name or "no_table",
            ["x"],
            schema=self.schema,
            convention=convention_of(migration_context),
            **self.kw,
        )

    def reverse(self) -> CreateIndexOp:
        """The operation that creates the index again.

        :raises ValueError: its columns are not known.
        """
        if self._reverse is None:
            raise ValueError(
                f"the columns of index {self.index_name} are not known: cannot reverse"
            )
        return self._reverse

    def to_diff_tuple(self) -> tuple[str, sa.Index]:
        return ("remove_index", self.to_index())

    @classmethod
    def drop_index(
        cls,
        operations: Invoker,
        /,
        index_name: str,
        table_name: str | None = None,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        **kw: Any,
    ) -> None:
        """Drop an index; MySQL and MariaDB have to be told its table."""
        operations.invoke(cls(index_name, table_name, schema=schema, if_exists=if_exists, **kw))

    @classmethod
    def batch_drop_index(cls, operations: BatchInvoker, /, index_name: str, **kw: Any) -> None:
        """Drop an index."""
        operations.invoke(cls(index_name, operations.table_name, schema=operations.schema, **kw))
