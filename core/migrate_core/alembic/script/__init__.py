"""``alembic.script``."""

from migrate_core.api.script import Script, ScriptDirectory

__all__ = ["Script", "ScriptDirectory"]
