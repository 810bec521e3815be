"""Which rules there are for an operation on a database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from migrate_core.hazards import mysql, postgresql, rawsql
from migrate_core.hazards.losses import losses
from migrate_core.hazards.marks import Ground, Mark, Table
from migrate_core.operations import (
    CreateTableOp,
    ExecuteSQLOp,
    MigrateOperation,
    RenameTableOp,
)


def marks(
    operations: Sequence[MigrateOperation], statements: Sequence[str], ground: Ground
) -> tuple[Mark, ...]:
    """What is to be known of operations that are done together, each thing once.

    :param statements: what does them.
    """
    found = [mark for op in operations for mark in _of_operation(op, statements, ground)]
    if ground.dialect.name == "sqlite":
        found += _copies(operations, statements, ground)
    return tuple(dict.fromkeys((*found, *_outside(statements, ground))))


def made(
    operations: Sequence[MigrateOperation],
    statements: Sequence[str],
    created: frozenset[Table],
) -> frozenset[Table]:
    """``created`` and the tables that these operations add to them for certain.

    One that is made unless it is there may be there.
    """
    for op in operations:
        match op:
            case CreateTableOp() if not op.if_not_exists:
                created |= {(op.schema, op.table_name)}
            case RenameTableOp() if (op.schema, op.table_name) in created:
                created |= {(op.schema, op.new_table_name)}
            case ExecuteSQLOp():
                created |= {table for text in statements for table in rawsql.tables(text)}
    return created


def _of_operation(
    op: MigrateOperation, statements: Sequence[str], ground: Ground
) -> Iterator[Mark]:
    yield from losses(op, ground)
    match ground.dialect.name:
        case "postgresql":
            yield from postgresql.locks(op, ground)
        case "mysql" | "mariadb":
            yield from mysql.locks(op, ground)
    if isinstance(op, ExecuteSQLOp):
        for text in statements:
            yield from rawsql.hazards(text, ground)


def _copies(
    operations: Sequence[MigrateOperation], statements: Sequence[str], ground: Ground
) -> Iterator[Mark]:
    """SQLite has one write lock for all; a table that is altered may have to be copied under it."""
    if any(text.startswith("INSERT INTO") for text in statements):
        tables = {getattr(op, "table_name", None) for op in operations}
        for name in sorted(filter(None, tables)):
            if ground.is_there(name):
                yield Mark("locking", f"writes to the database wait while {name} is copied")


def _outside(statements: Sequence[str], ground: Ground) -> Iterator[Mark]:
    """What stays although what comes after it fails."""
    refused = ground.dialect.name == "postgresql" and any(
        rawsql.refused_in_transaction(text) for text in statements
    )
    if ground.in_transaction and refused:
        yield Mark(
            "non-transactional",
            "PostgreSQL refuses it inside a transaction",
            "put it into: with op.get_context().autocommit_block():",
        )
    if ground.in_transaction or not statements:
        return
    if ground.dialect.name in {"mysql", "mariadb", "oracle"}:
        if any(map(rawsql.changes_schema, statements)):
            yield Mark("non-transactional", "is committed at once, with what came before it")
        return
    yield Mark("non-transactional", "runs outside of a transaction: it and what came before stay")
