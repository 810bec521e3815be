"""The documented Rewriter: replaces operations of a class wherever they stand in a migration."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from migrate_core.operations import MigrateOperation, MigrationScript, OpContainer

Rewrite = Callable[[Any, Any, Any], "MigrateOperation | Sequence[MigrateOperation] | None"]
"""``(context, revision, operation)``: what stands in its place; None or nothing removes it."""

Directives = Callable[[Any, Any, list[MigrationScript]], None]
"""The documented ``process_revision_directives``, which changes the list in place."""

Registered = TypeVar("Registered", bound=Rewrite)


class Rewriter:
    """Hands each operation, once, to the function that was registered for its class.

    What a function returns is not handed to it again, nor to another one of the same Rewriter; what
    stands inside of it is. An instance is a ``process_revision_directives`` of its own.
    """

    def __init__(self) -> None:
        self._rewrites: dict[type[MigrateOperation], Rewrite] = {}
        self._next: tuple[Directives, ...] = ()

    def rewrites(self, operator: type[MigrateOperation]) -> Callable[[Registered], Registered]:
        """A decorator for the function that rewrites a class, and those deriving from it."""

        def register(function: Registered) -> Registered:
            self._rewrites[operator] = function
            return function

        return register

    def chain(self, other: Directives) -> Rewriter:
        """A Rewriter that does what this one does, and then what ``other`` does."""
        chained = Rewriter()
        chained._rewrites = dict(self._rewrites)
        chained._next = (*self._next, other)
        return chained

    def __call__(self, context: Any, revision: Any, directives: list[MigrationScript]) -> None:
        self.process_revision_directives(context, revision, directives)

    def process_revision_directives(
        self, context: Any, revision: Any, directives: list[MigrationScript]
    ) -> None:
        """Rewrite ``directives`` in place.

        :raises ValueError: one direction of a migration was replaced by none, or by several.
        """
        directives[:] = [
            script
            for each in directives
            for script in self._rewritten(context, revision, each)
            if isinstance(script, MigrationScript)
        ]
        for other in self._next:
            other(context, revision, directives)

    def _rewritten(
        self, context: Any, revision: Any, op: MigrateOperation
    ) -> Iterator[MigrateOperation]:
        for each in self._replaced(context, revision, op):
            if isinstance(each, MigrationScript):
                each.upgrade_ops = [  # a direction cannot be left out
                    self._one(context, revision, one) for one in each.upgrade_ops_list
                ]
                each.downgrade_ops = [
                    self._one(context, revision, one) for one in each.downgrade_ops_list
                ]
            elif isinstance(each, OpContainer):
                each.ops[:] = [
                    new for inner in each.ops for new in self._rewritten(context, revision, inner)
                ]
            yield each

    def _replaced(
        self, context: Any, revision: Any, op: MigrateOperation
    ) -> Sequence[MigrateOperation]:
        rewrite = next((self._rewrites[k] for k in type(op).__mro__ if k in self._rewrites), None)
        if rewrite is None or self in op._mutations:
            return [op]
        found = rewrite(context, revision, op)
        if found is None:
            return []
        new = [found] if isinstance(found, MigrateOperation) else list(found)
        for each in new:
            each._mutations |= {self}
        return new

    def _one(self, context: Any, revision: Any, direction: Any) -> Any:
        found = list(self._rewritten(context, revision, direction))
        if len(found) != 1:
            raise ValueError(f"a {type(direction).__name__} was rewritten into {len(found)}")
        return found[0]
