"""The commands about what was run: who applied what and when, and what stopped half way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from migrate_core.cli.display import aside, counted
from migrate_core.cli.documents import AS_JSON, say_document
from migrate_core.cli.door import command
from migrate_core.cli.opening import DIRECTORY, lock_options, next_command, on_database, opened

if TYPE_CHECKING:
    from migrate_core.database.journal import Entry
    from migrate_core.runtime.audit import Change
    from migrate_core.runtime.recovery import Decision
    from migrate_core.runtime.requests import Status

RESUME = click.option(
    "--resume", is_flag=True, help="Go on with a migration that an earlier run left half done."
)


@command("log -n 10", "log --json", "log --remove")
@DIRECTORY
@click.option(
    "-n", "--limit", type=click.IntRange(min=1), default=None, help="Only so many, the newest."
)
@AS_JSON
@click.option("--remove", is_flag=True, help="Drop the journal's table instead.")
def log(directory: str | None, limit: int | None, as_json: bool, remove: bool) -> None:
    """Show what was applied, undone or stamped, and what failed; newest first."""
    migrations = on_database(opened(directory))
    if remove:
        there = migrations.remove_log()
        click.echo("The journal is removed." if there else "There is no journal.")
        if migrations.settings.journal:
            aside("The next run makes it again, unless it is configured with journal=False.")
        return
    entries = migrations.log(limit)
    if as_json:
        say_document([_values(entry) for entry in entries])
        return
    for entry in entries:
        click.echo("\n".join(_lines(entry)))
    if not entries:
        click.echo("Nothing is recorded.")
        if not migrations.settings.journal:
            aside("The journal is off. To turn it on: journal=True, for context.configure() in")
            aside("env.py, or for Migrate(app, db).")


@command("resolve 1f0c --as done")
@DIRECTORY
@lock_options
@click.option(
    "--as",
    "decision",
    type=click.Choice(["done", "retry", "undone"]),
    required=True,
    help="done, retry: the interrupted statement took effect, or did not; "
    "undone: nothing is left of the whole migration.",
)
@click.argument("revision")
def resolve(directory: str | None, revision: str, decision: Decision) -> None:
    """Say what became of REVISION, which is half done and cannot be looked up. Runs nothing.

    One that was finished by hand is recorded with stamp.
    """
    recorded = on_database(opened(directory)).resolve(revision, decision)
    if decision == "undone":
        click.echo(f"Recorded: nothing is left of {revision}.")
        aside(next_command(recorded.direction))
        return
    done = counted(len(recorded.trail.done if recorded.trail else ()), "statement")
    click.echo(f"Recorded: {done} of {revision} took effect.")
    aside(next_command(f"{recorded.direction} --resume"))


def status_lines(found: Status) -> Iterator[str]:
    """What the journal has to say of a database."""
    for change in found.changes:
        yield _changed(change)
    if found.half_done is not None:
        yield f"Half done: {found.half_done.problem.removesuffix('Nothing was run.').rstrip()}"


def _changed(change: Change) -> str:
    when = _when(change.entry)
    match change.kind:
        case "edited":
            return f"Edited:    {change.revision}: its file was changed after it was applied {when}"
        case "missing":
            return f"Missing:   {change.revision}: applied {when}, and no migration file has it now"
    above = change.entry.revision
    return (
        f"Inserted:  {change.revision}: it never ran; {above}, which now follows it, was applied "
        f"{when}"
    )


def _lines(entry: Entry) -> Sequence[str]:
    """An entry: what and how it ended, then who; then why, where it failed."""
    took = "" if entry.seconds is None else f" in {entry.seconds:.2f} s"
    by = " ".join(
        part
        for part in (
            f"by {entry.user}" if entry.user else "",
            f"on {entry.host}" if entry.host else "",
            f"from {entry.commit[:12]}" if entry.commit else "",
        )
        if part
    )
    lines = [f"{_when(entry)}  {entry.direction} {entry.revision}: {entry.result}{took} {by}"]
    if entry.result in ("running", "stopped") and entry.trail is not None:
        lines.append(f"    {counted(len(entry.trail.done), 'statement')} done")
        if entry.trail.now is not None:
            lines.append(f"    then: {entry.trail.now.text}")
    lines += [f"    {line}" for line in (entry.error or "").splitlines()]
    return [line.rstrip() for line in lines]


def _when(entry: Entry) -> str:
    return entry.started.strftime("%Y-%m-%d %H:%M:%S UTC")


def _values(entry: Entry) -> dict[str, Any]:
    """An entry for programs."""
    trail = entry.trail
    return {
        "revision": entry.revision,
        "parents": list(entry.parents),
        "direction": entry.direction,
        "started": entry.started.isoformat(),
        "seconds": entry.seconds,
        "result": entry.result,
        "error": entry.error,
        "tool": entry.tool,
        "host": entry.host,
        "user": entry.user,
        "commit": entry.commit,
        "fingerprint": entry.fingerprint,
        "statements_done": None if trail is None else len(trail.done),
        "statement": None if trail is None or trail.now is None else trail.now.text,
    }


COMMANDS: tuple[click.Command, ...] = (log, resolve)
