"""Migrations for Flask apps: ``Migrate(app, db)``, ``flask db migrate``, ``flask db upgrade``.

Registering the extension imports nothing of the engine; a command, or one of the functions here,
does. The functions work on the current app and need an application context.
"""

from __future__ import annotations

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

__all__ = [
    "Migrate",
    "adopt",
    "bind_names",
    "branches",
    "check",
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
