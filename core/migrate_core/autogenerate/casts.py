"""Where PostgreSQL has to be told how a column's values become those of another type.

``ALTER COLUMN ... TYPE`` converts by itself where there is an assignment cast (manual, "ALTER
TABLE" and "CREATE CAST"; the casts are those of ``pg_cast``):

===============  ==============================================================================
from             by itself to
===============  ==============================================================================
anything         text and varchar
a number         any number
timestamp        date, time, timestamp; a date: timestamp; a time: time and interval
json             json, whether binary or not
interval         time
===============  ==============================================================================

Anything else is written as a cast: direct where there is one, through text where there is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import CompileError
from sqlalchemy.types import TypeEngine, to_instance

from migrate_core.operations import AlterColumnOp, MigrateOperation, OpContainer

_FAMILIES = (
    ("text", re.compile(r"(VAR)?CHAR|TEXT|CHARACTER|CITEXT")),
    ("number", re.compile(r"SMALLINT|INTEGER|BIGINT|NUMERIC|DECIMAL|REAL|FLOAT|DOUBLE")),
    ("boolean", re.compile(r"BOOLEAN")),
    ("timestamp", re.compile(r"TIMESTAMP")),
    ("date", re.compile(r"DATE$")),
    ("time", re.compile(r"TIME\b")),
    ("interval", re.compile(r"INTERVAL")),
    ("json", re.compile(r"JSONB?$")),
    ("uuid", re.compile(r"UUID$")),
    ("bytes", re.compile(r"BYTEA$")),
)
"""By how the dialect writes a type, which is what the server gets to see."""

_BY_ITSELF = {
    ("timestamp", "date"),
    ("timestamp", "time"),
    ("date", "timestamp"),
    ("time", "interval"),
    ("interval", "time"),
}


def with_casts(ops: Sequence[MigrateOperation], dialect: Dialect) -> None:
    """Give ``postgresql_using`` to each change of type that needs it and has none."""
    if dialect.name != "postgresql":
        return
    for op in ops:
        if isinstance(op, OpContainer):
            with_casts(op.ops, dialect)
        elif isinstance(op, AlterColumnOp) and op.modify_type is not None:
            using = _using(op, dialect)
            if using is not None:
                op.kw.setdefault("postgresql_using", using)


def _using(op: AlterColumnOp, dialect: Dialect) -> str | None:
    if op.existing_type is None:
        return None
    old, new = to_instance(op.existing_type), to_instance(op.modify_type)
    try:
        stored = dialect.type_compiler_instance.process(old)
        target = dialect.type_compiler_instance.process(new)
    except CompileError:
        return None
    path = _path(_family(old, stored), _family(new, target), target)
    column = dialect.identifier_preparer.quote(op.column_name)
    return None if path is None or stored == target else f"{column}::{path}"


def _family(type_: TypeEngine[Any], written: str) -> str:
    """The kind of a type; "other" for an extension's or an application's own."""
    if written.endswith("]"):
        return "array"
    found = next((name for name, pattern in _FAMILIES if pattern.match(written)), None)
    return found or ("enum" if isinstance(type_, sa.Enum) else "other")


def _path(old: str, new: str, target: str) -> str | None:
    """What stands after the column and ``::``; None where nothing has to."""
    if new == "text" or (old, new) in _BY_ITSELF:
        return None
    if old == "text" or (old, new) == ("array", "array"):
        return target
    if "other" in (old, new) or (old == new and old != "enum"):
        return None
    if {old, new} == {"boolean", "number"}:  # the one cast there is is that of a plain integer
        return target if target == "INTEGER" else f"integer::{target}"
    return f"text::{target}"
