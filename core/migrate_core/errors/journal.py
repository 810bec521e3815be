"""A migration that is half done, and what can be said about going on."""

from __future__ import annotations

from migrate_core.errors.base import MigrateError
from migrate_core.errors.database import DatabaseError


class HalfDone(MigrateError):
    """An earlier run stopped in the middle of a migration, and nothing was run now.

    :param path: its file; None where there is none any more.
    :param done: how many of its statements are carried out.
    :param statement: that was carried out when it stopped, without its values; None where it
        stopped between two.
    :param reason: why it stopped, where somebody could write that down.
    """

    def __init__(
        self,
        revision: str,
        direction: str,
        path: str | None,
        done: int,
        statement: str | None = None,
        reason: str | None = None,
    ) -> None:
        self.revision = revision
        self.direction = direction
        self.path = path
        self.done = done
        self.statement = statement
        self.reason = reason
        super().__init__(
            f"{stopped(revision, direction, path, done, statement)}"
            f"{f'{chr(10)}  {reason}' if reason else ''}\nNothing was run.",
            f"Correct what stopped it, then go on behind it: flask db {direction} --resume; "
            f"or undo by hand what it did, and say so: flask db resolve {revision} --as undone",
        )


class CannotResume(MigrateError):
    """Nobody can tell from the database or the journal how to go on with a half-done migration."""

    def __init__(self, revision: str, direction: str, reason: str, next_step: str = "") -> None:
        self.revision = revision
        self.direction = direction
        self.reason = reason
        super().__init__(
            f"The {direction} of {revision} cannot go on: {reason}",
            next_step or by_hand(revision, direction),
        )


class Undecided(CannotResume):
    """A statement was interrupted, and whether it took effect cannot be looked up.

    :param number: of the statement, counted from 1.
    """

    def __init__(self, revision: str, direction: str, number: int, statement: str) -> None:
        self.number = number
        self.statement = statement
        super().__init__(
            revision,
            direction,
            f"it was interrupted in statement {number}, and nothing tells whether that took "
            f"effect:\n  {statement}",
            f"Look at the database. If it took effect: flask db resolve {revision} --as done; "
            f"if it did not: flask db resolve {revision} --as retry; "
            f"then: flask db {direction} --resume",
        )


class StillRunning(MigrateError):
    """The program that ran a migration is gone, and the server goes on with its statement.

    :param session: the server's number for that connection.
    """

    def __init__(self, revision: str, direction: str, session: str, statement: str) -> None:
        self.revision = revision
        self.session = session
        self.statement = statement
        super().__init__(
            f"The {direction} of {revision} was interrupted, and connection {session} of the "
            f"server still carries out:\n  {statement}\nNothing was run.",
            f"Wait until it is done, or end that connection; then: flask db {direction} --resume",
        )


class NothingToResolve(MigrateError):
    """A revision is not half done, or not in the way that a decision is about."""

    def __init__(self, revision: str, reason: str) -> None:
        self.revision = revision
        self.reason = reason
        super().__init__(f"{revision} {reason}.", "See what is recorded of it: flask db log")


class JournalUnusable(DatabaseError):
    """The journal's table cannot be read: it is something else, or not for this account."""

    def __init__(self, table: str, reason: str) -> None:
        self.table = table
        self.reason = reason
        super().__init__(
            f"The journal in table {table} cannot be used: {reason}. Nothing was run.",
            "If that is a table of your own, give the journal another name: "
            "Migrate(app, db, journal='another_name'); or go without: journal=False",
        )


def stopped(
    revision: str, direction: str, path: str | None, done: int, statement: str | None
) -> str:
    """How far a migration came, in a sentence."""
    where = f" ({path})" if path else " (no migration file has this id)"
    after = f"after statement {done}" if done else "before any statement was done"
    now = f", in statement {done + 1}:\n  {statement}" if statement else "."
    return f"The {direction} of {revision}{where} stopped {after}{now}"


def by_hand(revision: str, direction: str) -> str:
    """What helps where nothing can be gone on with."""
    return (
        f"Undo by hand what it did, say so with: flask db resolve {revision} --as undone; "
        f"then: flask db {direction}"
    )
