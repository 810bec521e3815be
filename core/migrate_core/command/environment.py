"""Runs a project's env.py, and hands on each database that it configures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from migrate_core import alias
from migrate_core.api.config import Config
from migrate_core.api.environment import Configured, EnvironmentContext
from migrate_core.api.script import ScriptDirectory
from migrate_core.errors import EnvironmentFailed
from migrate_core.migrations import Migrations
from migrate_core.runtime.events import Watch, ignore


@dataclass(frozen=True, slots=True)
class Environment:
    """A project's env.py, and what it is configured by.

    :param shared: whether its history is for several databases, each of which has its part of a
        migration file.
    :param options: further arguments of :meth:`Migrations.configured`.
    """

    config: Config
    shared: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)

    def on_each(
        self, work: Callable[[Migrations], object], *, watch: Watch = ignore, **arguments: Any
    ) -> None:
        """Run it; see :func:`on_each`."""
        script = ScriptDirectory.from_config(self.config)
        on_each(self.config, script, work, migrations={**self.options, "watch": watch}, **arguments)


_NOTHING: Mapping[str, Any] = MappingProxyType({})

_YES = frozenset({"true", "yes", "on", "y", "t", "1"})


def on_each(
    config: Config,
    script: ScriptDirectory,
    work: Callable[[Migrations], object],
    *,
    migrations: Mapping[str, Any] = _NOTHING,
    **arguments: Any,
) -> None:
    """Run env.py, and ``work`` on the Migrations of each database.

    :param migrations: further arguments of :meth:`Migrations.configured`.
    :param arguments: what env.py may ask for, as the documented EnvironmentContext takes it.
    :raises EnvironmentMissing: there is no env.py.
    :raises EnvironmentFailed: env.py raised.
    :raises Exception: whatever ``work`` raises, among it what a program's own hook does.
    """
    raised: list[Exception] = []

    def run(configured: Configured) -> None:
        found = Migrations.configured(
            configured,
            script.directory,
            surroundings=alias.active,
            **{**script.options, **migrations},
        )
        try:
            work(found)
        except Exception as error:
            raised.append(error)
            raise

    try:
        with EnvironmentContext(config, script, work=run, **arguments):
            script.run_env()
    except EnvironmentFailed as error:
        # A program that raises in a hook of its own expects to catch just that.
        if error.__cause__ in raised:
            raise error.__cause__ from None
        raise


def rows_of(config: Config, script: ScriptDirectory) -> tuple[str, ...]:
    """What the databases of the project stand at."""
    rows: dict[str, None] = {}
    on_each(
        config, script, lambda found: rows.update(dict.fromkeys(found.current())), dont_mutate=True
    )
    return tuple(rows)


def always_runs(config: Config) -> bool:
    """Whether env.py runs even for what needs no database (``revision_environment``)."""
    said = config.get_alembic_option("revision_environment", "false")
    return said is True or str(said).strip().lower() in _YES
