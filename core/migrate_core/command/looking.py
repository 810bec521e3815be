"""Commands that show where a database stands, and what the history is."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable

from migrate_core.api.config import Config
from migrate_core.api.script import Script, ScriptDirectory
from migrate_core.command.environment import always_runs, on_each, rows_of
from migrate_core.errors import (
    DatabaseNotAtHead,
    EditorFailed,
    EditorMissing,
    InvalidTarget,
    UnknownDatabaseRevision,
)
from migrate_core.graph import parse_range, plan
from migrate_core.migrations import Migrations

_EDITORS = (
    ("sensible-editor", "editor", "nano", "vim", "code")
    if sys.platform != "win32"
    else ("code.exe", "notepad++.exe", "notepad.exe")
)


def current(config: Config, check_heads: bool = False, verbose: bool = False) -> None:
    """Show where the database stands.

    :param check_heads: whether it is an error that it does not stand at all heads.
    :param verbose: whether to show all that is known of them, and of which database they are.
    :raises DatabaseNotAtHead: with ``check_heads``.
    :raises UnknownDatabaseRevision: it stands at a revision that no file has.
    """
    script = ScriptDirectory.from_config(config)

    def look(found: Migrations) -> None:
        rows = _known(found, script)
        if check_heads and set(rows) != set(script.get_heads(consider_depends_on=True)):
            raise DatabaseNotAtHead(rows, script.get_heads(consider_depends_on=True))
        if verbose:
            config.print_stdout("Current revision(s) for %s:", found.database)
        for each in _newest_first(script, script.get_all_current(rows)):
            config.print_stdout(each.cmd_format(verbose))

    on_each(config, script, look, dont_mutate=True)


def _known(found: Migrations, script: ScriptDirectory) -> tuple[str, ...]:
    rows = found.current()
    for row in rows:
        if row not in script.revision_map.graph:
            raise UnknownDatabaseRevision(row, found.settings.version_table)
    return rows


def _newest_first(script: ScriptDirectory, wanted: Iterable[Script]) -> list[Script]:
    place = {node.id: number for number, node in enumerate(script.revision_map.graph)}
    return sorted(wanted, key=lambda each: place[each.revision])


def heads(config: Config, verbose: bool = False, resolve_dependencies: bool = False) -> None:
    """Show the revisions that no other follows.

    :param verbose: whether to show all that is known of them.
    :param resolve_dependencies: leave out those that another branch depends on.
    """
    script = ScriptDirectory.from_config(config)
    for each in script.get_revisions(script.get_heads(resolve_dependencies)):
        config.print_stdout(each.cmd_format(verbose, include_branches=True, tree_indicators=False))


def branches(config: Config, verbose: bool = False) -> None:
    """Show the revisions that several others follow, and those.

    :param verbose: whether to show all that is known of them.
    """
    script = ScriptDirectory.from_config(config)
    for point in script.walk_revisions():
        if not point.is_branch_point:
            continue
        indented = " " * (len(point.revision) + 1)
        lines = [
            f"{indented}-> {child.cmd_format(False, include_branches=True, include_doc=verbose)}"
            for child in script.get_revisions(sorted(point.nextrev))
        ]
        said = "\n".join([point.cmd_format(verbose, include_branches=True), *lines])
        config.print_stdout(f"{said}\n")


def history(
    config: Config,
    rev_range: str | None = None,
    verbose: bool = False,
    indicate_current: bool = False,
) -> None:
    """Show the revisions, newest first.

    :param rev_range: only these: START:END, START: or :END.
    :param verbose: whether to show all that is known of them.
    :param indicate_current: mark where the database stands.
    :raises InvalidTarget: the range is written wrongly.
    :raises RangeNotAncestorError: START is not below END.
    """
    if rev_range is not None and ":" not in rev_range:
        raise InvalidTarget(
            rev_range,
            "History range requires [start]:[end], [start]:, or :[end]; "
            f"{rev_range!r} is none of them.",
            f"For what is below it: history -r :{rev_range}",
        )
    start, end = parse_range(rev_range) if rev_range else ("", "")
    script = ScriptDirectory.from_config(config)
    rows: tuple[str, ...] = ()
    if indicate_current or "current" in (rev_range or "") or always_runs(config):
        rows = rows_of(config, script)
    shown = [
        script.get_revision(node.id)
        for node in plan.between(script.revision_map.graph, start, end, rows)
    ]
    standing = script.get_all_current(rows) if indicate_current else set()
    for each in shown:
        each.is_current = each in standing
        config.print_stdout(
            each.cmd_format(verbose, include_branches=True, include_doc=True, include_parents=True)
        )


def show(config: Config, rev: str) -> None:
    """Show all that is known of revisions.

    :param rev: a target; ``current`` for where the database stands.
    :raises ResolutionError: it leads nowhere.
    """
    script = ScriptDirectory.from_config(config)
    for each in _meant(config, script, rev):
        config.print_stdout(each.log_entry)


def _meant(config: Config, script: ScriptDirectory, rev: str) -> list[Script]:
    rows = rows_of(config, script) if "current" in rev else ()
    return [script.get_revision(id) for id in script.revision_map.ids(rev, rows)]


def edit(config: Config, rev: str) -> None:
    """Open the files of revisions in an editor: ``$EDITOR``, ``$VISUAL``, or what there is.

    :param rev: a target; ``current`` for where the database stands.
    :raises InvalidTarget: it stands for no revision.
    :raises EditorMissing: none is named, and there is none; or no terminal for it.
    :raises EditorFailed: with the reason.
    """
    script = ScriptDirectory.from_config(config)
    found = _meant(config, script, rev)
    if not found:
        raise InvalidTarget(
            rev,
            "No current revisions."
            if rev == "current"
            else f"No revision files indicated by symbol '{rev}'.",
            "See what there is: flask db history",
        )
    for each in found:
        open_in_editor(each.path)


def open_in_editor(path: str) -> None:
    """Let a person edit a file.

    :raises EditorMissing: none is named, and there is none; or no terminal for it.
    :raises EditorFailed: it failed.
    """
    named = os.environ.get("EDITOR") or os.environ.get("VISUAL")
    seen = sys.stdin.isatty() and sys.stdout.isatty()
    there = (each for each in _EDITORS if shutil.which(each)) if seen else iter(())
    command = shlex.split(named) if named else [next(there, "")]
    if not command[0]:
        raise EditorMissing(path)
    try:
        subprocess.run([*command, path], check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise EditorFailed(shlex.join(command), path, str(error)) from error
