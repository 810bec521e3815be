"""What commands say to programs: one JSON document on standard output, whose keys stay."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import click

from migrate_core.cli.display import shown
from migrate_core.errors import TargetNotUpToDate
from migrate_core.graph import Revision
from migrate_core.scripts import History

if TYPE_CHECKING:
    from migrate_core.runtime.audit import Change
    from migrate_core.runtime.requests import Differences, Status

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Say it as JSON.")


def say_document(document: Any) -> None:
    """Print it: the only thing on standard output."""
    click.echo(json.dumps(document, indent=2))


def revision_value(
    revision: Revision, history: History, current: Collection[str] | None = None
) -> dict[str, Any]:
    """A revision and its place in the history.

    :param current: where the database stands, None where it was not asked.
    """
    graph, header = history.graph, history.headers[revision.id]
    return {
        "revision": revision.id,
        "message": revision.doc,
        "file": shown(header.path),
        "created": header.created or None,
        "parents": list(revision.down),
        "depends_on": list(revision.depends_on),
        "labels": list(revision.labels),
        "head": revision.id in graph.heads,
        "current": None if current is None else revision.id in current,
    }


def current_value(database: str, rows: Collection[str], history: History | None) -> dict[str, Any]:
    """Where a database stands.

    :param history: None where the files cannot be read; what is ``unknown`` is null then.
    """
    known = () if history is None else tuple(row for row in rows if row in history.graph)
    return {
        "database": database,
        "current": list(rows),
        "unknown": None if history is None else [row for row in rows if row not in known],
        "revisions": [revision_value(history.graph[row], history, rows) for row in known]
        if history is not None
        else [],
    }


def status_value(found: Status) -> dict[str, Any]:
    """Where a database stands beside the history.

    Below a revision without a file nobody knows what is applied: ``applied`` is null then.
    """
    return {
        "database": found.database,
        "is_current": found.is_current,
        "current": list(found.current),
        "unknown": list(found.unknown),
        "heads": list(found.heads),
        "applied": None if found.unknown else found.applied,
        "pending": []
        if found.unknown
        else [{"revision": each.id, "message": each.doc} for each in found.pending],
        "changes": [_change_value(change) for change in found.changes],
        "half_done": found.half_done and found.half_done.revision,
    }


def differences_value(found: Differences) -> dict[str, Any]:
    """What differs between models and database, and what would be asked."""
    questions = [
        {"name": each.name, "asked": each.asked, "options": [option for option, _ in each.options]}
        for each in found.questions
    ]
    return {
        "differs": bool(found),
        "operations": list(found.described),
        "source": list(found.source),
        "questions": questions,
        "pending": [],
    }


def pending_value(error: TargetNotUpToDate) -> dict[str, Any]:
    """The same where migrations are pending: then nothing is compared, and ``differs`` is null."""
    return {
        "differs": None,
        "operations": [],
        "source": [],
        "questions": [],
        "pending": [each.partition(" ")[0] for each in error.pending],
    }


def _change_value(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "revision": change.revision,
        "applied": change.entry.started.isoformat(),
    }
