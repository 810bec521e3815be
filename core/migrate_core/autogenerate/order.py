"""Operations in an order in which each finds what it needs, both ways.

::

    0  views dropped: those that go, cannot be replaced, or hold on to what changes
    1  foreign keys dropped, where the table they point at changes or goes; indexes and keys, where
       another table gets one of their name and the tables of a schema share them
    2  enum types and sequences created and changed
    3  tables created, referred ones first, each with its indexes
    4  each common table: keys, indexes and constraints dropped; columns; then added again
    5  foreign keys added, where the table they point at is new or changes
    6  tables dropped, referring ones first
    7  sequences and enum types dropped
    8  views created and replaced

Views (0 and 8) are put around the others by ``diff``.

Downgrade is the exact inverse, last first. Both are trimmed once both are known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from migrate_core.autogenerate.constraints import Found
from migrate_core.autogenerate.facts import TableKey
from migrate_core.autogenerate.tables import Created
from migrate_core.operations import (
    AddConstraintOp,
    CreateForeignKeyOp,
    CreateIndexOp,
    CreateTableOp,
    DropConstraintOp,
    DropIndexOp,
    DropTableOp,
    MigrateOperation,
    ModifyTableOps,
)


@dataclass(frozen=True, slots=True)
class TableChanges:
    """What changes in one table that both sides have."""

    key: TableKey
    columns: tuple[MigrateOperation, ...]
    constraints: Found
    comment: tuple[MigrateOperation, ...] = ()

    @property
    def touches(self) -> bool:
        """Whether anything changes that a foreign key from elsewhere may need."""
        return bool(self.columns or self.constraints.dropped or self.constraints.added)


def ordered(
    changes: Sequence[TableChanges],
    created: Created,
    dropped: Created,
    *,
    dropped_keys: frozenset[TableKey],
    first: Sequence[MigrateOperation],
    last: Sequence[MigrateOperation],
    shared_names: bool,
) -> list[MigrateOperation]:
    """All operations of one migration.

    :param dropped: what would create the tables that are to go.
    :param dropped_keys: the tables that are to go.
    :param first: what comes before all tables: types and sequences that are created.
    :param last: what comes after them: types and sequences that are dropped.
    :param shared_names: whether the tables of a schema share the names of their indexes.
    """
    moving = frozenset(change.key for change in changes if change.touches) | dropped_keys
    early_keys: list[MigrateOperation] = []
    middle: list[MigrateOperation] = []
    late_keys: list[MigrateOperation] = []
    for change in changes:
        found = change.constraints
        others = found.dropped_referred - {change.key}
        keys_first = bool(others & moving)
        late = [op for op in found.added_keys if _referred(op) != change.key]
        early = [op for op in found.added_keys if _referred(op) == change.key]
        if keys_first:
            early_keys += _on(change.key, found.dropped_keys)
        middle += _on(
            change.key,
            [
                *(() if keys_first else found.dropped_keys),
                *found.dropped,
                *found.renamed,
                *change.columns,
                *found.added,
                *change.comment,
                *early,
                *(op for op in late if _referred(op) not in moving),
            ],
        )
        late_keys += _on(change.key, [op for op in late if _referred(op) in moving])
    tables = [
        *created.tables,
        *middle,
        *_each_on_its_table(created.keys),
        *late_keys,
        *(op.reverse() for op in reversed(_each_on_its_table(dropped.keys))),
        *(op.reverse() for op in reversed(dropped.tables)),
    ]
    early_drops, tables = _names_freed(tables) if shared_names else ([], tables)
    return [*early_keys, *early_drops, *first, *tables, *last]


def _names_freed(
    ops: Sequence[MigrateOperation],
) -> tuple[list[MigrateOperation], list[MigrateOperation]]:
    """What is dropped from one table under a name that another one gets, and the rest."""
    made = _made(ops)
    early: list[MigrateOperation] = []
    rest: list[MigrateOperation] = []
    for op in ops:
        if isinstance(op, ModifyTableOps):
            key = (op.schema, op.table_name)
            early += _on(key, (each for each in op.ops if _frees(each, made)))
            rest += _on(key, (each for each in op.ops if not _frees(each, made)))
        elif isinstance(op, DropIndexOp) and _frees(op, made):
            early += _on((op.schema, str(op.table_name)), [op])
        else:
            rest.append(op)
    return early, rest


def _made(ops: Iterable[MigrateOperation]) -> dict[tuple[str | None, str], str]:
    """The tables of the indexes and keys that are made, by schema and name."""
    made = {}
    for op in ops:
        for each in op.ops if isinstance(op, ModifyTableOps) else [op]:
            match each:
                case (
                    CreateIndexOp(index_name=str(name)) | AddConstraintOp(constraint_name=str(name))
                ):
                    made[each.schema, name] = each.table_name
                case CreateTableOp():
                    made |= {
                        (each.schema, item.name): each.table_name
                        for item in each.columns
                        if isinstance(item, sa.Constraint) and isinstance(item.name, str)
                    }
    return made


def _frees(op: MigrateOperation, made: Mapping[tuple[str | None, str], str]) -> bool:
    match op:
        case DropIndexOp(index_name=str(name)) | DropConstraintOp(constraint_name=str(name)):
            return made.get((op.schema, name), op.table_name) != op.table_name
    return False


def trimmed(ops: Sequence[MigrateOperation]) -> list[MigrateOperation]:
    """``ops`` without the indexes that go with their table anyway.

    Apart from being needless, MySQL refuses to drop an index that a foreign key needs. Those that
    go early, for their names, stay.
    """
    gone = {(op.schema, op.table_name) for op in ops if isinstance(op, DropTableOp)}
    return [
        op for op in ops if not (isinstance(op, DropIndexOp) and (op.schema, op.table_name) in gone)
    ]


def _on(key: TableKey, ops: Iterable[MigrateOperation]) -> list[MigrateOperation]:
    listed = list(ops)
    return [ModifyTableOps(key[1], listed, schema=key[0])] if listed else []


def _each_on_its_table(keys: Sequence[CreateForeignKeyOp]) -> list[MigrateOperation]:
    tables: dict[TableKey, list[MigrateOperation]] = {}
    for op in keys:
        tables.setdefault((op.schema, op.source_table), []).append(op)
    return [ModifyTableOps(name, ops, schema=schema) for (schema, name), ops in tables.items()]


def _referred(op: CreateForeignKeyOp) -> TableKey:
    return (op.kw.get("referent_schema"), op.referent_table)
