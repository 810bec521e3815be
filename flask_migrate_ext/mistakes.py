"""What newcomers' mistakes look like from here, and what to do about each.

==========================================  ====================================================
what is seen                                what it is
==========================================  ====================================================
a migration's table is there already        ``create_all()``, or the version table was deleted
nothing differs, and there is no history    ``create_all()`` before the first ``migrate``
a module imported before it was done        the app and its models import each other
a table is missing while the app loads      the app asks its database when it is imported
flask_migrate or alembic is not installed   the app still imports what this takes the place of
==========================================  ====================================================
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from traceback import FrameSummary
from typing import TYPE_CHECKING

from flask_migrate_ext.models import own_files

if TYPE_CHECKING:
    from migrate_core.errors import MigrationFailed
    from migrate_core.migrations import Migrations

TABLE_IS_THERE = re.compile(r"\b(table|relation)\b.*\balready exists\b", re.IGNORECASE)
"""What the three databases say: `table x already exists`, `relation "x" already exists`."""

CIRCULAR = re.compile(r"partially initialized module")
"""What Python says of a module that is asked for a name while it is still being run."""


def table_is_there(error: MigrationFailed, migrations: Migrations) -> str | None:
    """The next step where a migration makes a table that somebody else made; None elsewhere."""
    if error.direction != "upgrade" or not TABLE_IS_THERE.search(error.reason):
        return None
    revision = migrations.history().graph[error.revision]
    if set(migrations.current()) != set(revision.down):
        return None  # what is below it is not applied either, so that it must not be recorded
    made = f"The table was made without this migration.{_by_create_all()}"
    if revision.down:  # adopt takes a database that no migration has touched
        return (
            f"{made} If it is as the migration has it, record that: "
            f"flask db stamp {error.revision}; then: flask db upgrade"
        )
    return f"{made} Have it compared with the migrations, and recorded: flask db adopt"


def tables_without_history(migrations: Migrations) -> str | None:
    """What to do where nothing had to be written for a first migration; None elsewhere."""
    if migrations.heads() or migrations.current():
        return None
    return (
        "The tables are there, and no migration made them, so that there was nothing to write."
        f"{_by_create_all()}\nTo begin a history, write the first migration against an empty "
        "database, then have this one compared with it, and recorded: flask db adopt"
    )


def _by_create_all() -> str:
    places = list(_calls_of_create_all())
    if not places:
        return ""
    return f" {' and '.join(places[:3])} calls create_all(): take that out."


def _calls_of_create_all() -> Iterator[str]:
    for path in own_files():
        try:
            text = path.read_bytes()
            tree = ast.parse(text) if b"create_all" in text else None
        except (OSError, SyntaxError, ValueError):
            continue
        for node in ast.walk(tree) if tree else ():
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "create_all":
                yield f"{path}, line {node.lineno},"


def circular(error: BaseException, frames: Sequence[FrameSummary]) -> str | None:
    """The next step where modules import each other; None elsewhere."""
    if not isinstance(error, (ImportError, AttributeError)) or not CIRCULAR.search(str(error)):
        return None
    files = list(dict.fromkeys(frame.filename for frame in frames))
    names = [Path(file).name if Path(file).stem != "__init__" else _package(file) for file in files]
    return (
        f"They import each other: {' -> '.join([*names, names[0]])}. Put db = SQLAlchemy() into a "
        "module of its own that imports neither, for example extensions.py, "
        "and say in both: from extensions import db"
    )


def _package(file: str) -> str:
    return f"{Path(file).parent.name}/__init__.py"


def asks_too_early(error: BaseException) -> str | None:
    """The next step where the app asks for tables that are not there yet; None elsewhere."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if "DBAPIError" not in kinds or not {"OperationalError", "ProgrammingError"} & kinds:
        return None
    return (
        "The app asks its database while it is imported, when no migration may have run yet. "
        "Do that in a function which a request or a command calls; then: flask db upgrade"
    )


def replaced(error: BaseException) -> str | None:
    """The next step where the app imports what this takes the place of; None elsewhere."""
    missing = (error.name or "") if isinstance(error, ModuleNotFoundError) else ""
    match missing.partition(".")[0]:
        case "flask_migrate":
            return (
                "Import it from here, and leave the rest as it is: "
                "from flask_migrate_ext import Migrate"
            )
        case "alembic":
            return (
                "Begin the app's first module with: from migrate_core import alias; "
                "alias.install(). From there on the name means this project's engine."
            )
    return None
