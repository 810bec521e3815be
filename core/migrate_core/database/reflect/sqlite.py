"""SQLite: columns from the pragma, everything else from the text that the schema keeps.

Left out: ``sqlite_...`` tables, virtual tables and the shadow tables they keep their content in.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.types import NULLTYPE, TypeEngine

from migrate_core.database.reflect.sqlite_text import (
    ColumnText,
    Piece,
    TableText,
    outline,
    table_text,
    unquoted,
)
from migrate_core.schema import versions
from migrate_core.schema.rows import (
    ColumnRow,
    ForeignKeyRow,
    Include,
    IndexedColumn,
    IndexedExpression,
    IndexRow,
    KeyRow,
    TableRow,
)

_OBJECTS = """
    SELECT type, name, tbl_name AS table_name, sql FROM {schema}.sqlite_master
    WHERE type IN ('table', 'index') AND sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
    ORDER BY name"""
_COLUMNS = """
    SELECT m.name AS table_name, c.name, c.type, c."notnull" AS not_null, c.dflt_value, c.pk,
           c.hidden
    FROM {schema}.sqlite_master AS m JOIN pragma_table_xinfo(m.name, :schema) AS c
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
      AND m.sql NOT LIKE 'CREATE VIRTUAL %'
    ORDER BY m.name, c.cid"""

# https://www.sqlite.org/fts5.html section 9, fts3.html section 4.5, rtree.html section 7.1
_SHADOWS = (
    "config",
    "content",
    "data",
    "docsize",
    "idx",
    "node",
    "parent",
    "rowid",
    "segdir",
    "segments",
    "stat",
)

Said = TypeVar("Said", TableRow, KeyRow, ForeignKeyRow)

_GENERATED = {2, 3}
_NOTHING = ColumnText()
_PLAIN_INDEX = re.compile(r"CREATE (UNIQUE )?INDEX \w+ ON \w+ \(([\w, ]+)\)", re.IGNORECASE)
_TYPE = re.compile(r"\s*([\w ]*?)\s*(?:\(([^)]*)\))?\s*")


def read(connection: Connection, schema: str | None, include: Include) -> Sequence[TableRow]:
    """The tables of one attached database, ``main`` for None, in two statements."""
    tables, indexes = _objects(connection, schema, include)
    columns = _columns(connection, schema)
    types = _Types(versions.known_types(connection.dialect))
    rows = [
        _table(name, schema, table_text(sql), columns[name], indexes[name.lower()], types)
        for name, sql in tables.items()
    ]
    return _with_targets(rows)


def _send(connection: Connection, statement: str, schema: str | None) -> Sequence[Any]:
    quoted = connection.dialect.identifier_preparer.quote_identifier(schema or "main")
    sql = sa.text(statement.format(schema=quoted.replace(":", "\\:")))
    parameters = {"schema": schema or "main"} if ":schema" in statement else {}
    return connection.execute(sql, parameters).all()


def _objects(
    connection: Connection, schema: str | None, include: Include
) -> tuple[dict[str, str], dict[str, list[tuple[str, str]]]]:
    """Text of each table by its name; names and texts of indexes by their table's lowered name."""
    tables: dict[str, str] = {}
    indexes: dict[str, list[tuple[str, str]]] = defaultdict(list)
    shadows: set[str] = set()
    for kind, name, table_name, sql in _send(connection, _OBJECTS, schema):
        if kind == "index":
            indexes[table_name.lower()].append((name, sql))
        elif sql[:15].upper() == "CREATE VIRTUAL ":
            shadows.update(f"{name}_{suffix}" for suffix in _SHADOWS)
        else:
            tables[name] = sql
    wanted = {
        name: sql for name, sql in tables.items() if name not in shadows and include(name, schema)
    }
    return wanted, indexes


def _columns(connection: Connection, schema: str | None) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in _send(connection, _COLUMNS, schema):
        found[row[0]].append(row)
    return found


def _table(
    name: str,
    schema: str | None,
    text: TableText,
    columns: list[Any],
    indexes: list[tuple[str, str]],
    types: _Types,
) -> TableRow:
    key = tuple(row[1] for row in sorted((r for r in columns if r[5]), key=lambda row: int(row[5])))
    alias = text.with_rowid and len(key) == 1
    spelled = {row[1].lower(): row[1] for row in columns}
    own = text.primary_key or KeyRow(None, key)
    return TableRow(
        name,
        schema,
        tuple(
            _column(row, text, types, is_alias=alias)
            if row[5] or text.columns
            else types.column(row)
            for row in columns
        ),
        primary_key=_changed(own, columns=key) if key else None,
        foreign_keys=tuple(
            _changed(each, columns=_spelled(each.columns, spelled), referred_schema=schema)
            for each in text.foreign_keys
        ),
        uniques=tuple(
            _changed(each, columns=_spelled(each.columns, spelled)) for each in text.uniques
        ),
        checks=tuple(text.checks),
        indexes=tuple(_index(index, sql, spelled) for index, sql in indexes),
        options=_table_options(text),
    )


def _changed(row: Said, **columns: Any) -> Said:
    """The row, or where that changes anything a copy with other values."""
    same = all(getattr(row, name) == value for name, value in columns.items())
    return row if same else row._replace(**columns)


def _spelled(names: tuple[str, ...], spelled: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(spelled.get(name.lower(), name) for name in names)


def _table_options(text: TableText) -> dict[str, bool]:
    said = {
        "sqlite_autoincrement": text.autoincrement,
        "sqlite_with_rowid": text.with_rowid,
        "sqlite_strict": text.strict,
    }
    return {name: value for name, value in said.items() if value != (name == "sqlite_with_rowid")}


def _column(row: Any, table: TableText, types: _Types, *, is_alias: bool) -> ColumnRow:
    """One column.

    :param is_alias: that one column is the whole primary key. If its type is INTEGER it then
        stands for the rowid and is never NULL, whatever the pragma says
        (https://www.sqlite.org/lang_createtable.html#rowid).
    """
    _, name, type_text, not_null, default, place, hidden = row
    text = table.columns.get(name.lower(), _NOTHING) if table.columns else _NOTHING
    rowid = is_alias and place == 1 and type_text.upper() == "INTEGER"
    return ColumnRow(
        name,
        types(type_text, text.collation),
        not (not_null or rowid),
        default,
        text.computed if hidden in _GENERATED else None,
        None,
        _autoincrement(place, table, rowid=rowid),
        None,
        text.options,
    )


def _autoincrement(place: int, table: TableText, *, rowid: bool) -> bool | Literal["auto"]:
    if rowid and table.autoincrement:
        return True
    return False if place and not rowid else "auto"


class _Types:
    """Types by their text, and plain columns, each made once (https://www.sqlite.org/datatype3.html#affname)."""

    def __init__(self, known: Mapping[str, Any]) -> None:
        self._known = known
        self._made: dict[tuple[str, str | None], TypeEngine[Any]] = {}
        self._alike: dict[tuple[Any, ...], ColumnRow] = {}

    def column(self, row: Any) -> ColumnRow:
        """A column of which no text says more; one row for all that say the same."""
        said = row[1:]
        found = self._alike.get(said)
        if found is None:
            found = self._alike[said] = _column(row, TableText(), self, is_alias=False)
        return found

    def __call__(self, text: str, collation: str | None) -> TypeEngine[Any]:
        key = (text, collation)
        if key not in self._made:
            self._made[key] = self._make(text, collation)
        return self._made[key]

    def _make(self, text: str, collation: str | None) -> TypeEngine[Any]:
        match = _TYPE.fullmatch(text)
        name, arguments = match.groups() if match else (text, None)
        kind = self._known.get(name.upper()) or self._affinity(name.upper())
        numbers = [int(number) for number in re.findall(r"\d+", arguments or "")]
        keywords = {"collation": collation} if collation and issubclass(kind, sa.String) else {}
        try:
            made: TypeEngine[Any] = kind(*numbers, **keywords)
        except TypeError:  # SQLite takes any number of arguments behind any name
            made = kind(**keywords)
        return made

    def _affinity(self, name: str) -> Any:
        if "INT" in name:
            return sa.INTEGER
        if any(part in name for part in ("CHAR", "CLOB", "TEXT")):
            return sa.TEXT
        if not name or "BLOB" in name:
            return type(NULLTYPE) if not name else sa.BLOB
        if any(part in name for part in ("REAL", "FLOA", "DOUB")):
            return sa.REAL
        return sa.NUMERIC


def _index(name: str, sql: str, spelled: Mapping[str, str]) -> IndexRow:
    plain = _PLAIN_INDEX.fullmatch(sql)
    if plain is not None:
        columns = [spelled.get(each.strip().lower()) for each in plain[2].split(",")]
        if None not in columns:
            return IndexRow(
                name,
                tuple(IndexedColumn(str(each)) for each in columns),
                unique=plain[1] is not None,
            )
    cut = outline(sql)
    where = next((piece for piece in cut.tail if piece.key == "WHERE"), None)
    return IndexRow(
        name,
        tuple(_element(pieces, sql, spelled) for pieces in cut.body),
        unique=cut.head[1].key == "UNIQUE",
        options={} if where is None else {"sqlite_where": sql[where.end :].strip()},
    )


def _element(
    pieces: list[Piece], sql: str, spelled: Mapping[str, str]
) -> IndexedColumn | IndexedExpression:
    column = spelled.get(unquoted(pieces[0].text).lower()) if pieces[0].key != "(" else None
    order = pieces[1].key if len(pieces) == 2 else ""
    if column is not None and (len(pieces) == 1 or order in {"ASC", "DESC"}):
        return IndexedColumn(column, descending=order == "DESC")
    return IndexedExpression(sql[pieces[0].start : pieces[-1].end])


def _with_targets(rows: list[TableRow]) -> list[TableRow]:
    """Foreign keys spelled as their target is, and with its key where they name no column.

    The database compares names without case; a MetaData does not.
    """
    targets = {row.name.lower(): row for row in rows}

    def resolved(row: TableRow) -> TableRow:
        return _changed(
            row,
            foreign_keys=tuple(
                _resolved(key, targets.get(key.referred_table.lower())) for key in row.foreign_keys
            ),
        )

    return [resolved(row) if row.foreign_keys else row for row in rows]


def _resolved(key: ForeignKeyRow, target: TableRow | None) -> ForeignKeyRow:
    if target is None:
        return key
    there = {column.name for column in target.columns}
    named = key.referred_table == target.name and key.referred_columns
    if named and there.issuperset(key.referred_columns):
        return key
    spelled = {name.lower(): name for name in there}
    implied = target.primary_key.columns if target.primary_key else ()
    return _changed(
        key,
        referred_table=target.name,
        referred_columns=_spelled(key.referred_columns, spelled) or implied,
    )
