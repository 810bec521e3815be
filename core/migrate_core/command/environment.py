"""Runs a project's env.py, and hands on each database that it configures.

What only a run needs is imported by it: a command that only reads files does without.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from migrate_core import alias
from migrate_core.errors import CommandError
from migrate_core.migrations import Migrations
from migrate_core.runtime.watch import Watch, ignore
from migrate_core.scripts import loader

if TYPE_CHECKING:
    from migrate_core.api.config import Config
    from migrate_core.api.environment import Configured
    from migrate_core.api.script import ScriptDirectory


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
        """Run it; see :func:`on_each`.

        :raises EnvironmentFailed: env.py raised, and not ``work``.
        """
        from migrate_core.api.script import ScriptDirectory

        script = ScriptDirectory.from_config(self.config)
        raised: list[Exception] = []

        def remembered(found: Migrations) -> None:
            try:
                work(found)
            except Exception as error:
                raised.append(error)
                raise

        options = {**self.options, "watch": watch}
        with told(self.config, lambda error: error in raised):
            on_each(self.config, script, remembered, migrations=options, **arguments)


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
    :raises Exception: whatever env.py or ``work`` raises.
    """
    from migrate_core.api.environment import EnvironmentContext

    def run(configured: Configured) -> None:
        given = {"surroundings": alias.active, **script.options, **migrations}
        work(Migrations.configured(configured, script.directory, **given))

    with EnvironmentContext(config, script, work=run, **arguments):
        script.run_env()


@contextmanager
def told(
    config: Config, ours: Callable[[Exception], bool] = lambda _error: False
) -> Iterator[None]:
    """Say of what env.py raises on which line it was: a program would want the error itself.

    :param ours: whether an error came from whoever env.py has called.
    :raises EnvironmentFailed: in place of whatever env.py raises.
    """
    try:
        yield
    except CommandError:
        raise
    except Exception as error:
        from migrate_core.api.script import ScriptDirectory

        path = Path(ScriptDirectory.from_config(config).env_py_location)
        failed = loader.failed_in(path, error)
        if failed.line is None or ours(error):
            raise
        raise failed from error


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
