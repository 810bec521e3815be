"""What a context of a script works on: where its statements go, and its transactions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.engine import Dialect

from migrate_core import ddl
from migrate_core.database.offline import Offline, ScriptTransactions
from migrate_core.settings import Settings


def script_channel(dialect: Dialect, settings: Settings, *, complete: bool) -> Offline:
    """Where a script's statements go, separated as the settings say.

    :param complete: see :class:`Offline`.
    """
    style = ddl.for_dialect(dialect).script
    own: Mapping[str, str | None] = {
        "mssql": settings.mssql_batch_separator,
        "oracle": settings.oracle_batch_separator,
    }
    separator = own.get(dialect.name)
    if separator is not None:
        style = replace(style, separator=separator or None)
    return Offline(dialect, style, complete=complete)


def script_transactions(channel: Offline, settings: Settings) -> ScriptTransactions:
    """Where a script's transactions begin and end."""
    given = settings.transactional_ddl
    return ScriptTransactions(
        channel,
        transactional=ddl.for_dialect(channel.dialect).transactional if given is None else given,
        per_step=settings.transaction_per_migration,
    )
