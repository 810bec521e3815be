"""The documented functions: what the ``alembic`` program does, for programs.

::

    projects      init  list_templates                    a folder, from a template
    writing       revision  merge  check                  files, from what differs
    running       upgrade  downgrade  stamp  ensure_version
    looking       current  heads  branches  history  show  edit
    environment   runs the project's env.py, and hands on what it configured

Each is imported when it is first asked for, and takes a
:class:`~migrate_core.api.config.Config` first. What a function prints goes through
``Config.print_stdout``; whatever is wrong is raised.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate_core import lazy

if TYPE_CHECKING:
    from migrate_core.command.looking import branches, current, edit, heads, history, show
    from migrate_core.command.projects import init, list_templates
    from migrate_core.command.running import downgrade, ensure_version, stamp, upgrade
    from migrate_core.command.writing import check, merge, revision

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

__getattr__ = lazy.names(
    __name__,
    {
        "looking": ["branches", "current", "edit", "heads", "history", "show"],
        "projects": ["init", "list_templates"],
        "running": ["downgrade", "ensure_version", "stamp", "upgrade"],
        "writing": ["check", "merge", "revision"],
    },
)
