"""``flask db``: the engine's commands on the app that Flask finds.

The group is a plugin of Flask's command line (:mod:`flask_migrate_ext.plugin`), so that it exists
where the app cannot be imported, and can say why.
"""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import traceback
from collections.abc import Callable
from contextlib import nullcontext, redirect_stdout, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import flask.cli
from click.core import ParameterSource
from flask.cli import NoAppException, ScriptInfo

from flask_migrate_ext.own import is_own
from migrate_core.cli import (
    X_ARGUMENTS,
    Door,
    Failure,
    MigrationsGroup,
    add_commands,
    door_of,
    open_with,
)
from migrate_core.cli.display import shown
from migrate_core.cli.environment import PICTURES, does_without, is_for, one_of_several, through
from migrate_core.errors import ConfigurationError, EnvironmentFailed, MigrateError, MigrationFailed

if TYPE_CHECKING:
    from flask import Flask

    from flask_migrate_ext.databases import Database
    from flask_migrate_ext.discovery import Found
    from migrate_core.migrations import Migrations
    from migrate_core.runtime.watch import Watch

BIND_KEY = "flask_migrate_ext.bind"

COMPARES = frozenset({"migrate", "check", "schema"})
"""The commands that look at the models."""

ON_HISTORY = frozenset(
    {"migrate", "revision", "merge", "rebase", "edit", "heads", "branches", "history", "show"}
)
"""The commands that a history for all databases has once."""

ON_ONE = frozenset({"revision", "edit", "rebase", "redo", "resolve", "sql"})
"""The commands that are about one history, where each database has its own."""

FOR_ALL = frozenset({"head", "heads", "base", "current"})
"""The names that mean something in each history."""

SCRIPTS = frozenset({"upgrade", "downgrade", "stamp"})
"""The commands that can write SQL."""

PASSWORD = re.compile(r"(//[^:/@\s]*:)[^@\s]+(?=@)")


class AppNotLoaded(ConfigurationError):
    """Flask found no app, or the app's own code failed while it was imported."""


@click.group("db", cls=MigrationsGroup)
@click.option("-d", "--directory", default=None, help="The migrations folder.")
@click.option("--bind", default=None, help="One of the app's databases (default: all).")
@X_ARGUMENTS
@click.pass_context
def db(ctx: click.Context, directory: str | None, bind: str | None) -> None:
    """Migrate the database."""
    ctx.meta[BIND_KEY] = bind
    # The app is not asked for here: help is there without one.
    open_with(ctx, Door(f"{_flask_as_typed(ctx)} {ctx.info_name}", _not_chosen, directory))


def _not_chosen(_directory: str | None, _watch: Watch) -> Migrations:
    raise AssertionError("each command comes in through OnDatabases, which opens its own door")


class OnDatabases(click.Command):
    """A command of the engine on each database of the app, or on the history for all of them."""

    def __init__(self, command: click.Command) -> None:
        super().__init__(
            command.name,
            context_settings=command.context_settings,
            callback=command.callback,
            params=[*command.params, _bind_option()],
            help=command.help,
            short_help=command.short_help,
            epilog=command.epilog,
        )
        self._of_engine = command

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the engine's command ends its help with."""
        self._of_engine.format_epilog(ctx, formatter)

    def invoke(self, ctx: click.Context) -> Any:
        """Run it, once or for each database, and end with the exit code of what failed."""
        bind = ctx.meta[BIND_KEY] = ctx.params.pop("bind") or ctx.meta[BIND_KEY]
        door = door_of(ctx)
        directory = ctx.params.get("directory") or door.directory
        found = _opened(ctx, directory, bind)
        if ctx.command.name in COMPARES:
            _say_what_is_not_looked_at(found)
        if found.environment is not None and is_for(ctx, found.environment.environment):
            try:
                return self._through(ctx, found, replace(door, directory=directory))
            except EnvironmentFailed as error:
                if not does_without(ctx, error):
                    raise
                open_with(ctx, _door(found, found.each[0], door, directory))
                return super().invoke(ctx)
        on_history = ctx.command.name in ON_HISTORY and not ctx.params.get("as_graph")
        if found.shared and on_history:
            named = f"{door.program} --bind {shlex.quote(bind)}" if bind else door.program
            open_with(ctx, Door(named, lambda _, watch: found.history(watch), directory))
            return super().invoke(ctx)
        if len(found.each) == 1 and not found.several:
            open_with(ctx, _door(found, found.each[0], door, directory))
            return self._explained(ctx, found, found.each[0], partial(super().invoke, ctx))
        return self._for_each(ctx, found, door, directory)

    def _through(self, ctx: click.Context, found: Found, door: Door) -> None:
        """Run env.py, and the command on each database that it configures."""
        env = found.running()
        assert env is not None
        open_with(ctx, door)
        run = partial(through, ctx, env.environment, partial(super().invoke, ctx))
        with env.registered():
            if found.each[0].waits:
                self._explained(ctx, found, found.each[0], run)
            else:
                run()

    def _for_each(
        self, ctx: click.Context, found: Found, door: Door, directory: str | None
    ) -> None:
        several = len(found.each) > 1
        if several:
            _require_for_all(ctx, found)
        output: Path | None = ctx.params.get("output")
        codes, answers = set(), {}
        for database in found.each:
            open_with(ctx, _door(found, database, door, directory))
            if several and output is not None:
                ctx.params["output"] = one_of_several(output, database.called)
            as_json = several and ctx.params.get("as_json")
            if several and not as_json:
                click.echo(
                    f"[{database.called}]", err=self.name in SCRIPTS | PICTURES and bool(output)
                )
            said = io.StringIO()
            try:
                with redirect_stdout(said) if as_json else nullcontext():
                    self._explained(ctx, found, database, partial(super().invoke, ctx))
            except (MigrateError, click.exceptions.Exit) as error:
                codes.add(self._failed(error, ctx, several=several))
            if as_json:
                answers[database.called] = json.loads(said.getvalue() or "null")
        if answers:
            click.echo(json.dumps(answers, indent=2))
        codes.discard(0)
        if codes:
            ctx.exit(codes.pop() if len(codes) == 1 else 1)

    def _explained(
        self, ctx: click.Context, found: Found, database: Database, run: Callable[[], Any]
    ) -> Any:
        """Run it; where it meets what newcomers do by mistake, say what that is."""
        from flask_migrate_ext import mistakes

        try:
            answer = run()
        except MigrationFailed as error:
            next_step = mistakes.table_is_there(error, found.migrations(database))
            raise error if next_step is None else error.telling(next_step) from error
        if self.name == "migrate":
            advice = mistakes.tables_without_history(found.migrations(database))
            if advice is not None:
                click.echo(advice, err=True)
        return answer

    def _failed(
        self, error: MigrateError | click.exceptions.Exit, ctx: click.Context, *, several: bool
    ) -> int:
        """Say what failed, and go on with the next database."""
        if isinstance(error, click.exceptions.Exit):
            return error.exit_code
        if not several:
            raise error
        failure = Failure(error, door_of(ctx).typed)
        failure.show()
        return failure.exit_code


def _bind_option() -> click.Option:
    return click.Option(["--bind"], default=None, help="One of the app's databases (default: all).")


def _opened(ctx: click.Context, directory: str | None, bind: str | None) -> Found:
    _enter_app(ctx)
    # After the app: configuring logging, as its code may, disables the loggers that are there.
    from flask_migrate_ext.discovery import of_current_app

    parent = ctx.parent
    return of_current_app(directory, parent.info_name if parent else None, bind)


def _door(found: Found, database: Database, door: Door, directory: str | None) -> Door:
    """The way to one database, which the next command names where there are several."""
    program = door.program
    if found.several:
        program += f" --bind {shlex.quote(database.called)}"
    return Door(program, lambda _, watch: found.migrations(database, watch), directory)


def _require_for_all(ctx: click.Context, found: Found) -> None:
    """Let a command pass that can mean all databases.

    :raises BindNeeded: it names a revision, or a file is written by hand, and each database has
        its own history.
    """
    from flask_migrate_ext.errors import BindNeeded

    given = [ctx.params.get(each) or () for each in ("target", "targets", "revision", "revisions")]
    named = {name for each in given for name in ([each] if isinstance(each, str) else each)}
    one = ctx.command.name in ON_ONE or bool(named - FOR_ALL) or bool(ctx.params.get("rev_range"))
    if one and not (found.shared and ctx.command.name != "resolve"):
        raise BindNeeded(found.names)
    if ctx.params.get("sql") and ctx.params.get("output") is None:
        raise click.UsageError(
            f"The app has {len(found.each)} databases, and each needs a script of its own: "
            "name one with --bind, or a file with -o, which is written once for each."
        )

    if ctx.command.name in PICTURES and ctx.params["output"] is None:
        raise click.UsageError(
            f"The app has {len(found.each)} databases, and each is a picture of its own: "
            "name one with --bind, or a file with -o, which is written once for each."
        )


def _say_what_is_not_looked_at(found: Found) -> None:
    """Models of another db or base than the app's, which newcomers have by mistake."""
    from flask_migrate_ext.models import elsewhere

    if missed := elsewhere(metadata for each in found.known for metadata in each.metadata):
        click.echo(
            f"Not looked at, because the db of Migrate does not have them: {', '.join(missed)}\n"
            "Make them with the same db, or give their MetaData as well: "
            "Migrate(app, db, metadata=[db.metadata, Base.metadata])",
            err=True,
        )


def say_pending(app: Flask, command: str) -> None:
    """Say that migrations are pending, if some are.

    A database that cannot be asked is left for the app itself to find: this is no reason for
    whoever asks not to start.
    """
    from sqlalchemy.exc import SQLAlchemyError

    from flask_migrate_ext.health import pending_line

    with suppress(MigrateError, SQLAlchemyError):
        if line := pending_line(app, command):
            click.secho(line, fg="yellow", err=True, color=_colour())


def _colour() -> bool | None:
    """False where NO_COLOR is set (https://no-color.org); None for colour on terminals alone."""
    return False if os.environ.get("NO_COLOR") else None


@click.command()
@click.option("-d", "--directory", default=None, help="The migrations folder.")
@click.option("--multidb", is_flag=True, help="Make one history for all databases of the app.")
@click.option(
    "-t", "--template", default=None, help="With an env.py: one of list-templates, or ./FOLDER."
)
@click.option("--package", is_flag=True, help="Put an __init__.py into each folder.")
@click.pass_context
def init(
    ctx: click.Context, directory: str | None, multidb: bool, template: str | None, package: bool
) -> None:
    """Make the migrations folder. Optional: migrate makes it when it is missing."""
    door = door_of(ctx)
    directory = directory or door.directory
    found = _opened(ctx, directory, ctx.meta[BIND_KEY])
    from flask_migrate_ext import templates

    made = templates.make(found, shared=multidb, template=template, package=package)
    for each in made.values():
        click.echo(f"Migrations folder: {shown(each)}")
    click.echo(f'Next: {replace(door, directory=directory).typed} migrate -m "initial"', err=True)


@click.command("list-templates")
def list_templates() -> None:
    """Show what init can make."""
    from flask_migrate_ext.templates import TEMPLATES

    for name, text in TEMPLATES:
        click.echo(f"{name}: {text}")


def _mount(group: click.Group) -> None:
    """The engine's commands, each on the databases of the app; and what only an app can be told."""
    engine = click.Group()
    add_commands(engine)
    for command in engine.commands.values():
        group.add_command(OnDatabases(command))
    group.add_command(init)
    group.add_command(list_templates)


_mount(db)


def _flask_as_typed(ctx: click.Context) -> str:
    """``flask``, or ``flask --app x`` where it was told so: without it the next command fails."""
    root = ctx.find_root()
    if root.get_parameter_source("app") is not ParameterSource.COMMANDLINE:
        return root.command_path
    return f"{root.command_path} --app {shlex.quote(str(_script_info(ctx).app_import_path))}"


def _script_info(ctx: click.Context) -> ScriptInfo:
    return ctx.ensure_object(ScriptInfo)


def _enter_app(ctx: click.Context) -> None:
    """Load the app and enter its context, which ends with the command.

    :raises AppNotLoaded: there is none, or its code failed.
    """
    try:
        app = _script_info(ctx).load_app()
    except NoAppException as error:
        cause = error.__cause__ or error.__context__
        if isinstance(cause, ImportError) and _frames(cause):
            raise _failed(cause, _flask_as_typed(ctx)) from error
        raise AppNotLoaded(
            "No Flask app was found: " + error.format_message().splitlines()[0],
            "Name it: flask --app yourmodule db ... (or set FLASK_APP=yourmodule)",
        ) from error
    except click.ClickException:
        raise
    except Exception as error:  # whatever the app's own code raises
        raise _failed(error, _flask_as_typed(ctx)) from error
    ctx.with_resource(app.app_context())


# -- the app's own errors --------------------------------------------------------------------------


def _failed(error: Exception, flask_as_typed: str) -> AppNotLoaded:
    """What went wrong in the app's own code, and where."""
    if isinstance(error, SyntaxError):
        said, place = error.msg, f" ({error.filename}, line {error.lineno})"
    else:
        said = next(iter(str(error).splitlines()), "")
        place = _place(_frames(error))
    masked = PASSWORD.sub(r"\1***", said)
    return AppNotLoaded(
        f"Your app could not be loaded: {type(error).__name__}: {masked}{place}",
        _next_step(error, flask_as_typed),
    )


def _next_step(error: Exception, flask_as_typed: str) -> str:
    from flask_migrate_ext import mistakes

    own = [frame for frame in _frames(error) if is_own(Path(frame.filename))]
    if step := mistakes.circular(error, own) or mistakes.asks_too_early(error):
        return step.replace("flask db", f"{flask_as_typed} db")
    if step := mistakes.replaced(error):
        return step
    if isinstance(error, TypeError) and any(
        "flask_sqlalchemy" in f.filename for f in _frames(error)
    ):
        return (
            "Give each of SQLALCHEMY_BINDS an address: "
            "app.config['SQLALCHEMY_BINDS'] = {'users': 'sqlite:///users.db'}"
        )
    if type(error).__name__ == "NoSuchModuleError":
        return (
            "Begin SQLALCHEMY_DATABASE_URI with one that there is: "
            "sqlite:///, postgresql+psycopg://, mysql+pymysql://"
        )
    if any(frame.name == "import_dbapi" for frame in _frames(error)):
        return (
            "Install the database's driver: pip install 'flask-migrate-ext[postgresql]' for "
            "postgresql+psycopg://, or 'flask-migrate-ext[mysql]' for mysql+pymysql://, "
            "and begin SQLALCHEMY_DATABASE_URI so."
        )
    return f"Correct it; see the whole traceback with: {flask_as_typed} shell"


def _frames(error: BaseException) -> list[traceback.FrameSummary]:
    """Where the error came from, without Flask's loader and code that has no file."""
    return [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith("<") and frame.filename != flask.cli.__file__
    ]


def _place(frames: list[traceback.FrameSummary]) -> str:
    """The deepest line that is the app's: an error in a library comes from how it was called."""
    own = [frame for frame in frames if is_own(Path(frame.filename))]
    deepest = (own or frames)[-1:]
    return "".join(f" ({frame.filename}, line {frame.lineno})" for frame in deepest)
