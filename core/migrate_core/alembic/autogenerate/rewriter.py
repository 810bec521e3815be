"""``alembic.autogenerate.rewriter``."""

from migrate_core.autogenerate import Rewriter

__all__ = ["Rewriter"]
