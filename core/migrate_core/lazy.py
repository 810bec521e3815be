"""Names of a package that are imported when somebody asks for them first (PEP 562).

A command then pays for what it does, and for nothing else of the rooms that it enters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any


def names(package: str, places: Mapping[str, Iterable[str]]) -> Callable[[str], Any]:
    """The ``__getattr__`` of a package.

    :param places: its modules, each with the names that it has. A name must not be a module's own:
        it would mean the one or the other, by what was imported before.
    :return: raises AttributeError for any other name, as Python does.
    """
    module_of = {name: module for module, there in places.items() for name in there}

    def found(name: str) -> Any:
        if name not in module_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{module_of[name]}"), name)

    return found
