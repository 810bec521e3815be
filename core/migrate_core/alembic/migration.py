"""``alembic.migration``: the older path of :mod:`migrate_core.alembic.runtime.migration`."""

from migrate_core.alembic.runtime.migration import *  # noqa: F403
