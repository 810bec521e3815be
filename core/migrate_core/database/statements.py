"""Every statement that goes over one connection, told as it is sent and as it ends.

A migration sends statements in three ways: by directives, by ``op.get_bind()``, by an ORM session
bound to it. All of them pass SQLAlchemy's cursor events of the connection, and are heard there.
A listener may keep one from being sent; something that does nothing is sent in its place.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from sqlalchemy import event
from sqlalchemy.engine import Connection, ExceptionContext

from migrate_core.schema import versions

UNHEARD = "migrate_core_unheard"
"""The execution option of what is sent for nobody who could look at its result."""

_NOTHING = {
    "postgresql": "UNLISTEN migrate_core_nothing",
    "sqlite": "PRAGMA migrate_core_nothing",
}
"""What a database does nothing on and answers nothing to; elsewhere it is ``DO 0``."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What was given to the driver. Values that are parameters stay out of what is shown of it.

    :param text: in the driver's own style of parameters.
    :param values: the parameters.
    :param element: what it was made from; None for text that went past SQLAlchemy.
    :param heard: whether who sent it can look at its result.
    :param rows: how many it concerned, once it is done; -1 where the driver does not say.
    """

    text: str
    values: Any = field(default=None, repr=False, compare=False)
    element: Any = field(default=None, repr=False, compare=False)
    heard: bool = field(default=True, repr=False, compare=False)
    rows: int = field(default=-1, repr=False, compare=False)


class Listener(Protocol):
    """Is told of each statement: of its beginning, and then of one of its two ends.

    What a listener itself sends over the connection meanwhile is told to none. What it raises goes
    to whoever sent the statement, which is not sent if ``before`` raised.
    """

    def before(self, statement: Statement) -> int | None:
        """It is about to be sent.

        :return: None. Or how many rows it is to seem to have concerned: then it is not sent, the
            listeners that follow are not told of it, and none is told of its end.
        """
        ...

    def after(self, statement: Statement, seconds: float) -> None:
        """The database has done it; its rows are not fetched yet."""
        ...

    def failed(self, statement: Statement, error: BaseException) -> None:
        """The database refused it, or nobody waited for its end.

        :param error: the driver's own, or what interrupted it.
        """
        ...

    def committing(self) -> None:
        """The transaction is about to be committed."""
        ...


@contextmanager
def observed(connection: Connection, *listeners: Listener) -> Iterator[Observer]:
    """Tell the listeners, in this order, of every statement over ``connection`` in the block.

    To hear a migration's body alone, without the rows of the version table, locks and the ends of
    transactions before and after it, give none here, and those to :meth:`Observer.telling`:
    SQLAlchemy takes as long to add a listener as to send a statement.
    """
    observer = Observer(connection)
    hooks: tuple[tuple[Any, str, Callable[..., Any]], ...] = (
        (connection, "after_cursor_execute", observer.done),
        (connection, "commit", observer.committing),
        # SQLAlchemy has this one for all connections of a dialect only.
        (connection.dialect, "handle_error", observer.refused),
        (connection, "before_cursor_execute", observer.sent),
    )
    for hook in hooks[:-1]:
        event.listen(*hook)
    event.listen(*hooks[-1], retval=True)
    try:
        with observer.telling(*listeners):
            yield observer
    finally:
        for hook in hooks:
            event.remove(*hook)


class Observer:
    """What is going on over the connection: one statement, or none."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._listeners: Sequence[Listener] = ()
        self._nothing = _NOTHING.get(connection.dialect.name, "DO 0")
        self._running: Statement | None = None
        self._left_out: int | None = None
        self._started = 0.0
        self._telling = False

    @contextmanager
    def telling(self, *listeners: Listener) -> Iterator[None]:
        """Tell these of the statements in the block."""
        before, self._listeners = self._listeners, listeners
        try:
            yield
        except BaseException as error:
            self.interrupted(error)
            raise
        finally:
            self._listeners = before

    def sent(
        self, _connection: Any, _cursor: Any, text: str, values: Any, context: Any, many: bool
    ) -> tuple[str, Any]:
        """SQLAlchemy's ``before_cursor_execute``: the statement, or what takes its place."""
        if self._telling or not self._listeners:
            return text, values
        heard = not (many or context.execution_options.get(UNHEARD))
        compiled = context.compiled
        statement = Statement(text, values, compiled and compiled.statement, heard)
        with self._told():
            for listener in self._listeners:
                self._left_out = listener.before(statement)
                if self._left_out is not None:
                    return self._nothing, [()] if many else ()
        self._running = statement
        self._started = time.monotonic()
        return text, values

    def done(self, _connection: Any, cursor: Any, *others: Any) -> None:
        """SQLAlchemy's ``after_cursor_execute``."""
        if self._telling:
            return
        if self._left_out is not None:
            versions.set_rowcount(others[2], self._left_out)
            self._left_out = None
        if self._running is None:
            return
        seconds = time.monotonic() - self._started
        statement, self._running = replace(self._running, rows=cursor.rowcount), None
        with self._told():
            for listener in self._listeners:
                listener.after(statement, seconds)

    def committing(self, _connection: Any) -> None:
        """SQLAlchemy's ``commit``, which comes before it."""
        if not self._telling:
            with self._told():
                for listener in self._listeners:
                    listener.committing()

    def refused(self, context: ExceptionContext) -> None:
        """SQLAlchemy's ``handle_error``, which also comes for what is no statement."""
        if context.connection is self._connection and not self._telling:
            self.interrupted(context.original_exception)

    def interrupted(self, error: BaseException) -> None:
        """Whatever is running has no other end."""
        if self._running is None:
            return
        statement, self._running = self._running, None
        with self._told():
            for listener in self._listeners:
                listener.failed(statement, error)

    @contextmanager
    def _told(self) -> Iterator[None]:
        self._telling = True
        try:
            yield
        finally:
            self._telling = False
