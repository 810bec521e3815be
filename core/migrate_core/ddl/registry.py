"""Which class answers for which dialect."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.engine import Dialect

from migrate_core.ddl.base import DDL
from migrate_core.errors import ConfigurationError
from migrate_core.operations import NamingSource


def _default() -> type[DDL]:
    return DDL


def _sqlite() -> type[DDL]:
    from migrate_core.ddl.sqlite import SQLiteDDL

    return SQLiteDDL


def _postgresql() -> type[DDL]:
    from migrate_core.ddl.postgresql import PostgreSQLDDL

    return PostgreSQLDDL


def _mysql() -> type[DDL]:
    from migrate_core.ddl.mysql import MySQLDDL

    return MySQLDDL


def _mariadb() -> type[DDL]:
    from migrate_core.ddl.mysql import MariaDBDDL

    return MariaDBDDL


def _mssql() -> type[DDL]:
    from migrate_core.ddl.mssql import SQLServerDDL

    return SQLServerDDL


def _oracle() -> type[DDL]:
    from migrate_core.ddl.oracle import OracleDDL

    return OracleDDL


FAMILIES: Mapping[str, Callable[[], type[DDL]]] = {
    "default": _default,
    "sqlite": _sqlite,
    "postgresql": _postgresql,
    "mysql": _mysql,
    "mariadb": _mariadb,
    "mssql": _mssql,
    "oracle": _oracle,
}
"""The classes that are built in, each imported when it is first asked for."""


def for_dialect(dialect: Dialect, naming: NamingSource | None = None) -> DDL:
    """The DDL of a dialect, by its name.

    :raises ConfigurationError: no class answers for it.
    """
    name = dialect.name
    if name == "mysql" and getattr(dialect, "is_mariadb", False):
        name = "mariadb"
    if dialect.name in DDL.others:
        return DDL.others[dialect.name](dialect, naming)
    if name not in FAMILIES:
        raise ConfigurationError(
            f"The database {dialect.name!r} is not supported.",
            "Use SQLite, PostgreSQL, MySQL, MariaDB, SQL Server or Oracle; or import what defines "
            f"a DefaultImpl with __dialect__ = {dialect.name!r} in env.py.",
        )
    return FAMILIES[name]()(dialect, naming)
