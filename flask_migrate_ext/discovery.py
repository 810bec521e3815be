"""From an app to its Migrations: which databases, which models, which folders.

A project has one history for each database, or one for all of them; what is on the disk tells.

============================  ======================================================
``migrations/``               what it is
============================  ======================================================
``versions/``                 the history of the default database
``users/versions/``           the history of the bind ``users``, made when it is needed
``script.py.mako`` with an    one history for all: each file has ``upgrade_users()`` and
``upgrade(engine_name)``      the like, as Flask-Migrate's ``init --multidb`` has it
``env.py``                    is run, and says which databases there are, and how
============================  ======================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app, has_app_context

from flask_migrate_ext.config import COMMANDS_KEY, KEY, MigrateConfig
from flask_migrate_ext.configuration import Configuration, given_by
from flask_migrate_ext.databases import AppNotReady, Database, databases, source
from flask_migrate_ext.models import modules
from migrate_core import alias
from migrate_core.errors import ConfigurationError
from migrate_core.migrations import Migrations
from migrate_core.runtime.watch import Watch, ignore
from migrate_core.scripts.directory import Directory, is_resource, located
from migrate_core.settings import Settings

if TYPE_CHECKING:
    from flask_migrate_ext.environment import AppEnvironment
    from flask_migrate_ext.extension import Migrate
    from migrate_core.api.config import Config


@dataclass(frozen=True, slots=True)
class Found:
    """The databases of an app that are migrated, and their histories.

    :param root: the migrations folder.
    :param each: the databases, the default one first.
    :param known: all that the app has, migrated or not.
    :param shared: whether one history is for all of them.
    :param several: whether the app has more of them than are chosen here.
    :param environment: the folder's env.py, which runs whatever is about a database.
    :param chosen: the only database that is meant, by the name that was given.
    """

    app: Flask
    root: Path
    options: dict[str, Any]
    version_locations: tuple[str, ...]
    source: Any
    each: tuple[Database, ...]
    known: tuple[Database, ...]
    shared: bool
    several: bool
    environment: AppEnvironment | None = None
    chosen: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The databases' names for people."""
        return tuple(each.called for each in self.each)

    def only(self, name: str) -> Found:
        """The same with one database.

        :raises ConfigurationError: there is none of that name.
        """
        chosen = tuple(each for each in self.each if name in (each.name, each.called))
        if not chosen:
            raise ConfigurationError(
                f"There is no database {name!r} to migrate; there are: {', '.join(self.names)}.",
                "Name one of them: flask db --bind NAME ..., or add its address to "
                "SQLALCHEMY_BINDS.",
            )
        return replace(self, each=chosen, chosen=name)

    def running(self) -> AppEnvironment | None:
        """The folder's env.py, to be run; None where there is none.

        :raises ConfigurationError: one database was named, and env.py says which there are.
        """
        if self.environment is not None and self.chosen is not None:
            raise ConfigurationError(
                f"{self.root / 'env.py'} says which databases are migrated, and --bind does not.",
                "Leave --bind out; or remove env.py, and each bind has its own history.",
            )
        return self.environment

    def migrations(self, database: Database, watch: Watch = ignore) -> Migrations:
        """One database with its history."""
        own_folder = bool(database.name) and not self.shared
        return Migrations(
            self.root / database.name if own_folder else self.root,
            engine=database.engine,
            metadata=database.metadata,
            watch=watch,
            version_locations=() if own_folder else self.version_locations,
            modules=partial(modules, self.app, self.source),
            surroundings=alias.active,
            **self.options,
            **({"engine_name": database.name} if self.shared else {}),
        )

    def history(self, watch: Watch = ignore) -> Migrations:
        """The history that is for all databases."""
        from flask_migrate_ext.shared import SharedMigrations

        return SharedMigrations.of([self.migrations(each, watch) for each in self.each])


def of_current_app(
    directory: str | None = None, command: str | None = None, bind: str | None = None
) -> Found:
    """The databases of the app whose context is active.

    :param directory: the folder, in place of the one that the app registered.
    :param command: the name of the command group, None for the app's main Migrate, or the one
        that has this directory.
    :param bind: the name of the only database that is meant.
    :raises AppNotReady: no context, no ``Migrate``, or no database.
    :raises ConfigurationError: a function under ``@migrate.configure`` returned nothing, or there
        is no such bind.
    """
    app = _current_app()
    config = _config(app, command, directory)
    root, options, locations, configured = _settled(app, config, directory)
    shared = Directory.at(root).shared
    found = databases(app, config)
    each = _migrated(found, config.binds, root, shared=shared)
    _require_apart(each)
    every = Found(
        app,
        root,
        options,
        locations,
        source(app, config),
        each,
        found,
        shared,
        len(each) > 1,
    )
    if configured is not None:
        every = replace(every, environment=_environment(every, config, configured))
        if not shared and bind is None:  # one history, whatever else the app has
            every = replace(every, each=each[:1], several=False)
    else:
        for database in each:
            database.require_waiting()
    return every if bind is None else every.only(bind)


def _config(app: Flask, command: str | None, directory: str | None) -> MigrateConfig:
    commands: dict[str, MigrateConfig] = app.extensions.get(COMMANDS_KEY, {})
    main = app.extensions.get(KEY)
    if not isinstance(main, MigrateConfig):
        raise AppNotReady(
            f"App {app.import_name!r} has no Migrate.",
            "Add it where the app is made: from flask_migrate_ext import Migrate; Migrate(app, db)",
        )
    if command is None:
        return next((each for each in commands.values() if each.directory == directory), main)
    if command not in commands and len(commands) > 1:
        names = sorted(commands)
        raise AppNotReady(
            f"App {app.import_name!r} has no Migrate with command={command!r}; "
            f"it has: {', '.join(names)}.",
            f"Use one of them: flask {names[0]} --help",
        )
    return commands.get(command, main)


def _settled(
    app: Flask, config: MigrateConfig, directory: str | None
) -> tuple[Path, dict[str, Any], tuple[str, ...], Config | None]:
    """The folder, the options, the folders of files, and what an env.py is configured by."""
    root = folder(app, directory or config.directory)
    if Directory.at(root).env_py is None:
        said = _said(config, directory)
        return folder(app, said.directory), said.options, said.version_locations, None
    from migrate_core.api.config import Config
    from migrate_core.api.script import ScriptDirectory

    made = config.migrate.get_config(directory or config.directory)
    configured = given_by(_method(config.migrate, "get_config"), made, Config)
    script = ScriptDirectory.from_config(configured)
    known = Settings.__dataclass_fields__
    given = {name: value for name, value in config.configure_args.items() if name in known}
    locations = tuple(script.version_locations or ())
    return Path(script.dir), {**given, **script.options}, locations, configured


def _said(config: MigrateConfig, directory: str | None) -> Configuration:
    """What the app says of a folder without an env.py."""
    said = Configuration(directory or config.directory, dict(config.configure_args))
    made = config.migrate.call_configure_callbacks(said)
    return given_by(_method(config.migrate, "call_configure_callbacks"), made, Configuration)


def _method(migrate: Any, name: str) -> str:
    return f"{type(migrate).__module__}.{type(migrate).__qualname__}.{name}()"


def documented(
    migrate: Migrate,
    directory: str | None,
    x_arg: str | Sequence[str] | None,
    opts: Sequence[str] | None,
) -> Config:
    """The documented configuration of a Migrate of the current app; see its ``get_config``."""
    from flask_migrate_ext.environment import documented_config

    app = _current_app()
    commands: dict[str, MigrateConfig] = app.extensions.get(COMMANDS_KEY, {})
    mine = (each for each in commands.values() if each.migrate is migrate)
    config = next(mine, None) or MigrateConfig(migrate, migrate.db, migrate.directory)
    root = folder(app, directory or config.directory)
    if Directory.at(root).env_py is not None:
        return migrate.call_configure_callbacks(documented_config(root, x_arg, opts))
    said = _said(config, directory)
    made = documented_config(folder(app, said.directory), x_arg, opts)
    for name, value in said.main_options.items():
        made.set_main_option(name, value)
    return made


def _current_app() -> Flask:
    if not has_app_context():
        raise AppNotReady(
            "Migrations need an application context, and none is active.",
            "Call it as: with app.app_context(): upgrade()",
        )
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return app


def _environment(found: Found, config: MigrateConfig, documented: Config) -> AppEnvironment:
    from flask_migrate_ext.environment import AppEnvironment
    from migrate_core.command.environment import Environment

    modules_of_app = {"modules": partial(modules, found.app, found.source)}
    environment = Environment(documented, found.shared, modules_of_app)
    return AppEnvironment(environment, found.app, config, found.source)


def _migrated(
    found: Sequence[Database], binds: Sequence[str] | None, root: Path, *, shared: bool
) -> tuple[Database, ...]:
    """Those that are migrated: those that were named, or else have models or a history."""
    if binds is not None:
        chosen = [each for each in found if each.called in binds or each.name in binds]
        missing = set(binds) - {name for each in chosen for name in (each.name, each.called)}
        if missing:
            raise AppNotReady(
                f"Migrate(binds=...) names {', '.join(sorted(missing))}, "
                "and the app has no address for it.",
                "Add it to SQLALCHEMY_BINDS, or take the name out.",
            )
        return tuple(chosen)
    if shared or len(found) == 1:
        return tuple(found)
    kept = tuple(
        each for each in found if each.has_models or (root / each.name / "versions").is_dir()
    )
    return kept or tuple(found[:1])


def _require_apart(each: Sequence[Database]) -> None:
    """Refuse two names for one database, where each would take the other's version for its own.

    :raises AppNotReady: there are two.
    """
    seen: dict[Any, Database] = {}
    for one in each:
        url = one.engine.url
        other = seen.setdefault(url, one)
        if other is not one and url.database not in (None, "", ":memory:"):
            raise AppNotReady(
                f"{other.called} and {one.called} are one database, and would share its version "
                "table.",
                "Migrate all models of it under one name: "
                f"Migrate(app, db, binds=[{other.called!r}], metadata={{{other.called!r}: "
                "[all the MetaData that belong there]})",
            )


def folder(app: Flask, directory: str) -> Path:
    """The migrations folder: a relative one in the working directory, or else beside the app.

    "Beside" is next to the app's package, or next to its module; the first place that has the
    folder wins, and where none has, the working directory does.
    """
    if is_resource(directory):
        return located(directory)
    given = Path(directory)
    if given.is_absolute():
        return given
    root = Path(app.root_path)
    beside = [root.parent, root] if (root / "__init__.py").exists() else [root]
    places = [Path.cwd(), *beside]
    return next((p / given for p in places if (p / given).is_dir()), Path.cwd() / given)
