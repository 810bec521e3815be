"""Operations whose statements go into a script, for tests of the SQL."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.engine.url import make_url

from migrate_core import ddl
from migrate_core.api.context import MigrationContext
from migrate_core.api.operations import Operations
from migrate_core.database.offline import Offline, ScriptTransactions
from migrate_core.settings import Settings


def operations(dialect_name: str) -> tuple[Operations, Callable[[], list[str]]]:
    """``op`` for a dialect, and what its script holds so far, each statement in one line."""
    dialect = make_url(f"{dialect_name}://").get_dialect()(paramstyle="named")
    channel = Offline(dialect, ddl.for_dialect(dialect).script, complete=False)
    transactions = ScriptTransactions(channel, transactional=False, per_step=False)

    def statements() -> list[str]:
        return [" ".join(each.split()) for each in channel.text().split("\n\n") if each.strip()]

    return Operations(MigrationContext.on(channel, Settings(), [], transactions)), statements
