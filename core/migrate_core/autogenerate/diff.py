"""Two snapshots to operations: the pure heart of autogenerate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from migrate_core.autogenerate import columns, constraints, enums, sequences, tables, views
from migrate_core.autogenerate.facts import Snapshot, TableFacts
from migrate_core.autogenerate.order import TableChanges, ordered
from migrate_core.autogenerate.rules import Rules
from migrate_core.operations import (
    CreateSchemaOp,
    CreateTableCommentOp,
    DropTableCommentOp,
    MigrateOperation,
    UpgradeOps,
)


def diff(before: Snapshot, after: Snapshot, rules: Rules) -> UpgradeOps:
    """What turns ``before`` into ``after``, in an order that runs both ways."""
    added = [
        table
        for key, table in after.tables.items()
        if key not in before.tables and rules.wants(table, key[1], "table")
    ]
    gone = [
        table
        for key, table in before.tables.items()
        if key not in after.tables and rules.wants_gone(table, key[1], "table")
    ]
    changed = [pair for pair in _common(before, after, rules) if _differ(*pair, rules)]
    shared = _names(before) if changed and rules.shared_names else frozenset()
    changes = [_changes(stored, table, rules, shared) for stored, table in changed]
    types = enums.compared(before, after, rules)
    counters = sequences.compared(before, after)
    spaces = [table.key[0] for table in added] + [key[0] for key in after.views]
    ops = ordered(
        changes,
        tables.created(added),
        tables.created(gone),
        dropped_keys=frozenset(table.key for table in gone),
        first=[*_schemas(spaces, before, rules), *types.first, *counters.first],
        last=[*counters.last, *types.last],
        shared_names=rules.shared_names,
    )
    shown = views.compared(before, after, rules, ops)
    return UpgradeOps([*shown.first, *ops, *shown.last])


def _schemas(
    needed: Iterable[str | None], before: Snapshot, rules: Rules
) -> Iterator[MigrateOperation]:
    if rules.creates_schemas:
        missing = {name for name in needed if name is not None} - before.schemas
        yield from (CreateSchemaOp(name) for name in sorted(missing))


def unalterable(before: Snapshot, after: Snapshot, rules: Rules) -> Iterator[str]:
    """In words, what differs and no operation is written for."""
    for key, table in after.tables.items():
        stored = before.tables.get(key)
        if stored is not None and stored.columns != table.columns:
            yield from columns.unalterable(stored, table, rules)


def _common(
    before: Snapshot, after: Snapshot, rules: Rules
) -> Iterator[tuple[TableFacts, TableFacts]]:
    for key, table in after.tables.items():
        stored = before.tables.get(key)
        if stored is not None and rules.wants(table, key[1], "table", stored):
            yield stored, table


def _names(snapshot: Snapshot) -> frozenset[str | None]:
    return frozenset(name for table in snapshot.tables.values() for name in table.names)


def _differ(stored: TableFacts, table: TableFacts, rules: Rules) -> bool:
    """Whether there is something to look at: a hook looks at everything."""
    return rules.include_object is not None or not _says_the_same(stored, table)


def _changes(
    stored: TableFacts, table: TableFacts, rules: Rules, shared: frozenset[str | None]
) -> TableChanges:
    remade = columns.remade(stored, table, rules)
    return TableChanges(
        table.key,
        tuple(columns.compared(stored, table, rules, remade)),
        constraints.compared(stored, table, rules, remade, shared),
        tuple(_comment(stored, table)),
    )


def _says_the_same(stored: TableFacts, table: TableFacts) -> bool:
    """Whether nothing differs but names that mean nothing."""
    primary = (stored.primary_key, table.primary_key)
    return (
        stored.columns == table.columns
        and stored.indexes == table.indexes
        and stored.uniques == table.uniques
        and stored.checks == table.checks
        and stored.exclusions == table.exclusions
        and stored.comment == table.comment
        and [key.content for key in stored.foreign_keys]
        == [key.content for key in table.foreign_keys]
        and primary[0] is not None
        and primary[1] is not None
        and primary[0].content == primary[1].content
        and (primary[1].name is None or primary[0].name == primary[1].name)
    )


def _comment(stored: TableFacts, table: TableFacts) -> Iterator[MigrateOperation]:
    schema, name = table.key
    if stored.comment == table.comment:
        return
    if table.comment is None:
        yield DropTableCommentOp(name, existing_comment=stored.comment, schema=schema)
    else:
        yield CreateTableCommentOp(
            name, table.comment, existing_comment=stored.comment, schema=schema
        )
