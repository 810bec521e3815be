"""Takes out of a scratch database what was made in it, and leaves what was there before.

What there is, is asked for as the statements that would drop it, so that what was made is the
difference of two lists. Drops are in an order in which nothing is in the way: on PostgreSQL by
CASCADE, on MySQL and SQLite with foreign keys off.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from migrate_core.database import connect

_BY_ITSELF = (
    "NOT EXISTS (SELECT 1 FROM pg_depend d "
    "WHERE d.classid = o.tableoid AND d.objid = o.oid AND d.deptype IN ('e', 'i'))"
)
"""It goes with no extension, and is no inner part of something else."""

_OURS = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"

_POSTGRESQL = (
    "SELECT format('DROP EXTENSION IF EXISTS %I CASCADE', extname) FROM pg_extension",
    "SELECT format('DROP %s IF EXISTS %I.%I CASCADE', CASE relkind WHEN 'v' THEN 'VIEW' "
    "WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' WHEN 'f' THEN 'FOREIGN TABLE' "
    "ELSE 'TABLE' END, n.nspname, relname) FROM pg_class o "
    "JOIN pg_namespace n ON n.oid = relnamespace "
    f"WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND {_OURS} AND {_BY_ITSELF}",
    "SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', o.oid::regprocedure) FROM pg_proc o "
    f"JOIN pg_namespace n ON n.oid = pronamespace WHERE {_OURS} AND {_BY_ITSELF}",
    "SELECT format('DROP %s IF EXISTS %I.%I CASCADE', "
    "CASE typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, n.nspname, typname) FROM pg_type o "
    "JOIN pg_namespace n ON n.oid = typnamespace LEFT JOIN pg_class c ON c.oid = typrelid "
    "WHERE (typtype IN ('d', 'e', 'r') OR (typtype = 'c' AND c.relkind = 'c')) "
    f"AND {_OURS} AND {_BY_ITSELF}",
    "SELECT format('DROP SCHEMA IF EXISTS %I CASCADE', n.nspname) FROM pg_namespace n "
    f"WHERE {_OURS}",
)
"""By the catalogues of PostgreSQL's manual, chapter "System Catalogs"."""

_MYSQL = (
    "SELECT concat('DROP ', CASE table_type WHEN 'VIEW' THEN 'VIEW' WHEN 'SEQUENCE' "
    "THEN 'SEQUENCE' ELSE 'TABLE' END, ' `', replace(table_name, '`', '``'), '`') "
    "FROM information_schema.tables WHERE table_schema = database()",
    "SELECT concat('DROP ', routine_type, ' `', replace(routine_name, '`', '``'), '`') "
    "FROM information_schema.routines WHERE routine_schema = database()",
    "SELECT concat('DROP EVENT `', replace(event_name, '`', '``'), '`') "
    "FROM information_schema.events WHERE event_schema = database()",
)

_SQLITE = (
    "SELECT 'DROP ' || upper(type) || ' IF EXISTS \"' || replace(name, '\"', '\"\"') || '\"' "
    "FROM sqlite_master WHERE type IN ('view', 'table') AND name NOT LIKE 'sqlite~_%' ESCAPE '~' "
    "ORDER BY type DESC, sql LIKE 'CREATE VIRTUAL %' DESC",  # which take their tables along
)

_QUESTIONS = {
    "postgresql": (_POSTGRESQL, ()),
    "mysql": (_MYSQL, ("SET foreign_key_checks = 0",)),
    "mariadb": (_MYSQL, ("SET foreign_key_checks = 0",)),
    "sqlite": (_SQLITE, ("PRAGMA foreign_keys = OFF",)),
}


@contextmanager
def emptied_again(engine: Engine) -> Iterator[None]:
    """Drop what the block makes, also where it fails.

    :raises StatementFailed: something cannot be dropped.
    """
    with connect.connected(engine) as connection:
        before = set(_drops(connection))
    try:
        yield
    finally:
        with connect.connected(engine) as connection:
            made = [each for each in _drops(connection) if each not in before]
            connection.rollback()
            _, first = _QUESTIONS.get(connection.dialect.name, ((), ()))
            on_its_own = connection.execution_options(isolation_level="AUTOCOMMIT")
            for statement in (*first, *made):
                on_its_own.exec_driver_sql(statement, execution_options={"no_parameters": True})


def _drops(connection: Connection) -> list[str]:
    """What drops all there is; of a database that is not known here, its tables."""
    name = connection.dialect.name
    if name in _QUESTIONS:
        questions, _ = _QUESTIONS[name]
        return [drop for each in questions for drop in connection.scalars(sa.text(each))]
    quoted = connection.dialect.identifier_preparer.quote
    tables = [table for table, _ in sa.inspect(connection).get_sorted_table_and_fkc_names()]
    return [f"DROP TABLE {quoted(table)}" for table in reversed(tables) if table]
