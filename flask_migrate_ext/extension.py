"""``Migrate``: what an app says once about its migrations."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from flask_migrate_ext.config import COMMANDS_KEY, GATE_KEY, KEY, PAGE_KEY, MigrateConfig

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment
    from flask import Flask

    from flask_migrate_ext.configuration import Configuration
    from flask_migrate_ext.health import Histories, Standing
    from flask_migrate_ext.pending import PendingPage
    from migrate_core.api.config import Config
    from migrate_core.graph import Revision

READY = "migrate_ready"
"""The readiness route's endpoint."""

Configure = TypeVar("Configure", bound="Callable[[Configuration], Configuration]")
Said = TypeVar("Said")


class Migrate:
    """Registers migrations with an app.

    :param app: the app; or give it to :meth:`init_app` later.
    :param db: the Flask-SQLAlchemy object; found in the app when it is left out.
    :param directory: the migrations folder; a relative one is looked for in the working directory,
        then beside the app's package.
    :param command: the name of the command group, ``flask db`` by default. An app with several
        Migrate gives each its own, and its own directory.
    :param compare_type: whether column types are compared.
    :param render_as_batch: whether one table's changes are written as one
        ``batch_alter_table`` block.
    :param metadata: the models, where db does not have them: a MetaData, several, or a dict of
        them by the names of their databases.
    :param engine: where the database is, for an app without a db: an engine, or a dict by name.
    :param binds: the names of the databases that are migrated, where it is not all that have models
        or migrations; the default one is ``default``.
    :param options: any of :class:`migrate_core.settings.Settings`.

    With ``app.config["MIGRATE_REQUIRE_CURRENT"]`` set before, the app gets a readiness route,
    ``/ready`` or ``app.config["MIGRATE_READY_ROUTE"]``, which answers 503 while a migration is
    pending or a database does not answer. It never migrates.

    In debug mode (``app.debug``) whoever asks a database that is behind its migrations gets a page
    that names them, with their SQL and a button that applies them; see
    :mod:`flask_migrate_ext.pending`. ``app.config["MIGRATE_PENDING_PAGE"] = False`` turns it off.
    """

    def __init__(
        self,
        app: Flask | None = None,
        db: Any = None,
        directory: str | os.PathLike[str] = "migrations",
        command: str = "db",
        compare_type: Any = True,
        render_as_batch: bool = True,
        *,
        metadata: Any = None,
        engine: Any = None,
        binds: Sequence[str] | None = None,
        **options: Any,
    ) -> None:
        self.db = db
        self.directory = os.fspath(directory)
        self.command = command
        self.metadata = metadata
        self.engine = engine
        self.binds = binds
        self.options = {
            "compare_type": compare_type,
            "render_as_batch": render_as_batch,
            **options,
        }
        self.configure_callbacks: list[Callable[..., Any]] = []
        self._histories: Histories | None = None
        if app is not None:
            self.init_app(app)

    def init_app(
        self,
        app: Flask,
        db: Any = None,
        directory: str | os.PathLike[str] | None = None,
        command: str | None = None,
        compare_type: Any = None,
        render_as_batch: bool | None = None,
        *,
        metadata: Any = None,
        engine: Any = None,
        binds: Sequence[str] | None = None,
        **options: Any,
    ) -> None:
        """Register with ``app``. What is given here goes before what the constructor was given.

        :raises TypeError: ``app`` is none, as where the two were given the other way round.
        :raises ValueError: another Migrate of the app has this command and another folder.
        """
        if not hasattr(app, "import_name"):
            raise TypeError(f"Migrate takes the app first, Migrate(app, db), and got {app!r}")
        said = {"compare_type": compare_type, "render_as_batch": render_as_batch}
        given = {name: value for name, value in said.items() if value is not None}
        config = MigrateConfig(
            migrate=self,
            db=_first(db, self.db),
            directory=os.fspath(_first(directory, self.directory)),
            configure_args={**self.options, **given, **options},
            command=command or self.command,
            models=_first(metadata, self.metadata),
            engine=_first(engine, self.engine),
            binds=_first(binds, self.binds),
        )
        _register(app, config)

    def pending(self, bind: str | None = None) -> tuple[Revision, ...]:
        """What is not applied to the current app's databases, oldest first. For health checks.

        Sends one statement to each database, and reads the history once for each change of its
        files. Needs an application context.

        :param bind: the name of the only database that is asked.
        :raises MigrateError: a database cannot be asked; see :mod:`migrate_core.errors`.
        """
        return tuple(revision for each in self.standings(bind) for revision in each.pending)

    def is_current(self, bind: str | None = None) -> bool:
        """Whether nothing is pending, and no database has a revision that no file has.

        What it costs and raises is said in :meth:`pending`.
        """
        return not any(each.pending or each.unknown for each in self.standings(bind))

    def standings(self, bind: str | None = None) -> tuple[Standing, ...]:
        """Each database of the current app: what is pending, and what it is ahead by.

        What it costs and raises is said in :meth:`pending`.
        """
        from flask import current_app

        from flask_migrate_ext.health import Histories, standings

        self._histories = self._histories or Histories()
        commands: dict[str, MigrateConfig] = current_app.extensions.get(COMMANDS_KEY, {})
        mine = (name for name, config in commands.items() if config.migrate is self)
        return standings(next(mine, self.command), bind, self._histories)

    def configure(self, callback: Configure) -> Configure:
        """Decorate a function that gets the configuration before it is used, and returns it.

        Where the migrations folder has an env.py, that is Alembic's documented ``Config``, and
        :class:`~flask_migrate_ext.configuration.Configuration` where it has none. Several are
        called in the order in which they were decorated. What one raises or fails to return is
        told, as :class:`~migrate_core.errors.runs.ConfigurationError`, when a command runs.
        """
        self.configure_callbacks.append(callback)
        return callback

    def call_configure_callbacks(self, config: Said) -> Said:
        """Have the decorated functions change a configuration; what the last one returned.

        :raises ConfigurationError: one failed, or returned nothing.
        """
        from flask_migrate_ext.configuration import returned

        for callback in self.configure_callbacks:
            config = returned(callback, config)
        return config

    def get_config(
        self,
        directory: str | os.PathLike[str] | None = None,
        x_arg: str | Sequence[str] | None = None,
        opts: Sequence[str] | None = None,
    ) -> Config:
        """The configuration that the documented commands and ``ScriptDirectory`` take, and an
        env.py knows. Needs an application context.

        :param directory: the folder, in place of the one that the app registered.
        :param x_arg: what ``-x`` gave.
        :param opts: names of options that are on, in ``cmd_opts``.
        :raises AppNotReady: no context.
        :raises ConfigurationError: a decorated function returned nothing.
        """
        from flask_migrate_ext.discovery import documented

        where = None if directory is None else os.fspath(directory)
        return documented(self, where, x_arg, opts)


class Gate:
    """Stands before an app, so that the pending page can answer for it in debug mode.

    Not a function before each request: opening a session may ask the database already, and what
    the app does after a request is not for this page.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._wsgi_app = app.wsgi_app
        self._page: PendingPage | None = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        """Answer a request, as PEP 3333 has it. Outside of debug mode the app does, alone."""
        app = self._app
        if not app.debug or app.testing or not app.config.get(PAGE_KEY, True):
            return self._wsgi_app(environ, start_response)
        if self._page is None:
            from flask_migrate_ext.pending import PendingPage

            self._page = PendingPage(app, self._wsgi_app)
        return self._page(environ, start_response)

    def forget(self) -> None:
        """Look at the databases again: this process has changed one, or may have."""
        if self._page is not None:
            self._page.forget()


def _first(*given: Any) -> Any:
    return next((each for each in given if each is not None), None)


def _register(app: Flask, config: MigrateConfig) -> None:
    commands: dict[str, MigrateConfig] = app.extensions.setdefault(COMMANDS_KEY, {})
    other = commands.get(config.command)
    if other is not None and other.directory != config.directory:
        raise ValueError(
            f"this app has a Migrate with command={config.command!r} already, whose folder is "
            f"{other.directory!r}; give the one for {config.directory!r} another command, "
            f"as in Migrate(app, db, directory={config.directory!r}, command='db2')"
        )
    commands[config.command] = config
    app.extensions[KEY] = commands.get("db", next(iter(commands.values())))
    if config.command not in app.cli.commands:
        from flask_migrate_ext.plugin import db as group

        # The plugin is there without it; what runs the app's own commands, as tests do, is not.
        app.cli.add_command(group, config.command)
    if app.config.get("MIGRATE_REQUIRE_CURRENT") and READY not in app.view_functions:
        app.add_url_rule(app.config.get("MIGRATE_READY_ROUTE", "/ready"), READY, _readiness)
    if GATE_KEY not in app.extensions:
        app.extensions[GATE_KEY] = app.wsgi_app = Gate(app)  # type: ignore[method-assign]
    if os.environ.get("FLASK_RUN_FROM_CLI") == "true":
        from flask_migrate_ext.plugin import say_what_is_pending

        say_what_is_pending(app, config.command)


def _readiness() -> tuple[dict[str, Any], int]:
    """The readiness route: the databases of each Migrate that the app has."""
    from flask import current_app

    from flask_migrate_ext.health import answer

    commands: dict[str, MigrateConfig] = current_app.extensions[COMMANDS_KEY]

    def asked() -> dict[str, Standing]:
        return {
            one.database if len(commands) == 1 else f"{command}.{one.database}": one
            for command, config in commands.items()
            for one in config.migrate.standings()
        }

    return answer(asked)
