"""``alembic.autogenerate``."""

from migrate_core.api import (
    AutogenContext,
    compare_metadata,
    produce_migrations,
    render_op_text,
    render_python_code,
)
from migrate_core.api.revisioning import RevisionContext
from migrate_core.autogenerate import Rewriter

comparators = AutogenContext.comparators
renderers = AutogenContext.renderers

__all__ = [
    "AutogenContext",
    "RevisionContext",
    "Rewriter",
    "comparators",
    "compare_metadata",
    "produce_migrations",
    "render_op_text",
    "render_python_code",
    "renderers",
]
