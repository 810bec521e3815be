"""The command line, written once: mounted by ``flask db`` and by the core's own console script."""

from migrate_core.cli.commands import add_commands
from migrate_core.cli.door import Door, MigrationsGroup, open_with

__all__ = ["Door", "MigrationsGroup", "add_commands", "open_with"]
