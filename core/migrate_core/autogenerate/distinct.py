"""No two names alike among those that were made here for constraints and indexes without one.

``("a", "b")`` and ``("a_b",)`` make the same name, and so may two tables. PostgreSQL keeps the
names of a schema's indexes in one place (manual, "CREATE INDEX"), MySQL those of its foreign keys
(manual, "FOREIGN KEY Constraints"). The later one gets a digest of what it is over.
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

Taken = set[tuple[str | None, str]]
"""Schemas and names."""


def with_distinct_names(upgrade: UpgradeOps, before: Snapshot) -> None:
    """Rename what would be named like something else, in place."""
    _rename(upgrade, _stored(before) - set(_dropped(upgrade)))


def _stored(before: Snapshot) -> Taken:
    return {
        (key[0], str(item.name))
        for key, table in before.tables.items()
        for items in (
            table.uniques,
            table.indexes,
            table.foreign_keys,
            table.checks,
            table.exclusions,
            [table.primary_key] if table.primary_key is not None else [],
        )
        for item in items
    }


def _names(table: sa.Table) -> Iterable[str]:
    for constraint in table.constraints:
        yield str(constraint.name)
    for index in table.indexes:
        yield str(index.name)


def _dropped(upgrade: UpgradeOps) -> Iterable[tuple[str | None, str]]:
    for op in leaves(upgrade):
        match op:
            case DropConstraintOp():
                yield op.schema, str(op.constraint_name)
            case DropIndexOp():
                yield op.schema, str(op.index_name)
            case DropTableOp():
                yield from ((op.schema, name) for name in _names(op.to_table()))


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
                op.index_name = _distinct(
                    op.index_name, op.table_name, op.schema, op.columns, taken
                )
            case AddConstraintOp():
                op.constraint_name = _distinct(
                    op.constraint_name, op.table_name, op.schema, _over(op), taken
                )


def _constraint(item: sa.Constraint, op: CreateTableOp, taken: Taken) -> sa.Constraint:
    """The constraint, or a copy of it under another name."""
    if not isinstance(item.name, names.Made):
        taken.add((op.schema, str(item.name)))
        return item
    add = AddConstraintOp.from_constraint(item)
    name = _distinct(item.name, op.table_name, op.schema, _over(add), taken)
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
    schema: str | None,
    over: Sequence[object],
    taken: Taken,
) -> str | None:
    if name is None:
        return None
    while isinstance(name, names.Made) and (schema, name) in taken:
        name = names.told_apart(name, table, map(str, over))
    taken.add((schema, str(name)))
    return name
