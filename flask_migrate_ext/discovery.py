"""From an app to its Migrations: which models, which engine, which folder."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app, has_app_context

from flask_migrate_ext.config import KEY, MigrateConfig
from flask_migrate_ext.models import modules
from migrate_core import alias
from migrate_core.errors import ConfigurationError
from migrate_core.migrations import Migrations
from migrate_core.runtime.events import Watch, ignore
from migrate_core.scripts.directory import is_resource, located

if TYPE_CHECKING:
    import sqlalchemy as sa


class AppNotReady(ConfigurationError):
    """The app lacks what migrations need: the extension, or a database."""


def migrations_of_current_app(directory: str | None = None, watch: Watch = ignore) -> Migrations:
    """The Migrations of the app whose context is active.

    :param directory: the folder, in place of the one that the app registered.
    :raises AppNotReady: no context, no ``Migrate``, or no database.
    """
    if not has_app_context():
        raise AppNotReady(
            "Migrations need an application context, and none is active.",
            "Call it as: with app.app_context(): upgrade()",
        )
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    config = _config(app)
    database = _database(app, config)
    return Migrations(
        folder(app, directory or config.directory),
        engine=_engine(app, database),
        metadata=_metadata(database),
        watch=watch,
        modules=partial(modules, app, database),
        surroundings=alias.active,
        **config.configure_args,
    )


def _config(app: Flask) -> MigrateConfig:
    config = app.extensions.get(KEY)
    if not isinstance(config, MigrateConfig):
        raise AppNotReady(
            f"App {app.import_name!r} has no Migrate.",
            "Add it where the app is made: from flask_migrate_ext import Migrate; Migrate(app, db)",
        )
    return config


def _database(app: Flask, config: MigrateConfig) -> Any:
    """The Flask-SQLAlchemy object: as given to Migrate, else the one registered with the app."""
    if config.db is not None:
        return config.db
    found = app.extensions.get("sqlalchemy")
    if found is None:
        raise AppNotReady(
            f"Migrate was given no db, and app {app.import_name!r} has no Flask-SQLAlchemy.",
            "Call db.init_app(app), or give it: Migrate(app, db)",
        )
    return found


def _engine(app: Flask, database: Any) -> sa.Engine:
    try:
        engine: sa.Engine = database.engine
    except (RuntimeError, KeyError) as error:
        raise AppNotReady(
            f"The db of app {app.import_name!r} has no engine: {error}",
            "Call db.init_app(app) after setting SQLALCHEMY_DATABASE_URI.",
        ) from error
    except AttributeError:
        raise AppNotReady(
            f"What Migrate was given as db has no engine; its type is {type(database).__name__}.",
            "Give the SQLAlchemy object of Flask-SQLAlchemy: Migrate(app, db)",
        ) from None
    return engine


def _metadata(database: Any) -> Sequence[sa.MetaData]:
    """The models of the default database; those of other binds belong elsewhere."""
    by_bind = getattr(database, "metadatas", None)
    return [by_bind[None]] if by_bind is not None else [database.metadata]


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
