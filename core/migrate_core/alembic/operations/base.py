"""``alembic.operations.base``."""

from migrate_core.api import AbstractOperations, BatchOperations, Operations

__all__ = ["AbstractOperations", "BatchOperations", "Operations"]
