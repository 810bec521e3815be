"""Whole tables: added and dropped, in an order in which each finds what it refers to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.schema import sort_tables_and_constraints

from migrate_core.autogenerate.constraints import (
    create_foreign_key,
    create_index,
    create_unique,
)
from migrate_core.autogenerate.facts import TableFacts
from migrate_core.operations import (
    CreateCheckConstraintOp,
    CreateForeignKeyOp,
    CreateTableOp,
    CreateUniqueConstraintOp,
    MigrateOperation,
)
from migrate_core.operations.constraints import AddConstraintOp
from migrate_core.schema import names, versions


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
    ordered = list(
        sort_tables_and_constraints(  # type: ignore[no-untyped-call]
            sorted((t.source for t in tables), key=lambda t: (t.schema or "", t.name)),
            filter_fn=lambda key: True if key.use_alter else None,
        )
    )
    by_source = {id(facts.source): facts for facts in tables}
    late = {id(key) for table, keys in ordered if table is None for key in keys}
    ops: list[MigrateOperation] = []
    for table, _keys in ordered:
        if table is None or id(table) not in by_source:
            continue
        facts = by_source[id(table)]
        ops.append(_create_table(table, late))
        ops.extend(create_index(index.source) for index in facts.indexes)
        ops.extend(
            create_index(unique.source)
            for unique in facts.uniques
            if isinstance(unique.source, sa.Index)
        )
    keys = [key for table, found in ordered if table is None for key in found]
    keys.sort(key=lambda key: (key.table.name, list(key.column_keys)))
    return Created(tuple(ops), tuple(create_foreign_key(key) for key in keys))


def _create_table(table: sa.Table, late: set[int]) -> CreateTableOp:
    """The operation, its constraints named, without what is added later."""
    op = CreateTableOp.from_table(table)
    constraints = [
        _named(constraint)
        for constraint in table.constraints
        if id(constraint) not in late and not versions.is_type_bound(constraint)
    ]
    constraints.sort(key=_rank)
    op.columns = [*table.columns, *constraints]
    return op


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
            op = create_unique(constraint)
            assert isinstance(op, CreateUniqueConstraintOp)
            return op
        case sa.ForeignKeyConstraint():
            return create_foreign_key(constraint)
        case sa.CheckConstraint():
            check = AddConstraintOp.from_constraint(constraint)
            assert isinstance(check, CreateCheckConstraintOp)
            text = str(constraint.sqltext.compile(compile_kwargs={"literal_binds": True}))
            check.constraint_name = names.check(check.table_name, text)
            return check
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
