"""A migration's statements, told as events."""

from __future__ import annotations

from sqlalchemy.engine import URL

from migrate_core.database import connect
from migrate_core.database.statements import Statement
from migrate_core.runtime.events import StatementFailed, StatementFinished, StatementStarted
from migrate_core.runtime.watch import Watch


class Telling:
    """Listens to the statements of a connection, for whoever watches the run.

    :param url: its database, whose password is masked in what the driver says.
    """

    def __init__(self, watch: Watch, url: URL) -> None:
        self._watch = watch
        self._url = url

    def before(self, statement: Statement) -> None:
        """A statement begins, and is sent."""
        self._watch(StatementStarted(statement.text))

    def after(self, statement: Statement, seconds: float) -> None:
        """It is done."""
        self._watch(StatementFinished(statement.text, seconds))

    def failed(self, statement: Statement, error: BaseException) -> None:
        """It was refused."""
        self._watch(StatementFailed(statement.text, connect.reason(error, self._url)))

    def committing(self) -> None:
        """Nobody watches the ends of transactions."""
