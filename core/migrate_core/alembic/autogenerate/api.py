"""``alembic.autogenerate.api``."""

from migrate_core.api import (
    AutogenContext,
    compare_metadata,
    produce_migrations,
    render_python_code,
)

__all__ = ["AutogenContext", "compare_metadata", "produce_migrations", "render_python_code"]
