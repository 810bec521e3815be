"""``alembic.ddl.mysql``."""

from migrate_core.api.impl import MariaDBImpl, MySQLImpl

__all__ = ["MariaDBImpl", "MySQLImpl"]
