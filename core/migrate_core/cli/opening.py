"""What the commands have in common: how one opens its Migrations, and says what comes next."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from migrate_core.cli.display import aside, shown
from migrate_core.cli.door import WRITTEN_FOR, directed, door_of

if TYPE_CHECKING:
    from migrate_core.migrations import Migrations
    from migrate_core.runtime.events import Event
    from migrate_core.runtime.watch import Watch

DIRECTORY = click.option(
    "-d", "--directory", default=None, help="The migrations folder (default: migrations)."
)

SETTINGS_KEY = "migrate_core.cli.settings"

Command = Callable[..., Any]


def lock_options(command: Command) -> Command:
    """How whoever changes a database keeps out of the way of others who do; see :func:`opened`."""
    timeout = click.option(
        "--lock-timeout",
        type=click.FloatRange(min=0),
        default=None,
        metavar="SECONDS",
        expose_value=False,
        callback=_kept,
        help="How long to wait while another process migrates (default: 300).",
    )
    without = click.option(
        "--no-lock",
        "lock",
        is_flag=True,
        flag_value=False,
        default=None,
        expose_value=False,
        callback=_kept,
        help="Take no migration lock, where it cannot be held or nobody else migrates. "
        "(SQLite has its write lock in any case.)",
    )
    return timeout(without(command))


def _kept(ctx: click.Context, option: click.Parameter, value: Any) -> Any:
    """Keep what was said of a setting for when the Migrations are made."""
    if value is not None:
        ctx.meta.setdefault(SETTINGS_KEY, {})[option.name] = value
    return value


def _collected(ctx: click.Context, _option: click.Parameter, value: tuple[str, ...]) -> None:
    """Keep each ``-x``, whether it came before or after the command's name."""
    if value:
        kept = ctx.meta.setdefault(SETTINGS_KEY, {})
        kept["x_arguments"] = (*kept.get("x_arguments", ()), *value)


X_ARGUMENTS = click.option(
    "-x",
    "--x-arg",
    multiple=True,
    metavar="NAME=VALUE",
    expose_value=False,
    callback=_collected,
    help="Given to the migrations: context.get_x_argument(as_dictionary=True).",
)


OUTPUT_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)


def script_options(command: Command) -> Command:
    """The options of whatever can write its SQL instead of running it."""
    output = click.option(
        "-o",
        "--output",
        type=OUTPUT_FILE,
        default=None,
        help="Write the SQL to this file.",
    )
    sql = click.option(
        "--sql", is_flag=True, help="Print the SQL, from START:END, and connect to nothing."
    )
    tag = click.option(
        "--tag",
        default=None,
        expose_value=False,
        callback=_kept,
        help="Given to the migrations: context.get_tag_argument().",
    )
    return sql(output(tag(command)))


def write_script(script: str, output: Path | None) -> None:
    """Hand a whole script over: to a file, or to standard output, which takes nothing else."""
    if output is None:
        click.echo(script, nl=False)
        return
    try:
        output.write_text(script, encoding="utf-8", newline="\n")
    except OSError as error:
        raise click.FileError(str(output), hint=error.strerror) from error
    aside(f"Wrote {shown(output)}. Nothing was run.")


VERBOSE = click.option(
    "-v", "--verbose", is_flag=True, help="Show each statement, and how long it took."
)


def opened(directory: str | None, *, verbose: bool = False) -> Migrations:
    """The Migrations that a command is about; what a run does is told as it does it.

    :param verbose: whether its statements are told as well.
    """
    ctx = click.get_current_context()
    door = directed(ctx, directory)
    migrations = door.open(door.directory, _teller(verbose=verbose))
    said = ctx.meta.get(SETTINGS_KEY)
    return migrations.having(**said) if said else migrations


def _teller(*, verbose: bool) -> Watch:
    """Tells each event to the terminal. What that takes is imported with the first one."""
    tell: Watch | None = None

    def told(event: Event) -> None:
        nonlocal tell
        if tell is None:
            from migrate_core.cli.progress import teller

            tell = teller(verbose=verbose)
        tell(event)

    return told


def on_database(migrations: Migrations) -> Migrations:
    """Say which database the command is about."""
    aside(f"Database: {migrations.database}")
    return migrations


def next_command(command: str) -> str:
    """``Next: flask db upgrade``, by the name of the program that runs."""
    return f"Next: {door_of(click.get_current_context()).typed} {command}"


def in_this_program(text: str) -> str:
    """A text that names commands, with the name of the program that runs."""
    return text.replace(WRITTEN_FOR, door_of(click.get_current_context()).typed)
