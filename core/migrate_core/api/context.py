"""The migration that is running now: the documented MigrationContext, and where it is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect

from migrate_core import ddl
from migrate_core.database.channel import Channel
from migrate_core.database.offline import ScriptTransactions
from migrate_core.database.transactions import Transactions
from migrate_core.database.versions import VersionTable
from migrate_core.errors import ConnectionNeeded, NothingRunning
from migrate_core.operations import ExecuteSQLOp
from migrate_core.runtime.applier import Applier
from migrate_core.schema.build import Convention
from migrate_core.settings import Settings


class MigrationContext:
    """What ``op`` works on: a database or a script, how its dialect does things, the settings.

    :param channel: where statements go.
    """

    def __init__(
        self,
        channel: Channel,
        settings: Settings,
        metadata: Sequence[sa.MetaData],
        transactions: Transactions | ScriptTransactions,
    ) -> None:
        self.settings = settings
        self.metadata = tuple(metadata)
        self.transactions = transactions
        self.dialect: Dialect = channel.dialect
        self.connection = channel.connection
        self.applier = Applier(ddl.for_dialect(channel.dialect, self), channel)

    @property
    def as_sql(self) -> bool:
        """Whether a script is written, and there is no connection."""
        return self.connection is None

    @property
    def bind(self) -> Connection:
        """The connection; None while a script is written, which few callers have to expect."""
        return self.connection  # type: ignore[return-value]

    @property
    def naming_convention(self) -> Convention | None:
        """The convention of the models; of several MetaData none, as it is documented."""
        return self.metadata[0].naming_convention if len(self.metadata) == 1 else None

    def get_current_heads(self) -> tuple[str, ...]:
        """The revisions that the version table holds.

        :raises ConnectionNeeded: a script is written.
        """
        if self.connection is None:
            raise ConnectionNeeded("get_current_heads() reads the version table")
        return VersionTable(self.connection, self.settings).heads()

    def execute(self, sql: Any, execution_options: dict[str, Any] | None = None) -> None:
        """Run a statement."""
        self.applier.apply(ExecuteSQLOp(sql, execution_options=execution_options))

    def autocommit_block(self) -> AbstractContextManager[None]:
        """A block outside of any transaction: what came before it is committed first."""
        return self.transactions.autocommit()


_running: ContextVar[MigrationContext | None] = ContextVar("migrate_core_running", default=None)


@contextmanager
def running(context: MigrationContext) -> Iterator[MigrationContext]:
    """Let ``op`` work on ``context`` within the block, in this thread or task only."""
    token = _running.set(context)
    try:
        yield context
    finally:
        _running.reset(token)


def current() -> MigrationContext:
    """The context that ``op`` works on.

    :raises NothingRunning: none is.
    """
    context = _running.get()
    if context is None:
        raise NothingRunning("op")
    return context
