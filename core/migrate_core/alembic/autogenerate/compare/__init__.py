"""``alembic.autogenerate.compare``."""

from migrate_core.alembic.autogenerate import comparators

__all__ = ["comparators"]
