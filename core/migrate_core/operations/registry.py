"""Operations of plugins: how each is done, and under which name it is called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from migrate_core.operations.base import MigrateOperation

Implementation = Callable[[Any, Any], Any]
"""Takes the directives and the operation; what it returns is what the directive returns."""

Registered = TypeVar("Registered", bound=Implementation)


class Implementations:
    """What plugins registered, by the operation's class. Without an entry ``ddl`` does it."""

    def __init__(self) -> None:
        self._known: dict[type[MigrateOperation], Implementation] = {}

    def find(self, op: MigrateOperation) -> Implementation | None:
        """The implementation for the class of ``op``, or the nearest one that it derives from."""
        if not self._known:
            return None
        for kind in type(op).__mro__:
            if kind in self._known:
                return self._known[kind]
            if _is_ours(kind):
                return None
        return None

    def register(
        self, kind: type[MigrateOperation], implementation: Implementation, *, replace: bool
    ) -> None:
        """Have ``implementation`` do the operations of a class.

        :raises ValueError: the class has one, and it is not to be replaced.
        """
        if not replace and (kind in self._known or _is_ours(kind)):
            raise ValueError(
                f"{kind.__name__} has an implementation; give replace=True to replace it"
            )
        self._known[kind] = implementation


def _is_ours(kind: type) -> bool:
    """Whether ``ddl`` knows how to do a class of operations."""
    return kind.__module__.startswith("migrate_core.operations.") and kind is not MigrateOperation
