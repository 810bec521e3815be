"""Alembic's documented module paths for files and plugins that were written for it.

Doors only: each name is the engine's own, re-exported, and imported when a file asks for it.
:mod:`migrate_core.alias` lets ``import alembic`` find this package while such a file runs.

``__version__`` is that of the Alembic whose documented interface is offered.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from migrate_core.alembic import context as context
    from migrate_core.alembic import op as op

__all__ = ["context", "op"]

__version__ = "1.20.1"

_DOORS = frozenset(
    {
        "autogenerate",
        "command",
        "config",
        "context",
        "ddl",
        "environment",
        "migration",
        "op",
        "operations",
        "runtime",
        "script",
        "util",
    }
)


def __getattr__(name: str) -> ModuleType:
    """A door that was not imported by itself, as ``alembic.command`` after ``import alembic``."""
    if name in _DOORS:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module 'alembic' has no attribute {name!r}")
