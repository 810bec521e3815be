"""A migration engine on SQLAlchemy.

``op`` is what a migration file imports; ``Migrations`` is what a program calls. Both are imported
when they are first asked for, so that a program that only may migrate does not pay for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from migrate_core.current import op as op
    from migrate_core.migrations import Migrations as Migrations

__all__ = ["Migrations", "op"]


def __getattr__(name: str) -> Any:
    if name == "op":
        from migrate_core.current import op

        return op
    if name == "Migrations":
        from migrate_core.migrations import Migrations

        return Migrations
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
