"""Writes the script of an upgrade, a downgrade or a stamp; no connection is made.

Where a database stands is not known here, so it is given: ``START:END``. An upgrade or a stamp
without a start begins at base, and makes the version table.

============  =====================================  ============================================
request       targets                                refused
============  =====================================  ============================================
upgrade       ``head``, ``a:b``, ``a:+2``, ``a:``    ``+1`` without a start
downgrade     ``a:b``, ``a:-1``, ``a:base``          anything without both ends
stamp         ``a``, ``a:b``, several                several that start at different revisions
all           ...                                    ``current``; an end that START does not reach
============  =====================================  ============================================
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.exc import NoInspectionAvailable, UnboundExecutionError

from migrate_core.database.offline import Offline, ScriptTransactions
from migrate_core.database.versions import VersionScript
from migrate_core.ddl import Verbatim
from migrate_core.errors import (
    ConnectionNeeded,
    InvalidTarget,
    MigrateError,
    MigrationFailed,
    RangeNotAncestorError,
)
from migrate_core.graph import (
    PREFIX_LENGTH,
    HeadChange,
    Named,
    Relative,
    RevisionGraph,
    Step,
    advance,
    parse,
    parse_range,
    resolve,
)
from migrate_core.runtime.events import step_line
from migrate_core.runtime.executor import Applied, line_in, run_body, steps_for, untold
from migrate_core.runtime.requests import Custom, Downgrade, Request, Stamp, Upgrade
from migrate_core.scripts import Bodies, History, Prepared
from migrate_core.settings import Settings


def downgrade_ends(target: str) -> str:
    """The range of a downgrade: ``-1`` is counted from the head, as documented for ``flask db``."""
    return "head:-1" if target == "-1" else target


def starts_at_base(request: Request) -> bool:
    """Whether what a script makes is all there is."""
    return _request_from(request, None)[0] == "base"


def script(
    request: Request,
    history: History,
    settings: Settings,
    channel: Offline,
    transactions: ScriptTransactions,
    bodies: Bodies,
    applied: Applied = untold,
) -> str:
    """The whole text; nothing of it is to be had of a run that fails.

    :param bodies: the migrations' files.
    :param applied: is told of each step.
    :raises RevisionError: a target leads nowhere, or needs a database to say where it leads.
    :raises MigrationFailed: a migration raised, or asks for something only a connection has.
    """
    graph = history.graph
    start, inner = _request_from(request, settings.starting_rev)
    heads = resolve(graph, parse(start), shortest=PREFIX_LENGTH)
    _require_reachable(graph, heads, inner)
    steps = steps_for(inner, graph, heads)
    moves = _moves(graph, heads, steps)
    after = moves[-1][2] if moves else heads
    versions = VersionScript(channel.dialect, settings)
    channel.note(_heading(inner, heads, after, channel.dialect.name))
    if steps:
        with transactions.whole():
            if start == "base":
                with transactions.each():
                    channel.send(versions.create())
            for step, change, there in moves:
                with transactions.each():
                    channel.note(step_line(step))
                    if not step.stamp:
                        file = history.headers[step.revision.id].file
                        _run(step, bodies.prepared(file), settings)
                    for statement in versions.changes(change):
                        channel.send(Verbatim(statement))
                    applied(step, change, there)
    bodies.save()
    return channel.text()


def _moves(
    graph: RevisionGraph, heads: tuple[str, ...], steps: Sequence[Step]
) -> list[tuple[Step, HeadChange, tuple[str, ...]]]:
    """What each step does to the version table, and where it stands afterwards."""
    moves = []
    for step in steps:
        change = advance(graph, heads, step)
        heads = change.applied_to(heads)
        moves.append((step, change, heads))
    return moves


# -- where it starts -------------------------------------------------------------------------------


def _request_from(request: Request, given: str | None) -> tuple[str, Request]:
    """Where the database stands, and what is asked of it from there.

    :param given: where it stands, if the request does not say.
    """
    match request:
        case Custom():
            return given or "base", request
        case Upgrade(target):
            start, end = _ends(target)
            start = start or given
            if start is None and _counts(end):
                raise _needs_start(end, f"base:{end}, or REVISION:{end}", "upgrade")
            return start or "base", Upgrade(end or "head")
        case Downgrade(target):
            start, end = _ends(target)
            start = start or given
            if not start or not end:
                example = f"head:{end}" if end else "head:-1"
                raise _needs_start(target, f"START:END, for example {example}", "downgrade")
            return start, Downgrade(end)
        case Stamp(targets):
            ends = [_ends(target) for target in targets]
            starts = {start or given or "base" for start, _ in ends}
            if len(starts) > 1:
                raise InvalidTarget(
                    " ".join(targets),
                    f"A stamp has one start, and these have several: {', '.join(sorted(starts))}.",
                    "Give all of them the same: "
                    + " ".join(f"{sorted(starts)[0]}:{end or 'head'}" for _, end in ends),
                )
            return starts.pop(), Stamp(tuple(end or "head" for _, end in ends))


def _ends(target: str) -> tuple[str | None, str]:
    """The ends of a range, or the one target there is.

    :raises InvalidTarget: it is written wrongly, or only a database knows where it leads.
    """
    start: str | None = None
    end = target
    if ":" in target:
        start, end = parse_range(target)
    for each in filter(None, (start, end)):
        found = parse(each)
        name = found.name if isinstance(found, Named) else found.start
        if name == "current":
            raise _needs_database(each)
    if start and _counts(start):
        raise _needs_database(start)
    return start, end


def _counts(target: str) -> bool:
    """Whether it counts upwards from where the database stands."""
    found = parse(target) if target else None
    return isinstance(found, Relative) and found.start is None and found.steps > 0


def _needs_database(target: str) -> InvalidTarget:
    return InvalidTarget(
        target,
        f"'{target}' depends on where the database stands, and a script is written without one.",
        "See where it stands: flask db current; then name the revision.",
    )


def _needs_start(target: str, forms: str, command: str) -> InvalidTarget:
    return InvalidTarget(
        target,
        f"'{target}' does not say where the database stands, and a script is written without one.",
        f"Give {forms}: flask db {command} --sql START:END",
    )


def _require_reachable(graph: RevisionGraph, heads: Sequence[str], request: Request) -> None:
    """Refuse a range whose ends are the wrong way round, or on different lines.

    :raises RangeNotAncestorError: there is no way from the start to the end.
    """
    if isinstance(request, Stamp | Custom):
        return
    target = parse(request.target)
    if isinstance(target, Relative) and target.start is None:
        return  # counted from the start
    ends = resolve(graph, target, heads, shortest=PREFIX_LENGTH)
    lower, upper = (heads, ends) if isinstance(request, Upgrade) else (ends, heads)
    if lower and not graph.ancestors(upper).intersection(lower):
        raise RangeNotAncestorError(", ".join(lower), ", ".join(upper))


# -- what it says ----------------------------------------------------------------------------------


def _heading(request: Request, before: Sequence[str], after: Sequence[str], dialect: str) -> str:
    """Which way it goes, on which database, and how to run it so that an error ends it."""
    start, end = (", ".join(heads) or "base" for heads in (before, after))
    what = f"{type(request).__name__} from {start} to {end} on {dialect}"
    if before == after:
        return f"{what}: nothing to do"
    how = {
        "postgresql": "psql -v ON_ERROR_STOP=1 -f FILE DATABASE",
        "mysql": "mysql DATABASE < FILE",
        "mariadb": "mariadb DATABASE < FILE",
        "sqlite": "sqlite3 -bail DATABASE < FILE",
        "mssql": "sqlcmd -b -I -d DATABASE -i FILE",
    }.get(dialect)
    return what if how is None else f"{what}\nRun it with: {how}"


def _run(step: Step, script: Prepared, settings: Settings) -> None:
    """Run a migration's body.

    :raises MigrationFailed: it raised; says which one, and on which line.
    """
    try:
        run_body(step, script.file, script.module(), settings)
    except (Exception, SystemExit) as error:  # sys.exit() in a migration ends the migration
        direction = "upgrade" if step.up else "downgrade"
        told = understood(error)
        raise MigrationFailed(
            step.revision.id,
            direction,
            script.file,
            line_in(error, script.file),
            told.problem if told else f"{type(error).__name__}: {error}",
            (),
            "No script was written.",
            told.next_step if told else "Correct the migration and run the command again.",
        ) from error


def understood(error: BaseException) -> MigrateError | None:
    """What is known of an error; None where it is the migration's own."""
    if isinstance(error, MigrateError):
        return error
    unbound = isinstance(error, AttributeError) and error.obj is None
    if unbound or isinstance(error, (NoInspectionAvailable, UnboundExecutionError)):
        return ConnectionNeeded(f"{type(error).__name__}: {error}".rstrip("."))
    return None
