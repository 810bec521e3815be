"""``recreate="always"`` where a table is altered, not rebuilt: the changes, and then a new table.

=================  ==============================================  ==============================
database           how                                             if it fails
=================  ==============================================  ==============================
PostgreSQL         ALTERs, then a new table that takes the rows,   the transaction is rolled back
                   under ACCESS EXCLUSIVE
MySQL, MariaDB     one ALTER TABLE ... FORCE: the server makes     the server keeps the old table
                   the new table and puts it in the old one's
                   place
=================  ==============================================  ==============================
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from migrate_core import batch
from migrate_core.database import definition, relation
from migrate_core.ddl import DDL, Element, Verbatim
from migrate_core.errors import UnsupportedOperation
from migrate_core.operations import MigrateOperation
from migrate_core.schema.relation import Relation


@dataclass(frozen=True, slots=True)
class Recreating:
    """What is asked of one table."""

    table_name: str
    schema: str | None
    ops: Sequence[MigrateOperation]
    reordering: batch.Reordering


def elements(asked: Recreating, ddl: DDL, connection: Connection) -> Iterator[Element]:
    """The statements; each has to be done before the next is taken, because some are read back.

    :raises OperationError: it cannot be done; nothing was yielded.
    """
    match ddl.dialect.name:
        case "postgresql":
            yield from _postgresql(asked, ddl, connection)
        case "mysql" | "mariadb":
            yield _mysql(asked, ddl, connection)
        case other:
            raise UnsupportedOperation(
                f"batch_alter_table({asked.table_name!r}, recreate='always')",
                other,
                "it is known for SQLite, PostgreSQL, MySQL and MariaDB only",
                "Leave recreate out: this database alters the table in its place.",
            )


def refuse_options(table_name: str, options: batch.Options, ddl: DDL) -> None:
    """The table is altered as the server knows it, and no text of it is edited.

    :raises UnsupportedOperation: an option that says something else about the new table.
    """
    given = {
        "recreate='edit'": options.recreate == "edit",
        "table_args=...": bool(options.table_args),
        "table_kwargs=...": bool(options.table_kwargs),
    }
    for option in (text for text, is_given in given.items() if is_given):
        raise UnsupportedOperation(
            f"batch_alter_table({table_name!r}, {option})",
            ddl.dialect.name,
            "it alters the table in its place, or makes a new one like it",
            "Leave it out and state the change as an operation inside the block.",
        )


def refuse_order(asked: Recreating, ddl: DDL) -> None:
    """An ALTER adds a column at the end, and moves none.

    :raises UnsupportedOperation: another order is asked for.
    """
    placed = any(place is not None for op in asked.ops for place in batch.place_of(op))
    if placed or asked.reordering:
        raise UnsupportedOperation(
            f"Putting columns of {asked.table_name!r} into another order by ALTER TABLE",
            ddl.dialect.name,
            "it adds a column at the end, and moves none",
            "Give batch_alter_table(..., recreate='always'), which copies the table.",
        )


def _postgresql(asked: Recreating, ddl: DDL, connection: Connection) -> Iterator[Element]:
    """Changes first, in PostgreSQL's own words, so that what it renames is renamed everywhere.

    What was read before the lock may have changed until it is held, so it is read again.
    """
    found, _ = _recreatable(asked, connection)
    alters = [element for op in asked.ops for element in ddl.elements(op)]
    yield Verbatim(batch.lock(found))
    found, order = _recreatable(asked, connection)
    yield from alters
    altered = relation.read(connection, found.name, found.schema)
    for statement in batch.recreation(altered, order).statements:
        yield Verbatim(statement)


def _recreatable(asked: Recreating, connection: Connection) -> tuple[Relation, tuple[str, ...]]:
    """The table, and the order its columns are to have."""
    found = relation.read(connection, asked.table_name, asked.schema)
    batch.refuse(found)
    columns = [column.name for column in found.columns]
    return found, batch.column_order(found.name, columns, asked.ops, asked.reordering)


def _mysql(asked: Recreating, ddl: DDL, connection: Connection) -> Element:
    columns = definition.columns_of(connection, asked.table_name, asked.schema)
    order = batch.column_order(asked.table_name, list(columns), asked.ops, asked.reordering)
    return Verbatim(
        batch.restated(columns, asked.ops, order, ddl, table=asked.table_name, schema=asked.schema)
    )
