"""What makes others wait on MySQL and MariaDB: a table that is copied takes no writes meanwhile.

Which changes are copies was measured on MariaDB 10.11, by the cheapest ALGORITHM that it accepts
(MariaDB: "InnoDB Online DDL Overview"; MySQL manual 17.12.1, "Online DDL Operations").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import to_instance

from migrate_core.hazards.marks import Ground, Mark, type_of, written
from migrate_core.operations import (
    AddColumnOp,
    AlterColumnOp,
    CreateCheckConstraintOp,
    CreateForeignKeyOp,
    MigrateOperation,
)

LONGEST_IN_ONE_BYTE = 63
"""Characters of a VARCHAR whose length in utf8mb4, four bytes each, is stored in one byte."""

LONGEST_THAT_GROWS = 31
"""From as many MariaDB needs no copy for a length that is stored in two: 127 bytes."""

_PLAIN_DEFAULT = re.compile(r"(current_timestamp|now|localtime)\b", re.IGNORECASE)


def locks(op: MigrateOperation, ground: Ground) -> Iterator[Mark]:
    """The marks for what others wait for."""
    match op:
        case CreateForeignKeyOp() if ground.is_there(op.source_table, op.schema):
            yield _copied(written(op.source_table, op.schema), "to check the foreign key")
        case CreateCheckConstraintOp() if ground.is_there(op.table_name, op.schema):
            yield _copied(written(op.table_name, op.schema), "to check all rows")
        case AlterColumnOp() if ground.is_there(op.table_name, op.schema):
            if op.modify_type is not None and not _in_place(op, ground):
                name = written(op.table_name, op.schema)
                yield _copied(name, f"for another type of {name}.{op.column_name}")
        case AddColumnOp() if ground.is_there(op.table_name, op.schema):
            if _computed_by_row(op.column):
                yield _copied(written(op.table_name, op.schema), f"for {op.column.name}")
            if op.column.foreign_keys:
                yield _copied(written(op.table_name, op.schema), "to check the foreign key")


def _in_place(op: AlterColumnOp, ground: Ground) -> bool:
    """Whether another type needs no copy: a longer VARCHAR of the same kind, values at the end."""
    if op.existing_type is None:
        return False
    old, new = to_instance(op.existing_type), to_instance(op.modify_type)
    if isinstance(old, sa.Enum) and isinstance(new, sa.Enum):
        return new.enums[: len(old.enums)] == old.enums
    (was, old_size), (becomes, new_size) = (type_of(each, ground.dialect) for each in (old, new))
    if was == becomes == "VARCHAR" and old_size and new_size:
        return _grows_in_place(int(old_size[0]), int(new_size[0]), ground)
    return (was, old_size) == (becomes, new_size)


def _grows_in_place(old: int, new: int, ground: Ground) -> bool:
    """Whether a VARCHAR that long can be that long instead, its rows staying as they are."""
    if new < old:
        return False
    is_mariadb = getattr(ground.dialect, "is_mariadb", False)
    if is_mariadb and old <= LONGEST_THAT_GROWS:
        return True
    return (old <= LONGEST_IN_ONE_BYTE) == (new <= LONGEST_IN_ONE_BYTE)


def _computed_by_row(column: sa.Column[Any]) -> bool:
    if column.computed is not None:
        return bool(column.computed.persisted)
    default: Any = getattr(column.server_default, "arg", None)
    if isinstance(default, str | None):
        return False
    return "(" in str(default) and not _PLAIN_DEFAULT.match(str(default))


def _copied(table: str, what_for: str) -> Mark:
    return Mark("locking", f"writes to {table} wait while it is copied {what_for}")
