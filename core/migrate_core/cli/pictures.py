"""The commands that draw: the history and the schema, to a file or for the terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import click

from migrate_core.cli.display import aside, marks, revision_lines, shown
from migrate_core.cli.door import command
from migrate_core.cli.opening import (
    DIRECTORY,
    OUTPUT_FILE,
    in_this_program,
    next_command,
    on_database,
    opened,
)
from migrate_core.drawing import FORMATS, Format, written
from migrate_core.errors import ConfigurationError, DatabaseError

if TYPE_CHECKING:
    from migrate_core.drawing.history import Node
    from migrate_core.drawing.schema import SchemaPicture
    from migrate_core.drawing.terminal import Line
    from migrate_core.migrations import Migrations
    from migrate_core.scripts import History

ENDINGS: dict[str, Format] = {
    ".svg": "svg",
    ".html": "html",
    ".htm": "html",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".dot": "dot",
    ".gv": "dot",
}

COLOURS = ("blue", "yellow", "green", "magenta", "red", "cyan")
"""Those of the strands, in turn."""

FORMAT = click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default=None,
    help="What to write (default: as FILE ends, or svg).",
)
OUTPUT = click.option(
    "-o",
    "--output",
    type=OUTPUT_FILE,
    default=None,
    metavar="FILE",
    help="Write it to this file (default: standard output).",
)


@command("graph -o history.html", "graph --format mermaid")
@DIRECTORY
@FORMAT
@OUTPUT
def graph(directory: str | None, format_: Format | None, output: Path | None) -> None:
    """Draw the history: branches, merges, labels, and what is applied.

    svg and html are whole files; mermaid and dot are for other programs. See history --graph for
    the terminal.
    """
    wanted = _format(format_, output)
    migrations = opened(directory)
    found = migrations.history_picture(_standing(migrations))
    text = written(found, wanted)
    _hand_over(text, output)
    if wanted == "mermaid":
        _say_limit(text)
    if not found.entries:
        aside("There are no migrations yet.")
        aside(next_command('migrate -m "initial"'))


@command("schema -o schema.svg", "schema --diff -o changes.html", "schema --from database")
@DIRECTORY
@click.option(
    "--from",
    "source",
    type=click.Choice(("models", "database")),
    default=None,
    help="Where the tables are taken from (default: models).",
)
@click.option(
    "--diff", is_flag=True, help="Mark what the next migration would add, change and drop."
)
@FORMAT
@OUTPUT
def schema(
    directory: str | None,
    source: str | None,
    diff: bool,
    format_: Format | None,
    output: Path | None,
) -> None:
    """Draw the tables: columns, keys, and what refers to what.

    svg and html need the extra pictures: pip install 'flask-migrate-ext[pictures]'. mermaid and dot
    are for other programs, and need nothing.
    """
    if diff and source is not None:
        raise click.UsageError("--diff is about models and database: leave --from out.")
    wanted = _format(format_, output)
    migrations = on_database(opened(directory))
    found = _schema(migrations, source, diff=diff)
    _hand_over(written(found, wanted), output)
    _say_what_next(found)


def say_graph(
    migrations: Migrations, rev_range: str | None, *, verbose: bool, must_ask: bool
) -> None:
    """Draw the history in the terminal.

    :param must_ask: whether it is an error that the database cannot be asked.
    """
    from migrate_core.drawing import history, terminal

    rows = on_database(migrations).current() if must_ask else _standing(migrations)
    found = migrations.history()
    only = None if rev_range is None else [each.id for each in migrations.between(rev_range)]
    picture = history.picture(found.graph, {}, rows, only)
    pen = terminal.pen(getattr(sys.stdout, "encoding", None))
    for line in terminal.lines(picture, pen):
        if line.node is None:
            _say(_drawn(line).rstrip())
            continue
        _say(f"{_drawn(line)}{_told(line.node, found, rows)}".rstrip())
        if verbose:
            header = found.headers[line.node.revision.id]
            facts = revision_lines(line.node.revision, found.graph, header, rows or ())
            for fact in (*facts[1:], ""):
                _say(f"{_drawn(terminal.below(line.node, pen))}  {fact}".rstrip())
    if not picture.entries:
        click.echo("There are no migrations yet.")
        aside(next_command('migrate -m "initial"'))


def _told(node: Node, found: History, rows: Collection[str] | None) -> str:
    known = marks(node.revision, found.graph, rows or ())
    pending = ["(pending)"] if node.applied is False else []
    needs = [f"(needs {each})" for each in node.revision.depends_on]
    colours = {"(current)": "cyan", "(pending)": "yellow"}
    said = [click.style(each, fg=colours.get(each, "green")) for each in (*known, *pending)]
    id = click.style(node.revision.id, bold=True)
    return " ".join((id, *said, *needs, node.subject))


def _drawn(line: Line) -> str:
    return "".join(
        click.style(text, fg=COLOURS[slot % len(COLOURS)]) if text.strip() else text
        for text, slot in line.cells
    )


def _say(text: str) -> None:
    """Print a line; what the terminal's encoding does not have is written as its number."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    plain = text.encode(encoding, errors="backslashreplace").decode(encoding)
    click.echo(plain, color=False if os.environ.get("NO_COLOR") else None)


def _standing(migrations: Migrations) -> tuple[str, ...] | None:
    """Where the database stands; None, and a line about it, where it cannot be asked."""
    try:
        return on_database(migrations).current()
    except (DatabaseError, ConfigurationError) as error:
        aside(f"Drawn without what is applied. {in_this_program(str(error))}")
        return None


def _schema(migrations: Migrations, source: str | None, *, diff: bool) -> SchemaPicture:
    if diff:
        return migrations.changes_picture()
    return migrations.database_picture() if source == "database" else migrations.models_picture()


def _format(given: Format | None, output: Path | None) -> Format:
    """What was asked for, or what the file's name says.

    :raises click.UsageError: it says nothing.
    """
    if given is not None:
        return given
    if output is None:
        return "svg"
    if output.suffix.lower() not in ENDINGS:
        raise click.UsageError(
            f"What {output.name} is to be cannot be told from its name: add --format "
            f"{'|'.join(FORMATS)}, or end it with one of {' '.join(ENDINGS)}."
        )
    return ENDINGS[output.suffix.lower()]


def _hand_over(text: str, output: Path | None) -> None:
    """Write a document: to a file, or to standard output, which takes nothing else."""
    document = text.encode("utf-8")
    if output is None:
        click.echo(document, nl=False)
        return
    try:
        output.write_bytes(document)
    except OSError as error:
        hint = f"{error.strerror}\nName a file in a folder that is there and can be written to."
        raise click.FileError(str(output), hint=hint) from error
    aside(f"Wrote {shown(output)}.")


def _say_limit(text: str) -> None:
    from migrate_core.drawing.mermaid import MOST_EDGES, edges

    if (number := edges(text)) > MOST_EDGES:
        aside(
            f"It has {number} lines, and Mermaid draws {MOST_EDGES} unless its maxEdges is set.\n"
            "A page has no such limit: "
            f"{in_this_program('flask db graph -o history.html')}"
        )


def _say_what_next(found: SchemaPicture) -> None:
    if found.differs:
        changes = tuple(found.changes)
        for sign, text in changes:
            aside(f"  {sign} {text}")
        for question in found.questions:
            aside(f"  ? {question}")
        aside(next_command("migrate") if changes else "No difference: nothing is to be migrated.")
    elif not found.tables:
        aside(f"The database has no tables.\n{next_command('upgrade')}")


COMMANDS: tuple[click.Command, ...] = (graph, schema)
