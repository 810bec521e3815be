"""The documented ``SchemaObjects``: SQLAlchemy objects from what a directive is given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.default import DefaultDialect

from migrate_core.ddl import DDL
from migrate_core.operations import (
    CreateCheckConstraintOp,
    CreateForeignKeyOp,
    CreateIndexOp,
    CreatePrimaryKeyOp,
    CreateUniqueConstraintOp,
    DropConstraintOp,
    NamingSource,
)
from migrate_core.operations.base import convention_of
from migrate_core.schema import build


class SchemaObjects:
    """Makes them on stubs of their tables, named by the convention that applies.

    :param migration_context: whose convention that is.
    """

    def __init__(self, migration_context: NamingSource | None = None) -> None:
        self.migration_context = migration_context

    def metadata(self) -> sa.MetaData:
        """An empty MetaData with the convention."""
        return build.metadata(convention_of(self.migration_context))

    def table(self, name: str, *columns: Any, **kw: Any) -> sa.Table:
        """A table."""
        return build.table(name, *columns, convention=convention_of(self.migration_context), **kw)

    def column(self, name: str, type_: Any, **kw: Any) -> sa.Column[Any]:
        """A column of no table."""
        return sa.Column(name, type_, **kw)

    def index(
        self,
        name: str | None,
        tablename: str,
        columns: Sequence[Any],
        schema: str | None = None,
        **kw: Any,
    ) -> sa.Index:
        """An index."""
        op = CreateIndexOp(name, tablename, columns, schema=schema, **kw)
        return op.to_index(self.migration_context)

    def primary_key_constraint(
        self,
        name: str | None,
        table_name: str,
        cols: Sequence[str],
        schema: str | None = None,
        **dialect_kw: Any,
    ) -> sa.Constraint:
        """A primary key."""
        op = CreatePrimaryKeyOp(name, table_name, cols, schema=schema, **dialect_kw)
        return op.to_constraint(self.migration_context)

    def unique_constraint(
        self,
        name: str | None,
        source: str,
        local_cols: Sequence[str],
        schema: str | None = None,
        **kw: Any,
    ) -> sa.Constraint:
        """A unique constraint."""
        op = CreateUniqueConstraintOp(name, source, local_cols, schema=schema, **kw)
        return op.to_constraint(self.migration_context)

    def check_constraint(
        self, name: str | None, source: str, condition: Any, schema: str | None = None, **kw: Any
    ) -> sa.Constraint:
        """A CHECK constraint."""
        op = CreateCheckConstraintOp(name, source, condition, schema=schema, **kw)
        return op.to_constraint(self.migration_context)

    def foreign_key_constraint(
        self,
        name: str | None,
        source: str,
        referent: str,
        local_cols: Sequence[str],
        remote_cols: Sequence[str],
        **kw: Any,
    ) -> sa.Constraint:
        """A foreign key.

        :param kw: ``onupdate``, ``ondelete``, ``source_schema``, ``referent_schema`` and the like.
        """
        op = CreateForeignKeyOp(name, source, referent, local_cols, remote_cols, **kw)
        return op.to_constraint(self.migration_context)

    def generic_constraint(
        self,
        name: str | None,
        table_name: str,
        type_: str | None,
        schema: str | None = None,
        **kw: Any,
    ) -> sa.Constraint:
        """A constraint of which only the name and the kind are known, to be dropped."""
        op = DropConstraintOp(name, table_name, type_, schema=schema, **kw)
        return DDL(DefaultDialect(), self.migration_context).constraint_to_drop(op)
