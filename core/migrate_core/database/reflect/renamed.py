"""Rows as they will be once tables and columns have other names.

A database keeps what belongs to a table when the table or a column of it is renamed: keys, indexes
and conditions follow. So a rename is applied to what was read, and the rest is compared as ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from migrate_core.schema.renames import Renames
from migrate_core.schema.rows import (
    SQL_OPTIONS,
    CheckRow,
    ColumnRow,
    ForeignKeyRow,
    IndexedColumn,
    IndexRow,
    KeyRow,
    Options,
    TableRow,
)

# A string, an identifier in one of the four quotings, or a bare word.
_PIECE = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")+"|`[^`]+`|\[[^\]]+\]|\w+""")
_BARE = re.compile(r"[a-z_][a-z0-9_]*\Z")

Names = Mapping[str, str]


def renamed(rows: Iterable[TableRow], renames: Renames) -> tuple[TableRow, ...]:
    """The rows with the new names, everywhere where a name stands."""
    return tuple(_table(row, renames) for row in rows)


def sql(text: str, names: Names) -> str:
    """SQL with the new names in it; strings stay."""
    return _PIECE.sub(lambda piece: _piece(piece[0], names), text) if names else text


def _piece(piece: str, names: Names) -> str:
    if piece[0] == "'":
        return piece
    if piece[0] in '"`[':
        new = names.get(piece[1:-1])
        return piece if new is None else f"{piece[0]}{new}{piece[-1]}"
    new = names.get(piece)
    if new is None:
        return piece
    return new if _BARE.match(new) else f'"{new}"'


def _table(row: TableRow, renames: Renames) -> TableRow:
    key = renames.table((row.schema, row.name))
    names = renames.columns.get(key, {})
    keys = tuple(_foreign_key(each, names, renames) for each in row.foreign_keys)
    if not names:
        return row._replace(name=key[1], foreign_keys=keys)
    return row._replace(
        name=key[1],
        columns=tuple(_column(each, names) for each in row.columns),
        primary_key=None if row.primary_key is None else _key(row.primary_key, names),
        foreign_keys=keys,
        uniques=tuple(_key(each, names) for each in row.uniques),
        checks=tuple(_check(each, names) for each in row.checks),
        indexes=tuple(_index(each, names) for each in row.indexes),
    )


def _column(row: ColumnRow, names: Names) -> ColumnRow:
    computed = row.computed
    if computed is not None:
        computed = computed._replace(expression=sql(computed.expression, names))
    return row._replace(name=names.get(row.name, row.name), computed=computed)


def _key(row: KeyRow, names: Names) -> KeyRow:
    return row._replace(columns=_all(row.columns, names), options=_options(row.options, names))


def _check(row: CheckRow, names: Names) -> CheckRow:
    return row._replace(condition=sql(row.condition, names))


def _foreign_key(row: ForeignKeyRow, names: Names, renames: Renames) -> ForeignKeyRow:
    target = (row.referred_schema, row.referred_table)
    return row._replace(
        columns=_all(row.columns, names),
        referred_table=renames.table(target)[1],
        referred_columns=tuple(renames.column(target, name) for name in row.referred_columns),
    )


def _index(row: IndexRow, names: Names) -> IndexRow:
    elements = tuple(
        each._replace(name=names.get(each.name, each.name))
        if isinstance(each, IndexedColumn)
        else each._replace(text=sql(each.text, names))
        for each in row.elements
    )
    return row._replace(elements=elements, options=_options(row.options, names))


def _options(options: Options, names: Names) -> dict[str, Any]:
    return {name: _option(name, value, names) for name, value in options.items()}


def _option(name: str, value: Any, names: Names) -> Any:
    """SQL, or names of columns, alone or as what a dictionary is about; others stay."""
    match value:
        case str() if name in SQL_OPTIONS:
            return sql(value, names)
        case list() | tuple():
            return type(value)(names.get(each, each) for each in value)
        case dict():
            return {names.get(each, each): said for each, said in value.items()}
    return value


def _all(columns: tuple[str, ...], names: Names) -> tuple[str, ...]:
    return tuple(names.get(name, name) for name in columns)
