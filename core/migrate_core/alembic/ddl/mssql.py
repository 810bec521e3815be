"""``alembic.ddl.mssql``."""

from migrate_core.api.impl import MSSQLImpl

__all__ = ["MSSQLImpl"]
