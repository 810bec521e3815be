"""What Flask imports at each start, whatever command is run: the name of the group alone.

Flask loads the plugins of its command line before it looks at what was typed. So this module
imports nothing of the engine; the group comes when it is the one that was asked for.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click
from flask.helpers import get_debug_flag

if TYPE_CHECKING:
    from flask import Flask


class Deferred(click.Group):
    """The group of :mod:`flask_migrate_ext.cli`, imported when it is used."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """A context of the group itself, which is what is run from here on."""
        return _group().make_context(info_name, args, parent, **extra)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the group's commands."""
        return _group().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One of the group's commands."""
        return _group().get_command(ctx, cmd_name)


def _group() -> click.Group:
    from flask_migrate_ext.cli import db as group

    return group


db = Deferred("db", short_help="Migrate the database.")


def say_what_is_pending(app: Flask, command: str) -> None:
    """Say once, where ``flask run`` starts in debug mode, that migrations are pending."""
    ctx = click.get_current_context(silent=True)
    if ctx is None or ctx.info_name != "run" or not get_debug_flag():
        return
    reloads = ctx.params.get("reload")
    if reloads is not False and os.environ.get("WERKZEUG_RUN_MAIN") != "true":
        return  # the process that serves is another one, and says it
    from flask_migrate_ext.cli import say_pending

    say_pending(app, command)
