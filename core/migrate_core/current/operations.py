"""``op``: the directives of the migration that is running."""

from __future__ import annotations

from migrate_core import api


class CurrentOperations(api.Operations):
    """Directives that find their context when they are called."""

    def __init__(self) -> None:
        pass

    @property
    def migration_context(self) -> api.MigrationContext:
        """The migration that is running.

        :raises NothingRunning: none is.
        """
        return api.current()


op = CurrentOperations()
