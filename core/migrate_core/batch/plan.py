"""What is to be done to one SQLite table, and which way.

::

    Plan
    ├── InPlace       what the running SQLite does itself, without copying the table
    ├── SchemaEdit    another stored definition for the same rows, where it is asked for
    └── Rebuild       a new table in the place of the old one

https://www.sqlite.org/lang_altertable.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.engine import Dialect

from migrate_core.batch import columns, constraints, definition, unnamed
from migrate_core.batch.checks import Check, needed
from migrate_core.batch.draft import Draft, readable
from migrate_core.batch.edit import SchemaEdit, schema_edit
from migrate_core.batch.options import DEFAULTS, Options
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
    RenameConstraintOp,
    RenameIndexOp,
    ValidateConstraintOp,
)
from migrate_core.schema.stored import StoredTable


@dataclass(frozen=True, slots=True)
class InPlace:
    """What the running SQLite does itself, without copying the table."""

    table: str
    checks: tuple[Check, ...]
    statements: tuple[str, ...]
    proofs: tuple[Check, ...] = ()
    resets: tuple[str, ...] = ()


Plan = InPlace | SchemaEdit | Rebuild


def plan(
    table: StoredTable,
    operations: Sequence[MigrateOperation],
    options: Options = DEFAULTS,
    *,
    dialect: Dialect,
    naming: NamingSource | None = None,
) -> Plan:
    """The cheapest way to do the operations, one after the other as they are given.

    :param naming: what knows the naming convention, for constraints that are given no name.
    :raises OperationError: it cannot be done; nothing has been sent.
    """
    draft, writer = _drawn(table, options), Writer(dialect, naming)
    definition.override(draft, writer, options.overrides)
    for operation in operations:
        _apply(draft, writer, operation)
    definition.extend(draft, writer, options.additions)
    definition.configure(draft, options.table_kwargs)
    definition.reorder(draft, options.partial_reordering)
    if options.recreate != "always" and not draft.obstacle:
        return InPlace(table.name, needed(draft), tuple(draft.native))
    if options.recreate == "never":
        raise UnsupportedOperation(
            f"{draft.obstacle} (table {table.name!r})",
            dialect.name,
            "it needs a rebuild of the table, and recreate='never' was given",
            "Leave recreate out, or give recreate='auto'.",
        )
    if options.recreate == "edit":
        return schema_edit(draft, writer)
    return rebuild(draft, writer)


def _drawn(table: StoredTable, options: Options) -> Draft:
    text = readable(table)
    if options.naming_convention:
        text = unnamed.named(text, table.name, options.naming_convention)
    return Draft(table, text)


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
        case RenameConstraintOp():
            constraints.rename(draft, operation)
        case DropIndexOp():
            constraints.drop_index(draft, writer, operation)
        case RenameIndexOp():
            constraints.rename_index(draft, operation)
        case CreateTableCommentOp() | DropTableCommentOp() | ValidateConstraintOp():
            pass  # SQLite keeps no comments, and each constraint was checked when it was made
        case _:
            raise UnsupportedOperation(
                f"{type(operation).__name__} inside a batch",
                writer.dialect.name,
                "a batch changes the columns, constraints and indexes of one table",
                "Call it on op, outside of the batch.",
            )
