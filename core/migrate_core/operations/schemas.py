"""Schemas, the namespaces of a database: created, dropped."""

from __future__ import annotations

from typing import Any

from migrate_core.operations.base import Invoker, MigrateOperation


class CreateSchemaOp(MigrateOperation):
    """Create a schema."""

    def __init__(self, name: str, *, if_not_exists: bool | None = None) -> None:
        self.name = name
        self.if_not_exists = if_not_exists

    def reverse(self) -> DropSchemaOp:
        return DropSchemaOp(self.name)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        return ("add_schema", self.name)

    @classmethod
    def create_schema(
        cls, operations: Invoker, /, name: str, *, if_not_exists: bool | None = None
    ) -> None:
        """Create a schema; a database, on MySQL and MariaDB."""
        operations.invoke(cls(name, if_not_exists=if_not_exists))


class DropSchemaOp(MigrateOperation):
    """Drop a schema; one that still holds something stays, and the database says so."""

    def __init__(self, name: str, *, if_exists: bool | None = None) -> None:
        self.name = name
        self.if_exists = if_exists

    def reverse(self) -> CreateSchemaOp:
        return CreateSchemaOp(self.name)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        return ("remove_schema", self.name)

    @classmethod
    def drop_schema(
        cls, operations: Invoker, /, name: str, *, if_exists: bool | None = None
    ) -> None:
        """Drop a schema that is empty; on MySQL and MariaDB a database with all that is in it."""
        operations.invoke(cls(name, if_exists=if_exists))
