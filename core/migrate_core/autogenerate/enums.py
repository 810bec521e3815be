"""Enum types that tables share: created before their first use, dropped after their last.

Only PostgreSQL has them, but a migration written on another database is to run there as well. So
elsewhere, where no stored column says which type it has, one is created with the first new column
that has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from migrate_core.autogenerate.facts import Snapshot, TableKey
from migrate_core.autogenerate.rules import Rules
from migrate_core.autogenerate.texts import named_enums
from migrate_core.operations import AlterEnumOp, CreateEnumOp, MigrateOperation


@dataclass(frozen=True, slots=True)
class Changes:
    """What comes before all tables, and what after."""

    first: tuple[MigrateOperation, ...]
    last: tuple[MigrateOperation, ...]


def compared(before: Snapshot, after: Snapshot, rules: Rules) -> Changes:
    """Types created and changed first, and dropped last."""
    if before.enums == after.enums:
        return Changes((), ())
    new = {key for key in after.enums if key not in before.enums}
    if not rules.named_types:
        new -= _in_common_columns(before, after)
    gone = [key for key in before.enums if key not in after.enums]
    if rules.include_object is not None:
        gone = [key for key in gone if key not in _elsewhere(before, after)]
    return Changes(
        (
            *(CreateEnumOp(key[1], after.enums[key], schema=key[0]) for key in _ranked(new)),
            *(
                AlterEnumOp(
                    key[1], after.enums[key], existing_values=before.enums[key], schema=key[0]
                )
                for key in _ranked(set(after.enums) & set(before.enums))
                if rules.named_types and after.enums[key] != before.enums[key]
            ),
        ),
        tuple(
            CreateEnumOp(key[1], before.enums[key], schema=key[0]).reverse()
            for key in reversed(_ranked(set(gone)))
        ),
    )


def _ranked(keys: set[TableKey]) -> list[TableKey]:
    return sorted(keys, key=lambda key: (key[0] or "", key[1]))


def _in_common_columns(before: Snapshot, after: Snapshot) -> set[TableKey]:
    """Types of columns that are stored already, as an enum or as text."""
    found: set[TableKey] = set()
    for key, table in after.tables.items():
        stored = before.tables.get(key)
        if stored is None:
            continue
        for column in table.source.columns:
            if column.name in stored.columns and _was_enum(stored.column(column.name)):
                found.update((enum.schema, str(enum.name)) for enum in named_enums(column.type))
    return found


def _was_enum(column: sa.Column[object]) -> bool:
    return isinstance(column.type, (sa.Enum, sa.String)) or any(named_enums(column.type))


def _elsewhere(before: Snapshot, after: Snapshot) -> Iterator[TableKey]:
    """Types of stored tables that the models do not have: a hook may keep those tables."""
    for key, table in before.tables.items():
        if key not in after.tables:
            for column in table.source.columns:
                yield from ((enum.schema, str(enum.name)) for enum in named_enums(column.type))
