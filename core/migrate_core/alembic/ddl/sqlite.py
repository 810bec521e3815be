"""``alembic.ddl.sqlite``."""

from migrate_core.api.impl import SQLiteImpl

__all__ = ["SQLiteImpl"]
