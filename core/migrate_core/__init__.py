"""A migration engine on SQLAlchemy.

``op`` and ``context`` are what a migration file imports; ``Migrations`` is what a program calls;
``View`` registers a view beside the models. Each is imported when it is first asked for, so that a
program that only may migrate does not pay for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate_core import lazy

if TYPE_CHECKING:
    from migrate_core.current.environment import context as context
    from migrate_core.current.operations import op as op
    from migrate_core.migrations import Migrations as Migrations
    from migrate_core.schema.views import View as View

__all__ = ["Migrations", "View", "context", "op"]


__getattr__ = lazy.names(
    __name__,
    {
        "current.environment": ["context"],
        "current.operations": ["op"],
        "migrations": ["Migrations"],
        "schema.views": ["View"],
    },
)
