"""Reads a PostgreSQL table as the statements that would make it again, written by the server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from migrate_core.database import relation_queries as queries
from migrate_core.errors import NoSuchObject
from migrate_core.schema.relation import Obstacle, OwnedSequence, Relation, RelationColumn

_NEXT_STEPS = {
    "view": 'Drop the {what} before, and create it again after: op.execute("DROP ...").',
    "inheritance": "Detach it first (ALTER TABLE ... NO INHERIT or DETACH PARTITION).",
    "partitions": "Make a new partitioned table (op.execute), and attach the partitions to it.",
    "publication": "Take the table out of it first (ALTER PUBLICATION ... DROP TABLE), and copy "
    "the table anew to its subscribers.",
    "index": "Make it valid first (REINDEX INDEX), or drop it.",
    "object": "Remove it before and make it again after, by op.execute(...) in the same migration; "
    "or leave recreate='always' out.",
}


def read(connection: Connection, table_name: str, schema: str | None = None) -> Relation:
    """The table of that name, the one on the search path where no schema is given.

    :raises NoSuchObject: there is no such table.
    """
    table = _table(connection, table_name, schema)
    rows = _Rows(connection, table.oid)
    constraints = rows(queries.CONSTRAINTS)
    referrers = rows(queries.REFERRERS)
    return Relation(
        schema=table.schema,
        name=table.name,
        sql=table.sql,
        create=table.create,
        storage=table.storage,
        columns=tuple(RelationColumn(r.name, r.sql, r.generated) for r in rows(queries.COLUMNS)),
        checks=tuple(row.sql for row in constraints if row.inside),
        row_security=table.row_security,
        sequences=tuple(
            OwnedSequence(r.schema, r.name, r.sql, r.column, r.identity)
            for r in rows(queries.SEQUENCES)
        ),
        settings=tuple(row.sql for row in rows(queries.SETTINGS)),
        detach=tuple(f"{row.alter} DROP CONSTRAINT {row.name}" for row in referrers),
        attach=tuple(_attach(table.sql, constraints, referrers, rows)),
        obstacles=tuple(
            Obstacle(row.what, _NEXT_STEPS[row.kind].format(what=row.what))
            for row in rows(queries.OBSTACLES)
        ),
    )


class _Rows:
    """Asks about one table."""

    def __init__(self, connection: Connection, oid: int) -> None:
        self._connection = connection
        self._oid = oid

    def __call__(self, query: str) -> Sequence[Row[Any]]:
        # an oid is unsigned, so four bytes with a sign do not hold each of them
        statement = sa.text(query).bindparams(sa.bindparam("oid", self._oid, sa.BigInteger))
        return self._connection.execute(statement).all()


def _table(connection: Connection, name: str, schema: str | None) -> Row[Any]:
    query = queries.TABLE_VISIBLE if schema is None else queries.TABLE_OF_SCHEMA
    found = connection.execute(sa.text(query), {"name": name, "schema": schema}).first()
    if found is None:
        known = sa.inspect(connection).get_table_names(schema)
        raise NoSuchObject("table", name, None, sorted(known))
    return found


def _attach(
    table: str, constraints: Sequence[Row[Any]], referrers: Sequence[Row[Any]], rows: _Rows
) -> Iterator[str]:
    """Keys and conditions, indexes, foreign keys, then what acts on rows or tells of the rest."""
    attached = rows(queries.ATTACHED)
    late = [row for row in constraints if not row.inside]
    for row in late:
        if not row.is_foreign_key:
            yield f"ALTER TABLE {table} ADD {row.sql}"
    for row in attached:
        if row.place < queries.KEYS_PLACE:
            yield row.sql
    for row in late:
        if row.is_foreign_key:
            yield f"ALTER TABLE {table} ADD {row.sql}"
    for row in referrers:
        yield f"{row.alter} ADD CONSTRAINT {row.name} {row.definition}"
    for row in attached:
        if row.place > queries.KEYS_PLACE:
            yield row.sql
    for row in rows(queries.GRANTS):
        yield row.sql
