"""What commands print: one line for a revision, and what stands beside it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import click

from migrate_core.graph import Revision, RevisionGraph
from migrate_core.scripts import Header


def aside(text: str) -> None:
    """Say something about the work; results go to standard output, this does not."""
    click.echo(text, err=True)


def revision_line(revision: Revision, graph: RevisionGraph, current: Collection[str] = ()) -> str:
    """``down -> id (label) (head), message``, as the documented history has it."""
    below = ", ".join(revision.down) or "<base>"
    if revision.depends_on:
        below += f" ({', '.join(revision.depends_on)})"
    tail = f", {revision.doc}" if revision.doc else ""
    return f"{' '.join([f'{below} -> {revision.id}', *marks(revision, graph, current)])}{tail}"


def revision_lines(
    revision: Revision, graph: RevisionGraph, header: Header, current: Collection[str] = ()
) -> list[str]:
    """The same with all that is known of it, one fact a line; then its message, indented."""
    children = graph.children(revision.id)
    facts = (
        ("Merges" if len(revision.down) > 1 else "Parent", revision.down or ("<base>",)),
        ("Also depends on", revision.depends_on),
        ("Branches into", children if len(children) > 1 else ()),
        ("Branch names", sorted(graph.labels_of(revision.id))),
        ("Path", (shown(header.path),)),
        ("Create Date", (header.created,) if header.created else ()),
    )
    lines = [f"Rev: {' '.join([revision.id, *marks(revision, graph, current)])}"]
    lines += [f"{name}: {', '.join(values)}" for name, values in facts if values]
    message = [f"    {line}".rstrip() for line in revision.doc.splitlines()]
    return [*lines, "", *message] if message else lines


def marks(revision: Revision, graph: RevisionGraph, current: Collection[str]) -> list[str]:
    """Its labels, and what it is, each in parentheses."""
    is_head = revision.id in graph.heads
    marks = (
        ("(head)", is_head),
        ("(effective head)", is_head and revision.id not in graph.real_heads),
        ("(current)", revision.id in current),
        ("(branchpoint)", graph.is_branch_point(revision.id)),
        ("(mergepoint)", graph.is_merge_point(revision.id)),
    )
    labels = [f"({label})" for label in revision.labels]
    return labels + [mark for mark, applies in marks if applies]


def shown(path: Path) -> str:
    """The path, relative where it lies below the working directory."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def listed(lines: Sequence[str]) -> str:
    """The lines, indented below what introduces them."""
    return "".join(f"\n  {line}" for line in lines)


def counted(number: int, thing: str) -> str:
    """``1 migration``, ``2 migrations``."""
    return f"{number} {thing}{'' if number == 1 else 's'}"
