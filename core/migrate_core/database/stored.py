"""Reads a SQLite table as it is stored (https://www.sqlite.org/schematab.html)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from migrate_core.errors import NoSuchObject
from migrate_core.schema.stored import Referrer, StoredObject, StoredTable


def read(connection: Connection, table_name: str, schema: str | None = None) -> StoredTable:
    """The table of that name; SQLite does not tell ASCII capitals from small letters in names.

    :param schema: an attached database; None for the main one.
    :raises NoSuchObject: there is no such table.
    """
    inside = schema or "main"
    objects = _objects(connection, inside)
    tables = {row.name: row for row in objects if row.type == "table"}
    name = next((n for n in tables if _same(n, table_name)), None)
    if name is None:
        raise NoSuchObject("table", table_name, None, sorted(tables))
    here = [row for row in objects if row.sql and row.type != "table"]
    on_table = [row for row in here if _same(row.tbl_name, name)]
    passing = [row for row in _objects(connection, "temp") if row.type in {"trigger", "view"}]
    passing_on = [row for row in passing if _hangs_on(row, name, inside)]
    return StoredTable(
        name=name,
        schema=schema,
        sql=tables[name].sql,
        columns=tuple(
            _names(
                connection,
                "SELECT name FROM pragma_table_xinfo(:name, :schema) ORDER BY cid",
                name=name,
                schema=inside,
            )
        ),
        indexes=_stored(row for row in on_table if row.type == "index"),
        triggers=(
            *_stored(row for row in on_table if row.type == "trigger"),
            *_stored(passing_on, temporary=True),
        ),
        others=(
            *_stored(
                row
                for row in here
                if row.type == "view" or (row.type == "trigger" and row not in on_table)
            ),
            *_stored((row for row in passing if row not in passing_on), temporary=True),
        ),
        referrers=_referrers(connection, name, inside),
        sequence=_sequence(connection, name, inside) if "sqlite_sequence" in tables else None,
        taken=frozenset(row.name for row in objects),
        foreign_keys=_flag(connection, "foreign_keys"),
        legacy_alter_table=_flag(connection, "legacy_alter_table"),
        writable_schema=_flag(connection, "writable_schema"),
        schema_version=_number(connection, f"{_quoted(connection, inside)}.schema_version"),
        sqlite_version=_version(connection),
    )


def editable(connection: Connection, table: StoredTable) -> StoredTable:
    """The table, with what is known only by trying: whether ``writable_schema`` can be set.

    In defensive mode the pragma stays off and says nothing.
    """
    if table.writable_schema:
        return table
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    try:
        return replace(table, writable_schema=_flag(connection, "writable_schema"))
    finally:
        connection.exec_driver_sql("PRAGMA writable_schema=OFF")


def overridden(
    connection: Connection,
    table_name: str,
    schema: str | None,
    reflect_kwargs: Mapping[str, Any],
) -> list[sa.Column[Any]]:
    """The columns that a reflection with these arguments of ``Table`` describes otherwise.

    That is what the documented ``reflect_kwargs`` is for: a ``column_reflect`` listener that gives
    a column another type or default.
    """
    plain, told = (
        sa.Table(
            table_name,
            sa.MetaData(),
            schema=schema,
            autoload_with=connection,
            **{"resolve_fks": False, **kw},
        )
        for kw in ({}, reflect_kwargs)
    )
    return [column for column in told.columns if _facts(column) != _facts(plain.c.get(column.key))]


def _facts(column: sa.Column[Any] | None) -> tuple[str, ...]:
    if column is None:
        return ()
    default = getattr(column.server_default, "arg", column.server_default)
    return (column.name, repr(column.type), repr(column.nullable), str(default))


def _objects(connection: Connection, schema: str) -> list[Row[Any]]:
    source = f"{_quoted(connection, schema)}.sqlite_master"
    statement = sa.text(f"SELECT type, name, tbl_name, sql FROM {source} ORDER BY rowid")
    return list(connection.execute(statement))


def _stored(rows: Iterable[Row[Any]], *, temporary: bool = False) -> tuple[StoredObject, ...]:
    return tuple(StoredObject(row.type, row.name, row.sql, temporary) for row in rows)


def _hangs_on(row: Row[Any], name: str, schema: str) -> bool:
    """Whether a temporary trigger is on the table; one that names no database is on the main one.

    https://www.sqlite.org/lang_createtrigger.html, "TEMP Triggers on Non-TEMP Tables".
    """
    if row.type != "trigger" or not _same(row.tbl_name, name):
        return False
    on = _ON.search(row.sql)
    said = on.group("first").strip("\"'`[]") if on and on.group("dot") else "main"
    return _same(said, schema)


_ON = re.compile(
    r"""\sON\s+(?P<first>"[^"]+"|'[^']+'|`[^`]+`|\[[^\]]+\]|\w+)\s*(?P<dot>\.)?""", re.IGNORECASE
)


def _referrers(connection: Connection, name: str, schema: str) -> tuple[Referrer, ...]:
    source = f"{_quoted(connection, schema)}.sqlite_master"
    statement = sa.text(
        f'SELECT m.name AS child, f."to" AS referred FROM {source} AS m, '
        "pragma_foreign_key_list(m.name, :schema) AS f "
        "WHERE m.type = 'table' AND f.\"table\" = :name COLLATE NOCASE "
        "ORDER BY m.name, f.id, f.seq"
    )
    rows = connection.execute(statement, {"schema": schema, "name": name})
    return tuple(Referrer(row.child, row.referred) for row in rows)


def _sequence(connection: Connection, name: str, schema: str) -> int | None:
    source = f"{_quoted(connection, schema)}.sqlite_sequence"
    statement = sa.text(f"SELECT seq FROM {source} WHERE name = :name")
    value: int | None = connection.execute(statement, {"name": name}).scalar()
    return value


def _names(connection: Connection, sql: str, **parameters: str) -> list[str]:
    return list(connection.execute(sa.text(sql), parameters).scalars())


def _flag(connection: Connection, pragma: str) -> bool:
    return bool(_number(connection, pragma))


def _number(connection: Connection, pragma: str) -> int:
    return int(connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() or 0)


def _quoted(connection: Connection, name: str) -> str:
    quoted: str = connection.dialect.identifier_preparer.quote_identifier(name)
    return quoted


def _version(connection: Connection) -> tuple[int, ...]:
    text: str = connection.execute(sa.text("SELECT sqlite_version()")).scalar_one()
    return tuple(int(part) for part in text.split("."))


def _same(one: str, other: str) -> bool:
    """Equal but for ASCII capitals, as SQLite compares names."""
    return one == other or (
        one.encode().lower() == other.encode().lower()  # bytes: ASCII letters only
    )
