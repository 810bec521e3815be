"""The documented classes: thin, one call per method."""

from migrate_core.api.autogenerate import (
    AutogenContext,
    compare_metadata,
    produce_migrations,
    render_op_text,
    render_python_code,
)
from migrate_core.api.base import AbstractOperations
from migrate_core.api.batch import BatchOperations
from migrate_core.api.context import MigrationContext, current, running
from migrate_core.api.operations import Operations

__all__ = [
    "AbstractOperations",
    "AutogenContext",
    "BatchOperations",
    "MigrationContext",
    "Operations",
    "compare_metadata",
    "current",
    "produce_migrations",
    "render_op_text",
    "render_python_code",
    "running",
]
