"""One database and its migrations: what was given, and a connection to work on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from copy import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from migrate_core.database import connect
from migrate_core.errors import ConfigurationError, MultipleHeads
from migrate_core.runtime import logs
from migrate_core.runtime.watch import Watch, ignore
from migrate_core.scripts import Directory, History
from migrate_core.settings import Settings

if TYPE_CHECKING:
    from typing_extensions import Self

    from migrate_core import api
    from migrate_core.runtime.executor import Executor

Surroundings = Callable[[], AbstractContextManager[None]]

Connecting = Callable[[Engine | Connection], AbstractContextManager[Connection]]

Modules = Callable[[], tuple[Sequence[str], Sequence[str]]]
"""Modules of models that were imported, and those that were not."""


def no_modules() -> tuple[Sequence[str], Sequence[str]]:
    """The :data:`Modules` of whoever cannot tell."""
    return (), ()


@dataclass(frozen=True, slots=True)
class Session:
    """One connection, and what works on it."""

    connection: Connection
    executor: Executor
    history: History


class Opened:
    """What is known of one database and its migrations, and how to get at them."""

    def __init__(
        self,
        directory: str | os.PathLike[str],
        *,
        engine: Engine | Connection,
        metadata: sa.MetaData | Sequence[sa.MetaData],
        watch: Watch = ignore,
        version_locations: Sequence[str | os.PathLike[str]] = (),
        modules: Modules = no_modules,
        surroundings: Surroundings = nullcontext,
        **options: Any,
    ) -> None:
        self.settings = _settings(options)
        self.directory = Directory.at(
            directory,
            version_locations,
            recursive=self.settings.recursive_version_locations,
            sourceless=self.settings.sourceless,
        )
        self.engine = engine
        self.metadata = (metadata,) if isinstance(metadata, sa.MetaData) else tuple(metadata)
        self.watch = logs.logged(watch, logs.MIGRATION)
        self._watch_comparison = logs.logged(watch, logs.COMPARE)
        self._modules = modules
        self._surroundings = surroundings
        self._context: api.MigrationContext | None = None

    @classmethod
    def configured(
        cls,
        configured: api.Configured,
        directory: Directory,
        *,
        watch: Watch = ignore,
        modules: Modules = no_modules,
        surroundings: Surroundings = nullcontext,
        **options: Any,
    ) -> Self:
        """The migrations of the database that an env.py configured, on its connection.

        Without a connection there is a script: :meth:`upgrade_sql` and its like write into it.

        :param options: any of :class:`~migrate_core.settings.Settings` that the env.py leaves open.
        :raises ConfigurationError: an option that is not known.
        """
        made = cls.__new__(cls)
        made.settings = replace(configured.settings, **known(options))
        made.directory = directory
        nowhere = cast(Engine, connect.Nowhere(configured.dialect))
        made.engine = configured.connection or nowhere
        made.metadata = configured.metadata
        made.watch = logs.logged(watch, logs.MIGRATION)
        made._watch_comparison = logs.logged(watch, logs.COMPARE)
        made._modules = modules
        made._surroundings = surroundings
        made._context = configured.context
        return made

    def having(self, **options: Any) -> Self:
        """The same migrations with other options.

        :param options: any of :class:`~migrate_core.settings.Settings` that is about running.
        :raises ConfigurationError: an option that is not known.
        """
        other = copy(self)
        other.settings = replace(self.settings, **known(options))
        return other

    @property
    def database(self) -> str:
        """The database's address, password masked."""
        return connect.name(self.engine.engine.url)

    def history(self) -> History:
        """The history as its files tell it. Needs no database."""
        # A file that computes its identifiers is run to be read.
        with self._surroundings():
            return self.directory.history()

    @contextmanager
    def _session(self, connecting: Connecting = connect.looking) -> Iterator[Session]:
        """A connection with ``op`` working on it."""
        history = self.history()
        with (
            self._executor(history, connecting) as runner,
            explained(history, runner.heads),
        ):
            yield Session(runner.connection, runner, history)

    @contextmanager
    def _executor(
        self, history: History, connecting: Connecting = connect.looking
    ) -> Iterator[Executor]:
        from migrate_core import api

        with connecting(self.engine) as connection:
            context = self._context or self._made_context(connection)
            with context.heard(self.watch), api.running(context), self._surroundings():
                yield context.executor(history, self.settings, self.watch)

    def _made_context(self, connection: Connection) -> api.MigrationContext:
        from migrate_core import api
        from migrate_core.database import scopes
        from migrate_core.database.patience import Patient
        from migrate_core.runtime.events import Noted, Waiting

        transactional = scopes.undoes_ddl(connection.dialect)
        logs.opened(connection.dialect.name, transactional=transactional)
        transactions = scopes.of(
            connection,
            self.settings,
            lambda who: self.watch(Waiting(who)),
            transactional=transactional,
        )
        channel = Patient(
            connection, self.settings, transactions, lambda text: self.watch(Noted(text))
        )
        return api.MigrationContext.on(channel, self.settings, self.metadata, transactions)

    @property
    def _environment(self) -> api.EnvironmentContext | None:
        """That of the env.py, where there is one."""
        return None if self._context is None else self._context.environment_context


@contextmanager
def explained(history: History, rows: Callable[[], Sequence[str]] = tuple) -> Iterator[None]:
    """Where one head was asked for: which there are, what they have in common, what to type."""
    from migrate_core.scripts import multiple_heads

    try:
        yield
    except MultipleHeads as error:
        if error.origin or not set(error.heads) <= set(history.graph.heads):
            raise
        known = [row for row in rows() if row in history.graph]
        raise multiple_heads(history, error.heads, error.argument, known) from error


def _settings(options: dict[str, Any]) -> Settings:
    return Settings(**known(options))


def known(options: dict[str, Any]) -> dict[str, Any]:
    """The options, each of which there is.

    :raises ConfigurationError: one there is not.
    """
    names = set(Settings.__dataclass_fields__)
    unknown = sorted(set(options) - names)
    if unknown:
        raise ConfigurationError(
            f"Unknown option {', '.join(unknown)}.",
            f"Known options: {', '.join(sorted(names))}.",
        )
    return options
