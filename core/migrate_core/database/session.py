"""What a run sets on its session, and puts back.

======================  =========================  =============================================
what                    set                        so that
======================  =========================  =============================================
PostgreSQL              ``lock_timeout``           an ALTER that waits does not stop all queries
                                                   that come after it
                        ``application_name``       whoever waits can say for which process
                        ``client_connection_``     the server notices that this process is gone,
                        ``check_interval``         and stops working for it (14 and later)
MySQL, MariaDB          ``lock_wait_timeout``      as above, in whole seconds; for rows the server
                                                   has ``innodb_lock_wait_timeout``, and a wait
                                                   for rows keeps nobody else waiting
======================  =========================  =============================================

Sources: PostgreSQL's manual, 20.3 and 20.11; MariaDB's and MySQL's lists of system variables.
"""

from __future__ import annotations

import json
import math
import os
import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError

from migrate_core.database.connect import apart
from migrate_core.settings import Settings

CHECK_CLIENT_EVERY = 2000
"""Milliseconds between two looks at whether the client is still there."""

LONGEST_NAME = 63
"""Characters of an ``application_name`` that PostgreSQL keeps."""

POSTGRESQL = """
SELECT s.name, s.setting, set_config(s.name, CASE s.name
    WHEN 'application_name' THEN concat_ws(', ', nullif(left(s.setting, :room), ''), wanted.value)
    ELSE wanted.value END, false)
FROM pg_settings s JOIN json_each_text(CAST(:wanted AS json)) AS wanted ON wanted.key = s.name
WHERE s.name <> 'client_connection_check_interval' OR version() LIKE '%linux%'
"""
POSTGRESQL_BACK = """
SELECT set_config(key, value, false) FROM json_each_text(CAST(:previous AS json))
"""
WAIT = "@@SESSION.lock_wait_timeout"


def prepared(connection: Connection, settings: Settings) -> AbstractContextManager[None]:
    """The session, set up for a run; afterwards as it was, unless it is gone.

    A transaction of the caller's that failed lets nothing be put back, and does so itself when it
    is rolled back.
    """
    match connection.dialect.name:
        case "postgresql":
            return _postgresql(connection, settings)
        case "mysql" | "mariadb":
            return _mysql(connection, settings)
    return nullcontext()


def program() -> str:
    """This process, to whoever looks at the server's list of sessions."""
    host = socket.gethostname().encode("ascii", "replace").decode()
    return f"migrate_core {host[:36]}:{os.getpid()}"


@contextmanager
def _postgresql(connection: Connection, settings: Settings) -> Iterator[None]:
    wanted = {
        "application_name": program(),
        "client_connection_check_interval": str(CHECK_CLIENT_EVERY),
    }
    if settings.statement_lock_timeout is not None:
        # Zero would be no limit.
        wanted["lock_timeout"] = str(max(1, math.ceil(settings.statement_lock_timeout * 1000)))
    room = LONGEST_NAME - len(", ") - len(wanted["application_name"])
    values = {"wanted": json.dumps(wanted), "room": room}
    with apart(connection):
        rows = connection.execute(sa.text(POSTGRESQL), values).all()
    previous = json.dumps({name: value for name, value, _ in rows})
    try:
        yield
    finally:
        if _is_there(connection):
            with suppress(DBAPIError), apart(connection):
                connection.execute(sa.text(POSTGRESQL_BACK), {"previous": previous})


@contextmanager
def _mysql(connection: Connection, settings: Settings) -> Iterator[None]:
    with apart(connection):
        session, before = connection.execute(sa.text(f"SELECT CONNECTION_ID(), {WAIT}")).one()
        if settings.statement_lock_timeout is not None:
            _set_wait(connection, max(1, math.ceil(settings.statement_lock_timeout)))
    try:
        yield
    except KeyboardInterrupt:
        if connection.invalidated:
            _kill(connection.engine, session)
        raise
    finally:
        if _is_there(connection):
            with suppress(DBAPIError), apart(connection):
                _set_wait(connection, before)


def _set_wait(connection: Connection, seconds: int) -> None:
    connection.execute(sa.text(f"SET {WAIT} = {seconds}"))


def _kill(engine: Engine, session: int) -> None:
    """End a session whose client gave up: the server would finish its statement first."""
    with suppress(DBAPIError), engine.connect() as connection:
        connection.exec_driver_sql(f"KILL {int(session)}")


def _is_there(connection: Connection) -> bool:
    return not (connection.closed or connection.invalidated)
