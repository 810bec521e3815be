"""``alembic.ddl``."""

from migrate_core.alembic.ddl import base, impl, mssql, mysql, oracle, postgresql, sqlite
from migrate_core.api.impl import DefaultImpl

__all__ = ["DefaultImpl", "base", "impl", "mssql", "mysql", "oracle", "postgresql", "sqlite"]
