"""``op`` and ``context``, as a migration file imports them: for whatever is running."""

from __future__ import annotations

from typing import Any, cast

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


class CurrentContext:
    """The environment that is at work, whatever is asked of it.

    Each attribute raises NothingRunning outside of an env.py and of migrations.
    """

    def __getattr__(self, name: str) -> Any:
        return getattr(api.environment(), name)


op = CurrentOperations()

context = cast(api.EnvironmentContext, CurrentContext())
