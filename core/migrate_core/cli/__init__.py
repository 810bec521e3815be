"""The command line, written once: mounted by ``flask db`` and by the core's own console script."""

from migrate_core.cli.commands import add_commands
from migrate_core.cli.door import Door, Failure, MigrationsGroup, door_of, open_with
from migrate_core.cli.opening import X_ARGUMENTS

__all__ = [
    "X_ARGUMENTS",
    "Door",
    "Failure",
    "MigrationsGroup",
    "add_commands",
    "door_of",
    "open_with",
]
