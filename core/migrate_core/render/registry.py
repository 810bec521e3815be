"""How plugins' own operations are written: one function for each class of operations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from migrate_core.operations import MigrateOperation

Renderer = Callable[[Any, Any], "str | Sequence[str]"]
"""``(autogen_context, operation)``: its source, as one text or as several statements."""

Registered = TypeVar("Registered", bound=Callable[..., Any])

DEFAULT = "default"


class Dispatcher:
    """Functions by the class of what they are for, and by a qualifier, such as a dialect's name."""

    def __init__(self) -> None:
        self._known: dict[tuple[Any, str], Callable[..., Any]] = {}

    def dispatch_for(
        self, target: Any, *, qualifier: str = DEFAULT, replace: bool = False
    ) -> Callable[[Registered], Registered]:
        """A decorator for the function that is for ``target``.

        :param replace: whether one that was registered before may be replaced.
        :raises ValueError: there is one, and it may not.
        """

        def register(function: Registered) -> Registered:
            key = (target, qualifier)
            if key in self._known and not replace:
                name = getattr(target, "__name__", target)
                raise ValueError(
                    f"a function for {name} is registered; give replace=True to replace it"
                )
            self._known[key] = function
            return function

        return register

    def dispatch(self, obj: Any, qualifier: str = DEFAULT) -> Any:
        """The function for ``obj``: a name, a class, or an instance.

        :raises ValueError: there is none.
        """
        found = self._nearest(obj, qualifier)
        if found is None:
            raise ValueError(f"no function is registered for {obj!r}")
        return found

    def branch(self) -> Dispatcher:
        """The same, to which more can be added."""
        branch = Dispatcher()
        branch._known = dict(self._known)
        return branch

    def _nearest(self, obj: Any, qualifier: str) -> Callable[..., Any] | None:
        """That of its class, or of the nearest one that it derives from."""
        if isinstance(obj, str):
            kinds: Sequence[Any] = (obj,)
        else:
            kinds = obj.__mro__ if isinstance(obj, type) else type(obj).__mro__
        keys = [(kind, given) for kind in kinds for given in (qualifier, DEFAULT)]
        return next((self._known[key] for key in keys if key in self._known), None)


class Renderers(Dispatcher):
    """What was registered, by the operation's class. Without an entry it is decided here."""

    def find(self, op: MigrateOperation) -> Renderer | None:
        """The function for the class of ``op``, or the nearest one that it derives from."""
        return self._nearest(op, DEFAULT)
