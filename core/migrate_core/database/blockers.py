"""Who has what a statement waited for: sessions by number, program, host and time.

It is asked after the statement gave up, over the connection that sent it, while whoever was in the
way most likely still is. What those sessions run stays out of it: values are in such texts.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from migrate_core.database.connect import asked, literal

LONGEST_LIST = 3

POSTGRESQL = """
SELECT EXISTS (
    SELECT FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
    WHERE l.pid = a.pid AND l.granted AND c.relkind IN ('r', 'p', 'm')
        AND l.database = a.datid AND position(c.relname IN {statement}) > 0
), 'backend ' || a.pid || ' (' || coalesce(nullif(a.application_name, ''), 'unnamed program')
    || ' of ' || coalesce(a.usename, 'nobody')
    || ' on ' || coalesce(host(a.client_addr), 'this host')
    || ', ' || coalesce(a.state, 'running')
    || ', its transaction open since ' || to_char(a.xact_start, 'HH24:MI:SS TZ') || ')'
FROM pg_stat_activity a
WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.xact_start IS NOT NULL
ORDER BY a.xact_start
"""
MYSQL = """
SELECT p.db <=> DATABASE(), CONCAT('connection ', p.id, ' (', p.user, ' on ', p.host,
    ', ', LOWER(p.command), ', its transaction open since ', TIME(t.trx_started), ')')
FROM information_schema.innodb_trx t
JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id
WHERE p.id <> CONNECTION_ID()
ORDER BY t.trx_started
"""


def of(connection: Connection, statement: str) -> tuple[str, ...]:
    """The sessions most likely in the way of ``statement``; none where that cannot be told.

    PostgreSQL: those whose open transaction has a lock on a table that the statement names. MySQL,
    MariaDB: those of this database whose transaction is open. Where there are none of these, those
    whose transaction has been open for longest.
    """
    if connection.closed:
        return ()
    match connection.dialect.name:
        case "postgresql":
            query = POSTGRESQL.format(statement=literal(statement))
        case "mysql" | "mariadb":
            query = MYSQL
        case _:
            return ()
    # An account may see its own sessions only, and a transaction that failed answers nothing: then
    # less can be said.
    errors: Any = connection.dialect.loaded_dbapi.Error
    with suppress(errors, DBAPIError):
        found = asked(connection, query)
        near = [said for near, said in found if near]
        return tuple((near or [said for _, said in found])[:LONGEST_LIST])
    return ()
