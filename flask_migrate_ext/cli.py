"""``flask db``: the engine's commands on the app that Flask finds.

The group is a plugin of Flask's command line, so that it exists where the app cannot be imported,
and can say why.
"""

from __future__ import annotations

import re
import shlex
import sysconfig
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import click
import flask.cli
from click.core import ParameterSource
from flask.cli import NoAppException, ScriptInfo

from migrate_core.cli import Door, MigrationsGroup, add_commands, open_with
from migrate_core.errors import ConfigurationError

if TYPE_CHECKING:  # Flask imports this module for whatever command is run
    from migrate_core.migrations import Migrations
    from migrate_core.runtime.events import Watch

INSTALLED = frozenset({"site-packages", "dist-packages"})
STANDARD_LIBRARY = Path(sysconfig.get_path("stdlib"))

PASSWORD = re.compile(r"(//[^:/@\s]*:)[^@\s]+(?=@)")


class AppNotLoaded(ConfigurationError):
    """Flask found no app, or the app's own code failed while it was imported."""


@click.group("db", cls=MigrationsGroup)
@click.option("-d", "--directory", default=None, help="The migrations folder.")
@click.pass_context
def db(ctx: click.Context, directory: str | None) -> None:
    """Migrate the database."""

    def opened(given: str | None, watch: Watch) -> Migrations:
        _enter_app(ctx)
        # After the app: configuring logging, as its code may, disables the loggers that are there.
        from flask_migrate_ext.discovery import migrations_of_current_app

        return migrations_of_current_app(given, watch)

    typed = f"{_flask_as_typed(ctx)} {ctx.info_name}"
    open_with(ctx, Door(typed, opened, directory))


add_commands(db)


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
    own = [frame for frame in frames if not _in_library(Path(frame.filename))]
    deepest = (own or frames)[-1:]
    return "".join(f" ({frame.filename}, line {frame.lineno})" for frame in deepest)


def _in_library(path: Path) -> bool:
    """Whether a file is Python's own, an installed package's, or this extension's."""
    if not INSTALLED.isdisjoint(path.parts):
        return True
    return any(path.is_relative_to(folder) for folder in (STANDARD_LIBRARY, Path(__file__).parent))
