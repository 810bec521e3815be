"""``Migrate``: what an app says once about its migrations."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from flask_migrate_ext.config import KEY, MigrateConfig

if TYPE_CHECKING:
    from flask import Flask


class Migrate:
    """Registers migrations with an app.

    :param app: the app; or give it to :meth:`init_app` later.
    :param db: the Flask-SQLAlchemy object; found in the app when it is left out.
    :param directory: the migrations folder; a relative one is looked for in the working directory,
        then beside the app's package.
    :param command: the name of the command group, ``flask db`` by default.
    :param compare_type: whether column types are compared.
    :param render_as_batch: whether one table's changes are written as one
        ``batch_alter_table`` block.
    :param options: any of :class:`migrate_core.settings.Settings`.
    """

    def __init__(
        self,
        app: Flask | None = None,
        db: Any = None,
        directory: str | os.PathLike[str] = "migrations",
        command: str = "db",
        compare_type: bool = True,
        render_as_batch: bool = True,
        **options: Any,
    ) -> None:
        self.db = db
        self.directory = os.fspath(directory)
        self.command = command
        self.options = {
            "compare_type": compare_type,
            "render_as_batch": render_as_batch,
            **options,
        }
        if app is not None:
            self.init_app(app)

    def init_app(
        self,
        app: Flask,
        db: Any = None,
        directory: str | os.PathLike[str] | None = None,
        command: str | None = None,
        **options: Any,
    ) -> None:
        """Register with ``app``. What is given here goes before what the constructor was given.

        :raises TypeError: ``app`` is none, as where the two were given the other way round.
        """
        if not hasattr(app, "import_name"):
            raise TypeError(f"Migrate takes the app first, Migrate(app, db), and got {app!r}")
        name = command or self.command
        app.extensions[KEY] = MigrateConfig(
            migrate=self,
            db=db if db is not None else self.db,
            directory=os.fspath(directory) if directory is not None else self.directory,
            configure_args={**self.options, **options},
        )
        if name != "db":
            from flask_migrate_ext.cli import db as group

            app.cli.add_command(group, name)
