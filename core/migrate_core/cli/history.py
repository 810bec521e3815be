"""The commands that look at the history and the files in it, or change what follows what."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable
from pathlib import Path

import click

from migrate_core.cli.display import aside, revision_line, revision_lines, shown
from migrate_core.cli.documents import AS_JSON, current_value, revision_value, say_document
from migrate_core.cli.door import command
from migrate_core.cli.opening import (
    DIRECTORY,
    in_this_program,
    next_command,
    on_database,
    opened,
)
from migrate_core.errors import EditorMissing, InvalidTarget, RevisionError, ScriptError
from migrate_core.graph import Revision
from migrate_core.scripts import History

VERBOSE = click.option("-v", "--verbose", is_flag=True, help="Show each with its file and message.")


@command("current", "current --json")
@DIRECTORY
@VERBOSE
@AS_JSON
def current(directory: str | None, verbose: bool, as_json: bool) -> None:
    """Show the revision that the database stands at."""
    migrations = on_database(opened(directory))
    rows = migrations.current()
    try:
        known = migrations.history()
    except (RevisionError, ScriptError) as error:
        # What the database has can be told without its files.
        if as_json:
            say_document(current_value(migrations.database, rows, None))
        else:
            click.echo("".join(f"{row}\n" for row in rows), nl=False)
        aside(f"The migration files cannot be read: {in_this_program(str(error))}")
        return
    if as_json:
        say_document(current_value(migrations.database, rows, known))
        return
    for row in rows:
        if row not in known.graph:
            click.echo(f"{row} (no migration file has this id)")
        elif verbose:
            _say(known, [known.graph[row]], verbose, rows)
        else:
            mark = " (head)" if row in known.graph.heads else ""
            click.echo(f"{row}{mark}, {known.graph[row].doc}".rstrip(", "))
    if not rows:
        click.echo("Nothing is applied.")
        aside(next_command("upgrade" if known.graph.heads else 'migrate -m "initial"'))


@command("heads", "heads --json")
@DIRECTORY
@VERBOSE
@click.option(
    "--resolve-dependencies", is_flag=True, help="Leave out what another branch depends on."
)
@AS_JSON
def heads(directory: str | None, verbose: bool, resolve_dependencies: bool, as_json: bool) -> None:
    """Show the newest revisions: those that no other follows."""
    found = opened(directory).history()
    ids = found.graph.real_heads if resolve_dependencies else found.graph.heads
    if as_json:
        say_document([revision_value(found.graph[id], found) for id in ids])
        return
    for id in ids:
        if verbose:
            _say(found, [found.graph[id]], verbose)
        else:
            revision = found.graph[id]
            labels = "".join(f" ({label})" for label in revision.labels)
            path = shown(found.headers[id].path)
            click.echo(f"{id}{labels} (head), {revision.doc}".rstrip(", ") + f"  {path}")
    if len(ids) > 1:
        from migrate_core.scripts.fork import fork

        parted = fork(found, ids, applied=ids)  # which are applied is not asked
        rebase = (
            "if one is not applied anywhere yet, put it after the other: flask db rebase REVISION"
        )
        aside(in_this_program(f"{parted.origin}\n{parted.solution}; or, {rebase}"))
    if not ids:
        _say_empty()


@command("branches -v")
@DIRECTORY
@VERBOSE
def branches(directory: str | None, verbose: bool) -> None:
    """Show the revisions that several others follow, and those."""
    found = opened(directory).history()
    points = [revision for revision in found.graph if found.graph.is_branch_point(revision.id)]
    for revision in points:
        _say(found, [revision], verbose)
        for child in found.graph.children(revision.id):
            click.echo(f"    -> {revision_line(found.graph[child], found.graph)}")
    if not found.graph.heads:
        _say_empty()
    elif not points:
        click.echo("There are no branches: every revision is followed by one at most.")


@command("history -i", "history --graph", "history -r 1f0c:head --json")
@DIRECTORY
@VERBOSE
@click.option("-r", "--rev-range", default=None, help="Only these: START:END, START: or :END.")
@click.option("-i", "--indicate-current", is_flag=True, help="Mark where the database stands.")
@click.option(
    "--graph", "as_graph", is_flag=True, help="Draw branches, and mark what is not applied."
)
@AS_JSON
def history(
    directory: str | None,
    verbose: bool,
    rev_range: str | None,
    indicate_current: bool,
    as_graph: bool,
    as_json: bool,
) -> None:
    """Show all revisions, newest first."""
    migrations = opened(directory)
    if as_graph:
        if as_json:
            raise click.UsageError("--graph is for people, --json for programs: leave one out.")
        from migrate_core.cli.pictures import say_graph

        say_graph(migrations, rev_range, verbose=verbose, must_ask=indicate_current)
        return
    rows = on_database(migrations).current() if indicate_current else None
    found = migrations.history()
    wanted = migrations.between(rev_range) if rev_range else found.graph
    if as_json:
        say_document([revision_value(each, found, rows) for each in wanted])
        return
    _say(found, wanted, verbose, rows or ())
    if not found.graph.heads:
        _say_empty()


@command("show head", "show 1f0c current", context_settings={"ignore_unknown_options": True})
@DIRECTORY
@click.argument("targets", nargs=-1)
def show(directory: str | None, targets: tuple[str, ...]) -> None:
    """Show the revisions that TARGETS (default: head) stand for, with their files."""
    migrations = opened(directory)
    found = migrations.history()
    _say(found, migrations.show(*(targets or ("head",))), verbose=True)
    if not found.graph.heads:
        _say_empty()


@command("edit", "edit 1f0c", context_settings={"ignore_unknown_options": True})
@DIRECTORY
@click.argument("target", default="head")
def edit(directory: str | None, target: str) -> None:
    """Open the file of TARGET (default: head) in $EDITOR."""
    migrations = opened(directory)
    found = migrations.show(target)
    if not found:
        raise InvalidTarget(
            target,
            f"No revision files indicated by symbol '{target}'.",
            "See what there is: flask db history",
        )
    headers = migrations.history().headers
    for revision in found:
        open_file(headers[revision.id].path)


def open_file(path: Path) -> None:
    """Let a person edit a file, in ``$EDITOR`` or what the system has in its place.

    :raises EditorMissing: none is named, and there is no terminal for what the system has.
    """
    named = os.environ.get("EDITOR") or os.environ.get("VISUAL")
    if not named and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise EditorMissing(str(path))
    click.edit(filename=str(path), editor=named)


@command("rebase 7a21", "rebase 7a21 --onto 1f0c")
@DIRECTORY
@click.option("--onto", default="head", help="Its new parent (default: the other head).")
@click.argument("revision")
def rebase(directory: str | None, revision: str, onto: str) -> None:
    """Let REVISION, which is not applied yet, follow another one."""
    rebased = on_database(opened(directory)).rebase(revision, onto)
    after = ", ".join(rebased.after)
    if rebased.before == rebased.after:
        click.echo(f"Nothing to do: {rebased.revision} follows {after}.")
        return
    before = ", ".join(rebased.before) or "nothing"
    click.echo(f"{rebased.revision} follows {after} instead of {before}: {shown(rebased.path)}")
    aside(next_command("upgrade"))


def _say(
    found: History, revisions: Iterable[Revision], verbose: bool, rows: Collection[str] = ()
) -> None:
    for revision in revisions:
        if verbose:
            lines = revision_lines(revision, found.graph, found.headers[revision.id], rows)
            click.echo("\n".join(lines) + "\n")
        else:
            click.echo(revision_line(revision, found.graph, rows))


def _say_empty() -> None:
    click.echo("There are no migrations yet.")
    aside(next_command('migrate -m "initial"'))


COMMANDS: tuple[click.Command, ...] = (
    current,
    heads,
    branches,
    history,
    show,
    edit,
    rebase,
)
