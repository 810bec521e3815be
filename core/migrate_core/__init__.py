"""A migration engine on SQLAlchemy.

``op`` and ``context`` are what a migration file imports; ``Migrations`` is what a program calls;
``View`` registers a view beside the models. Each is imported when it is first asked for, so that a
program that only may migrate does not pay for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from migrate_core.current import context as context
    from migrate_core.current import op as op
    from migrate_core.migrations import Migrations as Migrations
    from migrate_core.schema.views import View as View

__all__ = ["Migrations", "View", "context", "op"]


def __getattr__(name: str) -> Any:
    if name in ("op", "context"):
        from migrate_core import current

        return getattr(current, name)
    if name == "Migrations":
        from migrate_core.migrations import Migrations

        return Migrations
    if name == "View":
        from migrate_core.schema.views import View

        return View
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
