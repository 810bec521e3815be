"""One migrating process at a time, on the connection that runs the DDL.

======================  =====================================================================
PostgreSQL              session advisory lock (manual 13.3.5), released when the session ends;
                        in a caller's transaction, one that is released when that ends
MySQL, MariaDB          ``GET_LOCK`` with the database in its name, since names are server-wide
SQLite                  the write lock that ``BEGIN IMMEDIATE`` takes (see ``transactions``)
======================  =====================================================================

Locks are polled for, never waited for inside the server: a waiting statement would hold up
``CREATE INDEX CONCURRENTLY`` in the process that has the lock.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from migrate_core.errors import LockTimeout
from migrate_core.settings import Settings

FIRST_PAUSE = 0.05
LONGEST_PAUSE = 1.0

OnWait = Callable[[str], None]
"""Told once, with a description of the holder, when a wait begins."""


@contextmanager
def held(connection: Connection, settings: Settings, on_wait: OnWait) -> Iterator[None]:
    """Hold the migration lock of this database.

    :raises LockTimeout: another process held it for ``settings.lock_timeout`` seconds.
    """
    match connection.dialect.name:
        case "postgresql":
            lock: _Lock = _AdvisoryLock(connection, settings)
        case "mysql" | "mariadb":
            lock = _NamedLock(connection, settings)
        case _:
            yield
            return
    _take(lock, settings.lock_timeout, on_wait)
    try:
        yield
    finally:
        lock.release()


def _take(lock: _Lock, timeout: float, on_wait: OnWait) -> None:
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


class _Lock:
    """A lock that can be tried for. Each statement is a transaction of its own."""

    def __init__(self, connection: Connection, settings: Settings) -> None:
        self.connection = connection
        self.settings = settings

    def try_take(self) -> bool:
        raise NotImplementedError

    def release(self) -> None:
        raise NotImplementedError

    def holder(self) -> str:
        raise NotImplementedError

    def _digest(self) -> bytes:
        url = self.connection.engine.url
        settings = self.settings
        identity = ("migrate_core", url.database, settings.version_table_schema)
        text = "\0".join(str(part) for part in (*identity, settings.version_table))
        return hashlib.sha256(text.encode()).digest()

    def _ask(self, text: str, **values: object) -> Sequence[Any] | None:
        statement = sa.text(text)
        if self.connection.in_transaction():
            row = self.connection.execute(statement, values).first()
        else:
            with self.connection.begin():
                row = self.connection.execute(statement, values).first()
        return None if row is None else tuple(row)


class _AdvisoryLock(_Lock):
    def __init__(self, connection: Connection, settings: Settings) -> None:
        super().__init__(connection, settings)
        # Until the caller commits nobody else may run, and in a failed transaction no statement
        # could release the lock.
        self._until_commit = connection.in_transaction()

    def try_take(self) -> bool:
        kind = "xact_lock" if self._until_commit else "lock"
        row = self._ask(f"SELECT pg_try_advisory_{kind}(:key)", key=self._key())
        return row is not None and row[0] is True

    def release(self) -> None:
        if not self._until_commit and not self.connection.invalidated:
            self._ask("SELECT pg_advisory_unlock(:key)", key=self._key())

    def holder(self) -> str:
        row = self._ask(
            "SELECT a.pid, coalesce(nullif(a.application_name, ''), 'unnamed program'),"
            " coalesce(a.client_addr::text, 'this host'),"
            " to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SS TZ')"
            " FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
            " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1"
            " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND (l.classid::bigint << 32) | l.objid::bigint = :key",
            key=self._key(),
        )
        if row is None:
            return "another process"
        return f"backend {row[0]} ({row[1]} on {row[2]}, connected since {row[3]})"

    def _key(self) -> int:
        return int.from_bytes(self._digest()[:8], "big", signed=True)


class _NamedLock(_Lock):
    def try_take(self) -> bool:
        row = self._ask("SELECT GET_LOCK(:name, 0)", name=self._name())
        return row is not None and row[0] == 1

    def release(self) -> None:
        if not self.connection.invalidated:
            self._ask("SELECT RELEASE_LOCK(:name)", name=self._name())

    def holder(self) -> str:
        row = self._ask(
            "SELECT id, user, host FROM information_schema.processlist"
            " WHERE id = IS_USED_LOCK(:name)",
            name=self._name(),
        )
        if row is None:
            return "another process"
        return f"connection {row[0]} ({row[1]} on {row[2]})"

    def _name(self) -> str:
        return f"migrate_core:{self._digest().hex()[:40]}"
