"""A command in a project that has an env.py: that is run, and has the command done.

::

    flask db upgrade  ->  env.py                                       through(...)
                            context.configure(connection=..., ...)
                            context.run_migrations()  ->  the command, on this database

An env.py for several databases has it done on each. What only reads files does without one.
"""

from __future__ import annotations

import io
import json
from argparse import Namespace
from collections.abc import Callable, Mapping
from contextlib import nullcontext, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from migrate_core.cli.display import aside, listed, shown
from migrate_core.cli.documents import say_document
from migrate_core.cli.door import door_of, open_with
from migrate_core.cli.opening import SETTINGS_KEY, in_this_program, next_command, write_script

if TYPE_CHECKING:
    from migrate_core.api.config import Config
    from migrate_core.command.environment import Environment
    from migrate_core.errors import EnvironmentFailed
    from migrate_core.migrations import Migrations
    from migrate_core.runtime.events import Event
    from migrate_core.runtime.watch import Watch

DEFAULT = "default"
"""What the database without a name is called."""

RUNS_ENV = frozenset(
    {
        *("upgrade", "downgrade", "stamp", "redo", "sql", "adopt", "resolve", "rebase"),
        *("migrate", "check", "status", "plan", "log", "current", "graph", "schema"),
    }
)
"""The commands that are about a database."""

ASKED = frozenset({"history", "show", "edit"})
"""Those that are where they are told so: ``current`` is where a database stands."""

WRITES = frozenset({"revision", "merge"})
"""Those that are where env.py has a say in each new file (``revision_environment``)."""


PICTURES = frozenset({"graph", "schema"})
"""Those that write one document for each database."""


def is_for(ctx: click.Context, environment: Environment) -> bool:
    """Whether env.py has to be run for the command that is invoked."""
    name, given = ctx.command.name, ctx.params
    if name == "rebase" and environment.shared:
        return False  # one file for all: each database is asked before any is written for
    if name in ASKED:
        named = (given.get(each) for each in ("rev_range", "target", "targets"))
        asked = given.get("indicate_current") or given.get("as_graph")
        return bool(asked) or "current" in str([*named])
    if name in WRITES and not given.get("autogenerate"):
        from migrate_core.command.environment import always_runs

        return always_runs(environment.config)
    return name in RUNS_ENV or name in WRITES


def through(ctx: click.Context, environment: Environment, command: Callable[[], Any]) -> None:
    """Run env.py, and the command on each database that it configures.

    :param command: what is invoked.
    :raises MigrateError: whatever env.py or the command raises.
    :raises click.exceptions.Exit: the command did, on one of the databases; after all of them.
    """
    said = ctx.meta.get(SETTINGS_KEY, {})
    config = environment.config
    config.cmd_opts = _as_documented(ctx, said)
    from migrate_core.command.environment import told

    if _writes_script(ctx):
        with told(config):
            _write_script(ctx, config, said)
    elif environment.shared and (_compares(ctx) or ctx.command.name == "revision"):
        with told(config):
            _write_for_all(ctx, config)
    else:
        _run(ctx, environment, said, command)


def does_without(ctx: click.Context, error: EnvironmentFailed) -> bool:
    """Whether the command can be done though env.py failed; then that is said.

    A history can be drawn without what is applied.
    """
    drawn = ctx.params.get("as_graph") and not ctx.params.get("indicate_current")
    if ctx.command.name != "graph" and not drawn:
        return False
    aside(f"Drawn without env.py. {in_this_program(str(error))}")
    return True


def _as_documented(ctx: click.Context, said: Mapping[str, Any]) -> Namespace:
    """What an env.py looks for in ``config.cmd_opts``."""
    options = {"x": list(said.get("x_arguments", ())), "tag": said.get("tag")}
    autogenerate = _compares(ctx) or ctx.command.name == "check"
    # The documented functions say by themselves what they write; here it is said below.
    return Namespace(**{**ctx.params, **options, "autogenerate": autogenerate, "quiet": True})


def _compares(ctx: click.Context) -> bool:
    return ctx.command.name == "migrate" or bool(ctx.params.get("autogenerate"))


def _run(
    ctx: click.Context,
    environment: Environment,
    said: Mapping[str, Any],
    command: Callable[[], Any],
) -> None:
    door = door_of(ctx)
    telling = _Telling()
    codes: list[int] = []
    documents: dict[str, Any] = {}
    as_json = bool(ctx.params.get("as_json"))
    output: Path | None = ctx.params.get("output")

    def work(found: Migrations) -> None:
        open_with(ctx, replace(door, open=telling.opens(found)))
        name = found.settings.run_args.get("engine_name")
        is_picture = ctx.command.name in PICTURES
        if name is not None and not as_json:
            click.echo(f"[{name or DEFAULT}]", err=is_picture)
        if name is not None and is_picture:
            ctx.params["output"] = one_of_several(output, name or DEFAULT)
        printed = io.StringIO()
        try:
            with redirect_stdout(printed) if as_json else nullcontext():
                command()
        except click.exceptions.Exit as ended:
            codes.append(ended.exit_code)
        if as_json:
            called = (name or DEFAULT) if name is not None else found.database
            documents[called] = json.loads(printed.getvalue() or "null")

    try:
        environment.on_each(
            work,
            watch=telling,
            template_args={"config": environment.config},
            destination_rev=ctx.params.get("target") or ctx.params.get("targets") or "head",
            **{name: value for name, value in said.items() if name != "x_arguments"},
        )
    finally:
        open_with(ctx, door)
    if as_json:
        say_document(documents if len(documents) > 1 else next(iter(documents.values()), None))
    if any(codes):
        ctx.exit(max(codes))


def one_of_several(output: Path | None, name: str) -> Path:
    """The file for one of several databases: ``history.users.svg``.

    :raises click.UsageError: no file was named.
    """
    if output is None:
        raise click.UsageError(
            "There are several databases, and each is a picture of its own: name a file with -o, "
            "which is written once for each."
        )
    return output.with_name(f"{output.stem}.{name}{output.suffix}")


class _Telling:
    """Tells whoever the command that runs has told to be told."""

    def __init__(self) -> None:
        self._watch: Watch | None = None

    def __call__(self, event: Event) -> None:
        if self._watch is not None:
            self._watch(event)

    def opens(self, found: Migrations) -> Callable[[str | None, Watch], Migrations]:
        """What a door opens: this database."""

        def opened(_directory: str | None, watch: Watch) -> Migrations:
            self._watch = watch
            return found

        return opened


# -- scripts and files, which the documented functions write ---------------------------------------


def _writes_script(ctx: click.Context) -> bool:
    if ctx.command.name == "sql":
        return bool(ctx.params.get("ends"))
    return bool(ctx.params.get("sql")) and not ctx.params.get("planned")


def _write_script(ctx: click.Context, config: Config, said: Mapping[str, Any]) -> None:
    """Write the SQL that env.py has written, unless it has written files itself."""
    from migrate_core import command
    from migrate_core.runtime.scripting import downgrade_ends

    text = io.StringIO()
    config.output_buffer = text
    tag = said.get("tag")
    match ctx.command.name:
        case "downgrade":
            ends = downgrade_ends(ctx.params["target"])
            command.downgrade(config, ends, sql=True, tag=tag)
        case "stamp":
            purge = ctx.params["purge"]
            command.stamp(config, ctx.params["targets"] or "head", sql=True, tag=tag, purge=purge)
        case _:
            target = ctx.params.get("target") or ctx.params["ends"]
            command.upgrade(config, target, sql=True, tag=tag)
    if text.getvalue():
        write_script(text.getvalue(), ctx.params.get("output"))
    else:
        aside("env.py wrote the SQL by itself. Nothing was run.")


def _write_for_all(ctx: click.Context, config: Config) -> None:
    """Write one migration for all databases that env.py configures."""
    from migrate_core.command.writing import every, has_changes, write_all
    from migrate_core.runtime.requests import Generate

    given = {name: ctx.params[name] for name in _OF_A_REVISION}
    labels = {"branch_labels": ctx.params["branch_label"]}
    compares = _compares(ctx)
    request = Generate(compare=compares, **given, **labels)
    written = write_all(config, request, wanted=has_changes if compares else every)
    for each in written:
        click.echo(f"Wrote {shown(each.path)}{listed(each.described)}")
    if written:
        aside(f"It is not applied yet. {next_command('upgrade')}")
    else:
        click.echo("No changes: nothing was written.")


_OF_A_REVISION = ("message", "head", "splice", "version_path", "rev_id", "depends_on")
