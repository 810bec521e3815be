"""The commands on one Migrations object, for tests that need no process of their own."""

from __future__ import annotations

import click
from click.testing import CliRunner, Result

from migrate_core.cli import Door, MigrationsGroup, add_commands, open_with
from migrate_core.migrations import Migrations


def group(migrations: Migrations) -> click.Group:
    """The commands of a program called `shop`."""

    @click.group(cls=MigrationsGroup)
    @click.pass_context
    def shop(ctx: click.Context) -> None:
        open_with(ctx, Door("shop", lambda _directory, _watch: migrations))

    add_commands(shop)
    return shop


def run(migrations: Migrations, *arguments: str) -> Result:
    """What `shop ARGUMENTS` says."""
    return CliRunner().invoke(group(migrations), arguments)
