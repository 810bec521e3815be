"""An app whose migrations folder has an env.py: that is run, and has the commands done.

What an env.py of Flask-Migrate's templates asks for is there: ``context.config`` with the folder's
``alembic.ini``, and ``current_app.extensions["migrate"]`` with ``db`` and ``configure_args``.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from flask_migrate_ext.config import KEY, MigrateConfig
from flask_migrate_ext.databases import DEFAULT
from migrate_core.api.config import Config
from migrate_core.command.environment import Environment

if TYPE_CHECKING:
    from flask import Flask

    from migrate_core.migrations import Migrations

T = TypeVar("T")


def documented_config(root: Path) -> Config:
    """The configuration that an env.py below ``root`` knows, as ``@migrate.configure`` gets it."""
    ini = root / "alembic.ini"
    config = Config(ini if ini.is_file() else None)
    config.set_main_option("script_location", str(root).replace("%", "%%"))
    config.cmd_opts = Namespace()
    return config


@contextmanager
def registered(app: Flask, config: MigrateConfig, db: Any) -> Iterator[None]:
    """Let ``app.extensions["migrate"]`` be the Migrate that is meant, with its db."""
    before = app.extensions[KEY]
    app.extensions[KEY] = replace(config, db=db)
    try:
        yield
    finally:
        app.extensions[KEY] = before


@dataclass(frozen=True, slots=True)
class AppEnvironment:
    """The env.py of an app.

    :param app: whose context is active.
    :param migrate: the Migrate that is meant.
    :param db: its db, given or found.
    """

    environment: Environment
    app: Flask
    migrate: MigrateConfig
    db: Any

    def registered(self) -> Any:
        """Around a run: see :func:`registered`."""
        return registered(self.app, self.migrate, self.db)

    def each(
        self, act: Callable[[Migrations], T], x_arguments: tuple[str, ...] = (), **arguments: Any
    ) -> T | dict[str, T]:
        """What ``act`` answers for the only database that env.py configures, or for each.

        :param x_arguments: what the migrations are given.
        :param arguments: of :meth:`Environment.on_each`.
        """
        config = self.environment.config
        config.cmd_opts = Namespace(x=list(x_arguments), **arguments)
        done: dict[str, T] = {}

        def work(found: Migrations) -> None:
            done[self._name(found.settings.run_args, found, done)] = act(found)

        with self.registered():
            self.environment.on_each(work, template_args={"config": config}, **arguments)
        return done if len(done) > 1 else next(iter(done.values()))

    @staticmethod
    def _name(run_args: Mapping[str, Any], found: Migrations, known: Mapping[str, Any]) -> str:
        name = str(run_args.get("engine_name") or DEFAULT)
        return found.database if name in known else name
