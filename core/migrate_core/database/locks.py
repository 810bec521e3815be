"""One migrating process at a time, on the connection that runs the DDL.

======================  =====================================================================
PostgreSQL              session advisory lock (manual 13.3.5), released when the session ends;
                        in a caller's transaction, one that is released when that ends
MySQL, MariaDB          ``GET_LOCK`` with the database in its name, since names are server-wide
SQL Server              ``sp_getapplock``, owned by the session or by the caller's transaction
Oracle                  ``DBMS_LOCK.REQUEST``, for which the account needs EXECUTE on DBMS_LOCK
SQLite                  the write lock that ``BEGIN IMMEDIATE`` takes (see ``transactions``)
======================  =====================================================================

Locks are polled for, never waited for inside the server: a waiting statement would hold up
``CREATE INDEX CONCURRENTLY`` in the process that has the lock.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from migrate_core.database.connect import apart, name
from migrate_core.errors import LockTimeout, NotOneRunner
from migrate_core.settings import Settings

FIRST_PAUSE = 0.05
LONGEST_PAUSE = 1.0
SOMEBODY = "another process"

OnWait = Callable[[str], None]
"""Told once, with a description of the holder, when a wait begins."""


class Lock(Protocol):
    """What can be tried for."""

    def try_take(self) -> bool:
        """Whether it is held now."""
        ...

    def holder(self) -> str:
        """Who else has it, in words."""
        ...


@contextmanager
def held(
    connection: Connection, settings: Settings, on_wait: OnWait, *, until_commit: bool = False
) -> Iterator[None]:
    """Hold the migration lock of this database, where there is one beside its transactions.

    :param until_commit: keep it for as long as the caller's transaction: until that is committed
        nobody else may run, and in a failed one no statement could release the lock.
    :raises LockTimeout: another process held it for ``settings.lock_timeout`` seconds.
    :raises NotOneRunner: it does not stay with this connection.
    """
    said = statements(
        connection.dialect.name,
        f"{settings.version_table_schema or ''}.{settings.version_table}",
        until_commit=until_commit,
    )
    if said is None or not settings.lock:
        yield
        return
    lock = _ServerLock(connection, said)
    take(lock, settings.lock_timeout, on_wait)
    lock.check()
    try:
        yield
    finally:
        lock.release()


def take(lock: Lock, timeout: float, on_wait: OnWait) -> None:
    """Try for a lock until it is held.

    :param timeout: seconds.
    :raises LockTimeout: it was not to be had.
    """
    started = time.monotonic()
    pause = FIRST_PAUSE
    told = False
    while not lock.try_take():
        waited = time.monotonic() - started
        if waited >= timeout:
            raise LockTimeout(waited, lock.holder())
        if not told:
            on_wait(lock.holder())
            told = True
        time.sleep(min(pause, timeout - waited) * random.uniform(0.5, 1.0))
        pause = min(pause * 2, LONGEST_PAUSE)


@dataclass(frozen=True, slots=True)
class Statements:
    """A lock in the words of its server.

    :param take: tries for it; the first value of its row says whether it is held.
    :param taken: those that say so.
    :param release: gives it back; None where the end of the transaction does.
    :param holders: each describes who has it in one text, or fails where the account may not see
        that; the first that answers is believed.
    :param check: has a row if this session has it; None where nothing between could lose it.
    """

    take: str
    taken: frozenset[Any]
    values: Mapping[str, Any]
    release: str | None
    holders: tuple[str, ...]
    check: str | None = None


class _ServerLock:
    """A lock of the server's. Each statement is a transaction of its own."""

    def __init__(self, connection: Connection, said: Statements) -> None:
        self.connection = connection
        self.said = said

    def try_take(self) -> bool:
        row = self._ask(self.said.take)
        return row is not None and row[0] in self.said.taken

    def check(self) -> None:
        """
        :raises NotOneRunner: the next transaction is another session's.
        """
        if self.said.check is not None and self._ask(self.said.check) is None:
            raise NotOneRunner(name(self.connection.engine.url))

    def release(self) -> None:
        if self.said.release is None or self.connection.closed or self.connection.invalidated:
            return
        with suppress(DBAPIError):  # a session that is gone has released it
            self._ask(self.said.release)

    def holder(self) -> str:
        for query in self.said.holders:
            with suppress(DBAPIError):
                row = self._ask(query)
                return SOMEBODY if row is None else str(row[0])
        return SOMEBODY

    def _ask(self, text: str) -> Sequence[Any] | None:
        statement = sa.text(text)
        names = statement.compile().params
        values = {key: value for key, value in self.said.values.items() if key in names}
        with apart(self.connection):
            row = self.connection.execute(statement, values).first()
        return None if row is None else tuple(row)


# -- in the words of each server -------------------------------------------------------------------


def statements(dialect: str, table: str, *, until_commit: bool) -> Statements | None:
    """The lock for a version table; None where the dialect has none.

    :param until_commit: whether it is to end with the transaction that is open.
    """
    digest = hashlib.sha256(f"migrate_core\0{table}".encode()).digest()
    match dialect:
        case "postgresql":
            return _postgresql(int.from_bytes(digest[:8], "big", signed=True), until_commit)
        case "mysql" | "mariadb":
            return _mysql(digest.hex())
        case "mssql":
            return _mssql(f"migrate_core:{digest.hex()[:40]}", until_commit)
        case "oracle":
            return _oracle(digest.hex())
    return None


def _postgresql(key: int, until_commit: bool) -> Statements:
    ours = (
        "l.locktype = 'advisory' AND l.granted AND l.objsubid = 1"
        " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        " AND (l.classid::bigint << 32) | l.objid::bigint = :key"
    )
    return Statements(
        take=f"SELECT pg_try_advisory_{'xact_' if until_commit else ''}lock(:key)",
        taken=frozenset({True}),
        values={"key": key},
        release=None if until_commit else "SELECT pg_advisory_unlock(:key)",
        holders=(
            "SELECT 'backend ' || a.pid"
            " || ' (' || coalesce(nullif(a.application_name, ''), 'unnamed program')"
            " || ' on ' || coalesce(host(a.client_addr), 'this host')"
            " || ', connected since ' || to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SS TZ')"
            f" || ')' FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid WHERE {ours}",
        ),
        check=None
        if until_commit
        else f"SELECT 1 FROM pg_locks l WHERE l.pid = pg_backend_pid() AND {ours}",
    )


def _mysql(digest: str) -> Statements:
    name = "CONCAT('migrate_core:', SHA1(CONCAT_WS('/', DATABASE(), :table)))"
    holder = (
        "SELECT CONCAT('connection ', p.id, ' (', p.user, ' on ', p.host, {process} ', ',"
        " IF(p.command = 'Sleep', 'between statements', 'in a statement'), ' since ',"
        " DATE_FORMAT(NOW() - INTERVAL p.time SECOND, '%Y-%m-%d %H:%i:%s'), ')')"
        " FROM information_schema.processlist p {attributes}"
        f" WHERE p.id = IS_USED_LOCK({name})"
    )
    return Statements(
        take=f"SELECT GET_LOCK({name}, 0)",
        taken=frozenset({1}),
        values={"table": digest},
        release=f"SELECT RELEASE_LOCK({name})",
        holders=(
            holder.format(
                process="COALESCE(CONCAT(', process ', a.attr_value), ''),",
                attributes="LEFT JOIN performance_schema.session_connect_attrs a"
                " ON a.processlist_id = p.id AND a.attr_name = '_pid'",
            ),
            holder.format(process="", attributes=""),
        ),
    )


def _mssql(name: str, until_commit: bool) -> Statements:
    owner = "Transaction" if until_commit else "Session"
    return Statements(
        take="SET NOCOUNT ON; DECLARE @result int; EXEC @result = sp_getapplock"
        f" @Resource = :name, @LockMode = 'Exclusive', @LockOwner = '{owner}', @LockTimeout = 0;"
        " SELECT @result",
        taken=frozenset({0, 1}),
        values={"name": name, "shown": name[:32]},
        release=None
        if until_commit
        else "SET NOCOUNT ON; DECLARE @result int; EXEC @result = sp_releaseapplock"
        " @Resource = :name, @LockOwner = 'Session'; SELECT @result",
        holders=(
            "SELECT CONCAT('session ', s.session_id, ' (', s.program_name, ' on ', s.host_name,"
            " ', process ', s.host_process_id, ', connected since ',"
            " CONVERT(varchar(19), s.login_time, 120), ')')"
            " FROM sys.dm_tran_locks l JOIN sys.dm_exec_sessions s"
            " ON s.session_id = l.request_session_id"
            " WHERE l.resource_type = 'APPLICATION' AND l.request_status = 'GRANT'"
            " AND l.resource_database_id = DB_ID()"
            " AND CHARINDEX(:shown, l.resource_description) > 0",  # which has 32 characters of it
        ),
    )


def _oracle(digest: str) -> Statements:
    """Named locks would be easier to read, but allocating a name commits."""
    number = "ORA_HASH(SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') || :table_, 1073741823)"
    return Statements(
        take=f"SELECT DBMS_LOCK.REQUEST({number}, 6, 0) FROM DUAL",  # 6 is exclusive
        taken=frozenset({0, 4}),  # 4: this session has it already
        values={"table_": digest},
        release=f"SELECT DBMS_LOCK.RELEASE({number}) FROM DUAL",
        holders=(
            "SELECT 'session ' || s.sid || ' (' || s.program || ' on ' || s.machine"
            " || ', process ' || s.process || ', connected since '"
            " || TO_CHAR(s.logon_time, 'YYYY-MM-DD HH24:MI:SS') || ')'"
            " FROM v$lock l JOIN v$session s ON s.sid = l.sid"
            f" WHERE l.type = 'UL' AND l.id1 = {number} AND l.lmode = 6",
        ),
    )
