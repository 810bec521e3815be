"""``alembic.autogenerate.render``.

The names that begin with an underscore were never documented. They are what the renderers of
living plugins call: GeoAlchemy2 for the text of an operation, pytest-alembic for that of a body.
"""

from migrate_core.alembic.autogenerate import renderers
from migrate_core.api import render_op_text, render_python_code
from migrate_core.api.autogenerate import render_body as _render_cmd_body
from migrate_core.api.autogenerate import render_built_in as _add_column
from migrate_core.api.autogenerate import render_built_in as _add_index
from migrate_core.api.autogenerate import render_built_in as _add_table
from migrate_core.api.autogenerate import render_built_in as _drop_column
from migrate_core.api.autogenerate import render_built_in as _drop_index
from migrate_core.api.autogenerate import render_built_in as _drop_table

__all__ = [
    "_add_column",
    "_add_index",
    "_add_table",
    "_drop_column",
    "_drop_index",
    "_drop_table",
    "_render_cmd_body",
    "render_op_text",
    "render_python_code",
    "renderers",
]
