"""The core's own console script: what ``flask db`` does, without Flask.

::

    migrate-core [-c FILE] [-n SECTION] [--url URL] [--metadata MODULE:NAME] [-d FOLDER] COMMAND

What the command line says goes before the environment, and that before the configuration files.
"""

from __future__ import annotations

import importlib
import shlex
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import click
import sqlalchemy as sa
from click.core import ParameterSource
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from migrate_core import alias
from migrate_core.api.config import Config
from migrate_core.cli import Door, MigrationsGroup, add_commands, open_with
from migrate_core.command.environment import Environment
from migrate_core.config import Configuration, found_files, read
from migrate_core.config.ini import OWN
from migrate_core.errors import ConfigurationError
from migrate_core.migrations import Migrations
from migrate_core.runtime.watch import Watch
from migrate_core.scripts import Directory
from migrate_core.settings import Hook

WITHOUT_MODELS = frozenset(
    {
        *("current", "heads", "branches", "history", "graph", "show", "edit", "log", "status"),
        *("init", "merge", "rebase", "stamp", "resolve"),
    }
)
"""The commands that neither compare models nor run migrations, which take names from them."""


FILES_ONLY = frozenset(
    {"heads", "branches", "history", "graph", "show", "edit", "init", "merge", "revision"}
)
"""The commands that read and write files, and ask no database unless they are told to."""


@click.group(cls=MigrationsGroup)
@click.option(
    "-c",
    "--config",
    "files",
    multiple=True,
    envvar=["MIGRATE_CONFIG", "ALEMBIC_CONFIG"],
    type=click.Path(path_type=Path),
    help="An ini file, or a pyproject.toml (default: migrate.ini or alembic.ini, "
    "and pyproject.toml).",
)
@click.option(
    "-n",
    "--name",
    "section",
    help="The section of the ini file (default: migrate_core or alembic).",
)
@click.option("--url", envvar="MIGRATE_URL", help="The database, as SQLAlchemy writes it.")
@click.option(
    "--metadata", envvar="MIGRATE_METADATA", help="The models: package.module:name of a MetaData."
)
@click.option(
    "-d", "--directory", default=None, help="The migrations folder (default: migrations)."
)
@click.version_option(package_name="flask-migrate-ext", prog_name="migrate-core")
@click.pass_context
def main(
    ctx: click.Context,
    files: tuple[Path, ...],
    section: str | None,
    url: str | None,
    metadata: str | None,
    directory: str | None,
) -> None:
    """Migrate a database with SQLAlchemy models, without Flask.

    The database, the models and the folder are named by options, by the environment (MIGRATE_URL,
    MIGRATE_METADATA), or in a configuration file: sqlalchemy.url, metadata and script_location in
    the section [migrate_core] or [alembic] of an ini file, or in [tool.migrate_core] of
    pyproject.toml. Where no models are named and the folder has an env.py, that is run and knows
    them.
    """

    def opened(given: str | None, watch: Watch) -> Migrations:
        configured = read(files, section)
        _find_modules_in(configured.prepend_sys_path or (".",))
        folder = given or configured.script_location or "migrations"
        name = metadata or configured.metadata
        has_env_py = Directory.at(folder).env_py is not None  # which knows them
        reads_database = click.get_current_context().params.get("source") == "database"
        needs_none = has_env_py or reads_database or ctx.invoked_subcommand in WITHOUT_MODELS
        return Migrations(
            folder,
            engine=_engine_for(ctx.invoked_subcommand, url, configured),
            metadata=() if name is None and needs_none else _metadata(name),
            version_locations=() if given else configured.version_locations,
            watch=watch,
            surroundings=alias.active,
            hooks=tuple(
                Hook(each.name, each.type, each.target, each.options, each.cwd)
                for each in configured.hooks
            ),
            **configured.options,
        )

    def environment(given: str | None) -> Environment | None:
        configured = read(files, section)
        folder = given or configured.script_location or "migrations"
        there = Directory.at(folder)
        if metadata or configured.metadata or there.env_py is None:
            return None
        _find_modules_in(configured.prepend_sys_path or (".",))
        config = _documented(files, section, folder, url)
        return Environment(config, shared=there.shared)

    open_with(ctx, Door(_as_typed(ctx), opened, directory, environment))


add_commands(main)


def _as_typed(ctx: click.Context) -> str:
    """The program with what it was told on the command line: without it the next command fails."""
    options = [part for file in _typed(ctx, "files") for part in ("-c", str(file))]
    options += [part for name in _typed(ctx, "section") for part in ("-n", name)]
    options += [part for url in _typed(ctx, "url") for part in ("--url", _without_secrets(url))]
    options += [part for name in _typed(ctx, "metadata") for part in ("--metadata", name)]
    return shlex.join(["migrate-core", *options])


def _without_secrets(url: str) -> str:
    """The URL as it was typed; no more than ``URL`` where it may hold a secret."""
    try:
        parsed = sa.make_url(url)
    except ArgumentError:
        return "URL"
    return "URL" if parsed.password or parsed.query else url


def _typed(ctx: click.Context, option: str) -> Sequence[Any]:
    """What an option was given on the command line, and not by the environment."""
    if ctx.get_parameter_source(option) is not ParameterSource.COMMANDLINE:
        return ()
    value = ctx.params[option]
    return value if isinstance(value, tuple) else (value,)


def _documented(files: Sequence[Path], section: str | None, folder: str, url: str | None) -> Config:
    """What the command line and the configuration files say, as an env.py knows it."""
    ini_file, toml_file = found_files(files)
    config = Config(ini_file, toml_file)
    if section is not None:
        config.config_ini_section = section
    elif config.file_config.has_section(OWN):
        config.config_ini_section = OWN
    for name, value in (("script_location", folder), ("sqlalchemy.url", url)):
        if value is not None:
            config.set_main_option(name, value.replace("%", "%%"))
    return config


def _find_modules_in(paths: Sequence[str]) -> None:
    """Let modules be imported from these folders first, as ``python -m`` has the current one."""
    sys.path[:0] = [path for each in paths if (path := str(Path(each).resolve())) not in sys.path]


class _NoDatabase:
    """In place of a database that nobody named: using it says so."""

    def __getattr__(self, name: str) -> Any:
        raise _unnamed()


def _unnamed() -> ConfigurationError:
    return ConfigurationError(
        "No database is named.",
        "Give --url (or MIGRATE_URL), for example sqlite:///app.db; "
        "or write sqlalchemy.url = ... in a configuration file.",
    )


def _engine_for(command: str | None, url: str | None, configured: Configuration) -> sa.Engine:
    if command in FILES_ONLY and not (url or configured.engine.get("sqlalchemy.url")):
        return cast(sa.Engine, _NoDatabase())
    return _engine(url, configured)


def _engine(url: str | None, configured: Configuration) -> sa.Engine:
    options = {**configured.engine, **({"sqlalchemy.url": url} if url else {})}
    if not options.get("sqlalchemy.url"):
        raise _unnamed()
    by = "" if url else f" (sqlalchemy.url in {' or '.join(configured.places)})"
    try:
        engine = sa.engine_from_config(options)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise ConfigurationError(
            f"The database URL cannot be used: {type(error).__name__}{by}.",
            "Write it as driver://user:password@host:port/name, and install its driver "
            "(pip install 'flask-migrate-ext[postgresql]' or '[mysql]').",
        ) from None
    except (TypeError, ValueError):  # its text may repeat a value
        raise ConfigurationError(
            f"An option of the engine cannot be used: {', '.join(sorted(configured.engine))} "
            f"in {' or '.join(configured.places)}.",
            "Correct it: each is an argument of SQLAlchemy's create_engine().",
        ) from None
    if engine.dialect.is_async:
        raise ConfigurationError(
            f"The database URL names an asynchronous driver, {engine.dialect.driver}{by}.",
            "Name a synchronous one, for the migrations alone: "
            "postgresql+psycopg://, mysql+pymysql:// or sqlite://",
        )
    return engine


def _metadata(name: str | None) -> Sequence[sa.MetaData]:
    """The models of that name: one MetaData, or a list of several.

    :raises ConfigurationError: none are named, or they can't be imported.
    """
    if not name or ":" not in name:
        raise ConfigurationError(
            "No models are named.",
            "Give --metadata (or MIGRATE_METADATA) as package.module:name, "
            "for example shop.models:Base.metadata",
        )
    module_name, _, attributes = name.partition(":")
    found: Any = _imported(module_name, name)
    for attribute in attributes.split("."):
        if not hasattr(found, attribute):
            raise ConfigurationError(
                f"Cannot import the models {name}: {found!r} has no attribute {attribute!r}.",
                "Correct --metadata, or the module.",
            )
        found = getattr(found, attribute)
    several = tuple(found) if isinstance(found, list | tuple) else (found,)
    for each in several:
        if not isinstance(each, sa.MetaData):
            raise ConfigurationError(
                f"{name} is a {type(found).__name__} and no MetaData.",
                "Name the MetaData itself, for example shop.models:Base.metadata",
            )
    return several


def _imported(module_name: str, wanted: str) -> ModuleType:
    """The user's own module."""
    try:
        return importlib.import_module(module_name)
    except Exception as error:  # whatever the user's own module raises
        place = traceback.extract_tb(error.__traceback__)[-1]
        missing = isinstance(error, ModuleNotFoundError) and error.name == module_name
        if missing or isinstance(error, SyntaxError):
            said = str(error)
        else:
            said = f"{type(error).__name__}: {error} ({place.filename}, line {place.lineno})"
        raise ConfigurationError(
            f"Cannot import the models {wanted}: {said}.", "Correct --metadata, or the module."
        ) from error
