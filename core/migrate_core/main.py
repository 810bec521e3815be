"""The core's own console script: ``migrate-core --url ... --metadata package:name upgrade``."""

from __future__ import annotations

import importlib
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from migrate_core import alias
from migrate_core.cli import Door, MigrationsGroup, add_commands, open_with
from migrate_core.errors import ConfigurationError
from migrate_core.migrations import Migrations
from migrate_core.runtime.events import Watch


@click.group(cls=MigrationsGroup)
@click.option("--url", envvar="MIGRATE_URL", help="The database, as SQLAlchemy writes it.")
@click.option(
    "--metadata", envvar="MIGRATE_METADATA", help="The models: package.module:name of a MetaData."
)
@click.option("-d", "--directory", default="migrations", help="The migrations folder.")
@click.pass_context
def main(ctx: click.Context, url: str | None, metadata: str | None, directory: str) -> None:
    """Migrate a database with SQLAlchemy models, without Flask."""

    def opened(given: str | None, watch: Watch) -> Migrations:
        return Migrations(
            given or directory,
            engine=_engine(url),
            metadata=_metadata(metadata),
            watch=watch,
            surroundings=alias.active,
        )

    open_with(ctx, Door("migrate-core", opened))


add_commands(main)


def _engine(url: str | None) -> sa.Engine:
    if not url:
        raise ConfigurationError(
            "No database is named.", "Give --url (or MIGRATE_URL), for example sqlite:///app.db"
        )
    try:
        return sa.create_engine(url)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise ConfigurationError(
            f"The database URL cannot be used: {type(error).__name__}.",
            "Write it as driver://user:password@host:port/name, and install its driver "
            "(pip install 'flask-migrate-ext[postgresql]' or '[mysql]').",
        ) from None


def _metadata(name: str | None) -> sa.MetaData | list[sa.MetaData]:
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
    if not isinstance(found, sa.MetaData):
        raise ConfigurationError(
            f"{name} is a {type(found).__name__} and no MetaData.",
            "Name the MetaData itself, for example shop.models:Base.metadata",
        )
    return found


def _imported(module_name: str, wanted: str) -> ModuleType:
    """The user's module, found from the working directory as ``python -m`` would find it."""
    sys.path.insert(0, str(Path.cwd()))
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
