"""``alembic.operations``."""

from migrate_core.alembic.operations import ops
from migrate_core.api import AbstractOperations, BatchOperations, Operations
from migrate_core.operations import MigrateOperation, MigrationScript

__all__ = [
    "AbstractOperations",
    "BatchOperations",
    "MigrateOperation",
    "MigrationScript",
    "Operations",
    "ops",
]
