"""``op`` and ``context``, as a migration file imports them: for whatever migration is running."""

from __future__ import annotations

from sqlalchemy.engine import Connection

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
    """What a migration may ask about the run that it is part of.

    Each method raises NothingRunning outside of one.
    """

    def get_x_argument(self, as_dictionary: bool = False) -> list[str] | dict[str, str]:
        """What ``-x`` gave.

        :param as_dictionary: ``name=value`` as a pair; a name alone has an empty value.
        """
        given = api.current().settings.x_arguments
        if not as_dictionary:
            return list(given)
        pairs = (each.partition("=") for each in given)
        return {name: value for name, _, value in pairs}

    def get_tag_argument(self) -> str | None:
        """What ``--tag`` gave."""
        return api.current().settings.tag

    def get_context(self) -> api.MigrationContext:
        """The migration context."""
        return api.current()

    def get_bind(self) -> Connection:
        """The connection; None while a script is written."""
        return api.current().bind

    def is_offline_mode(self) -> bool:
        """Whether a script is written, and there is no connection."""
        return api.current().as_sql


op = CurrentOperations()

context = CurrentContext()
