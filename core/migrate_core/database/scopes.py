"""Which transactions suit a connection."""

from __future__ import annotations

from sqlalchemy.engine import Connection, Dialect

from migrate_core.database.locks import OnWait
from migrate_core.database.sqlite import SQLiteCallersTransaction, SQLiteTransactions
from migrate_core.database.transactions import CallersTransaction, Transactions
from migrate_core.settings import Settings


def undoes_ddl(dialect: Dialect) -> bool:
    """Whether the database can undo DDL.

    SQLite's transactions are real ones here, whoever asks (see ``sqlite``): what writes its
    statements is not imported to find that out.

    :raises ConfigurationError: no class answers for the dialect.
    """
    if dialect.name == "sqlite":
        return True
    from migrate_core import ddl

    return ddl.for_dialect(dialect).transactional


def of(
    connection: Connection, settings: Settings, on_wait: OnWait, *, transactional: bool
) -> Transactions:
    """The transactions of a run on this connection.

    :param on_wait: is told where beginning one has to wait for somebody.
    :param transactional: whether the database can undo DDL.
    """
    sqlite = connection.dialect.name == "sqlite"
    if connection.in_transaction():
        if sqlite:
            return SQLiteCallersTransaction(connection, settings, on_wait)
        return CallersTransaction(connection)
    if sqlite:
        return SQLiteTransactions(connection, settings, on_wait)
    return Transactions(
        connection,
        transactional=transactional,
        per_step=per_step(settings),
    )


def per_step(settings: Settings) -> bool:
    """Whether each migration is a transaction, where the database could have one for all."""
    return settings.transaction_per_migration or settings.transactional_ddl is False
