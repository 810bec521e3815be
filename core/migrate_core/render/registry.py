"""How plugins' own operations are written: one function for each class of operations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from migrate_core.operations import MigrateOperation

Renderer = Callable[[Any, Any], "str | Sequence[str]"]
"""``(autogen_context, operation)``: its source, as one text or as several statements."""

Registered = TypeVar("Registered", bound=Renderer)


class Renderers:
    """What was registered, by the operation's class. Without an entry it is decided here."""

    def __init__(self) -> None:
        self._known: dict[type[MigrateOperation], Renderer] = {}

    def dispatch_for(
        self, target: type[MigrateOperation], *, replace: bool = False
    ) -> Callable[[Registered], Registered]:
        """A decorator for the function that writes a class of operations.

        :param replace: whether one that was registered before may be replaced.
        :raises ValueError: there is one, and it may not.
        """

        def register(function: Registered) -> Registered:
            if target in self._known and not replace:
                raise ValueError(
                    f"{target.__name__} has a renderer; give replace=True to replace it"
                )
            self._known[target] = function
            return function

        return register

    def find(self, op: MigrateOperation) -> Renderer | None:
        """The function for the class of ``op``, or the nearest one that it derives from."""
        found = (self._known[kind] for kind in type(op).__mro__ if kind in self._known)
        return next(found, None)
