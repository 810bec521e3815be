"""Which class answers for which dialect."""

from __future__ import annotations

from sqlalchemy.engine import Dialect

from migrate_core.ddl.base import DDL
from migrate_core.errors import ConfigurationError
from migrate_core.operations import NamingSource


def for_dialect(dialect: Dialect, naming: NamingSource | None = None) -> DDL:
    """The DDL of a dialect, by its name.

    :raises ConfigurationError: no class answers for it.
    """
    match dialect.name:
        case "sqlite":
            from migrate_core.ddl.sqlite import SQLiteDDL

            return SQLiteDDL(dialect, naming)
        case "postgresql":
            from migrate_core.ddl.postgresql import PostgreSQLDDL

            return PostgreSQLDDL(dialect, naming)
        case "mariadb":
            from migrate_core.ddl.mysql import MariaDBDDL

            return MariaDBDDL(dialect, naming)
        case "mysql":
            from migrate_core.ddl.mysql import MariaDBDDL, MySQLDDL

            is_mariadb = getattr(dialect, "is_mariadb", False)
            return (MariaDBDDL if is_mariadb else MySQLDDL)(dialect, naming)
        case "mssql":
            from migrate_core.ddl.mssql import SQLServerDDL

            return SQLServerDDL(dialect, naming)
        case "oracle":
            from migrate_core.ddl.oracle import OracleDDL

            return OracleDDL(dialect, naming)
    raise ConfigurationError(
        f"The database {dialect.name!r} is not supported.",
        "Use SQLite, PostgreSQL, MySQL, MariaDB, SQL Server or Oracle.",
    )
