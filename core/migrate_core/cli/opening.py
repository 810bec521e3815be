"""What the commands have in common: how one opens its Migrations, and says what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from migrate_core.cli.display import aside, event_line
from migrate_core.cli.door import WRITTEN_FOR, directed, door_of

if TYPE_CHECKING:
    from migrate_core.migrations import Migrations
    from migrate_core.runtime.events import Event

DIRECTORY = click.option(
    "-d", "--directory", default=None, help="The migrations folder (default: migrations)."
)


def opened(directory: str | None) -> Migrations:
    """The Migrations that a command is about; what a run does is told as it does it."""
    door = directed(click.get_current_context(), directory)
    return door.open(door.directory, _watch)


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


def _watch(event: Event) -> None:
    line = event_line(event)
    if line is not None:
        aside(line)
