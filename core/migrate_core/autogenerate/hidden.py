"""What ``include_name`` hides of tables that both sides have: neither compared nor dropped.

It is asked about the names in the database, as documented. What it hides is taken out of the models
as well: what one side does not show would otherwise be added to it for ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from migrate_core.autogenerate.facts import Item, Snapshot, TableFacts, TableKey
from migrate_core.settings import IncludeName, ObjectKind

Content = TypeVar("Content")

_ITEMS: dict[str, ObjectKind] = {
    "uniques": "unique_constraint",
    "indexes": "index",
    "foreign_keys": "foreign_key_constraint",
    "checks": "check_constraint",
    "exclusions": "check_constraint",
}


def shown(before: Snapshot, after: Snapshot, include: IncludeName) -> tuple[Snapshot, Snapshot]:
    """Both sides without what ``include`` hides."""
    stored, models = dict(before.tables), dict(after.tables)
    for key in before.tables.keys() & after.tables.keys():
        stored[key], models[key] = _shown(key, stored[key], models[key], include)
    return replace(before, tables=stored), replace(after, tables=models)


def _shown(
    key: TableKey, stored: TableFacts, model: TableFacts, include: IncludeName
) -> tuple[TableFacts, TableFacts]:
    schema, table = key
    parents = {
        "schema_name": schema,
        "table_name": table,
        "schema_qualified_table_name": f"{schema}.{table}" if schema else table,
    }

    def hidden(names: Iterable[str | None], kind: ObjectKind) -> frozenset[str | None]:
        named = (name for name in names if name is not None)
        return frozenset(name for name in named if not include(name, kind, dict(parents)))

    columns = hidden(stored.columns, "column")
    items = {
        field: hidden((each.name for each in getattr(stored, field)), kind)
        for field, kind in _ITEMS.items()
    }
    if not columns and not any(items.values()):
        return stored, model
    return _without(stored, columns, items), _without(model, columns, items)


def _without(
    table: TableFacts,
    columns: frozenset[str | None],
    items: dict[str, frozenset[str | None]],
) -> TableFacts:
    return replace(
        table,
        columns={name: each for name, each in table.columns.items() if name not in columns},
        uniques=_kept(table.uniques, items["uniques"]),
        indexes=_kept(table.indexes, items["indexes"]),
        foreign_keys=_kept(table.foreign_keys, items["foreign_keys"]),
        checks=_kept(table.checks, items["checks"]),
        exclusions=_kept(table.exclusions, items["exclusions"]),
    )


def _kept(
    items: tuple[Item[Content], ...], hidden: frozenset[str | None]
) -> tuple[Item[Content], ...]:
    return tuple(each for each in items if each.name not in hidden)
