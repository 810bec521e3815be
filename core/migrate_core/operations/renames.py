"""Names of constraints and indexes, and a constraint's validity."""

from __future__ import annotations

from typing import Any

from migrate_core.operations.base import MigrateOperation


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


class ValidateConstraintOp(MigrateOperation):
    """Check the rows that were there when a constraint was added as NOT VALID."""

    def __init__(self, constraint_name: str, table_name: str, *, schema: str | None = None) -> None:
        self.constraint_name = constraint_name
        self.table_name = table_name
        self.schema = schema
