"""An app whose migrations folder has an env.py: that is run, and has the commands done.

What an env.py of Flask-Migrate's templates asks for is there: ``context.config`` with the folder's
``alembic.ini``, and ``current_app.extensions["migrate"]`` with ``db`` and ``configure_args``.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from flask_migrate_ext.config import KEY, MigrateConfig
from flask_migrate_ext.databases import DEFAULT
from migrate_core.api.config import Config
from migrate_core.runtime.watch import Watch, ignore

if TYPE_CHECKING:
    from flask import Flask

    from migrate_core.command.environment import Environment
    from migrate_core.migrations import Migrations
    from migrate_core.runtime.requests import Generated

T = TypeVar("T")


def documented_config(
    root: Path, x_arg: str | Sequence[str] | None = None, opts: Sequence[str] | None = None
) -> Config:
    """The configuration that an env.py below ``root`` knows, as ``@migrate.configure`` gets it.

    :param x_arg: what ``-x`` gave.
    :param opts: names of options that are on.
    """
    ini = root / "alembic.ini"
    config = Config(ini if ini.is_file() else None)
    config.set_main_option("script_location", str(root).replace("%", "%%"))
    given = [x_arg] if isinstance(x_arg, str) else list(x_arg or ())
    config.cmd_opts = Namespace(x=given, **dict.fromkeys(opts or (), True))
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
        self, act: Callable[[Migrations], T], x_arguments: tuple[str, ...] = (), **said: Any
    ) -> T | dict[str, T]:
        """What ``act`` answers for the only database that env.py configures, or for each."""
        done = self.answers(act, x_arguments, **said)
        return done if len(done) > 1 else next(iter(done.values()))

    def answers(
        self,
        act: Callable[[Migrations], T],
        x_arguments: tuple[str, ...] = (),
        target: str | Sequence[str] | None = None,
        tag: str | None = None,
        *,
        autogenerate: bool = False,
        watch: Watch = ignore,
    ) -> dict[str, T]:
        """What ``act`` answers for each database that env.py configures, by name.

        The other parameters are what an env.py may ask for.

        :param watch: is told what runs do.
        """
        config = self._told(x_arguments, autogenerate=autogenerate)
        done: dict[str, T] = {}

        def work(found: Migrations) -> None:
            done[self._name(found.settings.run_args, found, done)] = act(found)

        with self.registered():
            self.environment.on_each(
                work,
                watch=watch,
                template_args={"config": config},
                destination_rev=target,
                tag=tag,
            )
        return done

    def script(
        self,
        command: Literal["upgrade", "downgrade", "stamp"],
        target: str | tuple[str, ...],
        x_arguments: tuple[str, ...] = (),
        tag: str | None = None,
    ) -> None:
        """Print the SQL of a command, or let env.py write it."""
        from migrate_core import command as documented

        with self.registered():
            getattr(documented, command)(self._told(x_arguments), target, sql=True, tag=tag)

    def write_for_all(
        self, message: str | None, placed: dict[str, Any], x_arguments: tuple[str, ...] = ()
    ) -> Generated | None:
        """Write one migration for all databases; None where nothing differs."""
        from migrate_core.command.writing import has_changes, write_all
        from migrate_core.runtime.requests import Generate

        request = Generate(message=message, **placed)
        with self.registered():
            config = self._told(x_arguments, autogenerate=True)
            written = write_all(config, request, wanted=has_changes)
        return replace(written[0], further=tuple(written[1:])) if written else None

    def _told(self, x_arguments: tuple[str, ...], *, autogenerate: bool = False) -> Config:
        config = self.environment.config
        said = {"x": list(x_arguments), "autogenerate": autogenerate, "quiet": True}
        config.cmd_opts = Namespace(**{**vars(config.cmd_opts or Namespace()), **said})
        return config

    @staticmethod
    def _name(run_args: Mapping[str, Any], found: Migrations, known: Mapping[str, Any]) -> str:
        name = str(run_args.get("engine_name") or DEFAULT)
        return found.database if name in known else name
