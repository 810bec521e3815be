"""Named types: PostgreSQL's enums, which live beside the tables that use them."""

from __future__ import annotations

from collections.abc import Sequence

from migrate_core.operations.base import MigrateOperation


class CreateEnumOp(MigrateOperation):
    """Create an enum type, unless it is there. Databases without named types have nothing to do."""

    def __init__(self, name: str, values: Sequence[str], *, schema: str | None = None) -> None:
        self.name = name
        self.values = tuple(values)
        self.schema = schema

    def reverse(self) -> DropEnumOp:
        return DropEnumOp(self.name, schema=self.schema, _reverse=self)


class DropEnumOp(MigrateOperation):
    """Drop an enum type, if it is there. Databases without named types have nothing to do."""

    def __init__(
        self, name: str, *, schema: str | None = None, _reverse: CreateEnumOp | None = None
    ) -> None:
        self.name = name
        self.schema = schema
        self._reverse = _reverse

    def reverse(self) -> CreateEnumOp:
        """The operation that creates the type again.

        :raises ValueError: its values are not known.
        """
        if self._reverse is None:
            raise ValueError(f"the values of enum {self.name} are not known: cannot reverse")
        return self._reverse
