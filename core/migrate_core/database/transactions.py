"""When a run's transactions begin and end.

=========================  ==========================  ==========================
situation                  whole run                   each migration
=========================  ==========================  ==========================
the caller's transaction   nothing: it stays theirs    nothing
transactional DDL          one transaction             nothing
 ... per migration         nothing                     one transaction
no transactional DDL       nothing                     one transaction, which DDL
                                                       commits as it goes
=========================  ==========================  ==========================

SQLite is transactional here, whatever the driver does by itself: the driver's own handling is
switched off and ``BEGIN IMMEDIATE`` is sent, which also is the lock against other processes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RootTransaction

from migrate_core.errors import DatabaseError, ForeignKeysViolated, LockTimeout
from migrate_core.schema import versions
from migrate_core.settings import Settings

Undone = Literal["run", "step", "nothing", "caller"]
"""What a failure undoes: the whole run, the failed migration, or what the caller decides."""


class Transactions:
    """The transactions of one run. Begin it once with :meth:`whole`, then :meth:`each` step.

    ``splits`` counts the times a migration had what was open committed before its end.
    """

    undone: Undone

    def __init__(self, connection: Connection, *, transactional: bool, per_step: bool) -> None:
        self.connection = connection
        self._whole = transactional and not per_step
        self._open: RootTransaction | None = None
        self.splits = 0
        self.undone = "run" if self._whole else "step" if transactional else "nothing"

    @contextmanager
    def whole(self) -> Iterator[None]:
        """Around the run."""
        if not self._whole:
            yield
            return
        with self._transaction():
            yield

    @contextmanager
    def each(self) -> Iterator[None]:
        """Around one migration and its row in the version table; joins what is open already."""
        if self._open is not None:
            yield
            return
        with self._transaction():
            yield

    def settle(self) -> None:
        """Commit what is open, and open again."""
        if self._open is not None:
            self._commit()
            self._begin()

    def inside(self) -> bool:
        """Whether what is sent now can still be rolled back."""
        return self.connection.in_transaction() and not versions.autocommits(self.connection)

    def notice(self) -> None:
        """A migration's body may have committed by itself: what follows gets a new transaction."""
        if self._open is not None and not self._open.is_active:
            self.splits += 1
            self._open = self.connection.get_transaction() or self.connection.begin()

    @contextmanager
    def autocommit(self) -> Iterator[None]:
        """Commit what is open, run the block outside of any transaction, and open one again."""
        reopen = self._open is not None
        self._commit()
        self.splits += 1
        previous = self.connection.get_isolation_level()
        self.connection.commit()
        self.connection.execution_options(isolation_level="AUTOCOMMIT")
        try:
            yield
        finally:
            self.connection.commit()
            self.connection.execution_options(isolation_level=previous)
            if reopen:
                self._begin()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._begin()
        try:
            yield
            self._commit()
        except BaseException:
            self._rollback()
            raise

    def _begin(self) -> None:
        self._open = self.connection.begin()

    def _commit(self) -> None:
        if self._open is not None:
            self._open.commit()
            self._open = None

    def _rollback(self) -> None:
        if self._open is not None:
            self._open.rollback()
            self._open = None


class CallersTransaction(Transactions):
    """The connection came inside a transaction, which stays the caller's."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, transactional=True, per_step=False)
        self.undone = "caller"

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        yield

    @contextmanager
    def autocommit(self) -> Iterator[None]:
        raise DatabaseError(
            "This migration has a step that cannot run inside a transaction, and the connection "
            "that was given is in one.",
            "Give an engine, or a connection outside of a transaction.",
        )
        yield


class SQLiteTransactions(Transactions):
    """Real transactions on SQLite, with foreign keys checked at their end.

    Enforcement is off while a migration runs: a table that is rebuilt is dropped, and with
    enforcement on that deletes the rows that refer to it (https://www.sqlite.org/foreignkeys.html,
    section 5). The pragma does nothing inside a transaction, so it is set before it begins. Where
    it was on, the check that it stands for is made before the commit.
    """

    def __init__(self, connection: Connection, *, per_step: bool, lock_timeout: float) -> None:
        super().__init__(connection, transactional=True, per_step=per_step)
        self._lock_timeout = lock_timeout
        self._violated: dict[tuple[str, str], int] | None = None

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._own_transactions(), self._foreign_keys_off() as enforced:
            self._violated = self._violations() if enforced else None
            with super()._transaction():
                yield

    @contextmanager
    def _own_transactions(self) -> Iterator[None]:
        """Keep the driver from beginning and committing by itself."""
        previous = self.connection.get_isolation_level()
        self.connection.commit()
        self.connection.execution_options(isolation_level="AUTOCOMMIT")
        try:
            yield
        finally:
            self.connection.rollback()
            self.connection.execution_options(isolation_level=previous)

    @contextmanager
    def _foreign_keys_off(self) -> Iterator[bool]:
        enforced = bool(self._pragma("foreign_keys"))
        if not enforced:
            yield False
            return
        self._pragma("foreign_keys=OFF")
        try:
            yield True
        finally:
            self._pragma("foreign_keys=ON")

    def inside(self) -> bool:
        """The driver knows; SQLAlchemy takes an open connection for a transaction."""
        raw = self.connection.connection.driver_connection
        return bool(getattr(raw, "in_transaction", False))

    def _begin(self) -> None:
        timeout = self._pragma("busy_timeout")
        self._pragma(f"busy_timeout={int(self._lock_timeout * 1000)}")
        super()._begin()
        try:
            self.connection.exec_driver_sql("BEGIN IMMEDIATE")
        except sa.exc.OperationalError as error:
            self._rollback()
            if "locked" in str(error.orig) or "busy" in str(error.orig):
                raise LockTimeout(self._lock_timeout, "another process") from None
            raise
        finally:
            if self._open is not None:
                self.connection.exec_driver_sql(f"PRAGMA busy_timeout={int(timeout or 0)}")

    def _commit(self) -> None:
        """Refuse rows that point nowhere and did not before, where foreign keys are enforced."""
        if self._violated is not None:
            self._refuse_new(self._violated)
        super()._commit()

    @contextmanager
    def autocommit(self) -> Iterator[None]:
        """SQLite has no statement that must run outside of a transaction but VACUUM and pragmas."""
        self._commit()
        self.splits += 1
        try:
            yield
        finally:
            self.connection.rollback()
            self._begin()

    def _violations(self) -> dict[tuple[str, str], int]:
        """How many rows of which table point at rows that are not in which parent."""
        rows = self.connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        self._end_autobegun()
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

    def _pragma(self, text: str) -> int | None:
        result = self.connection.exec_driver_sql(f"PRAGMA {text}")
        row = result.first() if result.returns_rows else None
        self._end_autobegun()
        return row[0] if row else None

    def _end_autobegun(self) -> None:
        """Close the transaction that SQLAlchemy begins by itself; the driver has none open."""
        if self._open is None:
            self.connection.rollback()


def of(connection: Connection, settings: Settings, *, transactional: bool) -> Transactions:
    """The transactions that suit this connection."""
    if connection.in_transaction():
        return CallersTransaction(connection)
    if connection.dialect.name == "sqlite":
        return SQLiteTransactions(
            connection,
            per_step=settings.transaction_per_migration,
            lock_timeout=settings.lock_timeout,
        )
    return Transactions(
        connection,
        transactional=transactional,
        per_step=settings.transaction_per_migration,
    )
