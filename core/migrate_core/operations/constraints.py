"""Constraints: primary key, unique, foreign key, CHECK, EXCLUDE; and dropping one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

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

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import ExcludeConstraint

_OWN = frozenset({"comment", "deferrable", "info", "initially"})
_FOREIGN_KEY = _OWN | {
    "link_to_name",
    "match",
    "ondelete",
    "onupdate",
    "referent_schema",
    "source_schema",
    "use_alter",
}


class AddConstraintOp(MigrateOperation):
    """Add a constraint to a table."""

    constraint_type: ClassVar[str] = ""
    constraint_name: str | None
    table_name: str
    schema: str | None

    @classmethod
    def from_constraint(cls, constraint: sa.Constraint) -> AddConstraintOp:
        """The operation that adds ``constraint`` to the table it belongs to.

        :raises TypeError: a kind of constraint that no operation adds.
        """
        for kind, op_class in _KINDS:
            if isinstance(constraint, kind):
                return op_class._from(constraint)
        if versions.is_exclusion(constraint):
            return CreateExcludeConstraintOp._from(constraint)
        raise TypeError(f"no operation adds a {type(constraint).__name__}")

    @classmethod
    def _from(cls, constraint: Any) -> AddConstraintOp:
        raise NotImplementedError

    def to_constraint(self, migration_context: NamingSource | None = None) -> sa.Constraint:
        """The constraint, on a stub of its table, named by the convention where it has no name."""
        raise NotImplementedError

    def reverse(self) -> DropConstraintOp:
        return DropConstraintOp(
            self.constraint_name,
            self.table_name,
            self.constraint_type,
            schema=self.schema,
            _reverse=self,
        )

    def to_diff_tuple(self) -> tuple[str, sa.Constraint]:
        return ("add_constraint", self.to_constraint())


class _OverColumns(AddConstraintOp):
    """A constraint that says no more than its columns."""

    construct: ClassVar[type[sa.Constraint]]
    directive: ClassVar[str]

    def __init__(
        self,
        constraint_name: str | None,
        table_name: str,
        columns: Sequence[str],
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        keywords.check_for(self.construct, self.directive, kw, _OWN)
        self.constraint_name = constraint_name
        self.table_name = table_name
        self.columns = columns
        self.schema = schema
        self.kw = kw

    @classmethod
    def _from(cls, constraint: sa.PrimaryKeyConstraint | sa.UniqueConstraint) -> _OverColumns:
        return cls(
            versions.plain_name(constraint.name),
            constraint.table.name,
            [column.name for column in constraint.columns],
            schema=constraint.table.schema,
            **_timing(constraint),
            **constraint.dialect_kwargs,
        )

    def _arguments(self, migration_context: NamingSource | None) -> dict[str, Any]:
        convention = convention_of(migration_context)
        return {"schema": self.schema, "convention": convention, **self.kw}


class CreatePrimaryKeyOp(_OverColumns):
    """Add a primary key."""

    constraint_type = "primarykey"
    construct = sa.PrimaryKeyConstraint
    directive = "create_primary_key"

    def to_constraint(
        self, migration_context: NamingSource | None = None
    ) -> sa.PrimaryKeyConstraint:
        arguments = self._arguments(migration_context)
        return build.primary_key(self.constraint_name, self.table_name, self.columns, **arguments)

    @classmethod
    def create_primary_key(
        cls,
        operations: Invoker,
        /,
        constraint_name: str | None,
        table_name: str,
        columns: list[str],
        *,
        schema: str | None = None,
    ) -> None:
        """Add a primary key.

        :param constraint_name: None for the one that the naming convention, or the database, gives.
        :param columns: their names, in the order of the key.
        """
        operations.invoke(cls(constraint_name, table_name, columns, schema=schema))

    @classmethod
    def batch_create_primary_key(
        cls, operations: BatchInvoker, /, constraint_name: str | None, columns: list[str]
    ) -> None:
        """Add a primary key."""
        operations.invoke(
            cls(constraint_name, operations.table_name, columns, schema=operations.schema)
        )


class CreateUniqueConstraintOp(_OverColumns):
    """Add a unique constraint."""

    constraint_type = "unique"
    construct = sa.UniqueConstraint
    directive = "create_unique_constraint"

    def to_constraint(self, migration_context: NamingSource | None = None) -> sa.UniqueConstraint:
        arguments = self._arguments(migration_context)
        return build.unique(self.constraint_name, self.table_name, self.columns, **arguments)

    @classmethod
    def create_unique_constraint(
        cls,
        operations: Invoker,
        /,
        constraint_name: str | None,
        table_name: str,
        columns: Sequence[str],
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> Any:
        """Add a unique constraint.

        :param constraint_name: None for the one that the naming convention, or the database, gives.
        :param columns: their names.
        :param kw: ``deferrable``, ``initially``, ``comment`` and ``DIALECT_OPTION``, for example
            ``postgresql_nulls_not_distinct``.
        """
        return operations.invoke(cls(constraint_name, table_name, columns, schema=schema, **kw))

    @classmethod
    def batch_create_unique_constraint(
        cls,
        operations: BatchInvoker,
        /,
        constraint_name: str | None,
        columns: Sequence[str],
        **kw: Any,
    ) -> None:
        """Add a unique constraint."""
        operations.invoke(
            cls(constraint_name, operations.table_name, columns, schema=operations.schema, **kw)
        )


class CreateForeignKeyOp(AddConstraintOp):
    """Add a foreign key."""

    constraint_type = "foreignkey"

    def __init__(
        self,
        constraint_name: str | None,
        source_table: str,
        referent_table: str,
        local_cols: Sequence[str],
        remote_cols: Sequence[str],
        **kw: Any,
    ) -> None:
        keywords.check_for(sa.ForeignKeyConstraint, "create_foreign_key", kw, _FOREIGN_KEY)
        self.constraint_name = constraint_name
        self.source_table = source_table
        self.referent_table = referent_table
        self.local_cols = local_cols
        self.remote_cols = remote_cols
        self.kw = kw

    @property
    def table_name(self) -> str:  # type: ignore[override]  # the documented name is source_table
        return self.source_table

    @property
    def schema(self) -> str | None:  # type: ignore[override]  # documented inside kw
        source_schema: str | None = self.kw.get("source_schema")
        return source_schema

    @classmethod
    def _from(cls, constraint: sa.ForeignKeyConstraint) -> CreateForeignKeyOp:
        targets = [versions.target_of(element) for element in constraint.elements]
        kw: dict[str, Any] = {
            "source_schema": constraint.table.schema,
            "referent_schema": targets[0].schema,
            "onupdate": constraint.onupdate,
            "ondelete": constraint.ondelete,
            "match": constraint.match,
            "use_alter": constraint.use_alter or None,
            **_timing(constraint),
        }
        return cls(
            versions.plain_name(constraint.name),
            constraint.table.name,
            targets[0].table,
            list(constraint.column_keys),
            [
                target.column or local
                for target, local in zip(targets, constraint.column_keys, strict=True)
            ],
            **{key: value for key, value in kw.items() if value is not None},
            **constraint.dialect_kwargs,
        )

    def to_constraint(
        self, migration_context: NamingSource | None = None
    ) -> sa.ForeignKeyConstraint:
        return build.foreign_key(
            self.constraint_name,
            self.source_table,
            self.referent_table,
            self.local_cols,
            self.remote_cols,
            convention=convention_of(migration_context),
            **self.kw,
        )

    def to_diff_tuple(self) -> tuple[str, sa.Constraint]:
        return ("add_fk", self.to_constraint())

    @classmethod
    def create_foreign_key(
        cls,
        operations: Invoker,
        /,
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
        """Add a foreign key.

        :param constraint_name: None for the one that the naming convention, or the database, gives.
        :param source_table: the table that gets it.
        :param referent_table: the table that it points at.
        :param local_cols: names of columns of the first, in the order of those of the second.
        :param onupdate: ``CASCADE``, ``SET NULL`` and the like; likewise ``ondelete``.
        :param deferrable: whether it may be checked at the end of a transaction; ``initially``:
            ``DEFERRED`` or ``IMMEDIATE``.
        :param match: ``FULL``, where the database has it.
        :param dialect_kw: ``postgresql_not_valid=True``: do not check the rows that are there; see
            ``op.validate_constraint()``.
        """
        operations.invoke(
            cls(
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

    @classmethod
    def batch_create_foreign_key(
        cls,
        operations: BatchInvoker,
        /,
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
        operations.invoke(
            cls(
                constraint_name,
                operations.table_name,
                referent_table,
                local_cols,
                remote_cols,
                onupdate=onupdate,
                ondelete=ondelete,
                deferrable=deferrable,
                initially=initially,
                match=match,
                source_schema=operations.schema,
                referent_schema=referent_schema,
                **dialect_kw,
            )
        )


class CreateCheckConstraintOp(AddConstraintOp):
    """Add a CHECK constraint."""

    constraint_type = "check"

    def __init__(
        self,
        constraint_name: str | None,
        table_name: str,
        condition: str | TextClause | ColumnElement[Any],
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        keywords.check_for(sa.CheckConstraint, "create_check_constraint", kw, _OWN)
        self.constraint_name = constraint_name
        self.table_name = table_name
        self.condition = condition
        self.schema = schema
        self.kw = kw

    @classmethod
    def _from(cls, constraint: sa.CheckConstraint) -> CreateCheckConstraintOp:
        table = versions.table_of(constraint)
        return cls(
            versions.plain_name(constraint.name),
            table.name,
            constraint.sqltext,
            schema=table.schema,
            **_timing(constraint),
            **constraint.dialect_kwargs,
        )

    def to_constraint(self, migration_context: NamingSource | None = None) -> sa.CheckConstraint:
        return build.check(
            self.constraint_name,
            self.table_name,
            self.condition,
            schema=self.schema,
            convention=convention_of(migration_context),
            **self.kw,
        )

    @classmethod
    def create_check_constraint(
        cls,
        operations: Invoker,
        /,
        constraint_name: str | None,
        table_name: str,
        condition: str | ColumnElement[bool] | TextClause,
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        """Add a CHECK constraint.

        :param constraint_name: None for the one that the naming convention, or the database, gives.
        :param condition: SQL as text, or an expression over columns.
        :param kw: ``postgresql_not_valid=True``: do not check the rows that are there; see
            ``op.validate_constraint()``.
        """
        operations.invoke(cls(constraint_name, table_name, condition, schema=schema, **kw))

    @classmethod
    def batch_create_check_constraint(
        cls,
        operations: BatchInvoker,
        /,
        constraint_name: str | None,
        condition: str | ColumnElement[bool] | TextClause,
        **kw: Any,
    ) -> None:
        """Add a CHECK constraint."""
        operations.invoke(
            cls(constraint_name, operations.table_name, condition, schema=operations.schema, **kw)
        )


class CreateExcludeConstraintOp(AddConstraintOp):
    """Add an exclusion constraint (PostgreSQL).

    :param elements: pairs of a column, its name or an expression, and an operator.
    :param kw: ``using``, ``ops``, ``deferrable``, ``initially``.
    """

    constraint_type = "exclude"

    def __init__(
        self,
        constraint_name: str | None,
        table_name: str,
        elements: Sequence[tuple[Any, str]],
        where: ColumnElement[bool] | TextClause | str | None = None,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        own = _OWN | {"ops", "using"}
        if kw:
            from sqlalchemy.dialects.postgresql import ExcludeConstraint

            keywords.check_for(ExcludeConstraint, "create_exclude_constraint", kw, own)
        self.constraint_name = constraint_name
        self.table_name = table_name
        self.elements = elements
        self.where = where
        self.schema = schema
        self.kw = kw

    @classmethod
    def _from(cls, constraint: ExcludeConstraint) -> CreateExcludeConstraintOp:
        kw: dict[str, Any] = {"using": constraint.using, **_timing(constraint)}
        if constraint.ops:
            kw["ops"] = dict(constraint.ops)
        return cls(
            versions.plain_name(constraint.name),
            constraint.table.name,
            versions.exclusion_elements(constraint),
            constraint.where,
            constraint.table.schema,
            **kw,
        )

    def to_constraint(self, migration_context: NamingSource | None = None) -> ExcludeConstraint:
        return build.exclusion(
            self.constraint_name,
            self.table_name,
            self.elements,
            where=self.where,
            schema=self.schema,
            convention=convention_of(migration_context),
            **self.kw,
        )

    @classmethod
    def create_exclude_constraint(
        cls,
        operations: Invoker,
        /,
        constraint_name: str | None,
        table_name: str,
        *elements: Any,
        **kw: Any,
    ) -> None:
        """Add an exclusion constraint (PostgreSQL).

        :param elements: pairs of a column, its name or an expression, and an operator.
        :param kw: ``where``, ``using``, ``ops``, ``deferrable``, ``initially``, ``schema``.
        """
        operations.invoke(cls(constraint_name, table_name, elements, **kw))

    @classmethod
    def batch_create_exclude_constraint(
        cls, operations: BatchInvoker, /, constraint_name: str | None, *elements: Any, **kw: Any
    ) -> None:
        """Add an exclusion constraint (PostgreSQL)."""
        operations.invoke(
            cls(constraint_name, operations.table_name, elements, schema=operations.schema, **kw)
        )


class DropConstraintOp(MigrateOperation):
    """Drop a constraint, by name; where it has none, by what it was (``_reverse``)."""

    def __init__(
        self,
        constraint_name: str | None,
        table_name: str,
        type_: str | None = None,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        _reverse: AddConstraintOp | None = None,
    ) -> None:
        self.constraint_name = constraint_name
        self.table_name = table_name
        self.constraint_type = type_
        self.schema = schema
        self.if_exists = if_exists
        self._reverse = _reverse

    @classmethod
    def from_constraint(cls, constraint: sa.Constraint) -> DropConstraintOp:
        """The operation that drops ``constraint`` and can be reversed into adding it."""
        return AddConstraintOp.from_constraint(constraint).reverse()

    def to_constraint(self) -> sa.Constraint:
        """The constraint as it was.

        :raises ValueError: it is not known.
        """
        return self.reverse().to_constraint()

    def reverse(self) -> AddConstraintOp:
        """The operation that adds the constraint again.

        :raises ValueError: it is not known.
        """
        if self._reverse is None:
            raise ValueError(
                f"what constraint {self.constraint_name} of {self.table_name} was is not known: "
                "cannot reverse"
            )
        return self._reverse

    def to_diff_tuple(self) -> tuple[str, sa.Constraint]:
        kind = "remove_fk" if self.constraint_type == "foreignkey" else "remove_constraint"
        return (kind, self.to_constraint())

    @classmethod
    def drop_constraint(
        cls,
        operations: Invoker,
        /,
        constraint_name: str | None,
        table_name: str,
        type_: str | None = None,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
    ) -> None:
        """Drop a constraint.

        :param constraint_name: its name in the database.
        :param type_: ``foreignkey``, ``primary``, ``unique`` or ``check``; MySQL and MariaDB have
            to be told.
        :param if_exists: whether it may be gone already.
        """
        operations.invoke(
            cls(constraint_name, table_name, type_, schema=schema, if_exists=if_exists)
        )

    @classmethod
    def batch_drop_constraint(
        cls,
        operations: BatchInvoker,
        /,
        constraint_name: str | None,
        type_: str | None = None,
        *,
        if_exists: bool | None = None,
    ) -> None:
        """Drop a constraint; one without a name on SQLite, if it is the only one of its kind."""
        operations.invoke(
            cls(
                constraint_name,
                operations.table_name,
                type_,
                schema=operations.schema,
                if_exists=if_exists,
            )
        )


def _timing(constraint: sa.Constraint) -> dict[str, Any]:
    """``deferrable`` and ``initially`` where they are set."""
    timing = {"deferrable": constraint.deferrable, "initially": constraint.initially}
    return {key: value for key, value in timing.items() if value is not None}


_KINDS: tuple[tuple[type[sa.Constraint], type[AddConstraintOp]], ...] = (
    (sa.PrimaryKeyConstraint, CreatePrimaryKeyOp),
    (sa.UniqueConstraint, CreateUniqueConstraintOp),
    (sa.ForeignKeyConstraint, CreateForeignKeyOp),
    (sa.CheckConstraint, CreateCheckConstraintOp),
)
