"""``alembic.autogenerate.render``."""

from migrate_core.alembic.autogenerate import renderers
from migrate_core.api import render_op_text, render_python_code

__all__ = ["render_op_text", "render_python_code", "renderers"]
