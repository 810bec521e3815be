"""Enum types that tables share: created before their first use, dropped after their last.

Only PostgreSQL has them, but a migration written on another database is to run there as well, so
they are read from the models.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator, TypeEngine

from migrate_core.autogenerate.facts import Snapshot
from migrate_core.operations import CreateEnumOp, MigrateOperation


def created(before: Snapshot, after: Snapshot) -> list[MigrateOperation]:
    """Operations for the types that a new table or column uses and nothing used before."""
    known: set[tuple[str | None, str]] = set()
    new: dict[tuple[str | None, str], sa.Enum] = {}
    for key, table in after.tables.items():
        stored = before.tables.get(key)
        for name, column in table.columns.items():
            is_old = stored is not None and name in stored.columns
            for enum in _named(column.source.type):
                identity = (enum.schema, str(enum.name))
                if is_old and _was_enum(stored.columns[name].source.type):  # type: ignore[union-attr]
                    known.add(identity)
                else:
                    new.setdefault(identity, enum)
    for table in before.tables.values():
        for column in table.columns.values():
            known.update((enum.schema, str(enum.name)) for enum in _named(column.source.type))
    return [
        CreateEnumOp(name, enum.enums, schema=schema)
        for (schema, name), enum in sorted(
            new.items(), key=lambda item: (item[0][0] or "", item[0][1])
        )
        if (schema, name) not in known
    ]


def _named(type_: TypeEngine[Any]) -> Iterator[sa.Enum]:
    """The named native enums that a type is, or holds."""
    for each in _unwrapped(type_):
        if isinstance(each, sa.Enum) and each.native_enum and each.name:
            yield each


def _unwrapped(type_: TypeEngine[Any]) -> Iterable[TypeEngine[Any]]:
    if isinstance(type_, TypeDecorator):
        return _unwrapped(type_.impl_instance)
    if isinstance(type_, sa.ARRAY):
        return _unwrapped(type_.item_type)
    return (type_,)


def _was_enum(type_: TypeEngine[Any]) -> bool:
    """Whether the stored column may have held the type: as itself, or as text elsewhere."""
    return any(isinstance(each, (sa.Enum, sa.String)) for each in _unwrapped(type_))
