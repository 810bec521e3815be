"""Statements that are a transaction each, sent again where somebody else had what they needed.

Inside a transaction a statement cannot be tried again alone: there the whole is (see ``retries``).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import ExecutableDDLElement

from migrate_core.database import blockers, concurrently, retries
from migrate_core.database.channel import Online
from migrate_core.database.concurrently import Build
from migrate_core.database.connect import asked
from migrate_core.database.transactions import Transactions
from migrate_core.ddl import Element, Rows
from migrate_core.settings import Settings

EXISTS_ALREADY = "42P07"

# What these call may have committed before it was refused.
_PROCEDURE = re.compile(r"\s*(CALL|DO|BEGIN|DECLARE|EXEC|EXECUTE)\b", re.IGNORECASE)
_SCHEMA = re.compile(r"\s*(ALTER|CREATE|DROP|RENAME|TRUNCATE)\b", re.IGNORECASE)

Note = Callable[[str], None]


class Patient(Online):
    """Sends to a connection, and tries again what waited for a lock for too long.

    :param note: is told of each pause, and of what was cleaned up.
    """

    def __init__(
        self, connection: Connection, settings: Settings, transactions: Transactions, note: Note
    ) -> None:
        super().__init__(connection)
        self._settings = settings
        self._transactions = transactions
        self._note = note

    def send(self, element: Element) -> Any:
        if not self._transactions.each_commits or isinstance(element, Rows):
            return super().send(element)
        build = None
        if self.dialect.name == "postgresql":
            build = concurrently.build_of(element, self.connection)
        if build is not None and build.cautious:
            self._clear(build)
        pauses = retries.pauses(self._settings)
        while True:
            try:
                return super().send(element)
            except DBAPIError as error:
                # What is left of an index is in the way of the next try, and of every write.
                if build is not None and self._clear(build) and _is_there(error):
                    continue
                pause = next(pauses, None) if self._again(element, error) else None
                if pause is None:
                    raise
                self._note(self._said(error, pause))
            time.sleep(pause)

    def _again(self, element: Element, error: DBAPIError) -> bool:
        if retries.refusal(error, self.dialect.name) != "lock":
            return False
        text = element.text if isinstance(element, sa.TextClause) else ""
        if _PROCEDURE.match(text):
            return False
        if self.dialect.name not in ("mysql", "mariadb"):
            return True
        # What changes the schema has committed what was before it; rows may lose it.
        of_schema = isinstance(element, ExecutableDDLElement) or _SCHEMA.match(text) is not None
        return of_schema or not self._undoes_more()

    def _undoes_more(self) -> bool:
        """Whether the server undid the statements before the one that timed out, too."""
        ((value,),) = asked(self.connection, "SELECT @@innodb_rollback_on_timeout")
        return bool(value)

    def _clear(self, build: Build) -> bool:
        errors: Any = self.dialect.loaded_dbapi.Error
        with suppress(errors):  # somebody is in the way of this, too: the next try or run does it
            if concurrently.drop_invalid(self.connection, build):
                self._note(
                    f"Dropped index {build.name} of {build.table}: it was INVALID, as a concurrent "
                    "build leaves it that does not come to its end"
                )
                return True
        return False

    def _said(self, error: DBAPIError, pause: float) -> str:
        holders = blockers.of(self.connection, error.statement or "")
        by = f" ({'; '.join(holders)})" if holders else ""
        return f"A statement waited too long for a lock{by}: it is tried again in {pause:.1f} s"


def _is_there(error: DBAPIError) -> bool:
    return retries.state(error) == EXISTS_ALREADY
