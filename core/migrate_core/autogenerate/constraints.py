"""One table's indexes, unique constraints and foreign keys: dropped and added.

===================  ==========================================================================
indexes              by name, then by columns and uniqueness; an expression by its name only
unique constraints   by name, then by columns; one without a name by its columns
foreign keys         by what they say; the name means nothing. One is dropped and added again
                     where the index that it needs changes
===================  ==========================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa

from migrate_core.autogenerate.facts import (
    ForeignKeyFacts,
    IndexFacts,
    TableFacts,
    TableKey,
    UniqueFacts,
)
from migrate_core.autogenerate.rules import Rules
from migrate_core.operations import (
    AddConstraintOp,
    CreateForeignKeyOp,
    CreateIndexOp,
    CreateUniqueConstraintOp,
    MigrateOperation,
)
from migrate_core.schema import names
from migrate_core.settings import ObjectKind

Named = TypeVar("Named", IndexFacts, UniqueFacts)


@dataclass(frozen=True, slots=True)
class Found:
    """What one table loses and gains, foreign keys apart because tables depend on them."""

    dropped: tuple[MigrateOperation, ...]
    added: tuple[MigrateOperation, ...]
    dropped_keys: tuple[MigrateOperation, ...]
    added_keys: tuple[CreateForeignKeyOp, ...]
    dropped_referred: frozenset[TableKey]
    """Tables that the dropped foreign keys pointed at."""


def compared(before: TableFacts, after: TableFacts, rules: Rules) -> Found:
    """What differs between the two sides of one table."""
    gone_indexes, new_indexes = _by_name(before.indexes, after.indexes, _same_index)
    gone_uniques, new_uniques = _by_name(before.uniques, after.uniques, _same_unique)
    new_indexes = [i for i in new_indexes if rules.wants(i.source, i.name, "index")]
    gone_indexes = [i for i in gone_indexes if rules.wants_gone(i.source, i.name, "index")]
    kind: ObjectKind = "unique_constraint"
    new_uniques = [u for u in new_uniques if rules.wants(u.source, u.name, kind)]
    gone_uniques = [u for u in gone_uniques if rules.wants_gone(u.source, u.name, kind)]
    gone_keys, new_keys = _foreign_keys(before, after, rules)
    if rules.keys_need_index:
        away = _held_back(before, after, [*gone_indexes, *gone_uniques])
        gone_keys, new_keys = [*gone_keys, *away], [*new_keys, *away]
    return Found(
        dropped=tuple(
            [create_index(i.source).reverse() for i in gone_indexes]
            + [create_unique(u.source).reverse() for u in gone_uniques]
        ),
        added=tuple(
            [create_unique(u.source) for u in new_uniques]
            + [create_index(i.source) for i in new_indexes]
        ),
        dropped_keys=tuple(create_foreign_key(k.source).reverse() for k in gone_keys),
        added_keys=tuple(create_foreign_key(k.source) for k in new_keys),
        dropped_referred=frozenset(key.referred for key in gone_keys),
    )


def create_index(index: sa.Index) -> CreateIndexOp:
    """The operation that creates an index, with a name of its own where the model gives none."""
    op = CreateIndexOp.from_index(index)
    if op.index_name is None:
        columns = [column for column in op.columns if isinstance(column, str)]
        op.index_name = names.index(op.table_name, columns)
    return op


def create_unique(source: sa.UniqueConstraint | sa.Index) -> MigrateOperation:
    """The operation that adds a unique constraint, always with a name."""
    if isinstance(source, sa.Index):
        return create_index(source)
    op = AddConstraintOp.from_constraint(source)
    assert isinstance(op, CreateUniqueConstraintOp)
    if op.constraint_name is None:
        op.constraint_name = names.unique(op.table_name, op.columns)
    return op


def create_foreign_key(source: sa.ForeignKeyConstraint) -> CreateForeignKeyOp:
    """The operation that adds a foreign key, always with a name."""
    op = AddConstraintOp.from_constraint(source)
    assert isinstance(op, CreateForeignKeyOp)
    if op.constraint_name is None:
        op.constraint_name = names.foreign_key(op.source_table, op.local_cols, op.referent_table)
    op.kw.pop("use_alter", None)
    return op


def _by_name(
    before: Sequence[Named], after: Sequence[Named], same: Callable[[Named, Named], bool]
) -> tuple[list[Named], list[Named]]:
    """What is gone and what is new: named ones by name, unnamed ones by what they say."""
    left = list(before)
    new: list[Named] = []
    for item in sorted(after, key=lambda item: item.name is None):
        match = next(
            (
                other
                for other in left
                if (item.name is None or other.name is None or item.name == other.name)
                and same(other, item)
            ),
            None,
        )
        if match is None:
            new.append(item)
        else:
            left.remove(match)
    return left, new


def _same_index(before: IndexFacts, after: IndexFacts) -> bool:
    if not (before.plain and after.plain):
        return before.name == after.name and before.unique == after.unique
    return (before.columns, before.unique) == (after.columns, after.unique)


def _same_unique(before: UniqueFacts, after: UniqueFacts) -> bool:
    return before.columns == after.columns


def _foreign_keys(
    before: TableFacts, after: TableFacts, rules: Rules
) -> tuple[list[ForeignKeyFacts], list[ForeignKeyFacts]]:
    kept = {_meaning(key) for key in before.foreign_keys}
    wanted = {_meaning(key) for key in after.foreign_keys}
    kind: ObjectKind = "foreign_key_constraint"
    gone = [
        key
        for key in before.foreign_keys
        if _meaning(key) not in wanted and rules.wants_gone(key.source, key.name, kind)
    ]
    new = [
        key
        for key in after.foreign_keys
        if _meaning(key) not in kept and rules.wants(key.source, key.name, kind)
    ]
    return gone, new


def _held_back(
    before: TableFacts, after: TableFacts, gone: Sequence[IndexFacts | UniqueFacts]
) -> list[ForeignKeyFacts]:
    """Foreign keys that stay while the only index they go by is dropped: they have to be away.

    InnoDB, "FOREIGN KEY Constraints": an index whose first columns are those of the key.
    """
    wanted = {_meaning(key) for key in after.foreign_keys}
    there: list[IndexFacts | UniqueFacts] = [*before.indexes, *before.uniques]
    lasting = [_in_order(each.source) for each in there if each not in gone]
    lasting.append(_in_order(before.source.primary_key))
    going = [_in_order(each.source) for each in gone]
    return [
        key
        for key in before.foreign_keys
        if _meaning(key) in wanted and _leads(key, going) and not _leads(key, lasting)
    ]


def _in_order(
    source: sa.Index | sa.UniqueConstraint | sa.PrimaryKeyConstraint,
) -> tuple[str, ...]:
    return tuple(column.name for column in source.columns)


def _leads(key: ForeignKeyFacts, indexes: Sequence[tuple[str, ...]]) -> bool:
    return any(columns[: len(key.columns)] == key.columns for columns in indexes)


def _meaning(key: ForeignKeyFacts) -> tuple[object, ...]:
    pairs = sorted(zip(key.columns, key.referred_columns, strict=True))
    return (
        key.referred,
        tuple(pairs),
        key.onupdate,
        key.ondelete,
        key.deferrable,
        key.initially_deferred,
    )
