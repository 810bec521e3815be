"""Named types: PostgreSQL's enums, which live beside the tables that use them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from migrate_core.operations.base import Invoker, MigrateOperation


class CreateEnumOp(MigrateOperation):
    """Create an enum type, unless it is there. Databases without named types have nothing to do."""

    def __init__(self, name: str, values: Sequence[str], *, schema: str | None = None) -> None:
        self.name = name
        self.values = tuple(values)
        self.schema = schema

    def reverse(self) -> DropEnumOp:
        return DropEnumOp(self.name, schema=self.schema, _reverse=self)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        return ("add_enum", self.schema, self.name, self.values)

    @classmethod
    def create_enum(
        cls, operations: Invoker, /, name: str, values: Sequence[str], *, schema: str | None = None
    ) -> None:
        """Create an enum type, unless it is there; nothing to do but on PostgreSQL."""
        operations.invoke(cls(name, values, schema=schema))


class AlterEnumOp(MigrateOperation):
    """Change the values of an enum type. Databases without named types have nothing to do.

    :param values: all values that it will have, in order.
    :param existing_values: all values that it has, in order.
    :param rename: old value to new value.
    :param replace: what stands in the rows in the place of a value that is removed.
    :raises ValueError: the four do not fit together.
    """

    def __init__(
        self,
        name: str,
        values: Sequence[str],
        *,
        existing_values: Sequence[str],
        rename: Mapping[str, str] | None = None,
        replace: Mapping[str, str] | None = None,
        schema: str | None = None,
    ) -> None:
        self.name = name
        self.values = tuple(values)
        self.existing_values = tuple(existing_values)
        self.rename = dict(rename or {})
        self.replace = dict(replace or {})
        self.schema = schema
        self._refuse_contradictions()

    @property
    def renamed_values(self) -> tuple[str, ...]:
        """The existing values under their new names."""
        return tuple(self.rename.get(value, value) for value in self.existing_values)

    @property
    def added(self) -> tuple[str, ...]:
        """The values that are new."""
        return tuple(value for value in self.values if value not in self.renamed_values)

    @property
    def removed(self) -> tuple[str, ...]:
        """The existing values that go, under their old names."""
        return tuple(v for v in self.existing_values if self.rename.get(v, v) not in self.values)

    @property
    def only_adds(self) -> bool:
        """Whether nothing is removed and what stays keeps its order."""
        kept = tuple(value for value in self.values if value in self.renamed_values)
        return kept == self.renamed_values

    def reverse(self) -> AlterEnumOp:
        """The operation that gives the type its former values.

        What a value was replaced by cannot be told from what was that value before: it stays.
        """
        return AlterEnumOp(
            self.name,
            self.existing_values,
            existing_values=self.values,
            rename={new: old for old, new in self.rename.items()},
            schema=self.schema,
        )

    def _refuse_contradictions(self) -> None:
        for values in (self.values, self.existing_values):
            if len(set(values)) != len(values):
                raise ValueError(f"enum {self.name}: a value is listed twice in {values}")
        unknown = {*self.rename, *self.replace} - set(self.existing_values)
        if unknown:
            raise ValueError(f"enum {self.name}: {sorted(unknown)} not among existing_values")
        missing = {*self.rename.values(), *self.replace.values()} - set(self.values)
        if missing:
            raise ValueError(f"enum {self.name}: {sorted(missing)} not among the new values")
        kept = set(self.replace) - set(self.removed)
        if kept:
            raise ValueError(f"enum {self.name}: {sorted(kept)} is replaced, but not removed")

    def to_diff_tuple(self) -> tuple[Any, ...]:
        return ("modify_enum", self.schema, self.name, self.existing_values, self.values)

    @classmethod
    def alter_enum(
        cls,
        operations: Invoker,
        /,
        name: str,
        values: Sequence[str],
        *,
        existing_values: Sequence[str],
        rename: Mapping[str, str] | None = None,
        replace: Mapping[str, str] | None = None,
        schema: str | None = None,
    ) -> None:
        """Change the values of an enum type; nothing to do but on PostgreSQL.

        A value that is only added cannot be used before the transaction ends (PostgreSQL manual,
        "ALTER TYPE"). Where values are removed or moved, each column of the type is rewritten.

        :param values: all values that it will have, in order.
        :param existing_values: all values that it has, in order.
        :param rename: old value to new value.
        :param replace: what stands in the rows in the place of a value that is removed.
        """
        operations.invoke(
            cls(
                name,
                values,
                existing_values=existing_values,
                rename=rename,
                replace=replace,
                schema=schema,
            )
        )


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

    def to_diff_tuple(self) -> tuple[Any, ...]:
        return ("remove_enum", self.schema, self.name)

    @classmethod
    def drop_enum(cls, operations: Invoker, /, name: str, *, schema: str | None = None) -> None:
        """Drop an enum type, if it is there; nothing to do but on PostgreSQL."""
        operations.invoke(cls(name, schema=schema))
