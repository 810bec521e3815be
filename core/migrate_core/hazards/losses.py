"""What is gone afterwards, and no downgrade brings back."""

from __future__ import annotations

from collections.abc import Iterator

from migrate_core.hazards.marks import Ground, Mark, written
from migrate_core.operations import AlterEnumOp, DropColumnOp, DropTableOp, MigrateOperation


def losses(op: MigrateOperation, ground: Ground) -> Iterator[Mark]:
    """The marks for rows and values that an operation destroys."""
    match op:
        case DropTableOp() if ground.is_there(op.table_name, op.schema):
            name = written(op.table_name, op.schema)
            yield Mark("destructive", f"drops table {name} and its rows")
        case DropColumnOp() if ground.is_there(op.table_name, op.schema):
            name = written(op.table_name, op.schema)
            yield Mark("destructive", f"drops {name}.{op.column_name} and its values")
        case AlterEnumOp() if op.replace:
            pairs = ", ".join(f"{old!r} becomes {new!r}" for old, new in op.replace.items())
            yield Mark("destructive", f"changes values of enum {op.name} in rows: {pairs}")
