"""Real transactions on SQLite, whatever the driver does by itself.

=================================  =============================================================
who begins transactions            what is done about it for a run
=================================  =============================================================
the driver, before a change        ``isolation_level`` is None meanwhile
the driver, always                 ``autocommit`` is True meanwhile (Python 3.12 and later)
nobody, ``commit()`` does nothing  COMMIT and ROLLBACK are sent as statements
a listener of the app              what it began is ended, and ``BEGIN IMMEDIATE`` sent
the caller, in SQLAlchemy alone    ``BEGIN IMMEDIATE`` is sent, which the caller's end ends
=================================  =============================================================

Python's manual, sqlite3, "Transaction control"; SQLAlchemy's, "SQLite", for the listener.
``BEGIN IMMEDIATE`` also is the lock against other processes. It is polled for, so that whoever
waits can say so, which SQLite's own ``busy_timeout`` would not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from migrate_core.database import locks, retries
from migrate_core.database.locks import OnWait
from migrate_core.database.transactions import CallersTransaction, Transactions
from migrate_core.errors import ForeignKeysViolated
from migrate_core.settings import Settings


class SQLiteTransactions(Transactions):
    """Real transactions on SQLite, with foreign keys checked at their end.

    Enforcement is off while a migration runs: a table that is rebuilt is dropped, and with
    enforcement on that deletes the rows that refer to it (https://www.sqlite.org/foreignkeys.html,
    section 5). The pragma does nothing inside a transaction, so it is set before it begins. Where
    it was on, the check that it stands for is made before the commit.
    """

    def __init__(self, connection: Connection, settings: Settings, on_wait: OnWait) -> None:
        super().__init__(
            connection, transactional=True, per_step=settings.transaction_per_migration
        )
        self._settings = settings
        self._on_wait = on_wait
        self._driver = _Driver(connection)
        self._violated: dict[tuple[str, str], int] | None = None
        self._written_by_others = False

    def adopt(self) -> None:
        """Neither the write lock nor the pragma can be had within what is open: it is committed."""
        self.end()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._driver.out_of_the_way(), self._foreign_keys_off() as enforced:
            self._violated = None
            with super()._transaction():
                self._violated = self._violations() if enforced else None
                yield

    @contextmanager
    def _real(self) -> Iterator[None]:
        """The driver is out of the way."""
        yield

    @contextmanager
    def _foreign_keys_off(self) -> Iterator[bool]:
        enforced = bool(self._driver.pragma("foreign_keys"))
        if not enforced:
            yield False
            return
        self._driver.run("PRAGMA foreign_keys=OFF")
        try:
            yield True
        finally:
            if not self._driver.gone:
                self._driver.run("PRAGMA foreign_keys=ON")

    def _begin(self) -> None:
        """
        :raises LockTimeout: another connection was writing for ``lock_timeout`` seconds.
        """
        timeout = self._driver.pragma("busy_timeout")
        self._driver.run("PRAGMA busy_timeout=0")
        try:
            locks.take(_WriteLock(self), self._settings.lock_timeout, self._on_wait)
        finally:
            if not self._driver.gone:
                self._driver.run(f"PRAGMA busy_timeout={timeout}")
        self._written_by_others = True

    def released(self) -> bool:
        answer, self._written_by_others = self._written_by_others, False
        return answer

    def begin_bare(self) -> None:
        """A transaction of SQLAlchemy's, in which SQLite has none."""
        super()._begin()
        self._driver.end("ROLLBACK")

    def begin_immediate(self) -> None:
        """A transaction of both."""
        self.begin_bare()
        self._driver.run("BEGIN IMMEDIATE")

    def _commit(self) -> None:
        """Refuse rows that point nowhere and did not before, where foreign keys are enforced."""
        if self._violated is not None:
            self._refuse_new(self._violated)
        super()._commit()  # which says so first to whoever listens
        try:
            self._driver.end("COMMIT")
        except KeyboardInterrupt as error:
            raise self._unanswered("The COMMIT on {} was interrupted.") from error

    def _rollback(self) -> None:
        self._driver.end("ROLLBACK")
        super()._rollback()

    def inside(self) -> bool:
        return self._driver.in_transaction

    def notice(self) -> None:
        super().notice()
        if self._open is not None and not self._driver.in_transaction:
            self.splits += 1
            super()._rollback()
            self._begin()

    @contextmanager
    def autocommit(self) -> Iterator[None]:
        """SQLite has no statement that must run outside of a transaction but VACUUM and pragmas.

        The lock is kept meanwhile: another run would come upon one that is half done.
        """
        with self._lock_kept():
            self._commit()
            self.splits += 1
            self.begin_bare()
            self.each_commits = True
            try:
                yield
            finally:
                self.each_commits = False
                self._rollback()
                self._begin()

    @contextmanager
    def _lock_kept(self) -> Iterator[None]:
        """Keep the lock over ends of transactions, until one ends after this
        (https://www.sqlite.org/pragma.html#pragma_locking_mode).
        """
        ((before,),) = self._driver.run("PRAGMA locking_mode")
        self._driver.run("PRAGMA locking_mode=EXCLUSIVE")
        try:
            yield
        finally:
            if not self._driver.gone:
                self._driver.run(f"PRAGMA locking_mode={before}")

    def _violations(self) -> dict[tuple[str, str], int]:
        """How many rows of which table point at rows that are not in which parent."""
        rows = self._driver.run("PRAGMA foreign_key_check")
        return Counter((row[0], row[2]) for row in rows)

    def _refuse_new(self, before: dict[tuple[str, str], int]) -> None:
        """Violations that were there before are not this run's; more of them are."""
        new = [
            (table, parent, count - before.get((table, parent), 0))
            for (table, parent), count in sorted(self._violations().items())
            if count > before.get((table, parent), 0)
        ]
        if new:
            raise ForeignKeysViolated(new)


class SQLiteCallersTransaction(CallersTransaction):
    """The caller's transaction, which may be one in name only: the driver begins none for DDL.

    Then one is begun for it, so that the caller's ``commit()`` or ``rollback()`` is about all that
    a run did. Where the driver's own ``commit()`` would do nothing there is none to be had.
    """

    def __init__(self, connection: Connection, settings: Settings, on_wait: OnWait) -> None:
        super().__init__(connection)
        self._settings = settings
        self._on_wait = on_wait
        self._driver = _Driver(connection)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        if not self._driver.in_transaction and self._driver.commits:
            locks.take(_WriteLock(self), self._settings.lock_timeout, self._on_wait)
        yield

    def begin_immediate(self) -> None:
        """A transaction of SQLite's within the one of SQLAlchemy's."""
        self._driver.run("BEGIN IMMEDIATE")


class _WriteLock:
    """SQLite's own lock, which says nothing of who has it."""

    def __init__(self, transactions: SQLiteTransactions | SQLiteCallersTransaction) -> None:
        self._transactions = transactions

    def try_take(self) -> bool:
        try:
            self._transactions.begin_immediate()
        except DBAPIError as error:
            self._transactions.give_up()
            if error.orig is not None and retries.is_busy(error.orig):
                return False
            raise
        return True

    def holder(self) -> str:
        return locks.SOMEBODY


class _Driver:
    """The driver's connection, past SQLAlchemy, which would begin a transaction for a pragma."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def gone(self) -> bool:
        """Whether it was closed, as SQLAlchemy does where a statement is interrupted."""
        return self._connection.closed or self._connection.invalidated

    @property
    def in_transaction(self) -> bool:
        """Whether SQLite has one open."""
        if self.gone:
            return False
        return bool(getattr(self._connection.connection.driver_connection, "in_transaction", False))

    @property
    def commits(self) -> bool:
        """Whether the driver's ``commit()`` ends what was begun by a statement."""
        driver: Any = self._connection.connection.dbapi_connection
        return getattr(driver, "autocommit", False) is not True

    @contextmanager
    def out_of_the_way(self) -> Iterator[None]:
        """Keep the driver from beginning and committing by itself."""
        driver: Any = self._connection.connection.dbapi_connection
        before = {name: getattr(driver, name) for name in _MODES if hasattr(driver, name)}
        for name in before:
            setattr(driver, name, _MODES[name])
        try:
            yield
        finally:
            self.end("ROLLBACK")
            for name in () if self.gone else reversed(before):
                setattr(driver, name, before[name])

    def run(self, text: str) -> list[Any]:
        """Run a statement, and return its rows."""
        errors: Any = self._connection.dialect.loaded_dbapi.Error
        cursor = self._connection.connection.cursor()
        try:
            cursor.execute(text)
            return list(cursor.fetchall())
        except errors as error:
            raise DBAPIError.instance(
                text, (), error, errors, dialect=self._connection.dialect
            ) from error
        finally:
            cursor.close()

    def pragma(self, name: str) -> int:
        """The value of a pragma that is a number."""
        return int(self.run(f"PRAGMA {name}")[0][0])

    def end(self, statement: str) -> None:
        """COMMIT or ROLLBACK, where something is open."""
        if self.in_transaction:
            self.run(statement)


_MODES = {"autocommit": True, "isolation_level": None}
