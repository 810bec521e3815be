"""A SQLite table is read, and what was planned for it is carried out, all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from migrate_core import batch
from migrate_core.database import stored
from migrate_core.database.channel import Channel
from migrate_core.ddl import Verbatim
from migrate_core.errors import ConnectionNeeded, NoSuchObject, TableUnknown
from migrate_core.schema.stored import StoredTable

_SAVEPOINT = "migrate_batch"


def found(
    channel: Channel, table_name: str, schema: str | None, options: batch.Options
) -> tuple[StoredTable, batch.Options]:
    """The table as it is stored, or as ``copy_from`` describes it; and what is known besides.

    :raises OperationError: there is no such table, or ``copy_from`` has other columns.
    :raises TableUnknown: a script does not tell what the table is like.
    """
    if channel.connection is not None:
        return _read(channel.connection, table_name, schema, options)
    if options.recreate == "edit":
        raise ConnectionNeeded(
            f"batch_alter_table({table_name!r}, recreate='edit') reads the table"
        )
    try:
        return _read(channel.reading(table_name), table_name, schema, options)
    except (TableUnknown, NoSuchObject) as unknown:
        if isinstance(unknown, NoSuchObject) and unknown.kind != "table":
            raise
        if options.copy_from is None:
            reason = "nothing in this script makes it"
            raise TableUnknown(
                table_name, unknown.reason if isinstance(unknown, TableUnknown) else reason
            ) from None
    channel.note(
        f"{table_name} is taken to be as copy_from= describes it; of triggers and views nothing "
        "is known here"
    )
    return batch.stored_of(options.copy_from, channel.dialect), options


def _read(
    connection: Connection, table_name: str, schema: str | None, options: batch.Options
) -> tuple[StoredTable, batch.Options]:
    table = stored.read(connection, table_name, schema)
    if options.copy_from is not None:
        return batch.described(table, options.copy_from, connection.dialect), options
    known = _overridden(connection, table, options)
    return (stored.editable(connection, table) if options.recreate == "edit" else table), known


def _overridden(
    connection: Connection, table: StoredTable, options: batch.Options
) -> batch.Options:
    """The options, with the columns that ``reflect_kwargs`` finds beside those that are given."""
    if not options.reflect_kwargs:
        return options
    columns = stored.overridden(connection, table.name, table.schema, options.reflect_kwargs)
    return replace(options, reflect_args=(*columns, *options.reflect_args))


def carry_out(plan: batch.Plan, channel: Channel) -> None:
    """Ask what the rows have to answer, send the statements, and ask what they came to.

    :raises OperationError: the rows do not allow it; nothing was changed.
    """
    connection = channel.connection
    if connection is None:
        _write(plan, channel)
        return
    _ask(plan.checks, connection)
    if not plan.statements:
        return
    with _all_or_nothing(connection, plan.resets):
        for statement in plan.statements:
            channel.send(Verbatim(statement))
        _ask(plan.proofs, connection)


def _write(plan: batch.Plan, channel: Channel) -> None:
    """Into a script, whose own rows are asked; where it does not have them, whoever runs it is."""
    try:
        _ask(plan.checks, channel.reading(plan.table))
    except TableUnknown:
        for check in plan.checks:
            channel.note(f"before this is run, 0 has to come of: {check.sql}")
    for statement in plan.statements:
        channel.send(Verbatim(statement))


def _ask(checks: Sequence[batch.Check], connection: Connection) -> None:
    for check in checks:
        count = connection.exec_driver_sql(check.sql).scalar_one()
        if count:
            raise check.error(count)


@contextmanager
def _all_or_nothing(connection: Connection, resets: Sequence[str]) -> Iterator[None]:
    """A savepoint, for a migration that catches the error and goes on."""
    connection.exec_driver_sql(f"SAVEPOINT {_SAVEPOINT}")
    try:
        yield
    except BaseException:
        # A full disk or an interrupt has undone the whole transaction, savepoint and all
        # (https://www.sqlite.org/lang_transaction.html, section 3).
        with suppress(DBAPIError):
            connection.exec_driver_sql(f"ROLLBACK TO {_SAVEPOINT}")
            connection.exec_driver_sql(f"RELEASE {_SAVEPOINT}")
        for reset in resets:
            connection.exec_driver_sql(reset)
        raise
    connection.exec_driver_sql(f"RELEASE {_SAVEPOINT}")
