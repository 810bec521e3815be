"""Reads the columns of a MySQL or MariaDB table as the server writes them (SHOW CREATE TABLE)."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from migrate_core.database.reflect import mysql_show
from migrate_core.errors import NoSuchObject


def columns_of(
    connection: Connection, table_name: str, schema: str | None = None
) -> Mapping[str, str]:
    """What stands behind each column's name in CREATE TABLE, in the order of the columns.

    :param schema: another database; None for the connection's own.
    :raises NoSuchObject: there is no such table.
    """
    known = sa.inspect(connection).get_table_names(schema)
    if table_name not in known:
        raise NoSuchObject("table", table_name, None, sorted(known))
    quote = connection.dialect.identifier_preparer
    table = f"{quote.quote_identifier(schema)}." if schema is not None else ""
    table += quote.quote_identifier(table_name)
    created = connection.exec_driver_sql(f"SHOW CREATE TABLE {table}").one()
    return mysql_show.definitions_in(created[1])
