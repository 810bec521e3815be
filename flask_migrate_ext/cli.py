"""``flask db``: the engine's commands on the app that Flask finds.

The group is a plugin of Flask's command line, so that it exists where the app cannot be imported,
and can say why.
"""

from __future__ import annotations

import traceback

import click
from flask.cli import NoAppException, ScriptInfo

from migrate_core.cli import Door, MigrationsGroup, add_commands, open_with
from migrate_core.errors import ConfigurationError
from migrate_core.migrations import Migrations
from migrate_core.runtime.events import Watch


class AppNotLoaded(ConfigurationError):
    """Flask found no app, or the app's own code failed while it was imported."""


@click.group("db", cls=MigrationsGroup)
@click.option("-d", "--directory", default=None, help="The migrations folder.")
@click.pass_context
def db(ctx: click.Context, directory: str | None) -> None:
    """Migrate the database."""
    program = ctx.command_path

    def opened(given: str | None, watch: Watch) -> Migrations:
        from flask_migrate_ext.discovery import migrations_of_current_app

        _enter_app(ctx)
        return migrations_of_current_app(given or directory, watch)

    open_with(ctx, Door(program, opened))


add_commands(db)


def _enter_app(ctx: click.Context) -> None:
    """Load the app and enter its context, which ends with the command.

    :raises AppNotLoaded: there is none, or its code failed.
    """
    try:
        app = ctx.ensure_object(ScriptInfo).load_app()
    except NoAppException as error:
        cause = error.__cause__ or error.__context__
        if isinstance(cause, ImportError) and _frames(cause):
            raise _failed(cause) from error
        raise AppNotLoaded(
            "No Flask app was found: " + error.format_message().splitlines()[0],
            "Name it: flask --app yourmodule db ... (or set FLASK_APP=yourmodule)",
        ) from error
    except click.ClickException:
        raise
    except Exception as error:
        raise _failed(error) from error
    ctx.with_resource(app.app_context())


def _failed(error: BaseException) -> AppNotLoaded:
    """What went wrong in the app's own code, and where."""
    frames = _frames(error)
    place = f" ({frames[-1].filename}, line {frames[-1].lineno})" if frames else ""
    if isinstance(error, SyntaxError):
        place = f" ({error.filename}, line {error.lineno})"
    said = str(error).splitlines()[0] if str(error) else ""
    return AppNotLoaded(
        f"Your app could not be loaded: {type(error).__name__}: {said}{place}",
        "Correct it; see the whole traceback with: flask shell",
    )


def _frames(error: BaseException) -> list[traceback.FrameSummary]:
    """Where the error came from, without Flask's and the import system's own frames."""
    return [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith("<frozen") and "flask/cli" not in frame.filename
    ]
