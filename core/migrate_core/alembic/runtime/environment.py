"""``alembic.runtime.environment``."""

from migrate_core.api import EnvironmentContext, MigrationContext

__all__ = ["EnvironmentContext", "MigrationContext"]
