"""The dry run: what a request would do, and what of it is dangerous. Nothing is connected.

Each migration's body is run as for a script, without a database, and what it would send is taken
down. A body that asks the database something stops there: what it sent until then is known, and
that the rest is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL

from migrate_core import hazards
from migrate_core.database import connect
from migrate_core.database.offline import ScriptTransactions
from migrate_core.database.rehearsal import Part, Rehearsal
from migrate_core.errors import (
    ConnectionNeeded,
    HalfDone,
    InvalidScript,
    MigrateError,
    TableUnknown,
)
from migrate_core.graph import Step, advance
from migrate_core.hazards import Ground, Mark, Table
from migrate_core.operations import describe
from migrate_core.runtime.executor import line_in, run_body, steps_for
from migrate_core.runtime.requests import Request
from migrate_core.runtime.scripting import understood
from migrate_core.scripts import History, loader
from migrate_core.settings import Settings


@dataclass(frozen=True, slots=True)
class PlannedOperation:
    """What would be done together.

    :param described: the operations in words.
    :param statements: the SQL that does them, each without its terminator.
    :param marks: what is dangerous about them.
    """

    described: tuple[str, ...]
    statements: tuple[str, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One migration that would be run.

    :param operations: what is known of it, in order.
    :param unknown: why nothing is known of what comes after them; None where all is known.
    """

    step: Step
    path: Path
    operations: tuple[PlannedOperation, ...]
    unknown: str | None

    @property
    def marks(self) -> tuple[Mark, ...]:
        """All that is dangerous about it, each thing once."""
        return tuple(dict.fromkeys(mark for each in self.operations for mark in each.marks))


@dataclass(frozen=True, slots=True)
class Standing:
    """What a plan begins from, read before it.

    :param heads: the heads that the database stands at.
    :param stored: the statements that made what a SQLite database holds.
    :param half_done: what a run would be stopped by.
    """

    heads: tuple[str, ...]
    stored: tuple[str, ...]
    half_done: HalfDone | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do now.

    :param database: its address, password masked.
    :param before: the heads it stands at.
    :param after: the heads it would stand at.
    :param half_done: what an earlier run left, which would stop this one before it does anything.
    """

    database: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    steps: tuple[PlannedStep, ...]
    half_done: HalfDone | None


def rehearse(
    request: Request,
    standing: Standing,
    history: History,
    channel: Rehearsal,
    transactions: ScriptTransactions,
    url: URL,
    settings: Settings,
) -> Plan:
    """What a request would do.

    :param url: the database's, whose password is masked in what a migration says.
    :raises RevisionError: the target leads nowhere.
    :raises InvalidScript: a migration file is not Python, or lacks the function that is needed.
    """
    heads = standing.heads
    planned: list[PlannedStep] = []
    created: frozenset[Table] = frozenset()
    with transactions.whole():
        for step in steps_for(request, history.graph, heads):
            path = history.headers[step.revision.id].path
            with transactions.each():
                unknown = _run(step, path, url, settings)
            operations, created = _marked(channel.taken(), channel, created)
            planned.append(PlannedStep(step, path, operations, unknown))
            heads = advance(history.graph, heads, step).applied_to(heads)
    name = connect.name(url)
    return Plan(name, standing.heads, heads, tuple(planned), standing.half_done)


def _run(step: Step, path: Path, url: URL, settings: Settings) -> str | None:
    """Run a body without a database; why it stopped before its end, if it did."""
    try:
        run_body(step, path, loader.load(path), settings)
    except InvalidScript:
        raise
    except (Exception, SystemExit) as error:  # sys.exit() in a migration ends the migration
        line = line_in(error, str(path))
        return _why(error, url) + (f" (line {line})" if line is not None else "")
    return None


def _why(error: BaseException, url: URL) -> str:
    match understood(error):
        case ConnectionNeeded():
            return "it reads the database"
        case TableUnknown(table=table):
            return f"what table {table!r} is like is not known without running what is before it"
        case MigrateError(problem=problem):
            return problem
    return f"{type(error).__name__}: {connect.reason(error, url)}"


def _marked(
    parts: Sequence[Part], channel: Rehearsal, created: frozenset[Table]
) -> tuple[tuple[PlannedOperation, ...], frozenset[Table]]:
    """The operations with their marks, and the tables that are new after them."""
    operations = []
    for part in parts:
        ground = Ground(channel.dialect, created, part.in_transaction)
        marks = hazards.marks(part.operations, part.statements, ground)
        described = tuple(map(describe, part.operations))
        operations.append(PlannedOperation(described, tuple(part.statements), marks))
        created = hazards.made(part.operations, part.statements, created)
    return tuple(operations), created
