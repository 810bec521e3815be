"""Reads a SQLite table as it is stored (https://www.sqlite.org/schematab.html)."""

from __future__ import annotations

from collections.abc import Iterable
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
        triggers=_stored(row for row in on_table if row.type == "trigger"),
        others=_stored(
            row
            for row in here
            if row.type == "view" or (row.type == "trigger" and row not in on_table)
        ),
        referrers=_referrers(connection, name, inside),
        sequence=_sequence(connection, name, inside) if "sqlite_sequence" in tables else None,
        taken=frozenset(row.name for row in objects),
        foreign_keys=_flag(connection, "foreign_keys"),
        legacy_alter_table=_flag(connection, "legacy_alter_table"),
        sqlite_version=_version(connection),
    )


def _objects(connection: Connection, schema: str) -> list[Row[Any]]:
    source = f"{connection.dialect.identifier_preparer.quote_identifier(schema)}.sqlite_master"
    statement = sa.text(f"SELECT type, name, tbl_name, sql FROM {source} ORDER BY rowid")
    return list(connection.execute(statement))


def _stored(rows: Iterable[Row[Any]]) -> tuple[StoredObject, ...]:
    return tuple(StoredObject(row.type, row.name, row.sql) for row in rows)


def _referrers(connection: Connection, name: str, schema: str) -> tuple[Referrer, ...]:
    source = f"{connection.dialect.identifier_preparer.quote_identifier(schema)}.sqlite_master"
    statement = sa.text(
        f'SELECT m.name AS child, f."to" AS referred FROM {source} AS m, '
        "pragma_foreign_key_list(m.name, :schema) AS f "
        "WHERE m.type = 'table' AND f.\"table\" = :name COLLATE NOCASE "
        "ORDER BY m.name, f.id, f.seq"
    )
    rows = connection.execute(statement, {"schema": schema, "name": name})
    return tuple(Referrer(row.child, row.referred) for row in rows)


def _sequence(connection: Connection, name: str, schema: str) -> int | None:
    source = f"{connection.dialect.identifier_preparer.quote_identifier(schema)}.sqlite_sequence"
    statement = sa.text(f"SELECT seq FROM {source} WHERE name = :name")
    value: int | None = connection.execute(statement, {"name": name}).scalar()
    return value


def _names(connection: Connection, sql: str, **parameters: str) -> list[str]:
    return list(connection.execute(sa.text(sql), parameters).scalars())


def _flag(connection: Connection, pragma: str) -> bool:
    return bool(connection.execute(sa.text(f"PRAGMA {pragma}")).scalar())


def _version(connection: Connection) -> tuple[int, ...]:
    text: str = connection.execute(sa.text("SELECT sqlite_version()")).scalar_one()
    return tuple(int(part) for part in text.split("."))


def _same(one: str, other: str) -> bool:
    """Equal but for ASCII capitals, as SQLite compares names."""
    return one == other or (
        one.encode().lower() == other.encode().lower()  # bytes: ASCII letters only
    )
