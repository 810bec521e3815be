"""``alembic.autogenerate.api``."""

from migrate_core.api import (
    AutogenContext,
    compare_metadata,
    produce_migrations,
    render_python_code,
)
from migrate_core.api.revisioning import RevisionContext

__all__ = [
    "AutogenContext",
    "RevisionContext",
    "compare_metadata",
    "produce_migrations",
    "render_python_code",
]
