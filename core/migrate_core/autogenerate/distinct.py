"""No two names alike among those that were made here for constraints and indexes without one.

``("a", "b")`` and ``("a_b",)`` make the same name, and so may two tables. PostgreSQL keeps the
names of a schema's indexes in one place (manual, "CREATE INDEX"), MySQL those of its foreign keys
(manual, "FOREIGN KEY Constraints"); the two may be alike, as a key and its own index are on MySQL.
The later one gets a digest of what it is over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from migrate_core.autogenerate.facts import Snapshot
from migrate_core.operations import (
    AddConstraintOp,
    CreateIndexOp,
    CreateTableOp,
    DropConstraintOp,
    DropIndexOp,
    DropTableOp,
    OpContainer,
    UpgradeOps,
    leaves,
)
from migrate_core.schema import names

Taken = set[tuple[str | None, bool, str]]
"""Schemas, whether it is what rows are found by (index, key) or a condition on them, and names."""


def with_distinct_names(upgrade: UpgradeOps, before: Snapshot) -> None:
    """Rename what would be named like something else, in place."""
    if upgrade.ops:
        _rename(upgrade, _stored(before) - set(_dropped(upgrade)))


def _stored(before: Snapshot) -> Taken:
    return {
        (key[0], is_index, str(item.name))
        for key, table in before.tables.items()
        for is_index, items in (
            (True, table.uniques),
            (True, table.indexes),
            (True, table.exclusions),
            (True, [table.primary_key] if table.primary_key is not None else []),
            (False, table.foreign_keys),
            (False, table.checks),
        )
        for item in items
    }


def _dropped(upgrade: UpgradeOps) -> Iterable[tuple[str | None, bool, str]]:
    for op in leaves(upgrade):
        match op:
            case DropConstraintOp():
                is_index = op.constraint_type not in ("foreignkey", "check")
                yield op.schema, is_index, str(op.constraint_name)
            case DropIndexOp():
                yield op.schema, True, str(op.index_name)
            case DropTableOp():
                table = op.to_table()
                yield from ((op.schema, True, str(index.name)) for index in table.indexes)
                yield from (
                    (op.schema, _is_index(each), str(each.name)) for each in table.constraints
                )


def _is_index(constraint: sa.Constraint) -> bool:
    return not isinstance(constraint, (sa.ForeignKeyConstraint, sa.CheckConstraint))


def _rename(container: OpContainer, taken: Taken) -> None:
    for op in container.ops:
        match op:
            case OpContainer():
                _rename(op, taken)
            case CreateTableOp():
                op.columns = [
                    _constraint(item, op, taken) if isinstance(item, sa.Constraint) else item
                    for item in op.columns
                ]
            case CreateIndexOp():
                place = op.schema, True
                op.index_name = _distinct(op.index_name, op.table_name, place, op.columns, taken)
            case AddConstraintOp():
                place = op.schema, op.constraint_type not in ("foreignkey", "check")
                op.constraint_name = _distinct(
                    op.constraint_name, op.table_name, place, _over(op), taken
                )


def _constraint(item: sa.Constraint, op: CreateTableOp, taken: Taken) -> sa.Constraint:
    """The constraint, or a copy of it under another name."""
    place = op.schema, _is_index(item)
    if not isinstance(item.name, names.Made):
        taken.add((*place, str(item.name)))
        return item
    add = AddConstraintOp.from_constraint(item)
    name = _distinct(item.name, op.table_name, place, _over(add), taken)
    if name == item.name:
        return item
    add.constraint_name = name
    return add.to_constraint()


def _over(op: AddConstraintOp) -> Sequence[object]:
    """The columns, or else the name, in which a CHECK has a digest of its condition."""
    columns: Sequence[object] = getattr(op, "columns", ()) or getattr(op, "local_cols", ())
    return columns or (op.constraint_name,)


def _distinct(
    name: str | None,
    table: str,
    place: tuple[str | None, bool],
    over: Sequence[object],
    taken: Taken,
) -> str | None:
    if name is None:
        return None
    while isinstance(name, names.Made) and (*place, name) in taken:
        name = names.told_apart(name, table, map(str, over))
    taken.add((*place, str(name)))
    return name
