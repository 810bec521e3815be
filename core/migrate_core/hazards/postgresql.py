"""What makes others wait on PostgreSQL, for as long as rows are read or written.

A lock that is held for a moment is no hazard; one that is held while a table is scanned, copied or
indexed is. Lock modes: manual 13.3.1; which ALTER TABLE takes which, and what is rewritten: the
notes of "ALTER TABLE". Which changes of a type keep the rows as they are was measured on 15.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from migrate_core.hazards.marks import Ground, Mark, Written, type_of, written
from migrate_core.operations import (
    AddColumnOp,
    AlterColumnOp,
    AlterEnumOp,
    CreateCheckConstraintOp,
    CreateExcludeConstraintOp,
    CreateForeignKeyOp,
    CreateIndexOp,
    CreatePrimaryKeyOp,
    CreateUniqueConstraintOp,
    DropIndexOp,
    MigrateOperation,
)

CONCURRENTLY = "postgresql_concurrently=True, inside op.get_context().autocommit_block()"
NOT_VALID = "postgresql_not_valid=True, then op.validate_constraint() in another migration"

_CALL = re.compile(r"\b([a-z_]\w*)\s*\(", re.IGNORECASE)
_SAME_FOR_ALL_ROWS = frozenset(
    {
        *("now", "transaction_timestamp", "statement_timestamp", "timezone", "current_setting"),
        *("cast", "varchar", "char", "numeric", "decimal", "timestamp", "time", "bit", "interval"),
    }
)


def locks(op: MigrateOperation, ground: Ground) -> Iterator[Mark]:
    """The marks for what others wait for."""
    match op:
        case CreateIndexOp() if ground.is_there(op.table_name, op.schema):
            if not op.kw.get("postgresql_concurrently"):
                name = written(op.table_name, op.schema)
                yield _waits(f"writes to {name} wait while the index is built", CONCURRENTLY)
        case DropIndexOp() if op.table_name is None or ground.is_there(op.table_name, op.schema):
            if not op.kw.get("postgresql_concurrently"):
                name = written(op.table_name or "its table", op.schema)
                reason = f"waits for all who use {name}, and all others wait behind it"
                yield _waits(reason, CONCURRENTLY)
        case CreateForeignKeyOp():
            yield from _referring(op, ground)
        case CreateCheckConstraintOp() if ground.is_there(op.table_name, op.schema):
            if not op.kw.get("postgresql_not_valid"):
                name = written(op.table_name, op.schema)
                yield _waits(f"all who use {name} wait while all rows are checked", NOT_VALID)
        case CreateUniqueConstraintOp() | CreatePrimaryKeyOp() | CreateExcludeConstraintOp():
            if ground.is_there(op.table_name, op.schema):
                name = written(op.table_name, op.schema)
                yield _waits(f"all who use {name} wait while its index is built")
        case AlterColumnOp() if ground.is_there(op.table_name, op.schema):
            yield from _altered(op, ground)
        case AddColumnOp() if ground.is_there(op.table_name, op.schema):
            yield from _added(op.column, written(op.table_name, op.schema))
        case AlterEnumOp() if not op.only_adds:
            yield _waits(
                f"all tables with enum {op.name} are written anew, and all who use them wait"
            )


def _referring(op: CreateForeignKeyOp, ground: Ground) -> Iterator[Mark]:
    """A foreign key locks both tables, the other one also where its own is new."""
    parent_schema = op.kw.get("referent_schema")
    own = written(op.source_table, op.schema)
    parent = written(op.referent_table, parent_schema)
    if ground.is_there(op.source_table, op.schema):
        if not op.kw.get("postgresql_not_valid"):
            both = own if own == parent else f"{own} and {parent}"
            yield _waits(f"writes to {both} wait while all rows are checked", NOT_VALID)
    elif ground.is_there(op.referent_table, parent_schema):
        yield _waits(f"writes to {parent} wait until the transaction ends")


def _altered(op: AlterColumnOp, ground: Ground) -> Iterator[Mark]:
    name = written(op.table_name, op.schema)
    column = f"{name}.{op.column_name}"
    if op.modify_type is not None and (done := _retyped(op, ground)):
        yield _waits(f"all who use {name} wait while {done} for another type of {column}")
    if op.modify_nullable is False:
        yield _waits(
            f"all who use {name} wait while all rows are read for NULL in {column}",
            f"op.create_check_constraint(..., '{op.column_name} IS NOT NULL', "
            "postgresql_not_valid=True), validate it, then this, then drop it",
        )


def _retyped(op: AlterColumnOp, ground: Ground) -> str:
    """What is done for another type; empty where the rows stay as they are."""
    if op.existing_type is None:
        return "the table may be written anew"
    old, new = type_of(op.existing_type, ground.dialect), type_of(op.modify_type, ground.dialect)
    if not op.kw.get("postgresql_using") and keeps_rows(old, new):
        return ""
    zones = {"TIMESTAMP WITH TIME ZONE", "TIMESTAMP WITHOUT TIME ZONE"}
    if {old[0], new[0]} == zones:
        return "its indexes, and where TimeZone is not UTC the table, are written anew"
    return "the table is written anew"


def keeps_rows(old: Written, new: Written) -> bool:
    """Whether rows and indexes of one type are those of another as they are."""
    (was, old_size), (becomes, new_size) = old, new
    match was, becomes:
        case ("VARCHAR" | "TEXT", "TEXT"):
            return True
        case ("TEXT", "VARCHAR"):
            return not new_size
        case ("NUMERIC", "NUMERIC"):
            return not new_size or (
                old_size[1:] == new_size[1:] and _at_least(old_size[:1], new_size[:1])
            )
        case ("CIDR", "INET"):
            return True
        case ("VARCHAR" | "BIT VARYING", _) if was == becomes:
            return _at_least(old_size, new_size)
        case (_, _) if was == becomes and was.startswith("TIMESTAMP"):
            return _at_least(old_size, new_size)
    return old == new


def _at_least(old: tuple[str, ...], new: tuple[str, ...]) -> bool:
    """Whether a size has room for what another had room for; none is the largest."""
    return not new or (bool(old) and int(new[0]) >= int(old[0]))


def _added(column: sa.Column[Any], table: str) -> Iterator[Mark]:
    default: Any = getattr(column.server_default, "arg", None)
    computed = column.computed is not None and column.computed.persisted is not False
    if computed or column.identity is not None:
        yield _waits(f"all who use {table} wait while the table is written anew for {column.name}")
    elif not isinstance(default, str | None) and _differs_by_row(str(default)):
        yield _waits(
            f"all who use {table} wait while the table is written anew, unless the default of "
            f"{column.name} is the same for all rows",
            "add the column without it, then set the default, then fill the rows in batches",
        )
    if column.unique or column.index:
        who = f"all who use {table}" if column.unique else f"writes to {table}"
        yield _waits(f"{who} wait while the index on {column.name} is built", CONCURRENTLY)
    if column.foreign_keys:
        yield _waits(f"writes to {table} wait while all rows are checked", NOT_VALID)


def _differs_by_row(default: str) -> bool:
    without_text = re.sub(r"'[^']*'", "''", default)
    return any(call.lower() not in _SAME_FOR_ALL_ROWS for call in _CALL.findall(without_text))


def _waits(reason: str, instead: str = "") -> Mark:
    return Mark("locking", reason, instead)
