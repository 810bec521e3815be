"""Tries a run again where somebody else had what it needed, after all of it was rolled back.

Nothing is held while it pauses but the migration lock, so that whoever waited behind it can pass.
A savepoint around each migration would hold on to what the ones before it have locked, and would
cost two statements for each of thousands.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from migrate_core.database import blockers, retries
from migrate_core.errors import MigrationFailed
from migrate_core.runtime.events import Noted
from migrate_core.runtime.watch import Watch
from migrate_core.settings import Settings

Result = TypeVar("Result")
Error = DBAPIError | MigrationFailed


class Moved(Exception):
    """Another process migrated between two transactions of this one, and the plan is outdated."""


class Attempts:
    """The tries of one run.

    :param repeatable: whether all that the failed try did and did not commit is undone.
    """

    def __init__(
        self,
        connection: Connection,
        settings: Settings,
        watch: Watch,
        repeatable: Callable[[], bool],
    ) -> None:
        self.connection = connection
        self.settings = settings
        self.watch = watch
        self.repeatable = repeatable

    def until_done(self, run: Callable[[], Result]) -> Result:
        """The result of the first try that has one.

        :raises MigrationFailed: of the last try, naming who was in the way.
        """
        pauses = retries.pauses(self.settings)
        tries = 0
        while True:
            tries += 1
            try:
                return run()
            except Moved:
                continue
            except (DBAPIError, MigrationFailed) as error:
                cause = error.__cause__ if isinstance(error, MigrationFailed) else error
                kind = retries.refusal(cause, self.connection.dialect.name)
                if kind is None:
                    raise
                holders = blockers.of(self.connection, getattr(cause, "statement", None) or "")
                pause = next(pauses, None) if self.repeatable() else None
                if pause is None:
                    raise _named(error, tries, holders) from cause
            said = _said(kind, holders)
            left = f"({tries + 1} of {self.settings.statement_lock_tries})"
            self.watch(Noted(f"{said}, it is tried again in {pause:.1f} s {left}"))
            time.sleep(pause)


def _named(error: Error, tries: int, holders: tuple[str, ...]) -> Error:
    return error.held_up(tries, holders) if isinstance(error, MigrationFailed) else error


def _said(kind: retries.Refusal, holders: tuple[str, ...]) -> str:
    why = "met another transaction" if kind == "conflict" else "waited too long for a lock"
    by = f" ({'; '.join(holders)})" if holders else ""
    return f"A statement {why}{by}: what is not committed was rolled back"
