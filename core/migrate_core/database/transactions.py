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

What is the caller's is decided where a run's transactions are made. What is sent between that and
the run (``SET LOCAL search_path`` in an env.py) is none of the caller's: where the whole run is one
transaction it goes on with what is open (``adopted``), elsewhere that is committed first.

SQLite is transactional here, whatever the driver does by itself: see ``sqlite``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from sqlalchemy.engine import Connection, RootTransaction
from sqlalchemy.exc import DBAPIError

from migrate_core.database.connect import name
from migrate_core.errors import CommitUnanswered, DatabaseError
from migrate_core.schema import versions

Undone = Literal["run", "step", "nothing", "caller"]
"""What a failure undoes: the whole run, the failed migration, or what the caller decides."""


class Transactions:
    """The transactions of one run. Begin it once with :meth:`whole`, then :meth:`each` step.

    ``splits`` counts the times a migration had what was open committed before its end;
    ``each_commits`` says whether each statement is a transaction now; ``adopted`` says whether the
    run began within what was open before it, so that it cannot be repeated as a whole.
    """

    undone: Undone
    each_commits: bool

    def __init__(self, connection: Connection, *, transactional: bool, per_step: bool) -> None:
        self.connection = connection
        self._whole = transactional and not per_step
        self._open: RootTransaction | None = None
        self.adopted = False
        self.splits = 0
        self.each_commits = not transactional
        self.undone = "run" if self._whole else "step" if transactional else "nothing"

    def adopt(self) -> None:
        """A run begins: what is open belongs to it, where it is one transaction."""
        self.adopted = False
        if not self.connection.in_transaction():
            return
        if self._whole and not versions.autocommits(self.connection):
            self.adopted = True
        else:
            self.connection.commit()

    def end(self) -> None:
        """Commit what was sent before or after a run, and not in it."""
        if self._open is None and not self._gone and self.connection.in_transaction():
            self.connection.commit()

    def abandon(self) -> None:
        """Roll that back."""
        if self._open is None and not self._gone and self.connection.in_transaction():
            self.connection.rollback()

    @property
    def _gone(self) -> bool:
        return self.connection.closed or self.connection.invalidated

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

    def released(self) -> bool:
        """Whether others could migrate since this was asked last, as where each transaction has to
        take the lock again."""
        return False

    def notice(self) -> None:
        """A migration's body may have committed by itself: what follows gets a new transaction."""
        if self._open is not None and not self._open.is_active:
            self.splits += 1
            self._open = self.connection.get_transaction() or self.connection.begin()

    def settle(self) -> None:
        """Commit what is open, and open again."""
        if self._open is not None:
            self._commit()
            self._begin()

    def inside(self) -> bool:
        """Whether what is sent now can still be rolled back."""
        return self.connection.in_transaction() and not versions.autocommits(self.connection)

    @contextmanager
    def autocommit(self) -> Iterator[None]:
        """Commit what is open, run the block outside of any transaction, and open one again."""
        reopen = self._open is not None
        self._commit()
        self.splits += 1
        previous = self.connection.get_isolation_level()
        self.connection.commit()
        self.connection.execution_options(isolation_level="AUTOCOMMIT")
        each_commits, self.each_commits = self.each_commits, True
        try:
            yield
        finally:
            self.each_commits = each_commits
            self.connection.commit()
            self.connection.execution_options(isolation_level=previous)
            if reopen:
                self._begin()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._real():
            self._begin()
            try:
                yield
                self._commit()
            except BaseException:
                self._rollback()
                raise

    @contextmanager
    def _real(self) -> Iterator[None]:
        """An engine may be one on which nothing is a transaction: then these are none of its."""
        if not versions.autocommits(self.connection):
            yield
            return
        usual = self.connection.default_isolation_level
        self.connection.execution_options(isolation_level=usual)
        try:
            yield
        finally:
            if not self._gone:
                self.connection.execution_options(isolation_level="AUTOCOMMIT")

    def _begin(self) -> None:
        adopted = self.connection.get_transaction() if self.adopted else None
        self._open = adopted or self.connection.begin()

    def _commit(self) -> None:
        """
        :raises CommitUnanswered: the connection ended meanwhile, or somebody lost patience.
        """
        if self._open is None:
            return
        try:
            self._open.commit()
        except DBAPIError as error:
            if self.connection.invalidated:
                raise self._unanswered("The connection to {} was lost during COMMIT.") from error
            raise
        except KeyboardInterrupt as error:
            raise self._unanswered("The COMMIT on {} was interrupted.") from error
        self._open = None

    def _unanswered(self, happened: str) -> CommitUnanswered:
        url = name(self.connection.engine.url)
        return CommitUnanswered(url, happened.format(url))

    def give_up(self) -> None:
        """Roll back what is open, in SQLAlchemy and in the database."""
        self._rollback()

    def _rollback(self) -> None:
        if self._open is None:
            return
        if self._open.is_active:
            self._open.rollback()
        else:  # a migration ended it, and began another one
            self.connection.rollback()
        self._open = None


class CallersTransaction(Transactions):
    """The connection came inside a transaction, which stays the caller's."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, transactional=True, per_step=False)
        self.undone = "caller"

    def adopt(self) -> None:
        """It is the caller's."""

    def end(self) -> None:
        """It is the caller's."""

    def abandon(self) -> None:
        """It is the caller's."""

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
