"""``alembic.ddl.postgresql``."""

from migrate_core.api.impl import PostgresqlImpl
from migrate_core.operations import CreateExcludeConstraintOp

__all__ = ["CreateExcludeConstraintOp", "PostgresqlImpl"]
