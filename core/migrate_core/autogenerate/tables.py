"""Whole tables: added and dropped, in an order in which each finds what it refers to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from migrate_core.autogenerate.constraints import (
    create_check,
    create_foreign_key,
    create_index,
    create_unique,
)
from migrate_core.autogenerate.facts import ForeignKey, Item, TableFacts, TableKey
from migrate_core.operations import (
    CreateForeignKeyOp,
    CreateTableOp,
    MigrateOperation,
)
from migrate_core.operations.constraints import AddConstraintOp
from migrate_core.schema import versions


@dataclass(frozen=True, slots=True)
class Created:
    """Operations that create tables.

    :param tables: the tables, each followed by its indexes, referred ones first.
    :param keys: foreign keys of tables that refer to one another in a circle.
    """

    tables: tuple[MigrateOperation, ...]
    keys: tuple[CreateForeignKeyOp, ...]


def created(tables: Sequence[TableFacts]) -> Created:
    """What creates ``tables``; reversed, it drops them."""
    late = _late_keys(tables)
    ops: list[MigrateOperation] = []
    for facts in _ranked(tables, late):
        source = facts.source
        ops.append(_create_table(source, {id(key.source()) for key in late.get(facts.key, ())}))
        items: list[Item[Any]] = [*facts.indexes, *facts.uniques]
        indexes = [each.source() for each in items if isinstance(each.source(), sa.Index)]
        ops += [create_index(index) for index in sorted(indexes, key=lambda each: str(each.name))]
    keys = [key.source() for found in late.values() for key in found]
    keys.sort(key=lambda key: (key.table.name, list(key.column_keys)))
    return Created(tuple(ops), tuple(create_foreign_key(key) for key in keys))


def _late_keys(tables: Sequence[TableFacts]) -> dict[TableKey, list[ForeignKey]]:
    """Foreign keys that can only be added when all tables are there.

    Those that say so (``use_alter``), and all that lead from one table of a circle to another.
    """
    late: dict[TableKey, list[ForeignKey]] = {}
    waiting: dict[TableKey, list[ForeignKey]] = {}
    for table in tables:
        for key in table.foreign_keys:
            if key.source().use_alter:
                late.setdefault(table.key, []).append(key)
            elif key.content.referred != table.key:
                waiting.setdefault(table.key, []).append(key)
    left = {table.key for table in tables}
    while left:
        ready = {k for k in left if not any(f.content.referred in left for f in waiting.get(k, ()))}
        if not ready:
            for table_key, found in _circling(waiting, left).items():
                late.setdefault(table_key, []).extend(found)
                waiting[table_key] = [k for k in waiting[table_key] if k not in found]
            continue
        left -= ready
    return late


def _circling(
    waiting: Mapping[TableKey, list[ForeignKey]], left: set[TableKey]
) -> dict[TableKey, list[ForeignKey]]:
    """The foreign keys by which a table comes back to itself."""
    found: dict[TableKey, list[ForeignKey]] = {}
    for table in left:
        for key in waiting.get(table, ()):
            referred = key.content.referred
            if referred in left and table in _reached(referred, waiting, left):
                found.setdefault(table, []).append(key)
    return found


def _reached(
    start: TableKey, waiting: Mapping[TableKey, list[ForeignKey]], left: set[TableKey]
) -> set[TableKey]:
    """All tables that can be come to from ``start`` along foreign keys."""
    found, ahead = {start}, [start]
    while ahead:
        for key in waiting.get(ahead.pop(), ()):
            referred = key.content.referred
            if referred in left and referred not in found:
                found.add(referred)
                ahead.append(referred)
    return found


def _ranked(
    tables: Sequence[TableFacts], late: Mapping[TableKey, list[ForeignKey]]
) -> list[TableFacts]:
    """Referred tables first; among those that are free, by name."""
    by_key = {
        table.key: table for table in sorted(tables, key=lambda t: (t.key[0] or "", t.key[1]))
    }
    found: dict[TableKey, TableFacts] = {}
    stack = [(key, False) for key in reversed(by_key)]
    while stack:
        key, done = stack.pop()
        if key in found:
            continue
        if done:
            found[key] = by_key[key]
            continue
        stack.append((key, True))
        table = by_key[key]
        inline = [f for f in table.foreign_keys if f not in late.get(key, ())]
        referred = {f.content.referred for f in inline} - {key}
        stack += [
            (each, False)
            for each in sorted(referred, key=lambda k: (k[0] or "", k[1]), reverse=True)
            if each in by_key and each not in found
        ]
    return list(found.values())


def _create_table(table: sa.Table, late: set[int]) -> CreateTableOp:
    """The operation, its constraints named, without what is added later."""
    op = CreateTableOp.from_table(table)
    constraints = [
        _named(constraint)
        for constraint in versions.all_constraints(table, tuple(table.columns))
        if id(constraint) not in late and not versions.is_type_bound(constraint)
    ]
    constraints.sort(key=_rank)
    op.columns = [*map(_without_checks, table.columns), *constraints]
    return op


def _without_checks(column: sa.Column[Any]) -> sa.Column[Any]:
    """The column; where CHECKs were given to it a copy without them: they stand beside it."""
    if not versions.checks_in(column):
        return column
    copy = versions.copied(column)
    copy.constraints.difference_update(versions.checks_in(copy))
    return copy


def _named(constraint: sa.Constraint) -> sa.Constraint:
    """The constraint, or a copy under a deterministic name where the model gives none."""
    if isinstance(constraint, sa.PrimaryKeyConstraint):
        return constraint
    if versions.plain_name(constraint.name) is not None:
        return constraint
    op = _create_constraint(constraint)
    return constraint if op is None else op.to_constraint()


def _create_constraint(constraint: sa.Constraint) -> AddConstraintOp | None:
    match constraint:
        case sa.UniqueConstraint():
            return create_unique(constraint)
        case sa.ForeignKeyConstraint():
            return create_foreign_key(constraint)
        case sa.CheckConstraint():
            return create_check(constraint)
    return None


def _rank(constraint: sa.Constraint) -> tuple[int, str]:
    """Primary key, foreign keys, unique constraints, checks; each by name."""
    kinds = (
        sa.PrimaryKeyConstraint,
        sa.ForeignKeyConstraint,
        sa.UniqueConstraint,
        sa.CheckConstraint,
    )
    rank = next((i for i, kind in enumerate(kinds) if isinstance(constraint, kind)), len(kinds))
    return rank, str(constraint.name)
