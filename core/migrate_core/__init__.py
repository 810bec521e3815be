"""A migration engine on SQLAlchemy.

``op`` and ``context`` are what a migration file imports; ``Migrations`` is what a program calls.
All are imported when they are first asked for, so that a program that only may migrate does not pay
for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from migrate_core.current import context as context
    from migrate_core.current import op as op
    from migrate_core.migrations import Migrations as Migrations

__all__ = ["Migrations", "context", "op"]


def __getattr__(name: str) -> Any:
    if name in ("op", "context"):
        from migrate_core import current

        return getattr(current, name)
    if name == "Migrations":
        from migrate_core.migrations import Migrations

        return Migrations
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
