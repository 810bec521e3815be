"""What may be asked of a schema: values under their documented names."""

from migrate_core.operations.base import AlterTableOp, MigrateOperation, NamingSource
from migrate_core.operations.columns import AddColumnOp, AlterColumnOp, DropColumnOp
from migrate_core.operations.constraints import (
    AddConstraintOp,
    CreateCheckConstraintOp,
    CreateForeignKeyOp,
    CreatePrimaryKeyOp,
    CreateUniqueConstraintOp,
    DropConstraintOp,
)
from migrate_core.operations.containers import (
    DowngradeOps,
    MigrationScript,
    ModifyTableOps,
    OpContainer,
    UpgradeOps,
    leaves,
)
from migrate_core.operations.data import BulkInsertOp, ExecuteSQLOp
from migrate_core.operations.diffs import describe
from migrate_core.operations.indexes import CreateIndexOp, DropIndexOp
from migrate_core.operations.tables import (
    CreateTableCommentOp,
    CreateTableOp,
    DropTableCommentOp,
    DropTableOp,
    RenameTableOp,
)
from migrate_core.operations.types import CreateEnumOp, DropEnumOp

__all__ = [
    "AddColumnOp",
    "AddConstraintOp",
    "AlterColumnOp",
    "AlterTableOp",
    "BulkInsertOp",
    "CreateCheckConstraintOp",
    "CreateEnumOp",
    "CreateForeignKeyOp",
    "CreateIndexOp",
    "CreatePrimaryKeyOp",
    "CreateTableCommentOp",
    "CreateTableOp",
    "CreateUniqueConstraintOp",
    "DowngradeOps",
    "DropColumnOp",
    "DropConstraintOp",
    "DropEnumOp",
    "DropIndexOp",
    "DropTableCommentOp",
    "DropTableOp",
    "ExecuteSQLOp",
    "MigrateOperation",
    "MigrationScript",
    "ModifyTableOps",
    "NamingSource",
    "OpContainer",
    "RenameTableOp",
    "UpgradeOps",
    "describe",
    "leaves",
]
