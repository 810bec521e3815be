"""A class whose methods stand in a module as functions, for whatever instance works now."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import Any

from migrate_core.errors import NothingRunning


class ModuleClsProxy:
    """The documented base of what modules such as ``alembic.op`` speak for."""

    @classmethod
    def at_work(cls) -> Any:
        """The instance that works now, in this thread or task.

        :raises NothingRunning: none does.
        """
        raise NothingRunning(cls.__name__)

    @classmethod
    def create_module_class_proxy(
        cls,
        globals_: MutableMapping[str, Any],
        locals_: MutableMapping[str, Any],  # noqa: ARG003  # documented
    ) -> None:
        """Put a function for each public method into a module, and name them in its ``__all__``.

        :param globals_: the namespace of the module.
        :param locals_: the same; documented, and not needed here.
        """
        names = [name for name in dir(cls) if not name.startswith("_") and name != "at_work"]
        methods = [name for name in names if callable(getattr(cls, name))]
        globals_.update((name, _function(cls, name)) for name in methods)
        globals_["__all__"] = [*globals_.get("__all__", ()), *methods]


def _function(cls: type[ModuleClsProxy], name: str) -> Callable[..., Any]:
    def call(*args: Any, **kw: Any) -> Any:
        return getattr(cls.at_work(), name)(*args, **kw)

    call.__name__ = name
    call.__doc__ = getattr(cls, name).__doc__
    return call
