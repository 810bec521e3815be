"""What only the server knows: which columns to ask about, and what its answers change.

The same type or default has many spellings, and a database stores its own. Where the two sides
differ in text, the server is asked how it would store the model's form, and like is compared with
like.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from migrate_core.autogenerate.facts import ColumnFacts, Snapshot, TableKey
from migrate_core.autogenerate.snapshot import Reader

Asked = tuple[TableKey, str]
"""A table and one of its columns."""


def to_ask(before: Snapshot, after: Snapshot) -> tuple[Asked, ...]:
    """The columns that both sides have and whose type or default is spelled differently."""
    return tuple(
        (key, name)
        for key, table in after.tables.items()
        if key in before.tables
        for name, column in table.columns.items()
        if (stored := before.tables[key].columns.get(name)) is not None
        and (column.type, column.default) != (stored.type, stored.default)
    )


def settled(
    after: Snapshot,
    asked: Sequence[Asked],
    answers: Sequence[sa.Column[Any] | None],
    reader: Reader,
) -> Snapshot:
    """``after`` with the asked columns as the server would store them, where it answered."""
    stored: dict[TableKey, dict[str, ColumnFacts]] = {}
    for (key, name), answer in zip(asked, answers, strict=True):
        if answer is not None:
            stored.setdefault(key, {})[name] = reader.column(answer)
    return Snapshot(
        {
            key: replace(table, columns=_answered(table.columns, stored.get(key, {})))
            for key, table in after.tables.items()
        }
    )


def _answered(
    columns: Mapping[str, ColumnFacts], stored: Mapping[str, ColumnFacts]
) -> dict[str, ColumnFacts]:
    return {
        name: replace(column, type=stored[name].type, default=stored[name].default)
        if name in stored
        else column
        for name, column in columns.items()
    }
