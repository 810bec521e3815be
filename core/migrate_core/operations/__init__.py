"""What may be asked of a schema: values under their documented names."""

from migrate_core.operations.base import AlterTableOp, MigrateOperation, NamingSource
from migrate_core.operations.columns import AddColumnOp, AlterColumnOp, DropColumnOp
from migrate_core.operations.constraints import (
    AddConstraintOp,
    CreateCheckConstraintOp,
    CreateExcludeConstraintOp,
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
from migrate_core.operations.renames import (
    RenameConstraintOp,
    RenameIndexOp,
    ValidateConstraintOp,
)
from migrate_core.operations.schemas import CreateSchemaOp, DropSchemaOp
from migrate_core.operations.sequences import AlterSequenceOp, CreateSequenceOp, DropSequenceOp
from migrate_core.operations.tables import (
    CreateTableCommentOp,
    CreateTableOp,
    DropTableCommentOp,
    DropTableOp,
    RenameTableOp,
)
from migrate_core.operations.types import AlterEnumOp, CreateEnumOp, DropEnumOp
from migrate_core.operations.views import CreateViewOp, Definition, DropViewOp, ReplaceViewOp

__all__ = [
    "AddColumnOp",
    "AddConstraintOp",
    "AlterColumnOp",
    "AlterEnumOp",
    "AlterSequenceOp",
    "AlterTableOp",
    "BulkInsertOp",
    "CreateCheckConstraintOp",
    "CreateEnumOp",
    "CreateExcludeConstraintOp",
    "CreateForeignKeyOp",
    "CreateIndexOp",
    "CreatePrimaryKeyOp",
    "CreateSchemaOp",
    "CreateSequenceOp",
    "CreateTableCommentOp",
    "CreateTableOp",
    "CreateUniqueConstraintOp",
    "CreateViewOp",
    "Definition",
    "DowngradeOps",
    "DropColumnOp",
    "DropConstraintOp",
    "DropEnumOp",
    "DropIndexOp",
    "DropSchemaOp",
    "DropSequenceOp",
    "DropTableCommentOp",
    "DropTableOp",
    "DropViewOp",
    "ExecuteSQLOp",
    "MigrateOperation",
    "MigrationScript",
    "ModifyTableOps",
    "NamingSource",
    "OpContainer",
    "RenameConstraintOp",
    "RenameIndexOp",
    "RenameTableOp",
    "ReplaceViewOp",
    "UpgradeOps",
    "ValidateConstraintOp",
    "describe",
    "leaves",
]
