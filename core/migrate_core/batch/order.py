"""In which order the columns of a table come out of a batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from migrate_core.errors import AlreadyExists, NoSuchObject, UnsupportedOperation
from migrate_core.operations import AddColumnOp, AlterColumnOp, DropColumnOp, MigrateOperation

Reordering = Sequence[Sequence[str]]
"""Groups of columns, each of which is to stand in the order it is given in."""


def column_order(
    table_name: str,
    columns: Sequence[str],
    operations: Iterable[MigrateOperation],
    reordering: Reordering = (),
) -> tuple[str, ...]:
    """The names, after the operations were done one after the other.

    A new column stands at the end, or where ``insert_before`` or ``insert_after`` says. Columns of
    ``reordering`` have the names that they have before or after the batch; those that wait for
    another one stand behind all that wait for none.

    :raises NoSuchObject: an operation, or ``reordering``, names a column that is not there.
    :raises AlreadyExists: a new name is taken.
    :raises UnsupportedOperation: ``reordering`` goes in a circle.
    """
    line = _Line(table_name, columns)
    for operation in operations:
        match operation:
            case AddColumnOp():
                line.add(operation)
            case AlterColumnOp():
                line.alter(operation)
            case DropColumnOp():
                line.drop(operation)
    if not reordering:
        return tuple(line.names)
    groups = [[_now(line, name) for name in group] for group in reordering]
    pairs = line.follows | {pair for group in groups for pair in pairwise(group)}
    return tuple(layered(table_name, line.names, pairs))


def place_of(operation: MigrateOperation) -> tuple[str | None, str | None]:
    """Before and after which column the operation puts its own."""
    if not isinstance(operation, AddColumnOp | AlterColumnOp):
        return None, None
    return operation.kw.get("insert_before"), operation.kw.get("insert_after")


class _Line:
    """Columns in a row, while operations change it."""

    def __init__(self, table_name: str, columns: Sequence[str]) -> None:
        self.table_name = table_name
        self.names = list(columns)
        self.formerly: dict[str, str] = {}
        self.follows: set[tuple[str, str]] = set()

    def add(self, operation: AddColumnOp) -> None:
        name = str(operation.column.name)
        if operation.if_not_exists and name in self.names:
            return
        self._refuse_taken(name)
        self.names.append(name)
        self._move(name, *place_of(operation))

    def alter(self, operation: AlterColumnOp) -> None:
        name = self.known(operation.column_name)
        self._move(name, *place_of(operation))
        new = operation.modify_name
        if new is None or new == name:
            return
        self._refuse_taken(new)
        self.names[self.names.index(name)] = new
        self.formerly = {old: new if now == name else now for old, now in self.formerly.items()}
        self.formerly[name] = new
        self.follows = {
            (new if one == name else one, new if other == name else other)
            for one, other in self.follows
        }

    def drop(self, operation: DropColumnOp) -> None:
        name = operation.column_name
        if operation.if_exists and name not in self.names:
            return
        self.names.remove(self.known(name))
        self.follows = {pair for pair in self.follows if name not in pair}

    def known(self, name: str) -> str:
        if name not in self.names:
            raise NoSuchObject("column", name, self.table_name, self.names)
        return name

    def _refuse_taken(self, name: str) -> None:
        if name in self.names:
            raise AlreadyExists("column", name, self.table_name)

    def _move(self, name: str, before: str | None, after: str | None) -> None:
        beside = before if before is not None else after
        if beside is None or beside == name:
            return
        self.known(beside)
        self.names.remove(name)
        self.names.insert(self.names.index(beside) + (before is None), name)
        self.follows.add((beside, name) if before is None else (name, beside))


def layered(
    table_name: str, names: Sequence[str], pairs: Iterable[tuple[str, str]]
) -> Iterator[str]:
    """First all that wait for no other one, then all that waited for those, and so on.

    :param pairs: the earlier one and the later one.
    :raises UnsupportedOperation: they go in a circle.
    """
    waits, waiting = set(pairs), list(names)
    while waiting:
        held = {later for earlier, later in waits if earlier in waiting}
        layer = [name for name in waiting if name not in held]
        if not layer:
            raise UnsupportedOperation(
                f"The order of columns {', '.join(waiting)} of table {table_name!r}",
                "any database",
                "partial_reordering has each of them behind another one",
                "Give each column one place in partial_reordering.",
            )
        yield from layer
        waiting = [name for name in waiting if name in held]


def _now(line: _Line, name: str) -> str:
    return name if name in line.names else line.known(line.formerly.get(name, name))
