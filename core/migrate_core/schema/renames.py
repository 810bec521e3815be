"""Which tables and columns have another name now: what a comparison is told before it compares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Key: TypeAlias = "tuple[str | None, str]"
"""A table: its schema (None for the default one) and its name."""


@dataclass(frozen=True, slots=True)
class Renames:
    """New names of what is stored.

    :param tables: a stored table to its new name, in the same schema.
    :param columns: a table, under its new name, to its columns' stored names and their new ones.
    """

    tables: Mapping[Key, str] = field(default_factory=dict)
    columns: Mapping[Key, Mapping[str, str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.tables or any(self.columns.values()))

    def table(self, key: Key) -> Key:
        """What a stored table is called now."""
        return (key[0], self.tables.get(key, key[1]))

    def column(self, table: Key, name: str) -> str:
        """What a column is called now; ``table`` is the stored one."""
        return self.columns.get(self.table(table), {}).get(name, name)
