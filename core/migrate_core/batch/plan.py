"""What is to be done to one SQLite table, and which way: in place, or by a rebuild."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from sqlalchemy.engine import Dialect

from migrate_core.batch import columns, constraints
from migrate_core.batch.checks import Check, needed
from migrate_core.batch.draft import Draft
from migrate_core.batch.rebuild import Rebuild, rebuild
from migrate_core.batch.writer import Writer
from migrate_core.errors import UnsupportedOperation
from migrate_core.operations import (
    AddColumnOp,
    AddConstraintOp,
    AlterColumnOp,
    CreateIndexOp,
    CreateTableCommentOp,
    DropColumnOp,
    DropConstraintOp,
    DropIndexOp,
    DropTableCommentOp,
    MigrateOperation,
    NamingSource,
)
from migrate_core.schema.stored import StoredTable

Recreate = Literal["auto", "always", "never"]


@dataclass(frozen=True, slots=True)
class InPlace:
    """What the running SQLite does itself, without copying the table."""

    table: str
    checks: tuple[Check, ...]
    statements: tuple[str, ...]


def plan(
    table: StoredTable,
    operations: Sequence[MigrateOperation],
    *,
    recreate: Recreate = "auto",
    dialect: Dialect,
    naming: NamingSource | None = None,
) -> InPlace | Rebuild:
    """The cheapest way to do the operations, one after the other as they are given.

    :param recreate: ``auto``: in place where that is possible; ``always``: by a rebuild;
        ``never``: in place or not at all.
    :param naming: what knows the naming convention, for constraints that have no name.
    :raises OperationError: it cannot be done; nothing has been sent.
    :raises ValueError: another value of ``recreate``.
    """
    if recreate not in get_args(Recreate):
        raise ValueError(f"recreate may be 'auto', 'always' or 'never', not {recreate!r}")
    draft, writer = Draft(table), Writer(dialect, naming)
    for operation in operations:
        _apply(draft, writer, operation)
    if recreate != "always" and not draft.obstacle:
        return InPlace(table.name, needed(draft), tuple(draft.native))
    if recreate == "never":
        raise UnsupportedOperation(
            f"{draft.obstacle} (table {table.name!r})".capitalize(),
            dialect.name,
            "it needs a rebuild of the table, and recreate='never' was given",
            "Leave recreate out, or give recreate='auto'.",
        )
    return rebuild(draft, writer)


def _apply(draft: Draft, writer: Writer, operation: MigrateOperation) -> None:
    match operation:
        case AddColumnOp():
            columns.add(draft, writer, operation)
        case AlterColumnOp():
            columns.alter(draft, writer, operation)
        case DropColumnOp():
            columns.drop(draft, operation)
        case AddConstraintOp():
            constraints.add(draft, writer, operation)
        case DropConstraintOp():
            constraints.drop(draft, writer, operation)
        case CreateIndexOp():
            constraints.create_index(draft, writer, operation)
        case DropIndexOp():
            constraints.drop_index(draft, writer, operation)
        case CreateTableCommentOp() | DropTableCommentOp():
            pass  # SQLite keeps no comments
        case _:
            raise UnsupportedOperation(
                f"{type(operation).__name__} inside a batch",
                writer.dialect.name,
                "a batch changes the columns, constraints and indexes of one table",
                "Call it on op, outside of the batch.",
            )
