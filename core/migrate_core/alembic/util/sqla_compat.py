"""``alembic.util.sqla_compat``: which SQLAlchemy it is; nothing else in it is documented."""

from migrate_core.api.util import sqla_2_1

__all__ = ["sqla_2_1"]
