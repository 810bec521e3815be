"""``alembic.script.write_hooks``."""

from migrate_core.api.write_hooks import (
    REVISION_SCRIPT_TOKEN,
    console_scripts,
    exec_,
    module,
    register,
)

__all__ = ["REVISION_SCRIPT_TOKEN", "console_scripts", "exec_", "module", "register"]
