"""Alembic's module paths for migration files that say ``from alembic import op``.

Doors only: each name is the engine's own, re-exported, and imported when a file asks for it.
:mod:`migrate_core.alias` lets ``import alembic`` find this package while such a file runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from migrate_core.current import context as context
    from migrate_core.current import op as op

__all__ = ["context", "op"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from migrate_core import current

        return getattr(current, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
