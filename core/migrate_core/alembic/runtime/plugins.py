"""``alembic.runtime.plugins``."""

from migrate_core.autogenerate.plugins import Plugin

__all__ = ["Plugin"]
