"""The documented classes: thin, one call per method; each is imported when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate_core import lazy

if TYPE_CHECKING:
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
    )
    from migrate_core.api.environment import Configured, EnvironmentContext, Work
    from migrate_core.api.information import MigrationInfo
    from migrate_core.api.offline import script_channel, script_transactions
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
    "listed",
    "produce_migrations",
    "render_op_text",
    "render_python_code",
    "running",
    "script_channel",
    "script_transactions",
]

__getattr__ = lazy.names(
    __name__,
    {
        "autogenerate": [
            "AutogenContext",
            "compare_metadata",
            "produce_migrations",
            "render_op_text",
            "render_python_code",
        ],
        "base": ["AbstractOperations"],
        "batch": ["BatchOperations"],
        "context": [
            "MigrationContext",
            "current",
            "listed",
            "running",
        ],
        "environment": ["Configured", "EnvironmentContext", "Work"],
        "information": ["MigrationInfo"],
        "offline": ["script_channel", "script_transactions"],
        "operations": ["Operations"],
    },
)
