"""``alembic.util.editor``."""

from migrate_core.command.looking import open_in_editor

__all__ = ["open_in_editor"]
