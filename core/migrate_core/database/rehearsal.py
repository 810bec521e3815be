"""A dry run in place of a database: what would be sent, by the operation that it would do."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import event
from sqlalchemy.engine import Dialect, Engine

from migrate_core.database.offline import Offline
from migrate_core.ddl import ScriptStyle
from migrate_core.errors import ConnectionNeeded
from migrate_core.operations import MigrateOperation


@dataclass(slots=True)
class Part:
    """Operations, and the statements that do them together.

    :param in_transaction: whether they would be sent inside one.
    """

    operations: tuple[MigrateOperation, ...]
    in_transaction: bool
    statements: list[str] = field(default_factory=list)


class Rehearsal(Offline):
    """Takes statements down; nothing is connected to anything.

    :param stored: the statements that made what a SQLite database holds.
    """

    def __init__(self, dialect: Dialect, style: ScriptStyle, stored: Sequence[str]) -> None:
        super().__init__(dialect, style, complete=True)
        self._parts: list[Part] = []
        self._in_transaction = False
        if self._shadow is not None:
            for statement in stored:
                self._shadow.send(statement)

    def about(self, *operations: MigrateOperation) -> None:
        """What is written next belongs to these."""
        self._parts.append(Part(operations, self._in_transaction))

    def begin(self) -> None:
        """What follows is inside a transaction."""
        self._in_transaction = True

    def commit(self) -> None:
        """What follows is not."""
        self._in_transaction = False

    def taken(self) -> tuple[Part, ...]:
        """What came since this was asked before."""
        parts, self._parts = self._parts, []
        return tuple(parts)

    def _write(self, text: str) -> None:
        super()._write(text)
        if text:
            if not self._parts:
                self.about()  # a plugin may send on its own account
            self._parts[-1].statements.append(text)


@contextmanager
def unreachable(engine: Engine) -> Iterator[None]:
    """Keep this thread from the database: a migration may have the application's session at hand.

    Within the block, connecting and sending raise :class:`ConnectionNeeded`.
    """
    here = threading.get_ident()

    def refuse(*_: object) -> None:
        if threading.get_ident() == here:
            raise ConnectionNeeded("A connection of the application's own")

    for name in ("engine_connect", "before_cursor_execute"):
        event.listen(engine, name, refuse)
    try:
        yield
    finally:
        for name in ("engine_connect", "before_cursor_execute"):
            event.remove(engine, name, refuse)
