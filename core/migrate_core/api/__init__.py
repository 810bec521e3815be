"""The documented classes: thin, one call per method."""

from migrate_core.api.base import AbstractOperations
from migrate_core.api.batch import BatchOperations
from migrate_core.api.context import MigrationContext, current, running
from migrate_core.api.operations import Operations

__all__ = [
    "AbstractOperations",
    "BatchOperations",
    "MigrationContext",
    "Operations",
    "current",
    "running",
]
