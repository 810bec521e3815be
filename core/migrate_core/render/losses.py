"""What an operation destroys, for the comment that stands above it in a migration file."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine, to_instance

from migrate_core.operations import (
    AlterColumnOp,
    AlterEnumOp,
    DropColumnOp,
    DropSchemaOp,
    DropSequenceOp,
    DropTableOp,
    DropViewOp,
    MigrateOperation,
)


def destroyed(op: MigrateOperation) -> str | None:
    """What can't be had back once ``op`` is done, in words; None where nothing is lost."""
    match op:
        case DropTableOp():
            return "drops a table with its rows"
        case DropColumnOp():
            return "drops a column with its values"
        case DropSchemaOp():
            return "drops a schema, on MySQL and MariaDB with all that is in it"
        case DropSequenceOp():
            return "drops a sequence with its position"
        case DropViewOp() if op.materialized:
            return "drops a view with its stored rows"
        case AlterEnumOp() if op.removed and op.replace:
            return "what the removed values stood for is not known afterwards"
        case AlterColumnOp() if op.modify_type is not None and op.existing_type is not None:
            return _narrowed(to_instance(op.existing_type), to_instance(op.modify_type))
    return None


def _narrowed(old: TypeEngine[object], new: TypeEngine[object]) -> str | None:
    """Where values that fit before may not fit after; a longer reach is no loss."""
    match old, new:
        case sa.String(), sa.String() if not isinstance(old, sa.Enum):
            shorter = new.length is not None and (old.length is None or new.length < old.length)
            return f"values longer than {new.length} characters do not fit" if shorter else None
        case sa.DateTime(), sa.Date():
            return "drops the time of day"
        case sa.DateTime(), sa.Time():
            return "drops the date"
        case (sa.Numeric(), sa.Integer()) if (old.scale or 0) > 0 or isinstance(old, sa.Float):
            return "drops the fraction"
    return None
