"""One table's columns: added, dropped, changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from migrate_core.autogenerate.facts import ColumnFacts, TableFacts
from migrate_core.autogenerate.rules import Rules
from migrate_core.operations import AddColumnOp, AlterColumnOp, DropColumnOp, MigrateOperation
from migrate_core.schema import versions


def compared(before: TableFacts, after: TableFacts, rules: Rules) -> Iterator[MigrateOperation]:
    """Added columns in the model's order, then changed ones, then dropped ones."""
    schema, table = after.key
    for name, column in after.columns.items():
        if name not in before.columns and rules.wants(column.source, name, "column"):
            yield AddColumnOp(table, bare(column.source), schema=schema)
    for name, column in after.columns.items():
        stored = before.columns.get(name)
        if stored is not None and rules.wants(column.source, name, "column", stored.source):
            op = _altered(after, stored, column, rules)
            if op.has_changes():
                yield op
    for name, stored in before.columns.items():
        if name not in after.columns and rules.wants_gone(stored.source, name, "column"):
            yield DropColumnOp.from_column_and_tablename(schema, table, bare(stored.source))


def bare(column: sa.Column[Any]) -> sa.Column[Any]:
    """A copy without constraints and indexes: those are operations of their own."""
    copy = versions.copied(column)
    copy.index = None
    copy.unique = None
    for constraint in list(copy.constraints):
        if not isinstance(constraint, sa.CheckConstraint):
            copy.constraints.discard(constraint)
    copy.foreign_keys.clear()
    return copy


def _altered(
    table: TableFacts, stored: ColumnFacts, column: ColumnFacts, rules: Rules
) -> AlterColumnOp:
    type_changes = (
        rules.compare_type
        and bool(stored.type)
        and bool(column.type)
        and stored.type != column.type
    )
    default_changes = (
        rules.compare_server_default
        and not (stored.generated or column.generated)
        and stored.default != column.default
    )
    nullable_changes = not column.source.primary_key and stored.nullable != column.nullable
    changes: dict[str, Any] = {}
    if type_changes:
        changes["modify_type"] = column.source.type
    if nullable_changes:
        changes["modify_nullable"] = column.nullable
    if default_changes:
        changes["modify_server_default"] = column.source.server_default
    schema, name = table.key
    return AlterColumnOp(
        name,
        column.name,
        schema=schema,
        existing_type=stored.source.type if type_changes else column.source.type,
        existing_nullable=stored.nullable,
        existing_server_default=_existing_default(stored, column, changed=default_changes),
        **changes,
    )


def _existing_default(stored: ColumnFacts, column: ColumnFacts, *, changed: bool) -> Any:
    """The default as the model says it where both say the same, else as it is stored."""
    default = (stored if changed else column).source.server_default
    if default is not None:
        return default
    return None if changed else False
