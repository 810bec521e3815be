"""The database refused, could not be reached, or does not hold what it should."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from migrate_core.errors.base import MigrateError


class DatabaseError(MigrateError):
    """The database refused, or could not be reached. Passwords never appear in it."""


class DatabaseUnreachable(DatabaseError):
    """No connection could be made.

    :param url: the address, password masked.
    """

    def __init__(self, url: str, reason: str) -> None:
        self.url = url
        self.reason = reason
        what = (
            "that the folder of that file is there and can be written to"
            if url.startswith("sqlite")
            else "that the server runs"
        )
        super().__init__(
            f"Cannot connect to {url}: {reason}",
            f"Check {what}, and that the address is right (in Flask: SQLALCHEMY_DATABASE_URI).",
        )


class LockTimeout(DatabaseError):
    """Another process held the migration lock for longer than this one would wait.

    :param waited: seconds.
    """

    def __init__(self, waited: float, holder: str) -> None:
        self.waited = waited
        self.holder = holder
        super().__init__(
            f"Waited {waited:.0f} s for the migration lock, held by {holder}. Nothing was run.",
            "Wait for that process to finish, then run the command again.",
        )


class NotOneRunner(DatabaseError):
    """The lock was taken, and does not stay with the connection that took it."""

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__(
            f"The migration lock of {url} was taken, and then the connection did not have it: a "
            "pooler hands each transaction to another session. Nothing was run.",
            "Connect to the server directly, or to a pooler in session mode; "
            "or, where nobody else can migrate meanwhile: flask db upgrade --no-lock",
        )


class CommitUnanswered(DatabaseError):
    """A COMMIT had no answer: whether the database has done it is not known.

    :param happened: what came instead, as a sentence.
    """

    def __init__(self, url: str, happened: str) -> None:
        self.url = url
        self.happened = happened
        super().__init__(happened, "See whether it was done: flask db current")


class RunCutShort(DatabaseError):
    """A COMMIT had no answer, and the version table says that not all of the run is done.

    :param committed: whether that COMMIT was done.
    :param heads: where the database stands.
    """

    def __init__(
        self, happened: str, committed: bool, heads: Sequence[str], state: str, command: str
    ) -> None:
        self.committed = committed
        self.heads = tuple(heads)
        said = "was done" if committed else "was not done"
        super().__init__(
            f"{happened} The version table says that it {said}: "
            f"the database stands at {', '.join(self.heads) or 'base'}.{state}",
            f"To go on: flask db {command}",
        )


class StatementFailed(DatabaseError):
    """The database refused a statement.

    :param statement: its text, without parameters.
    """

    def __init__(self, statement: str, reason: str, next_step: str = "") -> None:
        self.statement = statement
        self.reason = reason
        super().__init__(
            f"The database refused: {reason}\n  {statement}",
            next_step or "Correct the migration and run the command again.",
        )


class VersionTableMismatch(DatabaseError):
    """The version table did not hold what it was expected to hold."""

    def __init__(self, table: str, revision: str, expected: int, found: int) -> None:
        self.table = table
        self.revision = revision
        self.expected = expected
        self.found = found
        super().__init__(
            f"Expected {expected} row for {revision} in {table}, and {found} matched: "
            "another process changed it, or it has no primary key and holds duplicates.",
            f"Look at it with: SELECT * FROM {table}; then: flask db current",
        )


class UnknownDatabaseRevision(DatabaseError):
    """The version table names a revision that no file has.

    :param recorded: what the journal has of it, as a sentence.
    """

    def __init__(
        self, revision: str, table: str, near: Sequence[str] = (), recorded: str = ""
    ) -> None:
        self.revision = revision
        self.table = table
        self.near = tuple(near)
        self.recorded = recorded
        told = f" {recorded}" if recorded else ""
        guess = f" Near matches: {', '.join(self.near)}." if self.near else ""
        super().__init__(
            f"The database stands at revision {revision} ({table}), and no migration file "
            f"has that id.{told}{guess}",
            f"Check out the code that has it (git log --all -- {shlex.quote(f'*{revision}*')}), "
            "or record where the database really stands: flask db stamp --purge REVISION",
        )
