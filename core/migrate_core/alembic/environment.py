"""``alembic.environment``: the older path of :mod:`migrate_core.alembic.runtime.environment`."""

from migrate_core.alembic.runtime.environment import *  # noqa: F403
