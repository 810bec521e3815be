"""``alembic.ddl.base``: the elements, and how compilers of third parties write names and types."""

from migrate_core.ddl.compile import alter_table
from migrate_core.ddl.compile import default_text as format_server_default
from migrate_core.ddl.compile import quoted as format_column_name
from migrate_core.ddl.compile import quoted as format_table_name
from migrate_core.ddl.compile import rename_table as visit_rename_table
from migrate_core.ddl.compile import type_text as format_type
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
    "alter_table",
    "format_column_name",
    "format_server_default",
    "format_table_name",
    "format_type",
    "visit_rename_table",
]
