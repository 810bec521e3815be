"""Alembic's module paths for migration files that say ``from alembic import op``.

Doors only: each name is the engine's own, re-exported. :mod:`migrate_core.alias` lets
``import alembic`` find this package while such a file runs.
"""

from migrate_core.current import context, op

__all__ = ["context", "op"]
