"""Names of constraints and indexes, and a constraint's validity."""

from __future__ import annotations

from typing import Any

from migrate_core.operations.base import BatchInvoker, Invoker, MigrateOperation


class RenameConstraintOp(MigrateOperation):
    """Give a constraint another name.

    :param type_: ``foreignkey``, ``primary``, ``unique`` or ``check``; MySQL has to know.
    """

    def __init__(
        self,
        constraint_name: str,
        new_constraint_name: str,
        table_name: str,
        type_: str | None = None,
        *,
        schema: str | None = None,
    ) -> None:
        self.constraint_name = constraint_name
        self.new_constraint_name = new_constraint_name
        self.table_name = table_name
        self.constraint_type = type_
        self.schema = schema

    def reverse(self) -> RenameConstraintOp:
        return RenameConstraintOp(
            self.new_constraint_name,
            self.constraint_name,
            self.table_name,
            self.constraint_type,
            schema=self.schema,
        )

    def to_diff_tuple(self) -> tuple[Any, ...]:
        return (
            "rename_constraint",
            self.schema,
            self.table_name,
            self.constraint_name,
            self.new_constraint_name,
        )

    @classmethod
    def rename_constraint(
        cls,
        operations: Invoker,
        /,
        constraint_name: str,
        new_constraint_name: str,
        table_name: str,
        type_: str | None = None,
        *,
        schema: str | None = None,
    ) -> None:
        """Give a constraint another name; MySQL and MariaDB rename unique constraints only."""
        operations.invoke(
            cls(constraint_name, new_constraint_name, table_name, type_, schema=schema)
        )

    @classmethod
    def batch_rename_constraint(
        cls,
        operations: BatchInvoker,
        /,
        constraint_name: str,
        new_constraint_name: str,
        type_: str | None = None,
    ) -> None:
        """Give a constraint another name."""
        operations.invoke(
            cls(
                constraint_name,
                new_constraint_name,
                operations.table_name,
                type_,
                schema=operations.schema,
            )
        )


class RenameIndexOp(MigrateOperation):
    """Give an index another name."""

    def __init__(
        self,
        index_name: str,
        new_index_name: str,
        table_name: str | None = None,
        *,
        schema: str | None = None,
    ) -> None:
        self.index_name = index_name
        self.new_index_name = new_index_name
        self.table_name = table_name
        self.schema = schema

    def reverse(self) -> RenameIndexOp:
        return RenameIndexOp(
            self.new_index_name, self.index_name, self.table_name, schema=self.schema
        )

    def to_diff_tuple(self) -> tuple[Any, ...]:
        return ("rename_index", self.schema, self.table_name, self.index_name, self.new_index_name)

    @classmethod
    def rename_index(
        cls,
        operations: Invoker,
        /,
        index_name: str,
        new_index_name: str,
        table_name: str | None = None,
        *,
        schema: str | None = None,
    ) -> None:
        """Give an index another name; SQLite, MySQL and MariaDB have to be told its table."""
        operations.invoke(cls(index_name, new_index_name, table_name, schema=schema))

    @classmethod
    def batch_rename_index(
        cls, operations: BatchInvoker, /, index_name: str, new_index_name: str
    ) -> None:
        """Give an index another name."""
        operations.invoke(
            cls(index_name, new_index_name, operations.table_name, schema=operations.schema)
        )


class ValidateConstraintOp(MigrateOperation):
    """Check the rows that were there when a constraint was added as NOT VALID."""

    def __init__(self, constraint_name: str, table_name: str, *, schema: str | None = None) -> None:
        self.constraint_name = constraint_name
        self.table_name = table_name
        self.schema = schema

    @classmethod
    def validate_constraint(
        cls,
        operations: Invoker,
        /,
        constraint_name: str,
        table_name: str,
        *,
        schema: str | None = None,
    ) -> None:
        """Check the rows that a constraint with ``postgresql_not_valid`` has not looked at."""
        operations.invoke(cls(constraint_name, table_name, schema=schema))

    @classmethod
    def batch_validate_constraint(cls, operations: BatchInvoker, /, constraint_name: str) -> None:
        """Check the rows that a constraint with ``postgresql_not_valid`` has not looked at."""
        operations.invoke(cls(constraint_name, operations.table_name, schema=operations.schema))
