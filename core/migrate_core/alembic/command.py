"""``alembic.command``: the commands, whose errors name those of the documented program."""

from migrate_core import command
from migrate_core.commandline import for_programs

branches = for_programs(command.branches)
check = for_programs(command.check)
current = for_programs(command.current)
downgrade = for_programs(command.downgrade)
edit = for_programs(command.edit)
ensure_version = for_programs(command.ensure_version)
heads = for_programs(command.heads)
history = for_programs(command.history)
init = for_programs(command.init)
list_templates = for_programs(command.list_templates)
merge = for_programs(command.merge)
revision = for_programs(command.revision)
show = for_programs(command.show)
stamp = for_programs(command.stamp)
upgrade = for_programs(command.upgrade)

__all__ = [
    "branches",
    "check",
    "current",
    "downgrade",
    "edit",
    "ensure_version",
    "heads",
    "history",
    "init",
    "list_templates",
    "merge",
    "revision",
    "show",
    "stamp",
    "upgrade",
]
