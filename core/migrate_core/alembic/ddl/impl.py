"""``alembic.ddl.impl``."""

from migrate_core.api.impl import DefaultImpl

__all__ = ["DefaultImpl"]
