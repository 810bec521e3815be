"""``alembic.autogenerate.compare``: where plugins find ``comparators``."""

from migrate_core.alembic.autogenerate import comparators

__all__ = ["comparators"]
