"""``alembic.ddl.base``."""

from migrate_core.ddl.elements import (
    AddColumn,
    AlterColumn,
    AlterTable,
    ColumnComment,
    ColumnDefault,
    ColumnName,
    ColumnNullable,
    ColumnType,
    ComputedColumnDefault,
    DropColumn,
    IdentityColumnDefault,
    RenameTable,
)

__all__ = [
    "AddColumn",
    "AlterColumn",
    "AlterTable",
    "ColumnComment",
    "ColumnDefault",
    "ColumnName",
    "ColumnNullable",
    "ColumnType",
    "ComputedColumnDefault",
    "DropColumn",
    "IdentityColumnDefault",
    "RenameTable",
]
