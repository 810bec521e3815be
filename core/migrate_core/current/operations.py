"""``op``: the directives of the migration that is running."""

from __future__ import annotations

from migrate_core import api
from migrate_core.api.context import current


class CurrentOperations(api.Operations):
    """Directives that find their context when they are called."""

    def __init__(self) -> None:
        pass

    @property
    def migration_context(self) -> api.MigrationContext:
        """The migration that is running.

        :raises NothingRunning: none is.
        """
        return current()


op = CurrentOperations()
