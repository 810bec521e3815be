"""Two snapshots to operations: the pure heart of autogenerate."""

from __future__ import annotations

from migrate_core.autogenerate import columns, constraints, enums, tables
from migrate_core.autogenerate.facts import Snapshot
from migrate_core.autogenerate.order import TableChanges, ordered
from migrate_core.autogenerate.rules import Rules
from migrate_core.operations import UpgradeOps


def diff(before: Snapshot, after: Snapshot, rules: Rules) -> UpgradeOps:
    """What turns ``before`` into ``after``, in an order that runs both ways."""
    added = [
        table
        for key, table in after.tables.items()
        if key not in before.tables and rules.wants(table.source, key[1], "table")
    ]
    gone = [
        table
        for key, table in before.tables.items()
        if key not in after.tables and rules.wants_gone(table.source, key[1], "table")
    ]
    changes = []
    for key, table in after.tables.items():
        stored = before.tables.get(key)
        if stored is None or not rules.wants(table.source, key[1], "table", stored.source):
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
