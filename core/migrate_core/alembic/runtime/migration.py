"""``alembic.runtime.migration``."""

from migrate_core.api import MigrationContext, MigrationInfo
from migrate_core.api.steps import MigrationStep, RevisionStep, StampStep

__all__ = ["MigrationContext", "MigrationInfo", "MigrationStep", "RevisionStep", "StampStep"]
