"""Two snapshots to operations: the pure heart of autogenerate."""

from __future__ import annotations

from migrate_core.autogenerate import columns, constraints, enums, tables
from migrate_core.autogenerate.facts import Snapshot, TableFacts
from migrate_core.autogenerate.order import TableChanges, ordered
from migrate_core.autogenerate.rules import Rules
from migrate_core.operations import UpgradeOps


def diff(before: Snapshot, after: Snapshot, rules: Rules) -> UpgradeOps:
    """What turns ``before`` into ``after``, in an order that runs both ways."""
    added = [
        table
        for key, table in after.tables.items()
        if key not in before.tables and _wanted(rules, table, reflected=False, other=None)
    ]
    gone = [
        table
        for key, table in before.tables.items()
        if key not in after.tables and _wanted(rules, table, reflected=True, other=None)
    ]
    changes = []
    for key, table in after.tables.items():
        stored = before.tables.get(key)
        if stored is None or not _wanted(rules, table, reflected=False, other=stored):
            continue
        changed_columns = tuple(columns.compared(stored, table, rules))
        found = constraints.compared(stored, table, rules)
        changes.append(TableChanges(key, changed_columns, found))
    return UpgradeOps(
        ordered(
            changes,
            tables.created(added),
            tables.created(gone),
            dropped_keys=frozenset(table.key for table in gone),
            enums=enums.created(before, after),
        )
    )


def _wanted(rules: Rules, table: TableFacts, *, reflected: bool, other: TableFacts | None) -> bool:
    if rules.include_object is None:
        return True
    compared_to = other.source if other is not None else None
    return rules.include_object(table.source, table.key[1], "table", reflected, compared_to)
