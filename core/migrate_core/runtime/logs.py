"""The documented loggers, told what a run does and what a comparison finds.

==================================  ===============================================================
``alembic.runtime.migration``       which database, and each step; notes
``alembic.autogenerate.compare.*``  what was found to differ, by what differs
==================================  ===============================================================

All of it is INFO: an error is raised to the caller, who logs it or shows it. No logger is
configured, no level set and no handler added; an application that configures none hears nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from migrate_core.graph import Step
    from migrate_core.operations import MigrateOperation
    from migrate_core.runtime.events import Event
    from migrate_core.runtime.watch import Watch

MIGRATION = logging.getLogger("alembic.runtime.migration")
COMPARE = logging.getLogger("alembic.autogenerate.compare")

_IMPLEMENTATIONS = {
    "postgresql": "PostgresqlImpl",
    "mysql": "MySQLImpl",
    "mariadb": "MariaDBImpl",
    "sqlite": "SQLiteImpl",
    "mssql": "MSSQLImpl",
    "oracle": "OracleImpl",
}

_PAST = {"add": "added", "drop": "removed", "change": "changed", "rename": "renamed"}


def are_heard() -> bool:
    """Whether anybody hears what is said here of a run."""
    return MIGRATION.isEnabledFor(logging.INFO)


def opened(dialect: str, *, transactional: bool) -> None:
    """A database, or a script for one, is about to be worked on."""
    MIGRATION.info("Context impl %s.", _IMPLEMENTATIONS.get(dialect, dialect))
    kind = "transactional" if transactional else "non-transactional"
    MIGRATION.info("Will assume %s DDL.", kind)


def scripting() -> None:
    """What follows is written instead of run."""
    MIGRATION.info("Generating static SQL")


def logged(watch: Watch, logger: logging.Logger) -> Watch:
    """``watch``, and the logger before it."""

    def told(event: Event) -> None:
        if logger.isEnabledFor(logging.INFO) and (line := _line(event)) is not None:
            logger.info("%s", line)
        watch(event)

    return told


def _line(event: Event) -> str | None:
    from migrate_core.runtime.events import Noted, StepStarted, Waiting

    match event:
        case Waiting(holder):
            return f"Waiting for the migration lock, held by {holder}"
        case StepStarted(step):
            return _step(step)
        case Noted(text):
            return text
    return None


def _step(step: Step) -> str:
    """``Running upgrade  -> a, message``, as documented: what is below the first has no name."""
    if step.stamp:
        return f"Running stamp_revision {', '.join(step.instead)} -> {', '.join(step.to)}"
    below, above = ", ".join(step.revision.down), step.revision.id
    ends = f"upgrade {below} -> {above}" if step.up else f"downgrade {above} -> {below}"
    return f"Running {ends}, {step.revision.doc}".removesuffix(", ")


def says(event: Event) -> bool:
    """Whether an event is logged."""
    from migrate_core.runtime.events import Noted, StepStarted, Waiting

    return isinstance(event, Waiting | StepStarted | Noted)


def detected(operations: Iterable[MigrateOperation]) -> None:
    """What a comparison found, each by the logger of what differs."""
    if not COMPARE.isEnabledFor(logging.INFO):
        return
    for op in operations:
        COMPARE.getChild(_kind(op)).info("Detected %s", _found(op))


def come_out_on(*streams: Any) -> bool:
    """Whether what is logged here is written to one of these streams."""
    logger: logging.Logger | None = MIGRATION
    if not are_heard():
        return False
    while logger is not None:
        for handler in logger.handlers:
            stream = getattr(handler, "stream", None)  # Flask's is a proxy: equal, not the same
            if handler.level <= logging.INFO and any(stream == each for each in streams):
                return True
        logger = logger.parent if logger.propagate else None
    return False


def _kind(op: MigrateOperation) -> str:
    from migrate_core.operations import (
        AddConstraintOp,
        AlterColumnOp,
        CreateIndexOp,
        CreateTableCommentOp,
        DropConstraintOp,
        DropIndexOp,
        DropTableCommentOp,
        RenameConstraintOp,
        RenameIndexOp,
    )

    match op:
        case AddConstraintOp() | DropConstraintOp() | RenameConstraintOp():
            return "constraints"
        case CreateIndexOp() | DropIndexOp() | RenameIndexOp():
            return "constraints"
        case CreateTableCommentOp() | DropTableCommentOp():
            return "comments"
        case AlterColumnOp() if op.modify_type is not None:
            return "types"
        case AlterColumnOp() if op.modify_server_default is not False:
            return "server_defaults"
        case AlterColumnOp() if op.modify_comment is not False:
            return "comments"
    return "tables"


def _found(op: MigrateOperation) -> str:
    """``added table 'a'``; in the words of messages where it is no table or column."""
    from migrate_core.operations import (
        AddColumnOp,
        CreateTableOp,
        DropColumnOp,
        DropTableOp,
        describe,
    )

    match op:
        case CreateTableOp() | DropTableOp() | AddColumnOp() | DropColumnOp():
            verb, kind, name = describe(op).split(" ", 2)
            return f"{_PAST[verb]} {kind} {name!r}"
    verb, _, rest = describe(op).partition(" ")
    return f"{_PAST.get(verb, verb)} {rest}"
