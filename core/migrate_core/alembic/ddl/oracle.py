"""``alembic.ddl.oracle``."""

from migrate_core.api.impl import OracleImpl

__all__ = ["OracleImpl"]
