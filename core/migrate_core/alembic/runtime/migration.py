"""``alembic.runtime.migration``."""

from migrate_core.api import MigrationContext, MigrationInfo

__all__ = ["MigrationContext", "MigrationInfo"]
