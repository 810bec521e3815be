"""How many rows and values there are: what a change would destroy, or leave without a value."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

Table = tuple[str | None, str]
"""Schema and name."""


def values(
    connection: Connection, table: Table, columns: Sequence[str]
) -> tuple[int, dict[str, int]]:
    """The number of rows, and for each column that of the values which are not NULL.

    One statement, which reads the whole table.
    """
    counted = [sa.func.count(sa.column(name)) for name in columns]
    statement = sa.select(sa.func.count(), *counted).select_from(_table(table))
    rows, *each = connection.execute(statement).one()
    return rows, dict(zip(columns, each, strict=True))


def filled(connection: Connection, tables: Sequence[Table]) -> frozenset[Table]:
    """Those of the tables that have a row. One statement for all."""
    if not tables:
        return frozenset()
    answers = connection.execute(
        sa.select(
            *(
                sa.case((sa.exists(sa.select(sa.literal(1)).select_from(_table(each))), 1), else_=0)
                for each in tables
            )
        )
    ).one()
    return frozenset(table for table, answer in zip(tables, answers, strict=True) if answer)


def _table(table: Table) -> sa.TableClause:
    schema, name = table
    return sa.table(name, schema=schema)
