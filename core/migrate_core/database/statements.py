"""Every statement that goes over one connection, told as it is sent and as it ends.

A migration sends statements in three ways: by directives, by ``op.get_bind()``, by an ORM session
bound to it. All of them pass SQLAlchemy's cursor events of the connection, and are heard there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import event
from sqlalchemy.engine import Connection, ExceptionContext


@dataclass(frozen=True, slots=True)
class Statement:
    """What was given to the driver. Values that are parameters stay out of it.

    :param text: in the driver's own style of parameters.
    """

    text: str


class Listener(Protocol):
    """Is told of each statement: of its beginning, and then of one of its two ends.

    What a listener itself sends over the connection meanwhile is told to none. What it raises goes
    to whoever sent the statement, which is not sent if ``before`` raised.
    """

    def before(self, statement: Statement) -> None:
        """It is about to be sent."""
        ...

    def after(self, statement: Statement, seconds: float) -> None:
        """The database has done it; its rows are not fetched yet."""
        ...

    def failed(self, statement: Statement, error: BaseException) -> None:
        """The database refused it, or nobody waited for its end.

        :param error: the driver's own, or what interrupted it.
        """
        ...


@contextmanager
def observed(connection: Connection, *listeners: Listener) -> Iterator[None]:
    """Tell the listeners, in this order, of every statement over ``connection`` in the block.

    Around a migration's body this hears the body alone: rows of the version table, locks and the
    ends of transactions are written before and after it.
    """
    observer = _Observer(connection, listeners)
    hooks: tuple[tuple[Any, str, Callable[..., None]], ...] = (
        (connection, "before_cursor_execute", observer.sent),
        (connection, "after_cursor_execute", observer.done),
        # SQLAlchemy has this one for all connections of a dialect only.
        (connection.dialect, "handle_error", observer.refused),
    )
    for hook in hooks:
        event.listen(*hook)
    try:
        yield
    except BaseException as error:
        observer.interrupted(error)
        raise
    finally:
        for hook in hooks:
            event.remove(*hook)


class _Observer:
    """What is going on over the connection: one statement, or none."""

    def __init__(self, connection: Connection, listeners: Sequence[Listener]) -> None:
        self._connection = connection
        self._listeners = listeners
        self._running: Statement | None = None
        self._started = 0.0
        self._telling = False

    def sent(self, _connection: Any, _cursor: Any, text: str, *_: object) -> None:
        """SQLAlchemy's ``before_cursor_execute``."""
        if self._telling:
            return
        statement = Statement(text)
        with self._told():
            for listener in self._listeners:
                listener.before(statement)
        self._running = statement
        self._started = time.monotonic()

    def done(self, *_: object) -> None:
        """SQLAlchemy's ``after_cursor_execute``."""
        if self._telling or self._running is None:
            return
        seconds = time.monotonic() - self._started
        statement, self._running = self._running, None
        with self._told():
            for listener in self._listeners:
                listener.after(statement, seconds)

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
