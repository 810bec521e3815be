"""Migrations for Flask apps: ``Migrate(app, db)``, ``flask db migrate``, ``flask db upgrade``.

Registering the extension imports nothing of the engine; a command, or one of the functions here,
does. The functions work on the current app and need an application context.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_migrate_ext.extension import Migrate
from flask_migrate_ext.functions import (
    adopt,
    bind_names,
    branches,
    check,
    current,
    downgrade,
    edit,
    graph,
    heads,
    history,
    init,
    list_templates,
    log,
    merge,
    migrate,
    plan,
    rebase,
    redo,
    resolve,
    revision,
    schema,
    show,
    stamp,
    status,
    upgrade,
)

if TYPE_CHECKING:
    from migrate_core import command
    from migrate_core.api.config import Config

__all__ = [
    "Config",
    "Migrate",
    "adopt",
    "bind_names",
    "branches",
    "check",
    "command",
    "current",
    "downgrade",
    "edit",
    "graph",
    "heads",
    "history",
    "init",
    "list_templates",
    "log",
    "merge",
    "migrate",
    "plan",
    "rebase",
    "redo",
    "resolve",
    "revision",
    "schema",
    "show",
    "stamp",
    "status",
    "upgrade",
]


def __getattr__(name: str) -> Any:
    """What programs find here beside the functions: the documented commands and their Config."""
    from importlib import import_module

    if name == "command":
        return import_module("migrate_core.command")
    if name == "Config":
        return import_module("migrate_core.api.config").Config
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
