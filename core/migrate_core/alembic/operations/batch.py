"""``alembic.operations.batch``: nothing in it is documented; the directives are the interface."""

from migrate_core.api import BatchOperations

__all__ = ["BatchOperations"]
