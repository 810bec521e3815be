"""Schemas, the namespaces of a database: created, dropped."""

from __future__ import annotations

from typing import Any

from migrate_core.operations.base import MigrateOperation


class CreateSchemaOp(MigrateOperation):
    """Create a schema."""

    def __init__(self, name: str, *, if_not_exists: bool | None = None) -> None:
        self.name = name
        self.if_not_exists = if_not_exists

    def reverse(self) -> DropSchemaOp:
        return DropSchemaOp(self.name)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        return ("add_schema", self.name)


class DropSchemaOp(MigrateOperation):
    """Drop a schema; one that still holds something stays, and the database says so."""

    def __init__(self, name: str, *, if_exists: bool | None = None) -> None:
        self.name = name
        self.if_exists = if_exists

    def reverse(self) -> CreateSchemaOp:
        return CreateSchemaOp(self.name)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        return ("remove_schema", self.name)
