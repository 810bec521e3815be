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
from migrate_core.api.context import (
    MigrationContext,
    current,
    listed,
    running,
    script_channel,
    script_transactions,
)
from migrate_core.api.environment import Configured, EnvironmentContext, Work, environment
from migrate_core.api.information import MigrationInfo
from migrate_core.api.operations import Operations

__all__ = [
    "AbstractOperations",
    "AutogenContext",
    "BatchOperations",
    "Configured",
    "EnvironmentContext",
    "MigrationContext",
    "MigrationInfo",
    "Operations",
    "Work",
    "compare_metadata",
    "current",
    "environment",
    "listed",
    "produce_migrations",
    "render_op_text",
    "render_python_code",
    "running",
    "script_channel",
    "script_transactions",
]
